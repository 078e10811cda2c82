// SPDX-License-Identifier: ISC
#include "auth/passwd_file.h"

#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using auth::PasswdEntry;
using auth::PasswdFile;
using base::Errc;

struct Case {
    const char* line;
    const char* expected; ///< user password uid gid home mail, with | between them
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.line;
    }
};

std::string shown(const PasswdEntry& e)
{
    return e.user + '|' + e.password + '|' + e.uid + '|' + e.gid + '|' + e.home + '|' +
           e.mail + (e.login == PasswdEntry::Login::Forbidden ? "|nologin" : "");
}

} // namespace

BOOST_AUTO_TEST_SUITE(passwd_file)

const Case accepted[] = {
    {"ann:{PLAIN}x", "ann|{PLAIN}x||||"},
    {"ann:{PLAIN}x::::::", "ann|{PLAIN}x||||"},
    {"ann:{PLAIN}x:1001:1002:Ann:/home/ann:/bin/sh:",
     "ann|{PLAIN}x|1001|1002|/home/ann|"},
    {"ann@example.org:{PLAIN}x:vmail:mail::/srv/ann::",
     "ann@example.org|{PLAIN}x|vmail|mail|/srv/ann|"},
    {"ann:{PLAIN}x::::/home/ann::userdb_mail=maildir:~/Mail",
     "ann|{PLAIN}x|||/home/ann|~/Mail"},
    {"ann:{PLAIN}x::::::userdb_quota_rule=*:storage=1G userdb_mail=maildir:/m/%u "
     "proxy=y",
     "ann|{PLAIN}x||||/m/%u"},
    {"ann:{PLAIN}x::::::userdb_uid=7 userdb_gid=8 userdb_home=/h",
     "ann|{PLAIN}x|7|8|/h|"},
    {"ann:*:1:1::/h::", "ann|*|1|1|/h|"}, // locked: mail comes, nobody gets in
    {"ann:!{PLAIN}x:1:1::/h::", "ann|!{PLAIN}x|1|1|/h|"},
    {"ann:{PLAIN}x::::::userdb_mail=maildir:/a,b x=y", "ann|{PLAIN}x||||/a,b"},
    {"ann:{PLAIN}x::::::nologin", "ann|{PLAIN}x|||||nologin"},
    {"ann:{PLAIN}x::::::nologin=y", "ann|{PLAIN}x|||||nologin"},
};

BOOST_DATA_TEST_CASE(reads_a_line, accepted)
{
    const auto entry = auth::parse_passwd_line(sample.line);
    BOOST_REQUIRE(entry.has_value());
    BOOST_TEST(shown(*entry) == sample.expected);
}

struct Rule {
    const char* rule;
    std::uint64_t octets;
    std::uint64_t messages;
    friend std::ostream& operator<<(std::ostream& out, const Rule& r)
    {
        return out << r.rule;
    }
};

const Rule rules[] = {
    {"*:storage=1G", 1 << 30, 0},
    {"*:storage=100", 102400, 0}, // Dovecot's unit
    {"*:bytes=100", 100, 0},
    {"*:messages=7", 0, 7},
    {"*:storage=2M:messages=7", 2 << 20, 7},
    {"*", 0, 0}, // no limit, whatever the settings say
};

BOOST_DATA_TEST_CASE(reads_a_quota, rules)
{
    const std::string line =
        std::string("ann:{PLAIN}x::::::userdb_quota_rule=") + sample.rule;
    const auto entry = auth::parse_passwd_line(line);
    BOOST_REQUIRE(entry.has_value());
    BOOST_REQUIRE(entry->quota.has_value());
    BOOST_TEST(entry->quota->octets == sample.octets);
    BOOST_TEST(entry->quota->messages == sample.messages);
}

const char* const other_rules[] = {"", "Trash:storage=1G", "*:storage=+10%",
                                   "*:storage=", "*:ignore"};

BOOST_DATA_TEST_CASE(passes_over_a_quota_that_it_cannot_keep, other_rules)
{
    const std::string line =
        std::string("ann:{PLAIN}x::::::userdb_quota_rule=") + sample;
    const auto entry = auth::parse_passwd_line(line);
    BOOST_REQUIRE(entry.has_value());
    BOOST_TEST(!entry->quota.has_value());
}

const std::string_view refused[] = {
    "ann", // no password
    "ann:",
    "ann:{SSHA}abcdefgh:1:1::/h::",
    "../ann:{PLAIN}x",
    "a/b:{PLAIN}x",
    "ann:{PLAIN}x::::home/ann::",
    "ann:{PLAIN}x::::/h::allow_nets=everywhere",
    "ann:{PLAIN}x::::/h::allow_nets=",
    "ann:{CRYPT}*",
    "ann:{PLAIN}x::::/h::userdb_mail=mbox:~/mail",
    "ann:{PLAIN}x::::/h::userdb_mail=maildir:~/mail:LAYOUT=fs",
    std::string_view("ann:{PLAIN}x\0", 13),
};

BOOST_DATA_TEST_CASE(refuses_a_line, refused)
{
    const auto entry = auth::parse_passwd_line(sample);
    BOOST_REQUIRE(!entry);
    BOOST_TEST(entry.error().text.find("abcdefgh") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(finds_users_between_comments_and_bad_lines)
{
    const PasswdFile file("# users\n"
                          "\n"
                          "   \n"
                          ":nobody's\n"
                          "annette:{PLAIN}1\n"
                          "bad\n"
                          "ann:{PLAIN}2::::/home/ann::\r\n"
                          "ann:{PLAIN}3\n"
                          "eve:{SSHA}zzzz\n"
                          "Bob:{PLAIN}4\n"
                          "last:{PLAIN}5",
                          "users");
    BOOST_TEST(file.find("annette")->password == "{PLAIN}1");
    BOOST_TEST(file.find("ann")->password == "{PLAIN}2");
    BOOST_TEST(file.find("ann")->home == "/home/ann");
    BOOST_TEST(file.find("ANN")->user == "ann"); // as Dovecot has it, in lower case
    BOOST_TEST(file.find("Bob")->password == "{PLAIN}4");
    BOOST_TEST((file.find("bob").error().code == Errc::NotFound));
    BOOST_TEST(file.find("last")->password == "{PLAIN}5");
    for (const char* const user :
         {"", "an", "#", "# users", "bad", "ann:{PLAIN}2", "x", "bad\nann", "\n"})
        BOOST_TEST((file.find(user).error().code == Errc::NotFound), user);
    BOOST_TEST((file.find("eve").error().code == Errc::Syntax));
    BOOST_TEST(file.find("eve").error().text ==
               "users:9: a hash that is not what its scheme wants");
    BOOST_TEST(file.decoy() == "{PLAIN}1");

    const auto complaints = file.complaints();
    BOOST_REQUIRE(complaints.size() == 3U);
    BOOST_TEST(complaints[0] == "users:6: no password, or a locked one");
    BOOST_TEST(complaints[1] == "users:8: a second line for the same user; the first "
                                "counts");
    BOOST_TEST(complaints[2] == "users:9: a hash that is not what its scheme wants");
}

BOOST_AUTO_TEST_CASE(finds_application_passwords)
{
    const PasswdFile file("ann:!:1:1::/h::\n"
                          ":ann:phone:{PLAIN}1\n"
                          ":ann:laptop:{PLAIN}2:protocols=imap,smtp "
                          "allow_nets=192.0.2.0/24\n"
                          ":anne:other:{PLAIN}3\n"
                          ":ann:{PLAIN}x:1000:1000::/home/ann::\n" // a line taken out
                          ":ann:bad:{PLAIN}4:until=tomorrow\n"
                          ":ann:worse:{SSHA}x\n"
                          ":ann:worst:{PLAIN}5:allow_nets=here\n",
                          "users");
    const auto ann = file.find("ann");
    BOOST_REQUIRE(ann.has_value());
    BOOST_TEST(ann->is_locked());
    const auto& passwords = ann->application_passwords;
    BOOST_REQUIRE(passwords.size() == 2U);
    BOOST_TEST(passwords[0].label == "phone");
    BOOST_TEST(passwords[0].is_for({"203.0.113.1", "sieve", {}}));
    BOOST_TEST(passwords[1].password == "{PLAIN}2");
    BOOST_TEST(passwords[1].is_for({"192.0.2.9", "imap", {}}));
    BOOST_TEST(passwords[1].is_for({"192.0.2.9", "smtp", {}}));
    BOOST_TEST(!passwords[1].is_for({"192.0.2.9", "sieve", {}}));
    BOOST_TEST(!passwords[1].is_for({"192.0.3.9", "imap", {}}));
    const auto complaints = file.complaints();
    BOOST_REQUIRE(complaints.size() == 3U);
    BOOST_TEST(complaints[0] == "users:6: an unknown limit of an application password");
    BOOST_TEST(complaints[1] == "users:7: a hash that is not what its scheme wants");
    BOOST_TEST(complaints[2] == "users:8: not a network: here");
}

BOOST_AUTO_TEST_CASE(a_user_has_a_bound_of_application_passwords)
{
    std::string text = "ann:{PLAIN}x\n";
    for (std::size_t i = 0; i <= PasswdFile::max_application_passwords; ++i)
        text += ":ann:p" + std::to_string(i) + ":{PLAIN}y\n";
    BOOST_TEST(PasswdFile(text, "users").find("ann")->application_passwords.size() ==
               PasswdFile::max_application_passwords);
}

BOOST_AUTO_TEST_CASE(says_who_may_log_in_from_where)
{
    const auto entry =
        auth::parse_passwd_line("ann:{PLAIN}x::::::allow_nets=127.0.0.0/8,::1");
    BOOST_REQUIRE(entry.has_value());
    BOOST_TEST(entry->admits({"127.0.0.5", "imap", {}}).has_value());
    BOOST_TEST(entry->admits({"::1", "imap", {}}).has_value());
    BOOST_TEST(!entry->admits({"192.0.2.1", "imap", {}}).has_value());
    BOOST_TEST(!entry->admits({"unknown", "imap", {}}).has_value());
}

BOOST_AUTO_TEST_CASE(complains_of_weak_schemes_unless_they_are_allowed)
{
    const PasswdFile file("ann:$1$k2XAnEHB$rbDfQq368qWY4bas.D3Ac0\n", "users");
    BOOST_TEST(file.complaints().size() == 1U);
    BOOST_TEST(file.complaints(config::WeakSchemes::Allowed).empty());
}

BOOST_AUTO_TEST_CASE(an_empty_file_has_nobody)
{
    const PasswdFile file("", "users");
    BOOST_TEST((file.find("ann").error().code == Errc::NotFound));
    BOOST_TEST(file.decoy().empty());
    BOOST_TEST(file.complaints().empty());
}

BOOST_AUTO_TEST_CASE(complaints_have_a_bound)
{
    std::string text;
    for (std::size_t i = 0; i < 2 * PasswdFile::max_complaints; ++i)
        text += "bad\n";
    BOOST_TEST(PasswdFile(text, "users").complaints().size() ==
               PasswdFile::max_complaints);
}

BOOST_AUTO_TEST_CASE(a_long_line_is_nobodys)
{
    const std::string start = "ann:{PLAIN}x:::";
    BOOST_TEST(auth::parse_passwd_line(start + std::string(8192 - start.size(), 'g'))
                   .has_value());
    BOOST_TEST(!auth::parse_passwd_line(start + std::string(8193 - start.size(), 'g'))
                    .has_value());
}

BOOST_AUTO_TEST_CASE(says_when_there_is_no_file)
{
    const auto file = PasswdFile::load("/nowhere/users");
    BOOST_REQUIRE(!file);
    BOOST_TEST((file.error().code == Errc::NotFound));
}

BOOST_AUTO_TEST_SUITE_END()
