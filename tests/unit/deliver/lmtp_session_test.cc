// SPDX-License-Identifier: ISC
#include "deliver/lmtp_session.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "io/disconnected.h"
#include "io/stream.h"

namespace {

using deliver::LmtpReply;
using deliver::LmtpSession;

/// Knows everybody but nobody, and has the postman drop what is for eve.
class Backend final : public deliver::LmtpBackend {
public:
    LmtpReply add_recipient(const std::string& address) override
    {
        if (address == "nobody")
            return "550 5.1.1 no";
        recipients.push_back(address);
        return "250 2.1.5 OK";
    }
    void forget_recipients() override { recipients.clear(); }
    base::Result<base::UniqueFd> make_file() override
    {
        return deliver::open_nameless("/tmp");
    }
    std::vector<LmtpReply> deliver(const deliver::LmtpEnvelope& envelope,
                                   deliver::Spool& message) override
    {
        client = envelope.client;
        protocol = envelope.protocol;
        stored += "from " + envelope.sender + ": ";
        BOOST_TEST(message
                       .read([&](std::string_view octets) {
                           stored += octets;
                           return base::Status(base::Done{});
                       })
                       .has_value());
        std::vector<LmtpReply> replies;
        for (const auto& recipient : recipients)
            replies.push_back(recipient == "eve" ? "452 4.2.2 full"
                                                 : "250 2.1.5 for " + recipient);
        return replies;
    }

    std::vector<std::string> recipients;
    std::string stored;
    std::string client;
    deliver::Origin::Protocol protocol = deliver::Origin::Protocol::Lmtp;
};

/// All that the server answers to `wire`, without the greeting.
std::string answers(Backend& backend, std::string_view wire,
                    const deliver::LmtpLimits& limits = {})
{
    int ends[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const base::UniqueFd client(ends[0]);
    base::UniqueFd server(ends[1]);
    BOOST_REQUIRE(::write(client.get(), wire.data(), wire.size()) ==
                  static_cast<ssize_t>(wire.size()));
    ::shutdown(client.get(), SHUT_WR);
    const base::SystemClock clock;
    io::Wait wait(clock);
    io::FdStream stream(server.get(), server.get());
    try {
        LmtpSession(stream, wait, backend, limits, "host").run();
    } catch (const io::Disconnected&) {
    }
    server.reset();
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(client.get(), buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(n));
    BOOST_REQUIRE(text.starts_with("220 host LMTP\r\n"));
    return text.substr(15);
}

/// The same after LHLO, without its answer.
std::string after_lhlo(Backend& backend, std::string_view wire,
                       const deliver::LmtpLimits& limits = {})
{
    const auto text = answers(backend, "LHLO me\r\n" + std::string(wire), limits);
    const auto end = text.find("250 SIZE ");
    BOOST_REQUIRE(end != text.npos);
    return text.substr(text.find('\n', end) + 1);
}

} // namespace

BOOST_AUTO_TEST_SUITE(lmtp_session)

BOOST_AUTO_TEST_CASE(extensions_are_announced)
{
    Backend backend;
    BOOST_TEST(answers(backend, "LHLO me\r\nQUIT\r\n", {1000}) ==
               "250-host\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n"
               "250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250 SIZE 1000\r\n"
               "221 2.0.0 host bye\r\n");
}

BOOST_AUTO_TEST_CASE(each_recipient_has_a_reply_in_order)
{
    Backend backend;
    BOOST_TEST(after_lhlo(backend, "MAIL FROM:<s@x>\r\nRCPT TO:<ann>\r\n"
                                   "RCPT TO:<nobody>\r\nRCPT TO:<eve>\r\n"
                                   "RCPT TO:<bob>\r\nDATA\r\nA: 1\r\n\r\n..x\r\n.\r\n"
                                   "QUIT\r\n") ==
               "250 2.1.0 OK\r\n250 2.1.5 OK\r\n550 5.1.1 no\r\n250 2.1.5 OK\r\n"
               "250 2.1.5 OK\r\n354 End with a dot on a line of its own\r\n"
               "250 2.1.5 for ann\r\n452 4.2.2 full\r\n250 2.1.5 for bob\r\n"
               "221 2.0.0 host bye\r\n");
    BOOST_TEST(backend.stored == "from s@x: A: 1\n\n.x\n");
}

BOOST_AUTO_TEST_CASE(the_trace_field_will_tell_who_sent_it_and_how)
{
    Backend backend;
    const std::string rest = "RCPT TO:<ann>\r\nBDAT 0 LAST\r\n";
    after_lhlo(backend, "MAIL FROM:<s> SMTPUTF8\r\n" + rest);
    BOOST_TEST(backend.client == "me");
    BOOST_TEST((backend.protocol == deliver::Origin::Protocol::Utf8Lmtp));
    after_lhlo(backend, "MAIL FROM:<s> SMTPUTF8\r\nRSET\r\nMAIL FROM:<s>\r\n" + rest);
    BOOST_TEST((backend.protocol == deliver::Origin::Protocol::Lmtp));
}

BOOST_AUTO_TEST_CASE(chunks_are_put_together)
{
    Backend backend;
    BOOST_TEST(after_lhlo(backend, "MAIL FROM:<>\r\nRCPT TO:<ann>\r\n"
                                   "BDAT 4\r\nA: 1BDAT 6\r\n\r\n\r\n.\rBDAT 0 LAST\r\n"
                                   "NOOP\r\n") ==
               "250 2.1.0 OK\r\n250 2.1.5 OK\r\n250 2.0.0 4 octets\r\n"
               "250 2.0.0 6 octets\r\n250 2.1.5 for ann\r\n250 2.0.0 OK\r\n");
    BOOST_TEST(backend.stored == "from : A: 1\n\n.\r");
}

BOOST_AUTO_TEST_CASE(chunks_without_recipients_are_passed_over)
{
    Backend backend;
    BOOST_TEST(after_lhlo(backend, "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n") ==
               "503 5.5.1 There are no recipients\r\n250 2.0.0 OK\r\n");
}

BOOST_AUTO_TEST_CASE(the_order_of_commands_is_kept_to)
{
    Backend backend;
    BOOST_TEST(answers(backend, "MAIL FROM:<s>\r\n") == "503 5.5.1 LHLO first\r\n");
    BOOST_TEST(answers(backend, "EHLO me\r\nHELO me\r\n") ==
               "500 5.5.1 No such command\r\n500 5.5.1 No such command\r\n");
    BOOST_TEST(after_lhlo(backend, "RCPT TO:<ann>\r\nDATA\r\n") ==
               "503 5.5.1 MAIL first\r\n503 5.5.1 There are no recipients\r\n");
    BOOST_TEST(after_lhlo(backend, "MAIL FROM:<s>\r\nMAIL FROM:<s>\r\nRSET\r\n"
                                   "MAIL FROM:<s>\r\nRCPT TO:<ann>\r\nBDAT 1\r\nx"
                                   "RCPT TO:<bob>\r\nRSET\r\nDATA\r\n") ==
               "250 2.1.0 OK\r\n503 5.5.1 There is a sender already\r\n250 2.0.0 OK\r\n"
               "250 2.1.0 OK\r\n250 2.1.5 OK\r\n250 2.0.0 1 octets\r\n"
               "503 5.5.1 In the middle of a message\r\n250 2.0.0 OK\r\n"
               "503 5.5.1 There are no recipients\r\n");
    BOOST_TEST(backend.stored == "");
}

BOOST_AUTO_TEST_CASE(parameters)
{
    Backend backend;
    BOOST_TEST(after_lhlo(backend,
                          "MAIL FROM:<s> SIZE=9\r\n"
                          "MAIL FROM:<s> SIZE=x\r\n"
                          "MAIL FROM:<s> BODY=BINARYMIME\r\n"
                          "MAIL FROM:<s> RET=FULL\r\n"
                          "MAIL FROM:<s> SIZE=8 BODY=8BITMIME SMTPUTF8\r\n"
                          "RCPT TO:<ann> NOTIFY=NEVER\r\nRCPT TO:<>\r\n",
                          {8}) ==
               "552 5.3.4 The message is too large\r\n501 5.5.4 SIZE needs a number\r\n"
               "501 5.5.4 BODY is 7BIT or 8BITMIME\r\n555 5.5.4 No such parameter\r\n"
               "250 2.1.0 OK\r\n555 5.5.4 No such parameter\r\n"
               "501 5.5.4 RCPT TO: an empty address\r\n");
}

BOOST_AUTO_TEST_CASE(a_message_that_is_too_large_is_read_to_its_end)
{
    Backend backend;
    BOOST_TEST(after_lhlo(backend,
                          "MAIL FROM:<s>\r\nRCPT TO:<ann>\r\nRCPT TO:<bob>\r\nDATA\r\n"
                          "123456789\r\n.\r\nNOOP\r\n",
                          {8}) ==
               "250 2.1.0 OK\r\n250 2.1.5 OK\r\n250 2.1.5 OK\r\n"
               "354 End with a dot on a line of its own\r\n"
               "552 5.3.4 The message is too large\r\n"
               "552 5.3.4 The message is too large\r\n250 2.0.0 OK\r\n");
    BOOST_TEST(backend.stored == "");
}

BOOST_AUTO_TEST_CASE(half_a_message_is_delivered_to_nobody)
{
    Backend backend;
    for (const char* const half :
         {"DATA\r\nA: 1\r\n\r\nhalf", "DATA\r\nA: 1\r\n\r\n.", "BDAT 9\r\nA: 1",
          "BDAT 4\r\nA: 1", "BDAT 9 LAST\r\nA: 1"})
        after_lhlo(backend, std::string("MAIL FROM:<s>\r\nRCPT TO:<ann>\r\n") + half);
    BOOST_TEST(backend.stored == "");
}

BOOST_AUTO_TEST_CASE(bounds)
{
    Backend backend;
    const std::string longest(LmtpSession::max_line - 2 - 5, 'x');
    BOOST_TEST(after_lhlo(backend, "NOOP " + longest + "\r\n") == "250 2.0.0 OK\r\n");
    BOOST_TEST(after_lhlo(backend, "NOOP x" + longest + "\r\nNOOP\r\n") ==
               "500 5.5.2 The line is too long\r\n");

    std::string wire = "MAIL FROM:<s>\r\n";
    for (std::size_t i = 0; i < LmtpSession::max_recipients + 1; ++i)
        wire += "RCPT TO:<a>\r\n";
    const auto text = after_lhlo(backend, wire);
    BOOST_TEST(text.ends_with("250 2.1.5 OK\r\n452 4.5.3 Too many recipients\r\n"));

    std::string errors;
    for (unsigned i = 0; i < LmtpSession::max_errors; ++i)
        errors += "X\r\n";
    BOOST_TEST(after_lhlo(backend, errors + "NOOP\r\n")
                   .ends_with("421 4.7.0 host too many errors\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
