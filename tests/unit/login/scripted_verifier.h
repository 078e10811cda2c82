// SPDX-License-Identifier: ISC
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "login/commands.h"

/// Replies from a list, and remembers what it was asked.
struct ScriptedVerifier final : login::Verifier {
    ipc::AuthReply begin(const ipc::AuthRequest& request) override
    {
        requests.push_back(request);
        return next();
    }
    ipc::AuthReply answer(std::string_view response) override
    {
        responses.emplace_back(response);
        return next();
    }
    void cancel() override { ++cancelled; }
    ipc::AuthReply next()
    {
        BOOST_REQUIRE(!replies.empty());
        const ipc::AuthReply reply = replies.front();
        replies.pop_front();
        return reply;
    }

    std::deque<ipc::AuthReply> replies;
    std::vector<ipc::AuthRequest> requests;
    std::vector<std::string> responses;
    int cancelled = 0;
};
