// SPDX-License-Identifier: ISC
// STORE and EXPUNGE: lib/mailbox/change.cc.
#include "mailbox/mailbox.h"

#include "fixture.h"

using namespace mailbox_test;

namespace {

using Mode = FlagChange::Mode;

struct Three : Fixture {
    Three()
    {
        for (int i = 1; i <= 3; ++i)
            write("cur/" + std::to_string(i) + ".a.h:2,", std::to_string(i));
        select();
        BOOST_REQUIRE(told() == "+1:3");
    }
    std::string change(const base::NumberSet& uids, const FlagChange& change)
    {
        const auto outcome = inbox->change_flags(uids, change);
        if (!outcome)
            return std::string(base::name_of(outcome.error().code));
        return "changed " + outcome->changed.to_text() + " gone " +
               outcome->gone.to_text();
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(change, Three)

BOOST_AUTO_TEST_CASE(adds_removes_and_replaces_flags)
{
    BOOST_TEST(change({1, 2}, add_flags(maildir::seen)) == "changed 1:2 gone ");
    BOOST_TEST(names("cur") == "1.a.h:2,S 2.a.h:2,S 3.a.h:2,");
    BOOST_TEST(change({1}, {Mode::Remove, maildir::seen, {}}) == "changed 1 gone ");
    BOOST_TEST(change({2}, {Mode::Replace, maildir::draft | maildir::flagged, {}}) ==
               "changed 2 gone ");
    BOOST_TEST(names("cur") == "1.a.h:2, 2.a.h:2,DF 3.a.h:2,");
    BOOST_TEST(told() == "flags 1:2");
}

BOOST_AUTO_TEST_CASE(a_change_that_changes_nothing_is_told_to_nobody)
{
    BOOST_TEST(change({1}, {Mode::Remove, maildir::seen, {}}) == "changed 1 gone ");
    BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(keeps_what_it_does_not_know)
{
    rename("cur/1.a.h:2,", "cur/1.a.h:2,PSXaq,x"); // a, q: nobody has named them
    told();
    BOOST_TEST(change({1}, {Mode::Replace, maildir::flagged, {}}) == "changed 1 gone ");
    const auto name =
        maildir::Name::parse(names("cur").substr(0, names("cur").find(' ')));
    BOOST_TEST(int{name.flags} == int{maildir::flagged | maildir::passed});
    BOOST_TEST(name.keywords == (1U | 1U << 16));
    BOOST_TEST(name.letters == "X");
    BOOST_TEST(name.rest == ",x");
}

BOOST_AUTO_TEST_CASE(finds_what_another_program_renamed)
{
    rename("cur/1.a.h:2,", "cur/1.a.h:2,R");
    BOOST_TEST(change({1, 2}, add_flags(maildir::seen)) == "changed 1:2 gone ");
    BOOST_TEST(names("cur") == "1.a.h:2,RS 2.a.h:2,S 3.a.h:2,");
}

BOOST_AUTO_TEST_CASE(says_what_is_gone)
{
    remove("cur/1.a.h:2,");
    rename("cur/2.a.h:2,", "cur/2.a.h:2,R");
    BOOST_TEST(change({1, 2, 3, 9}, add_flags(maildir::seen)) ==
               "changed 2:3 gone 1,9");
    BOOST_TEST(told() == "-1 flags 2:3");
}

BOOST_AUTO_TEST_CASE(a_message_that_was_only_examined_moves_to_cur_with_its_flags)
{
    inbox.reset();
    deliver("4.a.h");
    select(Access::ReadOnly);
    told();
    const auto other = store->open("", Access::ReadWrite);
    BOOST_REQUIRE(other.has_value());
    BOOST_TEST((*other)->change_flags({4}, add_flags(maildir::seen)).has_value());
    BOOST_TEST(names("cur").find("4.a.h:2,S") != std::string::npos);
    BOOST_TEST(told() == "flags 4");
}

BOOST_AUTO_TEST_CASE(keywords_get_letters_and_there_are_26_of_them)
{
    for (int i = 0; i < 26; ++i) {
        BOOST_TEST(inbox->has_room_for_keywords());
        BOOST_TEST(change({1}, add_flags(0, {"k" + std::to_string(i)})) ==
                   "changed 1 gone ");
    }
    BOOST_TEST(!inbox->has_room_for_keywords());
    BOOST_TEST(change({1}, add_flags(0, {"K7"})) == "changed 1 gone "); // known
    BOOST_TEST(change({2}, add_flags(0, {"k26"})) == "limit");
    BOOST_TEST(inbox->facts(1)->flags.keywords == 0x3ffffffU);
    BOOST_TEST(names("cur").substr(0, 34) == "1.a.h:2,abcdefghijklmnopqrstuvwxyz");
    BOOST_TEST(inbox->keywords()[25] == "k25");
}

BOOST_AUTO_TEST_CASE(keywords_of_another_program_are_read)
{
    root.write("mail/dovecot-keywords", "0 Work\n25 Zed\n");
    rename("cur/2.a.h:2,", "cur/2.a.h:2,az");
    BOOST_TEST(told() == "flags 2");
    BOOST_TEST(inbox->keywords()[0] == "Work");
    BOOST_TEST(inbox->keywords()[25] == "Zed");
    BOOST_TEST(change({1}, add_flags(0, {"zed", "More"})) == "changed 1 gone ");
    BOOST_TEST(names("cur") == "1.a.h:2,bz 2.a.h:2,az 3.a.h:2,");
}

BOOST_AUTO_TEST_CASE(leaves_alone_what_changed_since)
{
    BOOST_TEST(change({1}, add_flags(maildir::seen)) == "changed 1 gone ");
    const auto now = inbox->facts(1)->mod_sequence;
    const auto outcome =
        inbox->change_flags({1, 2}, add_flags(maildir::draft), now - 1);
    BOOST_REQUIRE(outcome.has_value());
    BOOST_TEST(outcome->changed.to_text() == "2");
    BOOST_TEST(outcome->newer.to_text() == "1");
}

BOOST_AUTO_TEST_CASE(says_what_others_had_changed_before)
{
    const auto other = store->open("", Access::ReadWrite);
    BOOST_REQUIRE((*other)->change_flags({1}, add_flags(maildir::flagged)).has_value());
    const auto outcome = inbox->change_flags({1, 2}, add_flags(maildir::seen));
    BOOST_REQUIRE(outcome.has_value());
    BOOST_TEST(outcome->changed.to_text() == "1:2");
    BOOST_TEST(outcome->untold.to_text() == "1"); // our client does not know \Flagged
}

BOOST_AUTO_TEST_CASE(says_what_others_had_changed_and_it_found_on_the_way)
{
    change({1}, add_flags(maildir::flagged));
    told();
    rename("cur/1.a.h:2,F", "cur/1.a.h:2,DF");
    rename("cur/2.a.h:2,", "cur/2.a.h:2,S"); // is missed, so all names are looked at
    const auto outcome = inbox->change_flags({1, 2, 3}, add_flags(maildir::flagged));
    BOOST_REQUIRE(outcome.has_value());
    BOOST_TEST(outcome->changed.to_text() == "1:3");
    BOOST_TEST(outcome->touched.to_text() == "2:3");
    BOOST_TEST(outcome->untold.to_text() == "1:2");
    BOOST_TEST(names("cur") == "1.a.h:2,DF 2.a.h:2,FS 3.a.h:2,F");
}

BOOST_AUTO_TEST_CASE(leaves_alone_what_it_found_changed_since_on_the_way)
{
    change({1}, add_flags(maildir::flagged));
    const auto since = inbox->highest_mod_sequence();
    rename("cur/1.a.h:2,F", "cur/1.a.h:2,DF");
    rename("cur/2.a.h:2,", "cur/2.a.h:2,S");
    const auto outcome =
        inbox->change_flags({1, 2, 3}, add_flags(maildir::flagged), since);
    BOOST_REQUIRE(outcome.has_value());
    BOOST_TEST(outcome->changed.to_text() == "3");
    BOOST_TEST(outcome->newer.to_text() == "1:2");
    BOOST_TEST(outcome->gone.to_text() == "");
}

BOOST_AUTO_TEST_CASE(expunges_what_is_deleted)
{
    change({1, 3}, add_flags(maildir::trashed));
    told();
    const auto expunged = inbox->expunge({1, 2});
    BOOST_REQUIRE(expunged.has_value());
    BOOST_TEST(expunged->to_text() == "1");
    BOOST_TEST(names("cur") == "2.a.h:2, 3.a.h:2,T");
    BOOST_TEST(told() == "-1");
}

BOOST_AUTO_TEST_CASE(expunges_what_another_program_renamed)
{
    change({1, 2}, add_flags(maildir::trashed));
    rename("cur/1.a.h:2,T", "cur/1.a.h:2,ST");
    rename("cur/2.a.h:2,T", "cur/2.a.h:2,S"); // it takes \Deleted away
    const auto expunged = inbox->expunge({1, 2, 3});
    BOOST_REQUIRE(expunged.has_value());
    BOOST_TEST(expunged->to_text() == "1");
    BOOST_TEST(names("cur") == "2.a.h:2,S 3.a.h:2,");
}

BOOST_AUTO_TEST_CASE(expunge_of_what_another_program_removed_is_no_error)
{
    change({1}, add_flags(maildir::trashed));
    told();
    remove("cur/1.a.h:2,T");
    BOOST_TEST(inbox->expunge({1}).has_value());
    BOOST_TEST(told() == "-1");
}

BOOST_AUTO_TEST_CASE(changes_nothing_where_it_is_open_for_reading)
{
    select(Access::ReadOnly);
    told();
    BOOST_TEST(change({1}, add_flags(maildir::seen)) == "read-only");
    const auto expunged = inbox->expunge({1});
    BOOST_REQUIRE(!expunged);
    BOOST_TEST((expunged.error().code == Errc::ReadOnly));
}

BOOST_AUTO_TEST_CASE(works_on_while_the_index_is_gone)
{
    delete_index();
    BOOST_TEST(change({1}, add_flags(maildir::seen | maildir::trashed)) ==
               "changed 1 gone ");
    delete_index();
    BOOST_TEST(inbox->expunge({1}).has_value());
    delete_index();
    BOOST_TEST(change({2}, add_flags(maildir::flagged)) == "changed 2 gone ");
    const std::string now = told();
    BOOST_TEST((now == "-1 flags 2" || now == "-1 flags 1:2"));
    BOOST_TEST(names("cur") == "2.a.h:2,F 3.a.h:2,");
}

BOOST_AUTO_TEST_SUITE_END()
