// SPDX-License-Identifier: ISC
#pragma once

#include <array>
#include <csignal>
#include <functional>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/unique_fd.h"

/// A child that does something, says so, and stays until it is killed: `work` gets a
/// function to call when the thing is done.
class SpeakingChild {
public:
    static constexpr int patience_ms = 20'000;
    static constexpr int moment_ms = 50; ///< in which nothing may happen

    explicit SpeakingChild(
        const std::function<void(const std::function<void()>& say)>& work)
    {
        std::array<int, 2> ends = {};
        BOOST_REQUIRE(::pipe(ends.data()) == 0);
        pid_ = ::fork();
        BOOST_REQUIRE(pid_ >= 0);
        if (pid_ == 0) {
            ::close(ends[0]);
            work([&] { static_cast<void>(!::write(ends[1], "x", 1)); });
            for (;;)
                ::pause();
        }
        ::close(ends[1]);
        says_.reset(ends[0]);
    }
    ~SpeakingChild() { die(); }
    SpeakingChild(const SpeakingChild&) = delete;
    SpeakingChild& operator=(const SpeakingChild&) = delete;

    bool has_spoken(int within_ms = patience_ms) const
    {
        pollfd ready = {says_.get(), POLLIN, 0};
        return ::poll(&ready, 1, within_ms) == 1;
    }

    void die()
    {
        if (pid_ <= 0)
            return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

private:
    pid_t pid_ = 0;
    base::UniqueFd says_;
};
