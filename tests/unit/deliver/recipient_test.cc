// SPDX-License-Identifier: ISC
#include "deliver/recipient.h"

#include <string>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include "../maildir/temporary.h"
#include "base/account.h"

namespace {

using base::Errc;
using deliver::find_recipient;

struct Fixture {
    maildir_test::Temporary home;
    config::Settings settings;

    Fixture()
    {
        settings.mail.location = home.path() + "/%u";
        settings.auth.passwd_file = home.path() + "/users";
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(recipient, Fixture)

BOOST_AUTO_TEST_CASE(without_a_name_it_is_whoever_runs_us)
{
    const auto found = find_recipient(std::nullopt, settings);
    BOOST_REQUIRE(found);
    BOOST_TEST(found->identity.uid == ::geteuid());
    BOOST_TEST(found->identity.mail == home.path() + "/" + found->identity.user);
}

BOOST_AUTO_TEST_CASE(nobody_is_unknown_while_the_passwd_file_is_missing)
{
    const auto missing = find_recipient("no-such-user", settings);
    BOOST_REQUIRE(!missing);
    BOOST_TEST((missing.error().code != Errc::NotFound));

    home.write("users", "");
    const auto unknown = find_recipient("no-such-user", settings);
    BOOST_REQUIRE(!unknown);
    BOOST_TEST((unknown.error().code == Errc::NotFound));

    settings.auth.passwd_file.clear();
    BOOST_TEST(
        (find_recipient("no-such-user", settings).error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(an_extension_is_taken_off_where_nobody_has_the_whole_name)
{
    const std::string rest =
        ":{PLAIN}x:" + std::to_string(::geteuid() ? ::geteuid() : 7) + ":7::/home::\n";
    home.write("users", "ann" + rest + "ann+bob" + rest + "ann@example.org" + rest);
    BOOST_TEST(find_recipient("ann", settings)->extension == "");
    BOOST_TEST(find_recipient("ann+x", settings)->identity.user == "ann");
    BOOST_TEST(find_recipient("ann+x", settings)->extension == "x");
    BOOST_TEST(find_recipient("ann+bob", settings)->identity.user == "ann+bob");
    BOOST_TEST(find_recipient("ann+bob", settings)->extension == "");
    const auto virtual_ann = find_recipient("ann+x@example.org", settings);
    BOOST_REQUIRE(virtual_ann);
    BOOST_TEST(virtual_ann->identity.user == "ann@example.org");
    BOOST_TEST((find_recipient("eve+x", settings).error().code == Errc::NotFound));
    BOOST_TEST((find_recipient("+ann", settings).error().code == Errc::NotFound));

    settings.deliver.extension = config::Extension::Off;
    BOOST_TEST((find_recipient("ann+x", settings).error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(a_name_that_is_a_path_is_nobodys)
{
    for (const char* const name : {"../ann", "/etc/passwd", ".", "a@b@c", "a\nb"}) {
        const auto found = find_recipient(name, settings);
        BOOST_REQUIRE(!found);
        BOOST_TEST((found.error().code == Errc::NotFound));
    }
}

BOOST_AUTO_TEST_CASE(root_is_nobody_to_deliver_to_by_name)
{
    home.write("users", "");
    const auto found = find_recipient("root", settings);
    BOOST_REQUIRE(!found);
    BOOST_TEST((found.error().code != Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(an_account_of_the_system_needs_no_entry)
{
    home.write("users", "");
    const auto self = base::account_of(::geteuid());
    if (!self || self->uid == 0)
        return; // see the system tests for what root can do
    const auto found = find_recipient(self->name, settings);
    BOOST_REQUIRE(found);
    BOOST_TEST(found->identity.mail == home.path() + "/" + self->name);
}

BOOST_AUTO_TEST_CASE(a_broken_line_is_not_an_unknown_user)
{
    home.write("users", "ann:{NONSENSE}x::::/home/ann::\n");
    const auto found = find_recipient("ann", settings);
    BOOST_REQUIRE(!found);
    BOOST_TEST((found.error().code != Errc::NotFound));
}

BOOST_AUTO_TEST_SUITE_END()
