// SPDX-License-Identifier: ISC
#include "deliver/lmtp_wall.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/disconnected.h"

namespace {

using deliver::FarMailroom;
using deliver::LmtpReply;
using deliver::LmtpRequest;
using deliver::LmtpSession;

/// Knows everybody but nobody, and replies with what it was given.
class Near final : public deliver::LmtpBackend {
public:
    LmtpReply add_recipient(const std::string& address) override
    {
        if (address == "nobody")
            return "550 5.1.1 no";
        recipients_.push_back(address);
        return "250 2.1.5 OK";
    }
    void forget_recipients() override { recipients_.clear(); }
    base::Result<base::UniqueFd> make_file() override
    {
        return deliver::open_nameless("/tmp");
    }
    std::vector<LmtpReply> deliver(const deliver::LmtpEnvelope& envelope,
                                   deliver::Spool& message) override
    {
        std::string head;
        const auto done = message.read([&](std::string_view octets) {
            head += octets.substr(0, 10 - std::min<std::size_t>(10, head.size()));
            return base::Status(base::Done{});
        });
        // It goes on to the couriers, of whom each reads what the others read.
        const bool is_fixed = ::pwrite(message.in_file().value(), "!", 1, 0) < 0;
        std::vector<LmtpReply> replies;
        for (const auto& recipient : recipients_)
            replies.push_back("250 " + recipient + ' ' + envelope.sender + ' ' +
                              envelope.client + ' ' + std::to_string(message.size()) +
                              ' ' + (done ? head : done.error().text) +
                              (is_fixed ? "" : " changed"));
        return replies;
    }

private:
    std::vector<std::string> recipients_;
};

/// A clerk's end, and a process that attends to the other one.
struct Fixture {
    base::SystemClock clock;
    io::Wait wait{clock};
    ipc::Channel clerk;
    pid_t child = -1;

    Fixture()
    {
        auto ends = ipc::Channel::pair();
        BOOST_REQUIRE(ends.has_value());
        child = ::fork();
        if (child == 0) {
            ends->first.close();
            Near near;
            deliver::attend(std::move(ends->second), near);
            ::_exit(0);
        }
        clerk = std::move(ends->first);
    }
    ~Fixture()
    {
        clerk.close();
        ::waitpid(child, nullptr, 0);
    }

    /// Whether the mailroom has nothing more to do with who says that.
    bool ends_it(std::string_view bytes, std::span<const int> fds = {})
    {
        BOOST_TEST(clerk.send(bytes, fds).has_value());
        for (;;) {
            const auto more =
                clerk.receive(wait, io::Deadline::after_ms(clock, 20'000));
            if (!more)
                return more.error().code == base::Errc::Gone;
        }
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lmtp_wall, Fixture)

BOOST_AUTO_TEST_CASE(a_clerk_has_what_the_mailroom_gives)
{
    FarMailroom far(std::move(clerk), wait);
    for (const std::size_t size : {std::size_t{3}, 3 * deliver::Spool::max_in_memory}) {
        BOOST_TEST(far.add_recipient("ann") == "250 2.1.5 OK");
        BOOST_TEST(far.add_recipient("nobody") == "550 5.1.1 no");
        far.forget_recipients();
        BOOST_TEST(far.add_recipient("bob") == "250 2.1.5 OK");
        BOOST_TEST(far.add_recipient("ann") == "250 2.1.5 OK");
        deliver::Spool message([&] { return far.make_file(); });
        BOOST_TEST(message.write(std::string(size, 'x')).has_value());
        const auto replies = far.deliver({"s", "me", {}}, message);
        const auto rest = " s me " + std::to_string(size) + ' ' +
                          std::string(std::min<std::size_t>(size, 10), 'x');
        BOOST_REQUIRE(replies.size() == 2U);
        BOOST_TEST(replies[0] == "250 bob" + rest);
        BOOST_TEST(replies[1] == "250 ann" + rest);
    }
}

BOOST_AUTO_TEST_CASE(whoever_is_no_clerk_is_heard_no_more)
{
    BOOST_TEST(ends_it("x"));
}

BOOST_AUTO_TEST_CASE(a_message_is_a_file)
{
    int ends[2];
    BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const base::UniqueFd in(ends[0]);
    const base::UniqueFd out(ends[1]);
    const int fds[] = {in.get()};
    BOOST_TEST(
        ends_it(LmtpRequest{LmtpRequest::Kind::Deliver, {}, {}, {}}.encode(), fds));
}

BOOST_AUTO_TEST_CASE(only_a_message_comes_with_a_descriptor)
{
    const int fds[] = {STDIN_FILENO};
    BOOST_TEST(ends_it(LmtpRequest().encode(), fds));
}

BOOST_AUTO_TEST_CASE(a_message_without_a_file_is_none)
{
    BOOST_TEST(ends_it(LmtpRequest{LmtpRequest::Kind::Deliver, {}, {}, {}}.encode()));
}

BOOST_AUTO_TEST_CASE(one_file_a_message_is_enough)
{
    const auto request = LmtpRequest{LmtpRequest::Kind::MakeFile, {}, {}, {}}.encode();
    BOOST_TEST(clerk.send(request).has_value());
    BOOST_TEST(ends_it(request));
}

BOOST_AUTO_TEST_CASE(recipients_are_bounded)
{
    const auto request =
        LmtpRequest{LmtpRequest::Kind::Recipient, "a", {}, {}}.encode();
    for (std::size_t i = 0; i < LmtpSession::max_recipients; ++i) {
        BOOST_REQUIRE(clerk.send(request).has_value());
        BOOST_REQUIRE(clerk.receive(wait, io::Deadline::never()).has_value());
    }
    BOOST_TEST(ends_it(request));
}

BOOST_AUTO_TEST_CASE(a_clerk_without_a_mailroom_has_no_answer)
{
    auto ends = ipc::Channel::pair();
    BOOST_REQUIRE(ends.has_value());
    ends->second.close();
    FarMailroom far(std::move(ends->first), wait);
    BOOST_CHECK_THROW(far.add_recipient("ann"), io::Disconnected);
}

BOOST_AUTO_TEST_CASE(requests_go_through_their_wire_form_and_nothing_else_does)
{
    using deliver::Origin;
    const LmtpRequest request{LmtpRequest::Kind::Deliver, "s@x", "me",
                              Origin::Protocol::Utf8Lmtp};
    const std::string bytes = request.encode();
    const auto back = LmtpRequest::decode(bytes);
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((back->kind == request.kind));
    BOOST_TEST(back->text == "s@x");
    BOOST_TEST(back->client == "me");
    BOOST_TEST((back->protocol == request.protocol));
    for (std::size_t n = 0; n < bytes.size(); ++n)
        BOOST_TEST(!LmtpRequest::decode(std::string_view(bytes).substr(0, n)));
    BOOST_TEST(!LmtpRequest::decode(bytes + "x"));
    std::string longest(LmtpRequest::max_text, 'x');
    BOOST_TEST(
        LmtpRequest::decode(LmtpRequest{{}, longest, {}, {}}.encode()).has_value());
    BOOST_TEST(!LmtpRequest::decode(LmtpRequest{{}, longest + "x", {}, {}}.encode()));
}

BOOST_AUTO_TEST_CASE(nobody_is_a_clerk_as_root)
{
    config::Settings settings;
    settings.login.user = "root";
    BOOST_TEST(deliver::clerk_user(settings).has_value() == (::geteuid() != 0));
    settings.login.user = "no-such-account";
    BOOST_TEST(deliver::clerk_user(settings).has_value() == (::geteuid() != 0));
}

BOOST_AUTO_TEST_SUITE_END()
