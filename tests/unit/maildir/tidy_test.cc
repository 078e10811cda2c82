// SPDX-License-Identifier: ISC
#include "maildir/tidy.h"

#include <boost/test/unit_test.hpp>

#include "temporary.h"

namespace {

using maildir::Folder;
using maildir_test::FixedClock;
using maildir_test::Temporary;

} // namespace

BOOST_AUTO_TEST_SUITE(tidy)

BOOST_AUTO_TEST_CASE(removes_what_nobody_has_used_for_36_hours)
{
    const Temporary root;
    const auto inbox = Folder::create(root.fd(), "").value();
    constexpr std::int64_t now = 1'700'000'000;
    constexpr std::int64_t limit = now - maildir::tmp_lifetime;
    for (const char* name : {"tmp/new", "tmp/edge", "tmp/old", "tmp/dated", "tmp/read",
                             "new/old", "cur/old"})
        root.write(name, "x");
    root.make_directory("tmp/directory");
    root.set_times("tmp/new", now, now);
    root.set_times("tmp/edge", limit, limit);
    root.set_times("tmp/old", limit - 1, limit - 1);
    root.set_times("tmp/dated", now, 1); // an APPEND of an old message under way
    root.set_times("tmp/read", limit - 1, now);
    root.set_times("tmp/directory", 1, 1);
    root.set_times("new/old", 1, 1);
    root.set_times("cur/old", 1, 1);

    const auto removed = maildir::tidy(inbox, FixedClock(now * 1'000'000));
    BOOST_REQUIRE(removed.has_value());
    BOOST_TEST(*removed == 1U);
    BOOST_TEST(root.names("tmp") == "dated directory edge new read");
    BOOST_TEST(root.names("new") == "old");
    BOOST_TEST(root.names("cur") == "old");
}

BOOST_AUTO_TEST_CASE(looks_again_after_eight_hours)
{
    const Temporary root;
    const auto inbox = Folder::create(root.fd(), "").value();
    constexpr std::int64_t now = 1'700'000'000;
    const auto removed_at = [&](std::int64_t time) {
        root.write("tmp/old", "x");
        root.set_times("tmp/old", 1, 1);
        return maildir::tidy(inbox, FixedClock(time * 1'000'000)).value();
    };
    BOOST_TEST(removed_at(now) == 1U); // the directory's time is in the future
    BOOST_TEST(removed_at(now + 1) == 0U);
    BOOST_TEST(removed_at(now + maildir::tidy_interval - 1) == 0U);
    BOOST_TEST(removed_at(now + maildir::tidy_interval) == 1U);
    BOOST_TEST(removed_at(now + maildir::tidy_interval + 1) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
