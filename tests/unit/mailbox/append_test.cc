// SPDX-License-Identifier: ISC
#include "mailbox/append.h"

#include "fixture.h"

using namespace mailbox_test;

BOOST_FIXTURE_TEST_SUITE(append, Fixture)

BOOST_AUTO_TEST_CASE(keeps_date_flags_and_keywords)
{
    select();
    auto append = mailbox::Append::begin(*store, "");
    BOOST_REQUIRE(append.has_value());
    BOOST_REQUIRE(
        append->message(add_flags(maildir::seen | maildir::draft, {"Work"}), 1234567890)
            .has_value());
    BOOST_REQUIRE(append->write("Subject: a\n").has_value());
    BOOST_REQUIRE(append->write("\nbody\r\n").has_value());
    BOOST_REQUIRE(append->finish().has_value());
    const auto appended = append->commit();
    BOOST_REQUIRE(appended.has_value());
    BOOST_TEST(appended->uids.to_text() == "1");

    BOOST_TEST(told() == "+1 recent 1");
    BOOST_TEST(appended->uid_validity == inbox->uid_validity());
    BOOST_TEST(content(1) == "Subject: a\n\nbody\r\n");
    const auto facts = *inbox->facts(1);
    BOOST_TEST(facts.internal_date == 1234567890);
    BOOST_TEST(facts.octets == 18U);
    BOOST_TEST(facts.wire_octets == 20U);
    BOOST_TEST(int{facts.flags.system} == int{maildir::seen | maildir::draft});
    BOOST_TEST(inbox->keywords()[0] == "Work");
    BOOST_TEST(names("cur").find(",S=18,W=20:2,DSa") != std::string::npos);

    // All of it is in the file: the index may go.
    delete_index();
    BOOST_TEST(told() == "");
    const auto again = *inbox->facts(1);
    BOOST_TEST(again.internal_date == 1234567890);
    BOOST_TEST(again.wire_octets == 20U);
    BOOST_TEST((again.flags == facts.flags));
}

BOOST_AUTO_TEST_CASE(many_come_in_their_order_and_all_at_once)
{
    select();
    auto append = mailbox::Append::begin(*store, "");
    BOOST_REQUIRE(append.has_value());
    for (int i = 0; i < 20; ++i) {
        BOOST_REQUIRE(append->message({}, 1000 - i).has_value());
        BOOST_REQUIRE(append->write(std::to_string(i)).has_value());
        BOOST_REQUIRE(append->finish().has_value());
        BOOST_REQUIRE(told() == "");
    }
    const auto appended = append->commit();
    BOOST_REQUIRE(appended.has_value());
    BOOST_TEST(appended->uids.to_text() == "1:20");
    BOOST_TEST(told() == "+1:20 recent 1:20");
    for (mailbox::Uid uid = 1; uid <= 20; ++uid)
        BOOST_TEST(content(uid) == std::to_string(uid - 1));
}

BOOST_AUTO_TEST_CASE(an_append_that_ends_early_leaves_nothing_behind)
{
    {
        auto append = mailbox::Append::begin(*store, "");
        BOOST_REQUIRE(append.has_value());
        BOOST_REQUIRE(append->message({}, std::nullopt).has_value());
        BOOST_REQUIRE(append->write(std::string(200'000, 'x')).has_value());
    }
    BOOST_TEST(names("tmp") == "");
    {
        auto append = mailbox::Append::begin(*store, "");
        BOOST_REQUIRE(append->message({}, std::nullopt).has_value());
        BOOST_REQUIRE(append->finish().has_value());
    }
    BOOST_TEST(names("tmp") == "");
    select();
    BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(more_keywords_than_there_are_letters_append_nothing)
{
    std::vector<std::string> keywords;
    for (int i = 0; i < 27; ++i)
        keywords.push_back("k" + std::to_string(i));
    {
        auto append = mailbox::Append::begin(*store, "");
        BOOST_REQUIRE(
            append->message(add_flags(0, keywords), std::nullopt).has_value());
        BOOST_REQUIRE(append->finish().has_value());
        const auto appended = append->commit();
        BOOST_REQUIRE(!appended);
        BOOST_TEST((appended.error().code == Errc::Limit));
    }
    BOOST_TEST(names("tmp") == "");
    BOOST_TEST(names("cur") == "");
}

BOOST_AUTO_TEST_CASE(there_must_be_a_folder)
{
    const auto append = mailbox::Append::begin(*store, "Nowhere");
    BOOST_REQUIRE(!append);
    BOOST_TEST((append.error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_SUITE_END()
