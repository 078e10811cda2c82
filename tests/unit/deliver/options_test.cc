// SPDX-License-Identifier: ISC
#include "deliver/options.h"

#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using deliver::Options;

base::Result<Options> parsed(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), "deliver");
    std::vector<char*> pointers;
    for (auto& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    return Options::parse(static_cast<int>(arguments.size()), pointers.data());
}

} // namespace

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(takes_all_at_once)
{
    const auto o = parsed({"-c", "/etc/x", "-d", "ann", "-f", "s@example.org", "-a",
                           "ann+x@example.net", "-r", "ann@example.net", "-m", "Lists",
                           "-p", "/tmp/m", "-e", "-k", "-o", "mail.separator=/"});
    BOOST_REQUIRE(o);
    BOOST_TEST(o->configuration.value() == "/etc/x");
    BOOST_TEST(o->user.value() == "ann");
    BOOST_TEST(o->sender.value() == "s@example.org");
    BOOST_TEST(o->original_recipient.value() == "ann+x@example.net");
    BOOST_TEST(o->final_recipient.value() == "ann@example.net");
    BOOST_TEST(o->folder.value() == "Lists");
    BOOST_TEST(o->message.value() == "/tmp/m");
}

BOOST_AUTO_TEST_CASE(takes_settings_in_dovecot_s_words_too)
{
    const auto o = parsed({"-o", "quota.storage=1G", "-o", "mail_location=maildir:~/M",
                           "-o", "mail_location", "-o", "lda_mailbox_autocreate=no"});
    BOOST_REQUIRE(o);
    BOOST_REQUIRE(o->settings.size() == 4U);
    BOOST_TEST(o->settings[0] == "quota.storage=1G");
    BOOST_TEST(o->settings[1] == "mail.location=maildir:~/M");
    BOOST_TEST(o->settings[2] == "mail_location");
    BOOST_TEST(o->settings[3] == "deliver.autocreate=no");
}

BOOST_AUTO_TEST_CASE(lmtp_has_few_options)
{
    const auto o =
        parsed({"--lmtp", "-c", "/etc/x", "-e", "-o", "lmtp.user=local-part"});
    BOOST_REQUIRE(o);
    BOOST_TEST(o->is_lmtp);
    BOOST_TEST(o->configuration.value() == "/etc/x");
    BOOST_TEST(!parsed({"--lmtp", "-d", "ann"}));
    BOOST_TEST(!parsed({"--lmtp", "ann"}));
    BOOST_TEST(!parsed({"-e", "--lmtp"}));
    BOOST_TEST(!parsed({})->is_lmtp);
}

BOOST_AUTO_TEST_CASE(needs_none)
{
    const auto o = parsed({});
    BOOST_REQUIRE(o);
    BOOST_TEST(!o->user);
    BOOST_TEST(!o->sender);
    BOOST_TEST(!o->folder);
}

BOOST_AUTO_TEST_CASE(tells_the_null_sender_from_none)
{
    for (const char* const null : {"", "<>", "MAILER-DAEMON", "<MAILER-DAEMON>"}) {
        const auto o = parsed({"-f", null});
        BOOST_REQUIRE(o);
        BOOST_REQUIRE(o->sender.has_value());
        BOOST_TEST(o->sender.value().empty());
    }
    BOOST_TEST(parsed({"-f", "<a@b>"})->sender.value() == "a@b");
}

BOOST_AUTO_TEST_CASE(takes_an_empty_folder_or_recipient_for_none)
{
    const auto o = parsed({"-m", "", "-a", "", "-r", "<>"});
    BOOST_REQUIRE(o);
    BOOST_TEST(!o->folder);
    BOOST_TEST(!o->original_recipient);
    BOOST_TEST(!o->final_recipient);
}

const std::vector<std::string> refused[] = {
    {"-x"}, {"-d"}, {"-d", ""}, {"-c", ""}, {"-p", ""}, {"ann"}, {"--lmtpd"}, {"-m"},
};

BOOST_AUTO_TEST_CASE(refuses_what_it_does_not_know)
{
    for (const auto& arguments : refused) {
        const auto o = parsed(arguments);
        BOOST_REQUIRE_MESSAGE(!o, arguments.front() << " is taken");
        BOOST_TEST((o.error().code == base::Errc::Syntax));
    }
}

BOOST_AUTO_TEST_SUITE_END()
