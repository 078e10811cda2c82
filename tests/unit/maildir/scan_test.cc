// SPDX-License-Identifier: ISC
#include "maildir/scan.h"

#include <csignal>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>
#include <sys/wait.h>

#include "temporary.h"

namespace {

using maildir::Folder;
using maildir::Where;
using maildir_test::FixedClock;
using maildir_test::Temporary;

constexpr std::int64_t second_us = 1'000'000;

struct Fixture {
    Temporary root;
    Folder inbox = Folder::create(root.fd(), "").value();
    base::SystemClock clock;

    std::set<std::string> names(Where where) const
    {
        std::set<std::string> all;
        const auto listing = maildir::scan(inbox, where, clock);
        for (const auto& sighting : listing->sightings())
            all.emplace(sighting.name);
        return all;
    }
};

/// Renames `count` files from `n:2,` to `n:2,S` and back until it is killed.
[[noreturn]] void flip_flags(const Folder& folder, int count)
{
    for (bool to_seen = true;; to_seen = !to_seen) {
        for (int i = 0; i < count; ++i) {
            const std::string plain = std::to_string(i) + ":2,";
            static_cast<void>(folder.rename(Where::Cur, to_seen ? plain : plain + "S",
                                            Where::Cur, to_seen ? plain + "S" : plain));
        }
    }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(scan, Fixture)

BOOST_AUTO_TEST_CASE(shows_messages_but_no_dotfiles_and_no_directories)
{
    root.write("cur/a:2,", "");
    root.write("cur/b:2,S", "");
    root.write("cur/.hidden", "");
    root.make_directory("cur/directory");
    BOOST_TEST((names(Where::Cur) == std::set<std::string>{"a:2,", "b:2,S"}));
    BOOST_TEST(names(Where::New).empty());
}

BOOST_AUTO_TEST_CASE(gives_the_inode_with_the_name)
{
    root.write("new/a", "");
    const auto listing = maildir::scan(inbox, Where::New, clock);
    BOOST_REQUIRE(listing->size() == 1U);
    BOOST_TEST(listing->sightings()[0].inode == inbox.stat(Where::New, "a")->inode);
}

BOOST_AUTO_TEST_CASE(reads_many_names_of_all_lengths)
{
    std::set<std::string> written;
    for (int i = 0; i < 5000; ++i) {
        std::string name =
            std::to_string(i) + std::string(static_cast<unsigned>(i) % 200, 'x');
        root.write("cur/" + name, "");
        written.insert(std::move(name));
    }
    BOOST_TEST((names(Where::Cur) == written));
    BOOST_TEST((names(Where::Cur) == written)); // again from the beginning
}

BOOST_AUTO_TEST_CASE(a_listing_can_be_moved)
{
    root.write("new/a", "");
    maildir::Listing listing = maildir::scan(inbox, Where::New, clock).value();
    const maildir::Listing other = std::move(listing);
    BOOST_TEST(other.sightings()[0].name == "a");
}

BOOST_AUTO_TEST_CASE(a_directory_just_changed_is_not_stable)
{
    root.write("new/a", "");
    struct stat status = {};
    BOOST_REQUIRE(::fstatat(root.fd(), "new", &status, 0) == 0);
    const std::int64_t changed_us =
        status.st_mtim.tv_sec * second_us + status.st_mtim.tv_nsec / 1000;
    const auto at = [&](std::int64_t us) {
        return maildir::scan(inbox, Where::New, FixedClock(us))->is_stable();
    };
    BOOST_TEST(!at(changed_us));
    BOOST_TEST(!at(changed_us + 1000));
    BOOST_TEST(!at(changed_us - 10 * second_us)); // a clock that went back
    BOOST_TEST(at(changed_us + 10 * second_us));
}

BOOST_AUTO_TEST_CASE(whole_seconds_are_taken_for_a_coarse_clock)
{
    BOOST_TEST(maildir::may_still_change(1'000'000'000, second_us + 3'999'999));
    BOOST_TEST(!maildir::may_still_change(1'000'000'000, second_us + 4'000'001));
    BOOST_TEST(maildir::may_still_change(1'000'000'001, second_us + 20'000));
    BOOST_TEST(!maildir::may_still_change(1'000'000'001, second_us + 20'001));
}

BOOST_AUTO_TEST_CASE(renames_meanwhile_never_go_unnoticed)
{
    constexpr int count = 2000;
    for (int i = 0; i < count; ++i)
        root.write("cur/" + std::to_string(i) + ":2,", "");
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0)
        flip_flags(inbox, count);

    int stable = 0;
    for (int i = 0; i < 50; ++i) {
        const auto listing = maildir::scan(inbox, Where::Cur, clock);
        std::set<std::string> bases;
        for (const auto& sighting : listing->sightings())
            bases.emplace(sighting.name.substr(0, sighting.name.find(':')));
        if (listing->is_stable()) {
            ++stable;
            BOOST_TEST(bases.size() == static_cast<std::size_t>(count));
        }
    }
    BOOST_TEST_MESSAGE(stable << " of 50 scans were stable");
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    BOOST_TEST(names(Where::Cur).size() == static_cast<std::size_t>(count));
}

BOOST_AUTO_TEST_SUITE_END()
