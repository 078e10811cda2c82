// SPDX-License-Identifier: ISC
/// \file
/// View against the simplest thing that could be right: vectors on both ends of the
/// wire, and a client that believes what it is told.
#include "session/view.h"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using imapd::Expunges;
using imapd::Numbering;
using imapd::Updates;
using imapd::View;

/// The mailbox: what there is, and what happened since somebody looked.
struct Mailbox {
    std::vector<std::uint32_t> uids;
    std::uint32_t uid_next = 1;
    std::uint64_t mod_sequence = 1;
    mailbox::Changes changes;

    void deliver(bool is_recent)
    {
        uids.push_back(uid_next);
        changes.appeared.add(uid_next);
        if (is_recent)
            changes.recent.add(uid_next);
        ++uid_next;
    }
    void expunge(std::size_t at)
    {
        const std::uint32_t uid = uids[at];
        uids.erase(uids.begin() + static_cast<std::ptrdiff_t>(at));
        if (changes.appeared.contains(uid)) { // it came and went
            changes.appeared.remove(uid);
            changes.recent.remove(uid);
        }
        changes.vanished.add(uid);
        std::erase_if(changes.flagged, [=](const auto& f) { return f.uid == uid; });
    }
    void flag(std::size_t at)
    {
        if (!changes.appeared.contains(uids[at]))
            changes.flagged.push_back({uids[at], ++mod_sequence});
    }
    mailbox::Changes take()
    {
        changes.mod_sequence = mod_sequence;
        return std::exchange(changes, {});
    }
};

/// What a client makes of the responses. It does not know any UID but by its place.
struct Client {
    std::vector<std::uint32_t> uids;
    std::size_t recent = 0;

    void hear(const Updates& updates, const Mailbox& mailbox)
    {
        for (const std::uint32_t number : updates.expunged) {
            BOOST_REQUIRE(number >= 1);
            BOOST_REQUIRE(number <= uids.size());
            uids.erase(uids.begin() + (number - 1));
        }
        if (updates.exists) {
            BOOST_REQUIRE(*updates.exists >= uids.size()); // RFC 3501 §7.3.1
            std::set<std::uint32_t> known(uids.begin(), uids.end());
            for (const std::uint32_t uid : mailbox.uids) {
                if (uids.empty() || uid > uids.back())
                    uids.push_back(uid);
            }
            BOOST_REQUIRE(*updates.exists == uids.size());
        }
        recent = updates.recent.value_or(recent);
    }
};

struct Run {
    explicit Run(unsigned seed) : random(seed) {}
    std::size_t below(std::size_t n) { return random() % n; }

    void happen()
    {
        const auto count = mailbox.uids.size();
        switch (below(4)) {
        case 0:
        case 1:
            return mailbox.deliver(below(2) == 0);
        case 2:
            return count > 0 ? mailbox.expunge(below(count)) : void();
        default:
            return count > 0 ? mailbox.flag(below(count)) : void();
        }
    }

    void look()
    {
        const auto expunges = below(3) == 0 ? Expunges::Told : Expunges::Withheld;
        const Updates updates = view.advance(mailbox.take(), expunges);
        client.hear(updates, mailbox);
        if (expunges == Expunges::Withheld)
            BOOST_REQUIRE(updates.expunged.empty());
        else
            BOOST_REQUIRE(client.uids == mailbox.uids);
        for (const std::uint32_t uid : updates.flagged)
            BOOST_REQUIRE(std::count(mailbox.uids.begin(), mailbox.uids.end(), uid) ==
                          1);
        agree();
    }

    /// Every number means the same to both.
    void agree()
    {
        BOOST_REQUIRE(view.exists() == client.uids.size());
        BOOST_REQUIRE(view.recent() == client.recent);
        for (std::size_t i = 0; i < client.uids.size(); ++i)
            BOOST_REQUIRE(view.number(client.uids[i]) == i + 1);
        if (client.uids.empty())
            return;
        const auto first = below(client.uids.size());
        const auto last = first + below(client.uids.size() - first);
        const std::string set =
            std::to_string(last + 1) + ":" + std::to_string(first + 1);
        const auto uids =
            view.resolve(*imap::SequenceSet::parse(set), Numbering::Sequence);
        BOOST_REQUIRE(uids.has_value());
        const std::vector<std::uint32_t> meant(
            client.uids.begin() + static_cast<std::ptrdiff_t>(first),
            client.uids.begin() + static_cast<std::ptrdiff_t>(last) + 1);
        BOOST_REQUIRE(std::vector<std::uint32_t>(uids->begin(), uids->end()) == meant);
        const auto numbers = view.numbers(*uids, Numbering::Sequence);
        BOOST_REQUIRE(numbers.size() == meant.size());
        BOOST_REQUIRE(numbers.first() == first + 1);
        const auto beyond = std::to_string(client.uids.size() + 1);
        BOOST_REQUIRE(
            !view.resolve(*imap::SequenceSet::parse(beyond), Numbering::Sequence));
    }

    std::minstd_rand random;
    Mailbox mailbox;
    Client client;
    View view;
};

} // namespace

BOOST_AUTO_TEST_SUITE(view_model)

BOOST_DATA_TEST_CASE(client_and_server_never_disagree_on_a_number,
                     boost::unit_test::data::xrange(200))
{
    Run run(static_cast<unsigned>(sample) + 1);
    for (int step = 0; step < 60; ++step) {
        for (auto events = run.below(5); events > 0; --events)
            run.happen();
        run.look();
    }
}

BOOST_AUTO_TEST_SUITE_END()
