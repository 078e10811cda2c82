// SPDX-License-Identifier: ISC
#include "deliver/courier.h"

#include <csignal>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "../maildir/temporary.h"
#include "deliver/spool.h"

namespace {

using deliver::Courier;
using deliver::Errand;
using deliver::Spool;

/// A courier who is who we are: as root he would be root, whom nobody becomes, but the
/// system tests have him become others.
struct Fixture {
    maildir_test::Temporary home;
    config::Settings settings;
    auth::Identity identity{"ann", ::geteuid(), ::getegid(), "", home.path() + "/ann",
                            "",    ""};
    deliver::Spool message{"/tmp"};
    pid_t child = -1;

    Fixture() { BOOST_TEST(message.write("A: 1\n\nx").has_value()); }

    Courier courier(std::int64_t lifetime = Courier::lifetime_ms)
    {
        int ends[2];
        BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        auto courier = Courier::start(
            identity, settings,
            [&] {
                const pid_t self = ::getpid();
                static_cast<void>(!::write(ends[1], &self, sizeof self));
                ::close(ends[0]);
                ::close(ends[1]);
            },
            lifetime);
        BOOST_REQUIRE(courier.has_value());
        BOOST_TEST(::read(ends[0], &child, sizeof child) == sizeof child);
        ::close(ends[0]);
        ::close(ends[1]);
        return std::move(*courier);
    }

    std::vector<Errand> errands(std::size_t count) const
    {
        return std::vector<Errand>(count,
                                   {{identity, ""}, {"s", "ann", "Received: x\n"}});
    }

    int file() { return message.in_file().value(); }
    io::Deadline patience() const { return Courier::patience(settings); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(courier, Fixture)

BOOST_AUTO_TEST_CASE(he_delivers_as_often_as_he_is_asked)
{
    Courier ann = courier();
    BOOST_TEST(ann.is_for(identity));
    for (const std::size_t count : {1, 3, 1}) {
        BOOST_TEST(ann.ask(errands(count), file(), patience()));
        const auto replies = ann.replies(count, patience());
        BOOST_REQUIRE(replies.size() == count);
        for (const auto& reply : replies)
            BOOST_TEST(reply == "250 2.1.5 Delivered");
    }
    BOOST_TEST(ann.is_usable());
}

BOOST_AUTO_TEST_CASE(a_failure_is_not_his_last_delivery)
{
    Courier ann = courier();
    home.write("ann", "in the way");
    BOOST_TEST(ann.ask(errands(1), file(), patience()));
    BOOST_TEST(ann.replies(1, patience()).at(0).starts_with("451 4.2.0 "));
    ::unlink(identity.mail.c_str());
    BOOST_TEST(ann.ask(errands(1), file(), patience()));
    BOOST_TEST(ann.replies(1, patience()).at(0) == "250 2.1.5 Delivered");
}

BOOST_AUTO_TEST_CASE(one_who_dies_says_nothing_and_takes_no_more)
{
    Courier ann = courier();
    ::kill(child, SIGKILL);
    // Whether he has it before he is gone is a matter of time.
    if (ann.ask(errands(1), file(), patience()))
        BOOST_TEST(ann.replies(1, patience()).empty());
    BOOST_TEST(!ann.is_usable());
    BOOST_TEST(!ann.ask(errands(1), file(), patience()));
}

/// Long before what waits for him would give up.
constexpr std::int64_t soon_us = 10'000'000;

BOOST_AUTO_TEST_CASE(one_whose_user_has_stopped_him_is_not_waited_for)
{
    const base::SystemClock clock;
    const std::int64_t begin = clock.steady_us();
    Courier ann = courier();
    ::kill(child, SIGSTOP);
    BOOST_TEST(ann.ask(errands(1), file(), patience()));
    BOOST_TEST(ann.replies(1, patience()).empty());
    BOOST_TEST(!ann.is_usable());
    {
        const Courier idle = courier();
        ::kill(child, SIGSTOP);
    }
    BOOST_TEST(clock.steady_us() - begin < soon_us);
}

BOOST_AUTO_TEST_CASE(one_who_hangs_is_waited_for_until_the_deadline)
{
    home.make_directory("ann");
    home.write("ann/avocet-delivered.lock", "");
    settings.deliver.duplicates = config::Duplicates::Drop;
    const base::UniqueFd mine(
        ::open((identity.mail + "/avocet-delivered.lock").c_str(), O_RDWR | O_CLOEXEC));
    struct flock all = {};
    all.l_type = F_WRLCK;
    BOOST_REQUIRE(::fcntl(mine.get(), F_SETLK, &all) == 0);
    Courier ann = courier();
    Spool identified("/tmp");
    BOOST_TEST(identified.write("Message-ID: <1>\n\nx").has_value());
    BOOST_TEST(ann.ask(errands(1), identified.in_file().value(), patience()));
    const base::SystemClock clock;
    BOOST_TEST(ann.replies(1, io::Deadline::after_ms(clock, 50)).empty());
    BOOST_TEST(!ann.is_usable());
}

BOOST_AUTO_TEST_CASE(one_is_not_kept_for_ever)
{
    Courier ann = courier(0);
    BOOST_TEST(ann.ask(errands(1), file(), patience()));
    BOOST_TEST(ann.replies(1, patience()).at(0) == "250 2.1.5 Delivered");
    BOOST_TEST(!ann.is_usable());
}

BOOST_AUTO_TEST_CASE(a_polite_request_ends_one_who_rests)
{
    Courier ann = courier();
    BOOST_TEST(ann.ask(errands(1), file(), patience()));
    BOOST_TEST(ann.replies(1, patience()).size() == 1U);
    ::kill(child, SIGTERM);
    if (ann.ask(errands(1), file(), patience()))
        BOOST_TEST(ann.replies(1, patience()).empty());
    BOOST_TEST(!ann.is_usable());
}

BOOST_AUTO_TEST_CASE(one_who_says_something_else_is_of_no_use)
{
    Courier ann = courier();
    BOOST_TEST(ann.ask(errands(1), file(), patience()));
    BOOST_TEST(ann.replies(2, patience()).empty());
    BOOST_TEST(!ann.is_usable());
}

BOOST_AUTO_TEST_SUITE_END()
