// SPDX-License-Identifier: ISC
#include "deliver/store.h"

#include <string>
#include <string_view>
#include <utility>

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../maildir/temporary.h"

namespace {

using deliver::Parent;
using deliver::Placement;
using maildir_test::Temporary;

struct Fixture {
    Temporary root;
    config::Settings settings;
    Parent parent;

    base::Status store(int input, deliver::TraceFields fields,
                       const Parent& writer) const
    {
        deliver::Recipient ann;
        ann.identity.user = "ann";
        ann.identity.mail = root.path();
        auto placement = Placement::begin(ann, {}, std::move(fields), settings);
        if (!placement)
            return placement.error();
        return deliver::store(input, **placement, writer);
    }

    /// `text` in a file, to be read from its start. Owned by the caller.
    base::UniqueFd input(std::string_view text) const
    {
        root.write("input", text);
        return io::open_at(root.fd(), "input", O_RDONLY).value();
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(store_suite, Fixture)

BOOST_AUTO_TEST_CASE(a_message_is_stored)
{
    const auto in = input("From a b\nA: 1\n\nx");
    const auto stored = store(in.get(), {"s", std::nullopt}, parent);
    BOOST_REQUIRE(stored);
    BOOST_TEST(root.names("tmp") == "");
    BOOST_TEST(root.read("new/" + root.names("new")) == "Return-Path: <s>\nA: 1\n\nx");
}

BOOST_AUTO_TEST_CASE(an_input_without_a_message_is_not_stored)
{
    for (const char* const text : {"", "From a b\n", "From a"}) {
        const auto in = input(text);
        const auto stored = store(in.get(), {"s", "r"}, parent);
        BOOST_REQUIRE(!stored);
        BOOST_TEST((stored.error().code == base::Errc::Gone));
        BOOST_TEST(root.names("new") == "");
        BOOST_TEST(root.names("tmp") == "");
    }
}

BOOST_AUTO_TEST_CASE(an_input_that_cannot_be_read_is_an_error)
{
    const auto stored = store(root.fd(), {}, parent); // a directory
    BOOST_REQUIRE(!stored);
    BOOST_TEST(root.names("tmp") == "");
}

BOOST_AUTO_TEST_CASE(the_message_of_a_writer_that_died_is_not_stored)
{
    // A child starts the delivery, in a grandchild, and dies before it is done.
    int told[2];
    int died[2];
    BOOST_REQUIRE(::pipe(told) == 0);
    BOOST_REQUIRE(::pipe(died) == 0);
    const auto in = input("A: 1\n\nhalf");
    const pid_t child = ::fork();
    if (child == 0) {
        if (::fork() != 0)
            ::_exit(::read(died[0], told, 1) == 1 ? 0 : 1);
        const Parent writer;
        static_cast<void>(!::write(died[1], "x", 1));
        while (!writer.has_died())
            ::usleep(1000);
        const auto stored = store(in.get(), {}, writer);
        const bool refused = !stored && stored.error().code == base::Errc::Gone;
        static_cast<void>(!::write(told[1], refused ? "y" : "n", 1));
        ::_exit(0);
    }
    BOOST_TEST(::waitpid(child, nullptr, 0) == child);
    char answer = '?';
    BOOST_TEST(::read(told[0], &answer, 1) == 1);
    BOOST_TEST(answer == 'y');
    BOOST_TEST(root.names("new") == "");
    for (const int fd : {told[0], told[1], died[0], died[1]})
        ::close(fd);
}

BOOST_AUTO_TEST_SUITE_END()
