// SPDX-License-Identifier: ISC
#include "maildir/delivery.h"

#include <csignal>
#include <string>

#include <boost/test/unit_test.hpp>
#include <sys/resource.h>
#include <sys/wait.h>

#include "temporary.h"

namespace {

using base::Errc;
using maildir::Delivery;
using maildir::Durability;
using maildir::Folder;
using maildir::Where;
using maildir_test::FixedClock;
using maildir_test::FixedRandom;
using maildir_test::Temporary;

struct Fixture {
    Temporary root;
    Folder inbox = Folder::create(root.fd(), "").value();
    FixedClock clock{1'700'000'000'000'042};
    FixedRandom random;
    std::string base =
        "1700000000.M42P" + std::to_string(::getpid()) + "Q0Rabababababababab.host";

    Delivery begin() { return Delivery::begin(inbox, clock, random, "host").value(); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(delivery, Fixture)

BOOST_AUTO_TEST_CASE(a_message_appears_whole_under_its_sizes)
{
    auto delivery = begin();
    BOOST_TEST(root.names("tmp") == base);
    BOOST_TEST(delivery.write("Subject: x\n").has_value());
    BOOST_TEST(delivery.write("\nline\r\n").has_value());
    BOOST_TEST(root.names("new") == "");
    BOOST_TEST(delivery.commit(Durability::Full, Where::New).has_value());
    BOOST_TEST(root.names("tmp") == "");
    BOOST_TEST(root.names("new") == base + ",S=18,W=20");
    BOOST_TEST(root.read("new/" + base + ",S=18,W=20") == "Subject: x\n\nline\r\n");
    BOOST_TEST(delivery.is_published());
    BOOST_TEST(delivery.base_name() == base + ",S=18,W=20");
}

BOOST_AUTO_TEST_CASE(nothing_stays_of_a_delivery_that_is_given_up)
{
    {
        auto delivery = begin();
        BOOST_TEST(delivery.write("x").has_value());
        const auto moved = std::move(delivery);
        BOOST_TEST(root.names("tmp") == base);
    }
    BOOST_TEST(root.names("tmp") == "");
    {
        auto delivery = begin();
        BOOST_TEST(delivery.prepare(Durability::None).has_value());
    }
    BOOST_TEST(root.names("tmp") == "");
    BOOST_TEST(root.names("new") == "");
}

BOOST_AUTO_TEST_CASE(wire_size_counts_line_feeds_without_cr)
{
    const std::string texts[] = {"",      "a", "\n", "\r\n", "\r", "a\r\nb\nc\n\n",
                                 "\n\r\n"};
    const unsigned wire[] = {0, 1, 2, 2, 1, 11, 4};
    for (std::size_t i = 0; i < std::size(texts); ++i) {
        auto whole = Delivery::begin(inbox, clock, random, "host", 1).value();
        BOOST_TEST(whole.write(texts[i]).has_value());
        BOOST_TEST(whole.wire_size() == wire[i]);
        auto split = Delivery::begin(inbox, clock, random, "host", 2).value();
        for (const char c : texts[i])
            BOOST_TEST(split.write(std::string_view(&c, 1)).has_value());
        BOOST_TEST(split.wire_size() == wire[i]);
        BOOST_TEST(split.size() == texts[i].size());
    }
}

BOOST_AUTO_TEST_CASE(large_messages_pass_through_the_buffer)
{
    std::string expected;
    auto delivery = begin();
    for (unsigned i = 0; i < 300; ++i) {
        const std::string piece(i * 37 % 5000, static_cast<char>('a' + i % 26));
        expected += piece;
        BOOST_TEST(delivery.write(piece).has_value());
    }
    const std::string large(200'000, 'z');
    expected += large;
    BOOST_TEST(delivery.write(large).has_value());
    BOOST_TEST(delivery.commit(Durability::FileOnly, Where::New).has_value());
    BOOST_TEST((root.read("new/" + delivery.base_name()) == expected));
}

BOOST_AUTO_TEST_CASE(writing_can_start_before_it_is_waited_for)
{
    auto delivery = begin();
    BOOST_TEST(delivery.write("A: 1\n").has_value());
    delivery.start_writing();
    BOOST_TEST(root.read("tmp/" + base) == "A: 1\n");
    BOOST_TEST(delivery.write("\nx").has_value());
    delivery.start_writing();
    BOOST_TEST(delivery.commit(Durability::Full, Where::New).has_value());
    delivery.start_writing(); // too late, and no harm done
    BOOST_TEST(root.read("new/" + base + ",S=7,W=9") == "A: 1\n\nx");
}

BOOST_AUTO_TEST_CASE(append_gives_flags_and_a_date)
{
    auto delivery = begin();
    BOOST_TEST(delivery.write("x\n").has_value());
    BOOST_TEST(delivery.prepare(Durability::Full, 1'000'000'000).has_value());
    const std::string name = base + ",S=2,W=3:2,FSb";
    const maildir::Info info{maildir::seen | maildir::flagged, 2};
    BOOST_TEST(delivery.file_name(Where::Cur, info) == name);
    BOOST_TEST(root.names("cur") == "");
    BOOST_TEST(delivery.publish(Durability::Full, Where::Cur, info).has_value());
    BOOST_TEST(root.names("cur") == name);
    BOOST_TEST(inbox.stat(Where::Cur, name)->mtime_ns == 1'000'000'000'000'000'000);
}

BOOST_AUTO_TEST_CASE(names_in_cur_always_have_info)
{
    auto delivery = begin();
    BOOST_TEST(delivery.commit(Durability::None, Where::Cur).has_value());
    BOOST_TEST(root.names("cur") == base + ",S=0,W=0:2,");
}

BOOST_AUTO_TEST_CASE(never_in_place_of_another_message)
{
    root.write("new/" + base + ",S=1,W=1", "other");
    auto delivery = begin();
    BOOST_TEST(delivery.write("x").has_value());
    const auto done = delivery.commit(Durability::None, Where::New);
    BOOST_REQUIRE(!done);
    BOOST_TEST((done.error().code == Errc::Exists));
    BOOST_TEST(!delivery.is_published());
    BOOST_TEST(root.read("new/" + base + ",S=1,W=1") == "other");
}

BOOST_AUTO_TEST_CASE(two_deliveries_never_share_a_file)
{
    const auto first = begin();
    const auto second = Delivery::begin(inbox, clock, random, "host");
    BOOST_REQUIRE(!second);
    BOOST_TEST((second.error().code == Errc::Exists));
}

BOOST_AUTO_TEST_CASE(the_order_of_calls_is_kept_to)
{
    auto delivery = begin();
    BOOST_TEST((delivery.publish(Durability::None, Where::New).error().code ==
                Errc::Internal));
    BOOST_TEST(delivery.commit(Durability::None, Where::New).has_value());
    BOOST_TEST(!delivery.write("x"));
    BOOST_TEST(!delivery.prepare(Durability::None));
    BOOST_TEST(!delivery.publish(Durability::None, Where::New));
}

BOOST_AUTO_TEST_CASE(a_file_size_limit_is_no_space_and_leaves_nothing)
{
    const pid_t child = ::fork(); // the limit would stay with us
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit = {100'000, 100'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        int failures = 0;
        {
            auto delivery = begin();
            const auto done = delivery.write(std::string(300'000, 'x'));
            failures += done || done.error().code != Errc::NoSpace;
            failures += delivery.commit(Durability::None, Where::New).has_value();
        }
        ::_exit(failures);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST(status == 0);
    BOOST_TEST(root.names("tmp") == "");
    BOOST_TEST(root.names("new") == "");
}

BOOST_AUTO_TEST_SUITE_END()
