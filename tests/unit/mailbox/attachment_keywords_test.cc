// SPDX-License-Identifier: ISC
// $HasAttachment and $HasNoAttachment: lib/mailbox/attachment_keywords.cc.
#include "mailbox/mailbox.h"

#include "fixture.h"

using namespace mailbox_test;

namespace {

struct Four : Fixture {
    Four()
    {
        for (int i = 1; i <= 4; ++i)
            deliver(std::to_string(i) + ".a.h");
        select();
    }
};

BOOST_FIXTURE_TEST_SUITE(attachment_keywords, Four)

BOOST_AUTO_TEST_CASE(what_has_come_is_marked_before_it_is_told)
{
    BOOST_TEST(inbox->take_arrivals().to_text() == "1:4");
    inbox->mark_attachments({{1, true}, {2, false}, {4, true}});
    BOOST_TEST(names("cur") == "1.a.h:2,a 2.a.h:2,b 3.a.h:2, 4.a.h:2,a");
    BOOST_TEST(told() == "+1:4 recent 1:4");
    BOOST_TEST(told() == "");
    BOOST_TEST(inbox->take_arrivals().empty());
}

BOOST_AUTO_TEST_CASE(what_has_come_is_to_be_looked_at_once_though_it_is_not_told)
{
    BOOST_TEST(inbox->take_arrivals().to_text() == "1:4");
    BOOST_TEST(inbox->take_arrivals().empty());
    deliver("5.a.h");
    delete_index();
    BOOST_REQUIRE(inbox->sync().has_value());
    BOOST_TEST(inbox->take_arrivals().to_text() == "5");
}

BOOST_AUTO_TEST_CASE(what_was_told_is_told_again)
{
    BOOST_TEST(told() == "+1:4 recent 1:4");
    inbox->mark_attachments({{2, true}, {3, false}});
    BOOST_TEST(told() == "flags 2:3");
}

BOOST_AUTO_TEST_CASE(a_message_keeps_the_keyword_that_it_has)
{
    BOOST_REQUIRE(inbox->change_flags({1}, add_flags(0, {"$hasattachment"})));
    BOOST_REQUIRE(inbox->change_flags({2}, add_flags(0, {"$HasNoAttachment"})));
    inbox->mark_attachments({{1, false}, {2, true}, {3, true}, {9, true}});
    BOOST_TEST(names("cur") == "1.a.h:2,a 2.a.h:2,b 3.a.h:2,a 4.a.h:2,");
}

BOOST_AUTO_TEST_CASE(nothing_is_marked_where_nothing_may_be_changed)
{
    select(Access::ReadOnly);
    inbox->mark_attachments({{1, true}, {2, false}});
    BOOST_TEST(names("cur") == "1.a.h:2, 2.a.h:2, 3.a.h:2, 4.a.h:2,");
}

BOOST_AUTO_TEST_CASE(a_keyword_for_which_there_is_no_letter_is_missed_once)
{
    for (int i = 0; i < 25; ++i)
        BOOST_REQUIRE(
            inbox->change_flags({1}, add_flags(0, {"k" + std::to_string(i)})));
    inbox->mark_attachments({{2, true}, {3, false}});
    inbox->mark_attachments({{4, false}});
    BOOST_TEST(inbox->facts(2)->flags.keywords == 1U << 25);
    BOOST_TEST(inbox->facts(3)->flags.keywords == 0U);
    BOOST_TEST(inbox->facts(4)->flags.keywords == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
