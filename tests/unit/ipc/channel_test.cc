// SPDX-License-Identifier: ISC
#include "ipc/channel.h"

#include <array>
#include <cstring>
#include <string>

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

namespace {

using base::Errc;
using ipc::Channel;

Channel::Pair pair()
{
    auto ends = Channel::pair();
    BOOST_REQUIRE(ends.has_value());
    return std::move(*ends);
}

/// How many descriptors this process has.
int open_files()
{
    int count = 0;
    for (int fd = 0; fd < 256; ++fd)
        count += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return count;
}

/// Sends as a process might that does not use our class.
void send_raw(int fd, const std::string& bytes, std::size_t fds)
{
    alignas(cmsghdr) std::array<char, 1024> control = {};
    iovec part = {const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (fds > 0) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(fds * sizeof(int));
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fds * sizeof(int));
        for (std::size_t i = 0; i < fds; ++i)
            std::memcpy(CMSG_DATA(header) + i * sizeof(int), &fd, sizeof fd);
    }
    BOOST_REQUIRE(::sendmsg(fd, &message, 0) >= 0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(channel)

BOOST_AUTO_TEST_CASE(datagrams_arrive_whole_and_in_order)
{
    auto [one, other] = pair();
    BOOST_TEST(one.send("first").has_value());
    BOOST_TEST(one.send(std::string(Channel::max_octets, 'x')).has_value());
    BOOST_TEST(other.receive()->bytes == "first");
    BOOST_TEST(other.receive()->bytes.size() == Channel::max_octets);
    const auto none = other.receive();
    BOOST_REQUIRE(!none);
    BOOST_TEST((none.error().code == Errc::Busy));
}

BOOST_AUTO_TEST_CASE(an_empty_datagram_is_taken_and_refused_and_is_not_the_end)
{
    auto [one, other] = pair();
    send_raw(one.fd(), "", 0);
    BOOST_TEST(one.send("next").has_value());
    const auto empty = other.receive();
    BOOST_REQUIRE(!empty);
    BOOST_TEST((empty.error().code == Errc::Limit));
    BOOST_TEST(other.receive()->bytes == "next");
    one.close_sending();
    const auto end = other.receive();
    BOOST_REQUIRE(!end);
    BOOST_TEST((end.error().code == Errc::Gone));
}

BOOST_AUTO_TEST_CASE(descriptors_travel_and_are_close_on_exec)
{
    auto [one, other] = pair();
    int ends[2] = {-1, -1};
    BOOST_REQUIRE(::pipe(ends) == 0);
    const base::UniqueFd out(ends[0]);
    const base::UniqueFd in(ends[1]);
    const int fds[] = {in.get(), in.get()};
    BOOST_TEST(one.send("x", fds).has_value());
    const auto datagram = other.receive();
    BOOST_REQUIRE(datagram.has_value());
    BOOST_REQUIRE(datagram->fds.size() == 2);
    BOOST_TEST((::fcntl(datagram->fds[0].get(), F_GETFD) & FD_CLOEXEC) != 0);
    BOOST_TEST(::write(datagram->fds[1].get(), "y", 1) == 1);
    char octet = 0;
    BOOST_TEST(::read(out.get(), &octet, 1) == 1);
}

BOOST_AUTO_TEST_CASE(the_kernel_says_who_sent)
{
    auto [one, other] = pair();
    BOOST_TEST(other.ask_for_credentials().has_value());
    const int fds[] = {one.fd()};
    BOOST_TEST(one.send("x", fds).has_value());
    const auto datagram = other.receive();
    BOOST_REQUIRE(datagram.has_value());
    BOOST_REQUIRE(datagram->sender.has_value());
    BOOST_TEST(datagram->sender->pid == ::getpid());
    BOOST_TEST(datagram->sender->uid == ::geteuid());
    BOOST_TEST(datagram->fds.size() == 1);
}

BOOST_AUTO_TEST_CASE(the_end_is_seen_on_both_sides)
{
    auto [one, other] = pair();
    BOOST_TEST(one.send("last").has_value());
    one.close();
    BOOST_TEST(other.receive()->bytes == "last");
    BOOST_TEST((other.receive().error().code == Errc::Gone));
    BOOST_TEST((other.send("x").error().code == Errc::Gone));
}

BOOST_AUTO_TEST_CASE(one_direction_can_end_alone)
{
    auto [one, other] = pair();
    one.close_sending();
    BOOST_TEST((other.receive().error().code == Errc::Gone));
    BOOST_TEST(other.send("still").has_value());
    BOOST_TEST(one.receive()->bytes == "still");
}

BOOST_AUTO_TEST_CASE(a_full_socket_is_busy)
{
    auto [one, other] = pair();
    base::Status sent = base::Done{};
    for (int i = 0; i < 100'000 && sent; ++i)
        sent = one.send("x");
    BOOST_REQUIRE(!sent);
    BOOST_TEST((sent.error().code == Errc::Busy));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_sent_is_refused)
{
    auto [one, other] = pair();
    BOOST_TEST((one.send("").error().code == Errc::Limit));
    BOOST_TEST((one.send(std::string(Channel::max_octets + 1, 'x')).error().code ==
                Errc::Limit));
    const std::array<int, Channel::max_fds + 1> fds = {};
    BOOST_TEST((one.send("x", fds).error().code == Errc::Limit));
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_refused_and_taken)
{
    auto [one, other] = pair();
    send_raw(one.fd(), std::string(Channel::max_octets + 1, 'x'), 0);
    send_raw(one.fd(), "next", 0);
    BOOST_TEST((other.receive().error().code == Errc::Limit));
    BOOST_TEST(other.receive()->bytes == "next");
}

BOOST_AUTO_TEST_CASE(too_many_descriptors_are_refused_and_closed)
{
    auto [one, other] = pair();
    const int before = open_files();
    for (const std::size_t count : {Channel::max_fds + 1, Channel::max_fds + 7}) {
        send_raw(one.fd(), "many", count);
        BOOST_TEST((other.receive().error().code == Errc::Limit));
    }
    BOOST_TEST(open_files() == before);
}

BOOST_AUTO_TEST_CASE(waiting_ends_at_the_deadline)
{
    auto [one, other] = pair();
    const base::SystemClock clock;
    const io::Wait wait(clock);
    const auto soon = io::Deadline::after_ms(clock, 5);
    BOOST_TEST((other.receive(wait, soon).error().code == Errc::Timeout));
    BOOST_TEST(one.send("x").has_value());
    BOOST_TEST(other.receive(wait, soon)->bytes == "x");
}

BOOST_AUTO_TEST_SUITE_END()
