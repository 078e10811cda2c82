// SPDX-License-Identifier: ISC
#include "deliver/target.h"

#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "../maildir/temporary.h"

namespace {

using deliver::name_on_disk;
using deliver::Wish;
using maildir_test::Temporary;

/// What -m asks for, with the default settings.
base::Result<deliver::Target> open_target(const std::string& mail,
                                          const std::string& folder)
{
    return deliver::open_target(mail, {folder, Wish::By::Option}, {});
}

/// What an address asks for.
base::Result<deliver::Target> addressed(const Temporary& home,
                                        const std::string& folder,
                                        const config::Settings& settings = {})
{
    return deliver::open_target(home.path(), {folder, Wish::By::Address}, settings);
}

struct Name {
    std::string name;
    char separator;
    std::string expected;
    friend std::ostream& operator<<(std::ostream& out, const Name& n)
    {
        return out << n.name << " with " << n.separator;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(target)

const Name stored[] = {
    {"INBOX", '.', ""},
    {"inbox", '/', ""},
    {"Lists", '.', "Lists"},
    {"Lists.avocet", '.', "Lists.avocet"},
    {"Lists/avocet", '/', "Lists.avocet"},
    {"Entw\xC3\xBCrfe", '.', "Entw&APw-rfe"},
    {"A&B", '.', "A&-B"},
    {"INBOX.Sent", '.', "INBOX.Sent"},
};

BOOST_DATA_TEST_CASE(a_name_becomes_that_of_a_directory, stored)
{
    const auto name = name_on_disk(sample.name, sample.separator);
    BOOST_REQUIRE(name);
    BOOST_TEST(*name == sample.expected);
}

const Name refused[] = {
    {"", '.', ""},     {".", '.', ""},    {"a..b", '.', ""},
    {".a", '.', ""},   {"a.", '.', ""},   {"a/b", '.', ""},
    {"..", '/', ""},   {"../a", '/', ""}, {"a.b", '/', ""},
    {"a//b", '/', ""}, {"\xFF", '.', ""}, {std::string(300, 'x'), '.', ""},
};

BOOST_DATA_TEST_CASE(a_name_that_no_directory_can_have_is_refused, refused)
{
    BOOST_TEST(!name_on_disk(sample.name, sample.separator));
}

BOOST_AUTO_TEST_CASE(a_maildir_and_a_folder_are_made_when_they_are_missing)
{
    const Temporary home;
    const auto target = open_target(home.path() + "/Maildir", "A.B");
    BOOST_REQUIRE(target);
    BOOST_TEST(target->name == "A.B");
    BOOST_TEST(!target->fallback);
    BOOST_TEST(home.has("Maildir/cur"));
    BOOST_TEST(home.has("Maildir/.A.B/maildirfolder"));
    BOOST_TEST(open_target(home.path() + "/Maildir", "A.B").has_value());
}

BOOST_AUTO_TEST_CASE(without_a_folder_it_is_inbox)
{
    const Temporary home;
    const auto target = open_target(home.path(), "");
    BOOST_REQUIRE(target);
    BOOST_TEST(target->name == "INBOX");
    BOOST_TEST(!target->fallback);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_used_gives_way_to_inbox)
{
    const Temporary home;
    home.write(".Lists", "a file in the way");
    for (const char* const wanted : {"Lists", "a..b", "\xFF"}) {
        const auto target = open_target(home.path(), wanted);
        BOOST_REQUIRE(target);
        BOOST_TEST(target->name == "INBOX");
        BOOST_TEST(target->fallback.has_value());
    }
}

BOOST_AUTO_TEST_CASE(an_option_s_folder_is_not_made_without_autocreate)
{
    const Temporary home;
    config::Settings settings;
    settings.deliver.autocreate = false;
    const Wish wish{"Lists", Wish::By::Option};
    const auto target = deliver::open_target(home.path(), wish, settings);
    BOOST_REQUIRE(target);
    BOOST_TEST(target->name == "INBOX");
    BOOST_REQUIRE(target->fallback.has_value());
    BOOST_TEST((target->fallback->code == base::Errc::NotFound));
    BOOST_TEST(!home.has(".Lists"));
}

BOOST_AUTO_TEST_CASE(an_address_finds_only_folders_that_exist)
{
    const Temporary home;
    BOOST_TEST(addressed(home, "Lists")->name == "INBOX");
    BOOST_TEST(!home.has(".Lists"));
    BOOST_REQUIRE(open_target(home.path(), "Lists"));
    BOOST_TEST(addressed(home, "Lists")->name == "Lists");
}

BOOST_AUTO_TEST_CASE(the_case_of_letters_in_an_address_does_not_count)
{
    const Temporary home;
    BOOST_REQUIRE(open_target(home.path(), "Lists"));
    BOOST_TEST(addressed(home, "lists")->name == "Lists");
    BOOST_REQUIRE(open_target(home.path(), "LISTS"));
    BOOST_TEST(addressed(home, "lists")->name == "INBOX"); // which one?
    BOOST_TEST(addressed(home, "Lists")->name == "Lists");
}

BOOST_AUTO_TEST_CASE(an_address_makes_folders_that_a_pattern_allows)
{
    const Temporary home;
    config::Settings settings;
    settings.deliver.extension = config::Extension::Create;
    settings.deliver.extension_pattern = {"shop", "lists.*"};
    BOOST_TEST(addressed(home, "lists.avocet", settings)->name == "lists.avocet");
    BOOST_TEST(addressed(home, "shop", settings)->name == "shop");
    BOOST_TEST(addressed(home, "shopping", settings)->name == "INBOX");
    BOOST_TEST(addressed(home, "../x", settings)->name == "INBOX");
    BOOST_TEST(!home.has("subscriptions"));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_made_can_be_subscribed_to)
{
    const Temporary home;
    home.write("courierimapsubscribed", "INBOX.Old\n");
    config::Settings settings;
    settings.deliver.autosubscribe = true;
    const Wish wish{"Lists", Wish::By::Option};
    BOOST_REQUIRE(deliver::open_target(home.path(), wish, settings));
    BOOST_TEST(home.read("subscriptions") == "Lists\nOld\n");
    BOOST_REQUIRE(deliver::open_target(home.path(), wish, settings));
    BOOST_TEST(home.read("subscriptions") == "Lists\nOld\n");
}

BOOST_AUTO_TEST_CASE(without_inbox_there_is_nothing_to_fall_back_to)
{
    const Temporary home;
    home.write("Maildir", "a file in the way");
    BOOST_TEST(!open_target(home.path() + "/Maildir", "Lists"));
}

BOOST_AUTO_TEST_SUITE_END()
