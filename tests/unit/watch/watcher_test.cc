// SPDX-License-Identifier: ISC
#include "watch/watcher.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace {

using watch::Event;
using watch::Events;
using watch::Kind;
using watch::Token;
using watch::Watcher;

/// What went wrong, for the report.
template <class T>
std::string why(const base::Result<T>& result)
{
    return result.has_value() ? "" : result.error().text;
}

/// A folder in a temporary directory, and a Watcher that does not watch it yet.
struct Place {
    Place()
    {
        char name[] = "/tmp/watch-test-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(name) != nullptr);
        path = name;
        make("");
    }
    ~Place()
    {
        ::nftw(
            path.c_str(),
            [](const char* file, const struct stat*, int, struct FTW*) {
                return ::remove(file);
            },
            8, FTW_DEPTH | FTW_PHYS);
    }
    /// The directories `folder`new and `folder`cur.
    void make(const std::string& folder) const
    {
        BOOST_REQUIRE(::mkdir(at(folder + "new").c_str(), 0700) == 0);
        BOOST_REQUIRE(::mkdir(at(folder + "cur").c_str(), 0700) == 0);
    }
    std::string at(const std::string& name) const { return path + '/' + name; }
    base::UniqueFd directory(const std::string& name) const
    {
        return base::UniqueFd(
            ::open(at(name).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    Token add(const std::string& folder = "")
    {
        const auto token = watcher.add(directory(folder + "new").get(),
                                       directory(folder + "cur").get());
        BOOST_REQUIRE_MESSAGE(token.has_value(), why(token));
        return *token;
    }
    void write(const std::string& name) const { std::ofstream(at(name)) << "x"; }
    void link(const std::string& from, const std::string& to) const
    {
        BOOST_REQUIRE(::link(at(from).c_str(), at(to).c_str()) == 0);
    }
    void rename(const std::string& from, const std::string& to) const
    {
        BOOST_REQUIRE(::rename(at(from).c_str(), at(to).c_str()) == 0);
    }
    /// What has happened, which the kernel has told by the time the call returned.
    std::vector<std::string> told()
    {
        pollfd one = {watcher.fd(), POLLIN, 0};
        BOOST_TEST(::poll(&one, 1, 10'000) == 1);
        const Events events = watcher.drain();
        BOOST_TEST(!events.overflow);
        std::vector<std::string> lines;
        for (const Event& event : events.events)
            lines.push_back(line(event));
        return lines;
    }
    static std::string line(const Event& event)
    {
        constexpr const char* kinds[] = {"created", "moved in", "moved out",
                                         "deleted", "closed",   "gone"};
        std::string text = std::to_string(static_cast<unsigned>(event.token));
        constexpr const char* places[] = {" new ", " cur ", " other "};
        text += places[static_cast<int>(event.place)];
        text += kinds[static_cast<int>(event.kind)];
        return event.name.empty() ? text : text + ' ' + event.name;
    }

    std::string path;
    Watcher watcher = [] {
        auto opened = Watcher::open();
        BOOST_REQUIRE_MESSAGE(opened.has_value(), why(opened));
        return std::move(*opened);
    }();
};

using Lines = std::vector<std::string>;

} // namespace

BOOST_TEST_SPECIALIZED_COLLECTION_COMPARE(std::vector<std::string>)

BOOST_FIXTURE_TEST_SUITE(watcher, Place)

BOOST_AUTO_TEST_CASE(has_nothing_to_say_when_nothing_happens)
{
    add();
    pollfd one = {watcher.fd(), POLLIN, 0};
    BOOST_TEST(::poll(&one, 1, 0) == 0);
    BOOST_TEST(watcher.drain().events.empty());
}

BOOST_AUTO_TEST_CASE(hears_of_a_delivery_by_link_and_unlink)
{
    write("tmp");
    add();
    link("tmp", "new/a");
    ::unlink(at("tmp").c_str());
    BOOST_TEST(told() == Lines{"1 new created a"});
}

BOOST_AUTO_TEST_CASE(hears_of_a_delivery_by_rename)
{
    write("tmp");
    add();
    rename("tmp", "new/a");
    BOOST_TEST(told() == Lines{"1 new moved in a"});
}

BOOST_AUTO_TEST_CASE(hears_when_a_file_written_in_place_is_whole)
{
    add();
    write("new/a");
    BOOST_TEST(told() == (Lines{"1 new created a", "1 new closed a"}));
    write("cur/b"); // there it does not matter
    BOOST_TEST(told() == Lines{"1 cur created b"});
}

BOOST_AUTO_TEST_CASE(hears_of_moves_flags_and_removal)
{
    write("new/a");
    add();
    rename("new/a", "cur/a:2,");
    rename("cur/a:2,", "cur/a:2,S");
    ::unlink(at("cur/a:2,S").c_str());
    BOOST_TEST(told() == (Lines{"1 new moved out a", "1 cur moved in a:2,",
                                "1 cur moved out a:2,", "1 cur moved in a:2,S",
                                "1 cur deleted a:2,S"}));
}

BOOST_AUTO_TEST_CASE(tells_folders_apart)
{
    make("other-");
    add();
    add("other-");
    write("cur/a");
    write("other-cur/b");
    BOOST_TEST(told() == (Lines{"1 cur created a", "2 cur created b"}));
}

BOOST_AUTO_TEST_CASE(tells_everyone_who_added_the_same_folder)
{
    const Token first = add();
    add();
    write("cur/a");
    BOOST_TEST(told() == (Lines{"1 cur created a", "2 cur created a"}));
    watcher.remove(first);
    write("cur/b");
    BOOST_TEST(told() == Lines{"2 cur created b"});
}

BOOST_AUTO_TEST_CASE(drops_what_was_not_drained_of_a_folder_that_is_removed)
{
    const Token first = add();
    write("cur/a");
    watcher.remove(first);
    BOOST_TEST(watcher.drain().events.empty());
    watcher.remove(first); // once is enough
    add();
    write("cur/b");
    BOOST_TEST(told() == Lines{"2 cur created b"});
}

BOOST_AUTO_TEST_CASE(follows_a_folder_that_is_renamed)
{
    ::mkdir(at("folder").c_str(), 0700);
    make("folder/");
    add("folder/");
    rename("folder", "renamed");
    write("renamed/cur/a");
    BOOST_TEST(told() == Lines{"1 cur created a"});
}

BOOST_AUTO_TEST_CASE(hears_once_that_a_directory_is_gone)
{
    add();
    ::rmdir(at("cur").c_str());
    BOOST_TEST(told() == Lines{"1 cur gone"});
    rename("new", "old");
    BOOST_TEST(told() == Lines{"1 new gone"});
    ::rmdir(at("old").c_str());
    BOOST_TEST(watcher.drain().events.empty());
}

BOOST_AUTO_TEST_CASE(says_that_some_were_lost)
{
    int bound = 0;
    std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> bound;
    BOOST_REQUIRE(bound > 0);
    if (bound > 100'000)
        return; // it would take too long to bring that about
    add();
    write("cur/a");
    for (int i = 0; i < bound / 2 + 10; ++i) {
        rename("cur/a", "cur/b");
        rename("cur/b", "cur/a");
    }
    bool overflow = false;
    std::size_t events = 0;
    for (pollfd one = {watcher.fd(), POLLIN, 0}; ::poll(&one, 1, 0) == 1;) {
        const Events some = watcher.drain();
        BOOST_TEST(some.events.size() < 2 * Watcher::max_events);
        events += some.events.size();
        overflow |= some.overflow;
    }
    BOOST_TEST(overflow);
    BOOST_TEST(events <= static_cast<std::size_t>(bound));
    write("cur/c"); // and goes on
    BOOST_TEST(told() == Lines{"1 cur created c"});
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_folder)
{
    write("file");
    const base::UniqueFd file(::open(at("file").c_str(), O_PATH | O_CLOEXEC));
    BOOST_TEST(!watcher.add(directory("new").get(), file.get()).has_value());
    const auto closed = watcher.add(-1, -1);
    BOOST_REQUIRE(!closed.has_value());
    BOOST_TEST((closed.error().code == base::Errc::NotFound));
    write("new/a"); // the half that was added is not left behind
    BOOST_TEST(watcher.drain().events.empty());
}

BOOST_AUTO_TEST_CASE(says_limit_when_no_instance_is_left)
{
    rlimit before = {};
    BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none = {0, before.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto refused = Watcher::open();
    ::setrlimit(RLIMIT_NOFILE, &before);
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == base::Errc::Limit));
}

BOOST_AUTO_TEST_CASE(hears_of_names_in_another_directory)
{
    add();
    const auto token = watcher.add_directory(directory("").get());
    BOOST_REQUIRE_MESSAGE(token.has_value(), why(token));
    write("subscriptions");
    rename("subscriptions", "new/a");
    BOOST_REQUIRE(::mkdir(at(".A").c_str(), 0700) == 0);
    BOOST_TEST(told() == (Lines{"2 other created subscriptions",
                                "2 other moved out subscriptions", "1 new moved in a",
                                "2 other created .A"}));
    watcher.remove(*token);
    write("b");
    BOOST_TEST(watcher.drain().events.empty());
}

BOOST_AUTO_TEST_SUITE_END()
