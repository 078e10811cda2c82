// SPDX-License-Identifier: ISC
#include "mailbox/sync.h"

#include <csignal>
#include <functional>
#include <map>

#include <poll.h>

#include "fixture.h"

using namespace mailbox_test;

namespace {

/// Renames `count` files to and fro until it is killed.
[[noreturn]] void change_flags_for_ever(int cur, int count)
{
    for (;;) {
        for (int i = 0; i < count; ++i) {
            const std::string base = std::to_string(i) + ".M1P1.host:2,";
            static_cast<void>(::renameat(cur, base.c_str(), cur, (base + "S").c_str()));
        }
        for (int i = 0; i < count; ++i) {
            const std::string base = std::to_string(i) + ".M1P1.host:2,";
            static_cast<void>(::renameat(cur, (base + "S").c_str(), cur, base.c_str()));
        }
    }
}

/// Another program at work until the end of the scope.
class Renamer {
public:
    Renamer(int cur, int count)
    {
        child_ = ::fork();
        if (child_ == 0)
            change_flags_for_ever(cur, count);
    }
    ~Renamer()
    {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }

private:
    pid_t child_;
};

/// So slow that every change is younger than what can be believed, and does something
/// when it is asked for the time.
class BusyClock final : public base::Clock {
public:
    std::int64_t wall_us() const override
    {
        if (when_asked)
            when_asked();
        return clock_.wall_us() - 60'000'000;
    }
    std::int64_t steady_us() const override { return clock_.steady_us(); }

    std::function<void()> when_asked;

private:
    base::SystemClock clock_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sync_scan, Fixture)

BOOST_AUTO_TEST_CASE(no_message_vanishes_while_another_program_renames_them_all)
{
    constexpr int count = 2000;
    select();
    for (int i = 0; i < count; ++i)
        root.write("mail/cur/" + std::to_string(i) + ".M1P1.host:2,", "x");
    BOOST_TEST(told() == "+1:2000 recent 1:2000");
    const std::string before = uidlist();

    const auto cur = io::open_at(root.fd(), "mail/cur", O_RDONLY | O_DIRECTORY).value();
    const Renamer renamer(cur.get(), count);
    clock.ahead_us = 0;
    base::SystemClock real;
    const std::int64_t until = real.wall_us() + 2'500'000;
    int looks = 0;
    while (real.wall_us() < until) {
        const std::string watched = told();
        BOOST_REQUIRE(watched.find('-') == std::string::npos);
        BOOST_REQUIRE(watched.find('+') == std::string::npos);
        // And without a watch: everything is read.
        const auto counters = store->counters("");
        BOOST_REQUIRE(counters.has_value());
        BOOST_REQUIRE(counters->messages == unsigned{count});
        BOOST_REQUIRE(counters->uid_next == unsigned{count} + 1);
        ++looks;
    }
    BOOST_TEST(looks > 0);
    BOOST_TEST((uidlist() == before));
}

BOOST_AUTO_TEST_CASE(a_new_index_has_what_its_first_scan_did_not_show)
{
    for (int i = 1; i <= 3; ++i)
        write("cur/" + std::to_string(i) + ".a.h:2,");
    select();
    BOOST_TEST(told() == "+1:3");
    inbox.reset();
    store.reset();

    // Every scan asks for the time first.
    BusyClock busy;
    int times = 0;
    const auto open_anew = [&] {
        delete_index();
        const auto opened = Store::open(options(), busy, random, logging::Log());
        BOOST_REQUIRE(opened.has_value());
        times = 0;
        const auto mailbox = (*opened)->open("", Access::ReadWrite);
        BOOST_REQUIRE(mailbox.has_value());
        return text_of((*mailbox)->changes());
    };
    busy.when_asked = [&] { ++times; };
    BOOST_TEST(open_anew() == "+1:3");
    const int needed = times; // when all is to be seen at once
    rename("cur/2.a.h:2,", "tmp/2.a.h:2,");
    busy.when_asked = [&] {
        if (++times == needed + 1)
            rename("tmp/2.a.h:2,", "cur/2.a.h:2,S");
    };
    BOOST_TEST(open_anew() == "+1:3");
    busy.when_asked = nullptr;
    remove("cur/2.a.h:2,S");
    BOOST_TEST(open_anew() == "+1,3");
}

BOOST_AUTO_TEST_CASE(no_message_vanishes_while_the_index_is_made_anew_among_renames)
{
    constexpr int count = 500;
    select();
    for (int i = 0; i < count; ++i)
        root.write("mail/cur/" + std::to_string(i) + ".M1P1.host:2,", "x");
    BOOST_TEST(told() == "+1:500 recent 1:500");
    const std::string before = uidlist();

    const auto cur = io::open_at(root.fd(), "mail/cur", O_RDONLY | O_DIRECTORY).value();
    const Renamer renamer(cur.get(), count);
    clock.ahead_us = 0;
    for (int round = 0; round < 5; ++round) {
        delete_index();
        const std::string now = told();
        BOOST_REQUIRE(now.find('-') == std::string::npos);
        BOOST_REQUIRE(now.find('+') == std::string::npos);
    }
    BOOST_TEST((uidlist() == before));
}

BOOST_AUTO_TEST_CASE(stores_and_fetches_find_their_files_while_another_program_renames)
{
    constexpr int count = 50;
    select();
    for (int i = 0; i < count; ++i)
        root.write("mail/cur/" + std::to_string(i) + ".M1P1.host:2,", "x");
    BOOST_TEST(told() == "+1:50 recent 1:50");
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < count; ++i) {
            const std::string base = "cur/" + std::to_string(i) + ".M1P1.host:2,";
            rename(base + (round % 2 == 0 ? "" : "S"),
                   base + (round % 2 == 0 ? "S" : ""));
        }
        for (mailbox::Uid uid = 1; uid <= count; ++uid)
            BOOST_REQUIRE(content(uid) == "x");
    }
    BOOST_TEST(told().find('-') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_two_files_with_one_base_name_the_known_one_keeps_its_uid)
{
    write("cur/1.a.h:2,S", "one");
    select();
    BOOST_TEST(told() == "+1");
    inbox.reset();
    write("new/1.a.h", "two");
    write("cur/1.a.h:2,FS", "three");
    select();
    BOOST_TEST(told() == "+1:3 recent 2:3");
    BOOST_TEST(content(1) == "one");
    const std::string others = content(2) + content(3);
    BOOST_TEST((others == "twothree" || others == "threetwo"));
    select();
    BOOST_TEST(told() == "+1:3"); // and never more of them
}

BOOST_AUTO_TEST_CASE(two_files_with_one_base_name_in_a_busy_folder_are_two_messages)
{
    clock.ahead_us = 0; // the directories count as changing: several scans
    write("cur/9.z.h:2,S", "gone");
    select();
    BOOST_TEST(told() == "+1");
    inbox.reset();
    remove("cur/9.z.h:2,S");
    write("cur/1.a.h:2,S", "one");
    write("cur/1.a.h:2,FS", "two");
    select();
    const std::string now = told();
    BOOST_TEST(now == "+2:3 recent 2:3");
    clock.ahead_us = 5'000'000;
    select();
    BOOST_TEST(told() == "+2:3");
}

BOOST_AUTO_TEST_CASE(two_names_of_one_file_are_one_message_with_the_flags_of_cur)
{
    write("new/1.a.h", "one");
    link("new/1.a.h", "cur/1.a.h:2,S");
    select();
    BOOST_TEST(told() == "+1");
    BOOST_TEST(names("new") == "");
    BOOST_TEST(names("cur") == "1.a.h:2,S");
    BOOST_TEST(content(1) == "one");
}

BOOST_AUTO_TEST_CASE(what_was_removed_while_nobody_looked_has_vanished)
{
    for (int i = 1; i <= 5; ++i)
        write("cur/" + std::to_string(i) + ".a.h:2,S");
    select();
    BOOST_TEST(told() == "+1:5");
    open_store();
    remove("cur/2.a.h:2,S");
    remove("cur/4.a.h:2,S");
    select();
    BOOST_TEST(told() == "+1,3,5");
}

BOOST_AUTO_TEST_SUITE_END()
