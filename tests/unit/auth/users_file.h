// SPDX-License-Identifier: ISC
#pragma once

#include <string>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "config/settings.h"

/// A passwd-file with `content` that anybody can read, gone at the end, and settings
/// that name it.
class UsersFile {
public:
    explicit UsersFile(std::string_view content)
    {
        std::string& path = settings.auth.passwd_file;
        path = "/tmp/avocet-users-XXXXXX";
        const int fd = ::mkstemp(path.data());
        BOOST_REQUIRE(fd >= 0);
        BOOST_REQUIRE(::fchmod(fd, 0644) == 0);
        BOOST_REQUIRE(::write(fd, content.data(), content.size()) ==
                      static_cast<ssize_t>(content.size()));
        ::close(fd);
    }
    ~UsersFile() { ::unlink(settings.auth.passwd_file.c_str()); }
    UsersFile(const UsersFile&) = delete;
    UsersFile& operator=(const UsersFile&) = delete;

    config::Settings settings;
};
