// SPDX-License-Identifier: ISC
#include "maildir/metadata.h"

#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "maildir/temporary.h"

namespace {

using maildir::Metadata;
using maildir_test::Temporary;

} // namespace

BOOST_AUTO_TEST_SUITE(metadata)

const char* const valid[] = {"/private/comment", "/shared/vendor/x/y z", "/a"};

BOOST_DATA_TEST_CASE(entry_names, valid)
{
    BOOST_TEST(Metadata::is_valid(sample));
}

const char* const invalid[] = {"",     "/",    "comment", "/a/",   "/a//b",
                               "/a*b", "/a%b", "/a\tb",   "/\xc3", "/a\x7f"};

BOOST_DATA_TEST_CASE(no_entry_names, invalid)
{
    BOOST_TEST(!Metadata::is_valid(sample));
}

BOOST_AUTO_TEST_CASE(names_have_255_octets_at_most)
{
    BOOST_TEST(Metadata::is_valid("/" + std::string(254, 'x')));
    BOOST_TEST(!Metadata::is_valid("/" + std::string(255, 'x')));
}

BOOST_AUTO_TEST_CASE(values_of_any_octets_come_back)
{
    const std::string value("a\\b\r\n\t\0 \xff", 9);
    Metadata one;
    BOOST_TEST(one.set("/shared/comment", value).has_value());
    BOOST_TEST(one.set("/private/comment", "").has_value());
    BOOST_TEST((one.to_text() == "/private/comment\t\n"
                                 "/shared/comment\ta\\\\b\\r\\n\\t\\0 \xff\n"));
    BOOST_TEST((Metadata::parse(one.to_text()).entries() == one.entries()));
}

BOOST_AUTO_TEST_CASE(case_does_not_count_in_names)
{
    Metadata one;
    BOOST_TEST(one.set("/Shared/Comment", "1").has_value());
    BOOST_TEST(one.set("/shared/comment", "2").has_value());
    BOOST_TEST(one.to_text() == "/shared/comment\t2\n");
    BOOST_TEST(one.set("/SHARED/COMMENT", std::nullopt).has_value());
    BOOST_TEST(one.entries().empty());
}

BOOST_AUTO_TEST_CASE(there_is_a_bound_on_entries)
{
    Metadata one;
    for (std::size_t i = 0; i < Metadata::max_entries; ++i)
        BOOST_TEST(one.set("/shared/" + std::to_string(i), "x").has_value());
    const auto more = one.set("/shared/more", "x");
    BOOST_REQUIRE(!more.has_value());
    BOOST_TEST((more.error().code == base::Errc::Limit));
    BOOST_TEST(one.set("/shared/1", "y").has_value());
    BOOST_TEST(one.set("/shared/more", std::nullopt).has_value());
}

BOOST_AUTO_TEST_CASE(passes_over_lines_of_another_form)
{
    const auto one = Metadata::parse("rubbish\n/a\tx\\\n/b\t\\q\n//\tx\n/c\tgood\n/d");
    BOOST_TEST(one.to_text() == "/c\tgood\n");
}

BOOST_AUTO_TEST_CASE(is_kept_in_a_file_as_long_as_there_is_anything)
{
    const Temporary directory;
    auto one = Metadata::load(directory.fd(), Metadata::folder_file).value();
    BOOST_TEST(one.entries().empty());
    BOOST_TEST(one.set("/shared/comment", "x").has_value());
    BOOST_TEST(one.save(directory.fd(), Metadata::folder_file).has_value());
    BOOST_TEST(directory.read("avocet-metadata") == "/shared/comment\tx\n");
    auto two = Metadata::load(directory.fd(), Metadata::folder_file).value();
    BOOST_TEST((two.entries() == one.entries()));
    BOOST_TEST(two.set("/shared/comment", std::nullopt).has_value());
    BOOST_TEST(two.save(directory.fd(), Metadata::folder_file).has_value());
    BOOST_TEST(!directory.has("avocet-metadata"));
    BOOST_TEST(two.save(directory.fd(), Metadata::folder_file).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
