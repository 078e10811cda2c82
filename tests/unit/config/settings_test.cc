// SPDX-License-Identifier: ISC
#include "config/settings.h"

#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "config/refused_settings.h"

namespace {

using config::Cleartext;
using config::Settings;

} // namespace

BOOST_AUTO_TEST_SUITE(settings)

BOOST_AUTO_TEST_CASE(an_empty_file_says_the_defaults)
{
    BOOST_TEST((Settings::parse("", "f").value() == Settings::defaults()));
    const Settings s = Settings::defaults();
    BOOST_TEST(s.imapd.listen.size() == 2U);
    BOOST_TEST(s.imapd.listen_tls[1].to_text() == "[::]:993");
    BOOST_TEST((s.login.cleartext == Cleartext::Loopback));
    BOOST_TEST(s.mail.location == "~/Maildir");
    BOOST_TEST(s.mail.user == "vmail");
    BOOST_TEST(s.limits.literal == 67108864U);
    BOOST_TEST(s.limits.idle_time == 1800);
    BOOST_TEST(s.remarks().empty());
}

BOOST_AUTO_TEST_CASE(reads_every_key)
{
    const auto s =
        Settings::parse("[imapd]\n"
                        "listen     = 127.0.0.1:1143, [::1]:1143 ; STARTTLS\n"
                        "listen-tls = 127.0.0.1:0\n"
                        "hostname   = mail.example.org\n"
                        "capability-disable = IDLE, compress=deflate\n"
                        "literals = minus\n"
                        "[tls]\n"
                        "certificate = /c.pem\n"
                        "private-key = /k.pem\n"
                        "[login]\n"
                        "cleartext = never\n"
                        "user = imap-login\n"
                        "[auth]\n"
                        "passwd-file = /users\n"
                        "pam = imap\n"
                        "mechanisms = scram-sha-256, PLAIN\n"
                        "weak-schemes = allowed\n"
                        "[mail]\n"
                        "location = /srv/mail/%d/%n\n"
                        "user = mailer\n"
                        "separator = /\n"
                        "linked = /srv/shared /home/lists\n"
                        "attachment-keywords = yes\n"
                        "[mailboxes]\n"
                        "drafts = Entw\xc3\xbcrfe\n"
                        "sent = Mail/Sent Messages\n"
                        "junk =\n"
                        "[index]\n"
                        "directory = /var/lib/avocet/%u\n"
                        "[quota]\n"
                        "storage = 2G\n"
                        "messages = 50000\n"
                        "[limits]\n"
                        "connections-before-login=5\n"
                        "ipv6-prefix=56\n"
                        "trusted=192.0.2.0/24 2001:db8::/32\n"
                        "failure-delay=1s\n"
                        "failure-delay-most=1m\n"
                        "password-checks=6\n"
                        "command=64K\n"
                        "argument=8K\n"
                        "mailboxes=100\n"
                        "connections-per-user = 3\n"
                        "connections-per-address = 4\n"
                        "literal = 1G\n"
                        "session-memory = 64M\n"
                        "login-time = 2m\n"
                        "idle-time = 45m\n",
                        "f");
    BOOST_REQUIRE(s.has_value());
    BOOST_TEST(s->imapd.listen.size() == 2U);
    BOOST_TEST(s->imapd.listen[1].to_text() == "[::1]:1143");
    BOOST_TEST(s->imapd.listen_tls[0].port == 0);
    BOOST_TEST(s->imapd.hostname == "mail.example.org");
    BOOST_REQUIRE(s->imapd.capability_disable.size() == 2U);
    BOOST_TEST(s->imapd.capability_disable[1] == "compress=deflate");
    BOOST_TEST((s->imapd.literals == config::Literals::Minus));
    BOOST_TEST(s->tls.certificate == "/c.pem");
    BOOST_TEST(s->tls.private_key == "/k.pem");
    BOOST_TEST((s->login.cleartext == Cleartext::Never));
    BOOST_TEST(s->quota.storage == std::uint64_t{2} << 30);
    BOOST_TEST(s->quota.messages == 50000U);
    BOOST_TEST(s->login.user == "imap-login");
    BOOST_TEST(s->auth.passwd_file == "/users");
    BOOST_TEST(s->auth.pam == "imap");
    BOOST_TEST(s->mail.location == "/srv/mail/%d/%n");
    BOOST_TEST(s->mail.user == "mailer");
    BOOST_TEST(s->mail.separator == '/');
    BOOST_REQUIRE(s->mail.linked.size() == 2U);
    BOOST_TEST(s->mail.linked[1] == "/home/lists");
    BOOST_TEST(s->mail.attachment_keywords);
    BOOST_TEST(s->mailboxes.drafts == "Entw\xc3\xbcrfe");
    BOOST_TEST(s->mailboxes.sent == "Mail/Sent Messages");
    BOOST_TEST(s->mailboxes.junk.empty());
    BOOST_TEST(s->mailboxes.trash == "Trash");
    BOOST_TEST(s->mailboxes.archive == "Archive");
    BOOST_TEST(s->index.directory == "/var/lib/avocet/%u");
    BOOST_TEST(s->limits.connections_per_user == 3U);
    BOOST_TEST(s->limits.connections_per_address == 4U);
    BOOST_TEST(s->limits.connections_before_login == 5U);
    BOOST_TEST(s->limits.ipv6_prefix == 56U);
    BOOST_TEST(s->limits.trusted.contain("192.0.2.1"));
    BOOST_TEST(s->limits.trusted.contain("2001:db8::1"));
    BOOST_TEST(!s->limits.trusted.contain("192.0.3.1"));
    BOOST_TEST(s->limits.failure_delay == 1);
    BOOST_TEST(s->limits.failure_delay_most == 60);
    BOOST_TEST(s->limits.password_checks == 6U);
    BOOST_TEST(s->limits.command == 64U << 10);
    BOOST_TEST(s->limits.argument == 8U << 10);
    BOOST_TEST(s->limits.mailboxes == 100U);
    BOOST_TEST(s->limits.literal == 1U << 30);
    BOOST_TEST(s->limits.session_memory == 64U << 20);
    BOOST_TEST(s->limits.login_time == 120);
    BOOST_TEST(s->limits.idle_time == 2700);
    BOOST_TEST(s->auth.mechanisms ==
                   (std::vector<std::string>{"SCRAM-SHA-256", "PLAIN"}),
               boost::test_tools::per_element());
    BOOST_TEST((s->auth.weak_schemes == config::WeakSchemes::Allowed));
    BOOST_TEST(s->remarks().size() == 1U); // PAM and SCRAM
    BOOST_TEST((Settings::parse(s->to_text(), "t").value() == *s));
}

BOOST_AUTO_TEST_CASE(names_have_certificates_of_their_own)
{
    const auto s = Settings::parse("[tls mail.example.org]\n"
                                   "certificate = /c.pem\n"
                                   "private-key = /k.pem\n"
                                   "[tls *.example.com]\n"
                                   "certificate = /both.pem\n",
                                   "f");
    BOOST_REQUIRE(s.has_value());
    BOOST_REQUIRE(s->tls_names.size() == 2U);
    BOOST_TEST(s->tls_names.at("mail.example.org").private_key == "/k.pem");
    BOOST_TEST(s->tls_names.at("*.example.com").certificate == "/both.pem");
    BOOST_TEST(s->tls_names.at("*.example.com").private_key.empty());
    BOOST_TEST(s->tls.certificate == Settings().tls.certificate);
    BOOST_TEST((Settings::parse(s->to_text(), "t").value() == *s));
    for (const char* const wrong :
         {"[tls ]\n", "[tls Mail.example.org]\n", "[tls .org]\n", "[tls a..b]\n",
          "[tls *]\n", "[tls a b]\n", "[tls a.org]\ncertificate = c.pem\n",
          "[tls a.org]\nlisten = x\n",
          "[tls a.org]\ncertificate = /a\ncertificate = /b\n"})
        BOOST_TEST(!Settings::parse(wrong, "f").has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(the_defaults_survive_being_written)
{
    const Settings s;
    BOOST_TEST((Settings::parse(s.to_text(), "t").value() == s));
}

BOOST_AUTO_TEST_CASE(empty_values_switch_off)
{
    const auto s = Settings::parse("[imapd]\nlisten =\n[auth]\npasswd-file =\n"
                                   "[mail]\nuser =\n[index]\ndirectory = ; none\n",
                                   "f");
    BOOST_REQUIRE(s.has_value());
    BOOST_TEST(s->imapd.listen.empty());
    BOOST_TEST(s->auth.passwd_file.empty());
    BOOST_TEST(s->mail.user.empty());
    BOOST_TEST((Settings::parse(s->to_text(), "t").value() == *s));
}

const RefusedSettings refused[] = {
    {"[imap]\n",
     "f:1: [imap]: no such section; there are imapd, tls, login, auth, oauth, mail, "
     "mailboxes, index, quota, limits"},
    {"listen = 1.2.3.4:1\n", "f:1: listen: stands before any [section]"},
    {"[imapd]\nlissen = x\n", "f:2: [imapd] lissen: no such key; there are listen, "
                              "listen-tls, hostname"},
    {"[imapd]\nListen = 1.2.3.4:1\n", "f:2: [imapd] Listen: no such key"},
    {"[limits]\nliteral = 1M\n\nliteral = 1M\n",
     "f:4: [limits] literal: is here a second "
     "time"},
    {"[mail]\nwords\n", "f:2: [mail]: neither [section] nor key = value; write"},
};

BOOST_DATA_TEST_CASE(refuses_with_line_key_and_what_is_right, refused)
{
    sample.check();
}

BOOST_AUTO_TEST_CASE(complains_of_everything_at_once)
{
    const auto s = Settings::parse("[imapd]\nlisten = x\n[nothing]\nkey = 1\n[mail]\n"
                                   "separator = x\ngarbage\n",
                                   "f");
    BOOST_REQUIRE(!s);
    const std::string& text = s.error().text;
    for (const char* const start : {"f:2: ", "\nf:3: ", "\nf:6: ", "\nf:7: "})
        BOOST_TEST(text.find(start) != std::string::npos, start);
    BOOST_TEST(text.find("f:4:") == std::string::npos); // its section was enough
}

BOOST_AUTO_TEST_CASE(one_key_is_set_as_a_line_would)
{
    Settings s;
    BOOST_TEST(s.set("mail.location=/m/a=b").has_value());
    BOOST_TEST(s.mail.location == "/m/a=b");
    for (const char* const bad :
         {"", "mail.location", "location=/m", "mail.locatoin=/m", "mial.location=/m",
          "mail.separator=x"}) {
        const auto before = s;
        const auto done = s.set(bad);
        BOOST_REQUIRE(!done);
        BOOST_TEST((done.error().code == base::Errc::Syntax));
        BOOST_TEST((s == before));
    }
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_not_a_wrong_one)
{
    const auto s = Settings::load("/nowhere/imapd.conf");
    BOOST_REQUIRE(!s);
    BOOST_TEST((s.error().code == base::Errc::NotFound));
    BOOST_TEST(Settings::check("/nowhere/imapd.conf").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
