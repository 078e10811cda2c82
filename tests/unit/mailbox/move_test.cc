// SPDX-License-Identifier: ISC
#include "mailbox/move.h"

#include <functional>
#include <span>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "fixture.h"
#include "mailbox/append.h"

namespace {

using mailbox::Move;
using namespace mailbox_test;

struct MoveFixture : Fixture {
    MoveFixture()
    {
        BOOST_REQUIRE(store->create("A").has_value());
        for (const char* name : {"1.a", "2.b", "3.c"})
            deliver(name, std::string("Subject: x\n\n") + name + "\n");
        select();
    }
    base::NumberSet uids(std::uint32_t first, std::uint32_t last) const
    {
        base::NumberSet set;
        set.add(first, last);
        return set;
    }
    base::Result<Move::Moved> move(const base::NumberSet& set, const std::string& to)
    {
        auto begun = Move::begin(*store, *inbox, to);
        BOOST_REQUIRE(begun.has_value());
        return begun->run(set);
    }
    std::uint32_t messages(const std::string& folder)
    {
        const auto counters = store->counters(folder);
        BOOST_REQUIRE(counters.has_value());
        return counters->messages;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(move, MoveFixture)

BOOST_AUTO_TEST_CASE(takes_messages_from_one_folder_to_the_other)
{
    const auto moved = move(uids(1, 2), "A");
    BOOST_REQUIRE(moved.has_value());
    BOOST_TEST(moved->failed.has_value());
    BOOST_TEST(moved->copies.from.to_text() == "1:2");
    BOOST_TEST(moved->copies.to.to_text() == "1:2");
    BOOST_TEST(messages("") == 1U);
    BOOST_TEST(messages("A") == 2U);
    BOOST_TEST(names(".A/tmp").empty());
}

BOOST_AUTO_TEST_CASE(copies_no_octets_within_a_file_system)
{
    struct stat before = {};
    const std::string name = names("cur").substr(0, names("cur").find(' '));
    BOOST_REQUIRE(::fstatat(root.fd(), ("mail/cur/" + name).c_str(), &before, 0) == 0);
    BOOST_REQUIRE(move(uids(1, 1), "A").has_value());
    struct stat after = {};
    BOOST_REQUIRE(::fstatat(root.fd(), ("mail/.A/cur/" + names(".A/cur")).c_str(),
                            &after, 0) == 0);
    BOOST_TEST(before.st_ino == after.st_ino);
    BOOST_TEST(after.st_nlink == 1U);
}

BOOST_AUTO_TEST_CASE(moves_nothing_if_one_of_them_is_gone)
{
    const auto moved = move(uids(1, 4), "A");
    BOOST_REQUIRE(!moved);
    BOOST_TEST((moved.error().code == Errc::NotFound));
    BOOST_TEST(messages("") == 3U);
    BOOST_TEST(messages("A") == 0U);
    BOOST_TEST(names(".A/tmp").empty());
    BOOST_TEST(names(".A/cur").empty());
}

BOOST_AUTO_TEST_CASE(takes_the_flags_along_that_others_set_while_it_was_about_to_begin)
{
    // The first two names are made; then another session is faster.
    struct Interrupted final : base::Random {
        void fill(std::span<std::byte> out) override
        {
            random.fill(out);
            if (++times == 2 && interrupt)
                interrupt();
        }
        base::SystemRandom random;
        int times = 0;
        std::function<void()> interrupt;
    } interrupted;
    auto other = Store::open(options(), clock, interrupted, logging::Log());
    BOOST_REQUIRE(other.has_value());
    auto source = (*other)->open("", Access::ReadWrite);
    BOOST_REQUIRE(source.has_value());
    interrupted.times = 0;
    interrupted.interrupt = [&] {
        BOOST_REQUIRE(inbox->change_flags(uids(1, 1), add_flags(maildir::flagged)));
    };
    auto begun = Move::begin(**other, **source, "A");
    BOOST_REQUIRE(begun.has_value());
    BOOST_REQUIRE(begun->run(uids(1, 3)).has_value());
    BOOST_TEST(interrupted.times >= 3);
    const std::string there = names(".A/cur");
    BOOST_TEST(there.find(":2,F") != std::string::npos, there);
    BOOST_TEST(messages("") == 0U);
}

BOOST_AUTO_TEST_CASE(puts_nothing_into_a_folder_that_is_being_removed)
{
    auto move = Move::begin(*store, *inbox, "A");
    auto append = mailbox::Append::begin(*store, "A");
    BOOST_REQUIRE(move.has_value());
    BOOST_REQUIRE(append.has_value());
    BOOST_REQUIRE(append->message({}, std::nullopt).has_value());
    BOOST_REQUIRE(append->write("Subject: x\n\nx\n").has_value());
    BOOST_REQUIRE(append->finish().has_value());
    // As another session does it, which has yet to empty it.
    const auto tree = maildir::Tree::open(options().mail);
    BOOST_REQUIRE(tree->hide("A").has_value());
    const auto moved = move->run(uids(1, 2));
    BOOST_REQUIRE(!moved);
    BOOST_TEST((moved.error().code == Errc::Gone));
    const auto appended = append->commit();
    BOOST_REQUIRE(!appended);
    BOOST_TEST((appended.error().code == Errc::Gone));
    BOOST_TEST(messages("") == 3U);
    // Nor into another one of its name.
    BOOST_REQUIRE(store->create("A").has_value());
    BOOST_TEST(!append->commit());
    BOOST_TEST(messages("A") == 0U);
}

BOOST_AUTO_TEST_CASE(gives_new_uids_within_one_folder)
{
    const auto moved = move(uids(1, 1), "");
    BOOST_REQUIRE(moved.has_value());
    BOOST_TEST(moved->copies.to.to_text() == "4");
    BOOST_TEST(messages("") == 3U);
}

BOOST_AUTO_TEST_CASE(is_refused_where_the_source_is_only_looked_at)
{
    select(Access::ReadOnly);
    const auto begun = Move::begin(*store, *inbox, "A");
    BOOST_REQUIRE(!begun);
    BOOST_TEST((begun.error().code == Errc::ReadOnly));
}

BOOST_AUTO_TEST_CASE(goes_on_when_the_index_is_deleted)
{
    delete_index();
    const auto moved = move(uids(2, 3), "A");
    BOOST_REQUIRE(moved.has_value());
    BOOST_TEST(moved->copies.from.to_text() == "2:3");
    BOOST_TEST(messages("") == 1U);
    BOOST_TEST(messages("A") == 2U);
}

BOOST_AUTO_TEST_CASE(lets_one_of_two_sessions_have_the_message)
{
    // Both have seen the messages; the other session moves one of them first.
    const int status = in_child([&] {
        Fixture* const here = this;
        auto other = Store::open(here->options(), here->clock, here->random, {});
        if (!other)
            return 1;
        auto theirs = (*other)->open("", Access::ReadWrite);
        if (!theirs)
            return 2;
        auto begun = Move::begin(**other, **theirs, "A");
        return begun && begun->run(uids(2, 2)) ? 0 : 3;
    });
    BOOST_TEST(status == 0);
    const auto moved = move(uids(1, 3), "A");
    BOOST_REQUIRE(!moved);
    BOOST_TEST((moved.error().code == Errc::NotFound));
    BOOST_TEST(messages("") == 2U);
    BOOST_TEST(messages("A") == 1U);
}

BOOST_AUTO_TEST_CASE(ends_when_messages_go_to_and_fro)
{
    for (int round = 0; round < 20; ++round) {
        const int status = in_child([&] {
            auto other = Store::open(options(), clock, random, {});
            if (!other)
                return 1;
            auto theirs = (*other)->open("A", Access::ReadWrite);
            if (!theirs)
                return 2;
            auto read = (*theirs)->changes().appeared;
            if (read.empty())
                return 0;
            auto begun = Move::begin(**other, **theirs, "");
            return begun && begun->run(read) ? 0 : 3;
        });
        BOOST_TEST(status == 0);
        BOOST_REQUIRE(inbox->sync().has_value());
        const auto there = inbox->changes().appeared;
        if (!there.empty())
            BOOST_TEST(move(there, "A").has_value());
    }
    BOOST_TEST(messages("") + messages("A") == 3U);
}

BOOST_AUTO_TEST_CASE(replaces_a_message_by_another)
{
    auto append = mailbox::Append::begin(*store, "A");
    BOOST_REQUIRE(append.has_value());
    BOOST_REQUIRE(append->message({}, std::nullopt).has_value());
    BOOST_REQUIRE(append->write("Subject: y\r\n\r\n").has_value());
    BOOST_REQUIRE(append->finish().has_value());
    const auto replaced = append->replace(*inbox, 2);
    BOOST_REQUIRE(replaced.has_value());
    BOOST_TEST(replaced->uids.to_text() == "1");
    BOOST_TEST(messages("") == 2U);
    BOOST_TEST(messages("A") == 1U);
}

BOOST_AUTO_TEST_CASE(replaces_nothing_that_is_gone)
{
    {
        auto append = mailbox::Append::begin(*store, "A");
        BOOST_REQUIRE(append.has_value());
        BOOST_REQUIRE(append->message({}, std::nullopt).has_value());
        BOOST_REQUIRE(append->write("Subject: y\r\n\r\n").has_value());
        BOOST_REQUIRE(append->finish().has_value());
        const auto replaced = append->replace(*inbox, 9);
        BOOST_REQUIRE(!replaced);
        BOOST_TEST((replaced.error().code == Errc::NotFound));
    }
    BOOST_TEST(messages("A") == 0U);
    BOOST_TEST(names(".A/tmp").empty());
}

BOOST_AUTO_TEST_SUITE_END()
