// SPDX-License-Identifier: ISC
#include "config/settings.h"

#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using config::Cleartext;
using config::Settings;

struct Case {
    const char* text;
    const char* complaint; ///< as it begins
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.text;
    }
};

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
    BOOST_TEST(s->mailboxes.drafts == "Entw\xc3\xbcrfe");
    BOOST_TEST(s->mailboxes.sent == "Mail/Sent Messages");
    BOOST_TEST(s->mailboxes.junk.empty());
    BOOST_TEST(s->mailboxes.trash == "Trash");
    BOOST_TEST(s->mailboxes.archive == "Archive");
    BOOST_TEST(s->index.directory == "/var/lib/avocet/%u");
    BOOST_TEST(s->limits.connections_per_user == 3U);
    BOOST_TEST(s->limits.connections_per_address == 4U);
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

const Case refused[] = {
    {"[imap]\n",
     "f:1: [imap]: no such section; there are imapd, tls, login, auth, oauth, mail, "
     "mailboxes, index, quota, limits"},
    {"listen = 1.2.3.4:1\n", "f:1: listen: stands before any [section]"},
    {"[imapd]\nlissen = x\n", "f:2: [imapd] lissen: no such key; there are listen, "
                              "listen-tls, hostname"},
    {"[imapd]\nListen = 1.2.3.4:1\n", "f:2: [imapd] Listen: no such key"},
    {"[imapd]\nlisten = 1.2.3.4\n", "f:2: [imapd] listen: \"1.2.3.4\" has no port"},
    {"[imapd]\nlisten = 1.2.3.4:1 x:2\n", "f:2: [imapd] listen: \"x:2\" has no IPv4"},
    {"[imapd]\nliterals = maybe\n",
     "f:2: [imapd] literals: \"maybe\" is not known; write plus or minus"},
    {"[imapd]\nhostname = a b\n", "f:2: [imapd] hostname: \"a b\" is not a name"},
    {"[imapd]\ncapability-disable = IDLE (x)\n",
     "f:2: [imapd] capability-disable: \"(x)\" is not a capability"},
    {"[imapd]\ncapability-disable = logindisabled\n",
     "f:2: [imapd] capability-disable: \"logindisabled\" is needed by every client"},
    {"[tls]\ncertificate = cert.pem\n",
     "f:2: [tls] certificate: \"cert.pem\" is not "
     "absolute; write a path that begins with \"/\""},
    {"[login]\ncleartext = yes\n",
     "f:2: [login] cleartext: \"yes\" is not known; write "
     "never, loopback or always"},
    {"[login]\ncleartext =\n", "f:2: [login] cleartext: \"\" is not known"},
    {"[login]\nuser =\n", "f:2: [login] user: is empty; write the name of a user"},
    {"[auth]\npasswd-file = users\n", "f:2: [auth] passwd-file: \"users\" is not abs"},
    {"[mail]\nlocation =\n", "f:2: [mail] location: is empty"},
    {"[mail]\nlocation = Maildir\n",
     "f:2: [mail] location: \"Maildir\" is not absolute"},
    {"[mail]\nlocation = ~ann/Maildir\n",
     "f:2: [mail] location: \"~ann/Maildir\" is not"},
    {"[mail]\nlocation = /m/%x\n",
     "f:2: [mail] location: \"%x\" is no variable; write"},
    {"[mail]\nlocation = /m/%\n", "f:2: [mail] location: \"%\" is no variable"},
    {"[mail]\nlocation = /m/%%%\n", "f:2: [mail] location: \"%\" is no variable"},
    {"[mail]\nseparator = :\n",
     "f:2: [mail] separator: \":\" cannot be one; write . or /"},
    {"[mail]\nseparator = ..\n", "f:2: [mail] separator: \"..\" cannot be one"},
    {"[mailboxes]\nsent = S*\n",
     "f:2: [mailboxes] sent: \"S*\" cannot be a mailbox; write a name such as Sent"},
    {"[mailboxes]\nsent = a//b\n", "f:2: [mailboxes] sent: \"a//b\" cannot be"},
    {"[mailboxes]\nsent = a/\n", "f:2: [mailboxes] sent: \"a/\" cannot be"},
    {"[mailboxes]\nsent = .a\n", "f:2: [mailboxes] sent: \".a\" cannot be"},
    {"[mailboxes]\nsent = a\tb\n", "f:2: [mailboxes] sent: \"a\tb\" cannot be"},
    {"[mailboxes]\ntrash = inbox\n", "f:2: [mailboxes] trash: INBOX has no other"},
    {"[index]\ndirectory = index\n",
     "f:2: [index] directory: \"index\" is not absolute"},
    {"[mail]\nlinked = srv\n",
     "f:2: [mail] linked: \"srv\" is not absolute; write a path that begins with "
     "\"/\""},
    {"[limits]\nsession-memory = 63M\n",
     "f:2: [limits] session-memory: \"63M\" is too little; write 0 (no bound), or at "
     "least 64M"},
    {"[limits]\nconnections-per-user = 0\n",
     "f:2: [limits] connections-per-user: \"0\" is "
     "too small; write a number, from 1 to 1000000"},
    {"[limits]\nliteral = 5G\n", "f:2: [limits] literal: \"5G\" is too large"},
    {"[limits]\nliteral = many\n", "f:2: [limits] literal: \"many\" cannot be read"},
    {"[limits]\nlogin-time = 0\n",
     "f:2: [limits] login-time: \"0\" is too small; write a "
     "time such as 90s, 30m or 1h, from 1s to 1d"},
    {"[limits]\nidle-time = 1y\n", "f:2: [limits] idle-time: \"1y\" cannot be read"},
    {"[limits]\nliteral = 1M\n\nliteral = 1M\n",
     "f:4: [limits] literal: is here a second "
     "time"},
    {"[mail]\nwords\n", "f:2: [mail]: neither [section] nor key = value; write"},
};

BOOST_DATA_TEST_CASE(refuses_with_line_key_and_what_is_right, refused)
{
    const auto s = Settings::parse(sample.text, "f");
    BOOST_REQUIRE(!s);
    BOOST_TEST((s.error().code == base::Errc::Syntax));
    BOOST_TEST(s.error().text.starts_with(sample.complaint), s.error().text);
    BOOST_TEST(s.error().text.find('\n') == std::string::npos, "one complaint only");
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
