// SPDX-License-Identifier: ISC
#pragma once

#include <sys/socket.h>

#include <boost/test/unit_test.hpp>

#include "base/unique_fd.h"

/// A connection: what is written at one end is read at the other.
struct SocketPair {
    SocketPair()
    {
        int ends[2] = {-1, -1};
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        ours.reset(ends[0]);
        theirs.reset(ends[1]);
    }
    base::UniqueFd ours;
    base::UniqueFd theirs;
};
