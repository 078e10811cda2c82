// SPDX-License-Identifier: ISC
/// \file
/// Mod-sequences through all of the room: what has changed and vanished since one, also
/// across an index that was lost, and UNCHANGEDSINCE. RFC 7162.
#include "mailbox/mailbox.h"

#include "fixture.h"

using namespace mailbox_test;

namespace {

/// Five messages without flags, selected and told of.
struct Five : Fixture {
    Five()
    {
        for (const char* name : {"1.a.h", "2.a.h", "3.a.h", "4.a.h", "5.a.h"})
            deliver(name);
        select();
        BOOST_REQUIRE(told() == "+1:5 recent 1:5");
        start = inbox->highest_mod_sequence();
    }
    std::string changed(std::uint64_t since)
    {
        return inbox->changed_since(since).to_text();
    }
    std::string vanished(std::uint64_t since)
    {
        return inbox->vanished_since(since).to_text();
    }
    void expunge(const base::NumberSet& uids)
    {
        BOOST_REQUIRE(inbox->change_flags(uids, add_flags(maildir::trashed)));
        const auto gone = inbox->expunge(uids);
        BOOST_REQUIRE(gone.has_value());
        BOOST_REQUIRE(gone->to_text() == uids.to_text());
    }

    std::uint64_t start = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mod_sequence, Five)

BOOST_AUTO_TEST_CASE(tells_what_has_changed_and_vanished_since)
{
    BOOST_TEST(changed(start) == "");
    BOOST_TEST(changed(start - 1) == "1:5");
    BOOST_REQUIRE(inbox->change_flags({2}, add_flags(maildir::seen)));
    const auto between = inbox->highest_mod_sequence();
    expunge({3});
    BOOST_REQUIRE(inbox->change_flags({4}, add_flags(maildir::seen)));
    BOOST_TEST(changed(start) == "2,4");
    BOOST_TEST(changed(between) == "4");
    BOOST_TEST(vanished(start) == "3");
    BOOST_TEST(vanished(inbox->highest_mod_sequence()) == "");
}

BOOST_AUTO_TEST_CASE(the_next_uid_is_above_what_was_told_and_not_above_what_will_be)
{
    deliver("6.a.h");
    BOOST_REQUIRE(inbox->sync().has_value());
    const Changes changes = inbox->changes();
    BOOST_TEST(changes.appeared.to_text() == "6");
    BOOST_TEST(changes.uid_next == 7U);
    BOOST_REQUIRE(in_child([&] {
                      auto other =
                          Store::open(options(), clock, random, logging::Log());
                      write("new/7.a.h");
                      return other && (*other)->counters("") ? 0 : 1;
                  }) == 0);
    BOOST_TEST(inbox->uid_next() == 8U);
    BOOST_TEST(changes.uid_next == 7U);
    BOOST_TEST(told() == "+7 recent 7");
}

BOOST_AUTO_TEST_CASE(what_is_changed_after_the_index_was_lost_is_in_the_new_one)
{
    // Another session makes a new index while we are on our way to a change.
    delete_index();
    const auto in_other_session = [&](auto work) {
        return in_child([&] {
            auto other = Store::open(options(), clock, random, logging::Log());
            auto opened = other ? (*other)->open("", Access::ReadOnly)
                                : base::Result<std::unique_ptr<Mailbox>>(other.error());
            return opened && work(**opened) ? 0 : 1;
        });
    };
    BOOST_TEST(in_other_session([](Mailbox&) { return true; }) == 0);
    const auto flagged = inbox->change_flags({2}, add_flags(maildir::seen));
    BOOST_REQUIRE(flagged.has_value());
    BOOST_TEST(flagged->untold.to_text() == "");
    BOOST_TEST(in_other_session([&](Mailbox& theirs) {
                   return theirs.facts(2)->mod_sequence == flagged->mod_sequence &&
                          theirs.highest_mod_sequence() == flagged->mod_sequence;
               }) == 0);
    // What another did meanwhile is told all the same.
    static_cast<void>(told());
    rename("cur/3.a.h:2,", "cur/3.a.h:2,F");
    delete_index();
    BOOST_TEST(in_other_session([](Mailbox&) { return true; }) == 0);
    const auto again = inbox->change_flags({2, 3}, add_flags(maildir::replied));
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again->untold.to_text() == "3");
}

BOOST_AUTO_TEST_CASE(a_lost_index_loses_nobody)
{
    expunge({2, 4});
    const auto before = inbox->highest_mod_sequence();
    inbox.reset();
    store.reset();
    delete_index();
    open_store();
    select();
    BOOST_TEST(inbox->highest_mod_sequence() > before);
    BOOST_TEST(vanished(start) == "2,4");
    BOOST_TEST(vanished(before) == "2,4"); // more than has to be, and no less
    BOOST_TEST(changed(before) == "1,3,5");
    const auto after = inbox->highest_mod_sequence();
    BOOST_TEST(vanished(after) == "");
    expunge({5});
    BOOST_TEST(vanished(after) == "5");
    BOOST_TEST(vanished(before) == "2,4:5"); // the last UID too, below UIDNEXT
}

BOOST_AUTO_TEST_CASE(a_lost_index_knows_of_the_last_uids_though_nothing_is_left)
{
    expunge({1, 2, 3, 4, 5});
    inbox.reset();
    store.reset();
    delete_index();
    open_store();
    select();
    BOOST_TEST(inbox->uid_next() == 6u);
    BOOST_TEST(vanished(start) == "1:5");
}

BOOST_AUTO_TEST_CASE(unchanged_since_leaves_alone_what_has_changed)
{
    BOOST_REQUIRE(inbox->change_flags({2}, add_flags(maildir::seen)));
    const auto done = inbox->change_flags({1, 2}, add_flags(maildir::flagged), start);
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(done->changed.to_text() == "1");
    BOOST_TEST(done->touched.to_text() == "1");
    BOOST_TEST(done->newer.to_text() == "2");
    BOOST_TEST(int{flags(2)} == int{maildir::seen});
}

BOOST_AUTO_TEST_CASE(unchanged_since_0_asks_whether_the_flag_is_there)
{
    BOOST_REQUIRE(inbox->change_flags({2}, add_flags(0, {"$x"})));
    auto done = inbox->change_flags({1, 2}, add_flags(0, {"$x"}), 0);
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(done->changed.to_text() == "1");
    BOOST_TEST(done->newer.to_text() == "2");
    done = inbox->change_flags({1, 2}, add_flags(maildir::seen), 0);
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(done->newer.to_text() == "1:2");
    done = inbox->change_flags({3}, {FlagChange::Mode::Replace, 0, {}}, 0);
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(done->newer.to_text() == "3");
}

BOOST_AUTO_TEST_CASE(what_is_already_so_gets_no_new_mod_sequence)
{
    BOOST_REQUIRE(inbox->change_flags({2}, add_flags(maildir::seen)));
    const auto before = inbox->highest_mod_sequence();
    const auto done = inbox->change_flags({2}, add_flags(maildir::seen));
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(done->changed.to_text() == "2");
    BOOST_TEST(done->touched.empty());
    BOOST_TEST(inbox->highest_mod_sequence() == before);
}

BOOST_AUTO_TEST_CASE(tells_of_changes_by_others_that_it_has_stored_over)
{
    auto other = store->open("", Access::ReadWrite);
    BOOST_REQUIRE(other.has_value());
    BOOST_REQUIRE((*other)->change_flags({2}, add_flags(maildir::flagged)));
    const auto done = inbox->change_flags({1, 2}, add_flags(maildir::seen));
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(done->changed.to_text() == "1:2");
    BOOST_TEST(done->untold.to_text() == "2");
    told();
    const auto again = inbox->change_flags({1, 2}, add_flags(maildir::replied));
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again->untold.empty());
}

BOOST_AUTO_TEST_SUITE_END()
