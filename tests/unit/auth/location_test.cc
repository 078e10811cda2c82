// SPDX-License-Identifier: ISC
#include "auth/location.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using base::Errc;

struct Case {
    const char* pattern;
    const char* user;
    const char* home;
    const char* expected;
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.pattern << " for " << c.user;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(location)

const Case accepted[] = {
    {"~/Maildir", "ann", "/home/ann", "/home/ann/Maildir"},
    {"~", "ann", "/home/ann", "/home/ann"},
    {"%h/Maildir/", "ann", "/home/ann", "/home/ann/Maildir"},
    {"maildir:~/Maildir", "ann", "/home/ann", "/home/ann/Maildir"},
    {"/srv/%d/%n", "ann@example.org", "", "/srv/example.org/ann"},
    {"/srv/%u", "ann@example.org", "", "/srv/ann@example.org"},
    {"/srv/%n", "ann", "", "/srv/ann"},
    {"/srv/100%%/%u", "ann", "", "/srv/100%/ann"},
    {"/srv/%u", "%h", "/home/x", "/srv/%h"}, // what a variable holds is not expanded
    {"/srv/~/%u", "a.b", "/home/x", "/srv/~/a.b"},
    {"/srv/a..b", "ann", "", "/srv/a..b"},
    {"/", "ann", "", "/"},
};

BOOST_DATA_TEST_CASE(expands, accepted)
{
    const auto path = auth::expand_location(sample.pattern, sample.user, sample.home);
    BOOST_REQUIRE(path.has_value());
    BOOST_TEST(*path == sample.expected);
}

const Case refused[] = {
    {"~/Maildir", "ann", "", ""}, // no home
    {"%h", "ann", "", ""},
    {"/srv/%d/%n", "ann", "", ""}, // no domain: "/srv//ann" may be a domain's
    {"/srv/%x", "ann", "", ""},
    {"/srv/%", "ann", "", ""},
    {"Maildir", "ann", "/home/ann", ""},
    {"%u", "ann", "/home/ann", ""},
    {"~ann/Maildir", "ann", "/home/ann", ""},
    {"", "ann", "/home/ann", ""},
    {"~/Maildir", "ann", "home", ""},
    {"~/../bob", "ann", "/home/ann", ""},
    {"/srv/..", "ann", "", ""},
    {"~/m", "ann", "/home/../etc", ""},
};

BOOST_DATA_TEST_CASE(cannot_expand, refused)
{
    const auto path = auth::expand_location(sample.pattern, sample.user, sample.home);
    BOOST_REQUIRE(!path);
    BOOST_TEST((path.error().code == Errc::Cannot));
}

const std::string_view good_users[] = {
    "ann", "a", "Ann", "ann@example.org", "a.b-c_d+e", "ann bee", "j\xc3\xbcrgen"};

BOOST_DATA_TEST_CASE(takes_users, good_users)
{
    BOOST_TEST(auth::check_user(sample).has_value());
}

const std::string_view hostile_users[] = {"",
                                          "..",
                                          ".",
                                          ".ann",
                                          "../bob",
                                          "a/b",
                                          "/",
                                          "a..b",
                                          "ann@..",
                                          "ann@.",
                                          "@",
                                          "@example.org",
                                          "ann@",
                                          "a@b@c",
                                          "ann@.org",
                                          "ann\n",
                                          "\tann",
                                          "ann\x7f",
                                          "a\x1b[0m",
                                          "ann@../../x",
                                          std::string_view("ann\0", 4),
                                          std::string_view("\0", 1)};

BOOST_DATA_TEST_CASE(refuses_users, hostile_users)
{
    const auto fine = auth::check_user(sample);
    BOOST_REQUIRE(!fine);
    BOOST_TEST((fine.error().code == Errc::Refused));
    const auto path = auth::expand_location("/srv/%u", sample, "/home/ann");
    BOOST_REQUIRE(!path);
    BOOST_TEST((path.error().code == Errc::Refused));
}

BOOST_AUTO_TEST_CASE(users_have_a_bound)
{
    const std::string longest(auth::max_user, 'a');
    BOOST_TEST(auth::check_user(longest).has_value());
    BOOST_TEST(!auth::check_user(longest + "a").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
