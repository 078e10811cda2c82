// SPDX-License-Identifier: ISC
#include "maildir/keywords.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "temporary.h"

namespace {

using base::Errc;
using maildir::CourierKeywords;
using maildir::KeywordBits;
using maildir::Keywords;
using maildir_test::Temporary;

} // namespace

BOOST_AUTO_TEST_SUITE(keywords)

BOOST_AUTO_TEST_CASE(reads_what_dovecot_writes)
{
    const auto keywords = Keywords::parse("0 $Forwarded\n1 $label1\n5 NonJunk\n");
    BOOST_TEST(keywords.size() == 3U);
    BOOST_TEST(keywords.name_of(0) == "$Forwarded");
    BOOST_TEST(keywords.name_of(2).empty());
    BOOST_TEST(keywords.name_of(26).empty());
    BOOST_TEST(keywords.index_of("nonjunk").value() ==
               5U); // IMAP: case does not matter
    BOOST_TEST(!keywords.index_of("Junk"));
    BOOST_TEST(!keywords.index_of(""));
    BOOST_TEST((keywords.names(0b100011) ==
                std::vector<std::string>{"$Forwarded", "$label1", "NonJunk"}));
}

BOOST_AUTO_TEST_CASE(keeps_what_is_right_in_a_damaged_file)
{
    const auto keywords = Keywords::parse(
        "x y\n0 a\n0 again\n26 z\n-1 m\n1\n2 \n3b\n4 two words\n99999999999 q\n7 last");
    BOOST_TEST(keywords.to_text() == "0 a\n7 last\n");
}

BOOST_AUTO_TEST_CASE(new_keywords_take_the_lowest_free_number)
{
    auto keywords = Keywords::parse("1 b\n");
    BOOST_TEST(keywords.add("a").value() == 0U);
    BOOST_TEST(keywords.add("B").value() == 1U); // known already
    BOOST_TEST(keywords.add("c").value() == 2U);
    BOOST_TEST(keywords.to_text() == "0 a\n1 b\n2 c\n");
}

BOOST_AUTO_TEST_CASE(gives_no_letter_away_that_files_have_without_a_name)
{
    Keywords keywords = Keywords::parse("1 b\n");
    BOOST_TEST(*keywords.add("new", 0b1001) == 2u);
    BOOST_TEST(*keywords.add("b", 0b1011) == 1u);
    BOOST_TEST(*keywords.add("newer", 0b1001) == 4u);
    const auto refused = keywords.add("none", ~KeywordBits{0});
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == Errc::Limit));
    BOOST_TEST(*keywords.add("a") == 0u);
}

BOOST_AUTO_TEST_CASE(the_27th_keyword_is_refused)
{
    Keywords keywords;
    for (unsigned i = 0; i < 26; ++i) {
        BOOST_TEST(!keywords.is_full());
        BOOST_TEST(keywords.add("k" + std::to_string(i)).value() == i);
    }
    BOOST_TEST(keywords.is_full());
    const auto refused = keywords.add("k26");
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == Errc::Limit));
    BOOST_TEST(keywords.add("K25").value() == 25U); // a known one still goes
}

BOOST_AUTO_TEST_CASE(names_that_would_break_the_file_are_refused)
{
    Keywords keywords;
    const std::string longest(Keywords::max_name, 'k');
    BOOST_TEST(keywords.add(longest).has_value());
    for (const std::string& name :
         {std::string(), std::string("a b"), std::string("a\nb"), longest + "k"}) {
        const auto refused = keywords.add(name);
        BOOST_REQUIRE(!refused);
        BOOST_TEST((refused.error().code == Errc::Cannot));
    }
}

BOOST_AUTO_TEST_CASE(is_saved_and_loaded)
{
    const Temporary folder;
    auto keywords = Keywords::load(folder.fd()).value();
    BOOST_TEST(keywords.size() == 0U);
    BOOST_TEST((keywords.stamp() == maildir::FileStamp{}));
    BOOST_TEST(keywords.add("$Junk").has_value());
    BOOST_TEST(keywords.save(folder.fd()).has_value());
    BOOST_TEST(folder.read("dovecot-keywords") == "0 $Junk\n");
    BOOST_TEST(folder.names(".") == "dovecot-keywords");

    const auto again = Keywords::load(folder.fd()).value();
    BOOST_TEST(again.name_of(0) == "$Junk");
    BOOST_TEST((again.stamp() == keywords.stamp()));
}

BOOST_AUTO_TEST_CASE(takes_over_couriers_list)
{
    const auto courier = CourierKeywords::parse(
        "$Junk\nwork\n\n1.host:0\n2.host:1 0\n3.host:\n4.host:9\n:0\nno colon\n");
    BOOST_TEST(courier.keywords.name_of(1) == "work");
    BOOST_REQUIRE(courier.messages.size() == 2U);
    BOOST_TEST(courier.messages[0].first == "1.host");
    BOOST_TEST(courier.messages[0].second == 1U);
    BOOST_TEST(courier.messages[1].second == 3U);
}

BOOST_AUTO_TEST_CASE(couriers_27th_keyword_moves_no_other)
{
    std::string list;
    for (int i = 0; i < 30; ++i)
        list += "k" + std::to_string(i) + "\n";
    const auto courier = CourierKeywords::parse(list + "\na:25 26 29\nb:27\n");
    BOOST_REQUIRE(courier.messages.size() == 1U);
    BOOST_TEST(courier.messages[0].second == 1U << 25);
}

BOOST_AUTO_TEST_CASE(a_messages_own_file_overrides_couriers_list)
{
    const Temporary folder;
    BOOST_TEST(
        (maildir::import_courier_keywords(folder.fd()).error().code == Errc::NotFound));
    folder.make_directory("courierimapkeywords");
    folder.write("courierimapkeywords/:list",
                 "red\nblue\n\na.h:0\nb.h:0\nc.h:0\nd.h:0\n");
    folder.write("courierimapkeywords/a.h", "blue\n");
    folder.write("courierimapkeywords/b.h", "");
    folder.write("courierimapkeywords/.5.c.h", "green\n");
    folder.write("courierimapkeywords/.7.c.h", "blue\ngreen\n");
    folder.write("courierimapkeywords/c.h", "red\n");
    const auto courier = maildir::import_courier_keywords(folder.fd()).value();
    BOOST_TEST(courier.keywords.to_text() == "0 red\n1 blue\n2 green\n");
    BOOST_REQUIRE(courier.messages.size() == 3U);
    BOOST_TEST(courier.messages[0].second == 0b010U); // a.h
    BOOST_TEST(courier.messages[1].first == "c.h");   // b.h has none any more
    BOOST_TEST(courier.messages[1].second == 0b110U);
    BOOST_TEST(courier.messages[2].second == 0b001U); // d.h
}

BOOST_AUTO_TEST_SUITE_END()
