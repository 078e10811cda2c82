// SPDX-License-Identifier: ISC
#include "mailbox/sync.h"

#include <sys/stat.h>

#include "fixture.h"

using namespace mailbox_test;

namespace {

/// INBOX is selected and what is in it has been told.
struct Watched : Fixture {
    Watched()
    {
        select();
        BOOST_REQUIRE(told() == "");
    }
    /// Reading a directory is told by its time of access.
    void forget_access()
    {
        const timespec times[2] = {{long_ago, 0}, {0, UTIME_OMIT}};
        for (const char* directory : {"mail/cur", "mail/new"})
            BOOST_REQUIRE(::utimensat(root.fd(), directory, times, 0) == 0);
    }
    bool was_read(const char* directory)
    {
        struct stat status = {};
        BOOST_REQUIRE(::fstatat(root.fd(), directory, &status, 0) == 0);
        return status.st_atim.tv_sec != long_ago;
    }
    static constexpr std::time_t long_ago = 1'000'000;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sync_, Watched)

BOOST_AUTO_TEST_CASE(hears_of_a_delivery_by_rename)
{
    deliver("1.a.h");
    BOOST_TEST(told() == "+1 recent 1");
    BOOST_TEST(told() == "");
    BOOST_TEST(names("new") == "");
    BOOST_TEST(names("cur") == "1.a.h:2,");
}

BOOST_AUTO_TEST_CASE(hears_of_a_delivery_by_link_and_unlink)
{
    write("tmp/x");
    link("tmp/x", "new/1.a.h");
    remove("tmp/x");
    BOOST_TEST(told() == "+1 recent 1");
}

BOOST_AUTO_TEST_CASE(gives_uids_in_the_order_of_delivery)
{
    deliver("1700000001.M5P1.h");
    deliver("1700000001.M30P1.h");
    deliver("1700000000.M999999P1.h");
    deliver("0999999999.M1P1.h");
    BOOST_TEST(told() == "+1:4 recent 1:4");
    BOOST_TEST(uidlist().find("1 :0999999999.M1P1.h\n2 :1700000000.M999999P1.h\n"
                              "3 :1700000001.M5P1.h\n4 :1700000001.M30P1.h\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(hears_of_flags_that_another_program_sets)
{
    deliver("1.a.h");
    told();
    rename("cur/1.a.h:2,", "cur/1.a.h:2,FS");
    BOOST_TEST(told() == "flags 1");
    BOOST_TEST(int{flags(1)} == int{maildir::flagged | maildir::seen});
    rename("cur/1.a.h:2,FS", "cur/1.a.h:2,S");
    rename("cur/1.a.h:2,S", "cur/1.a.h:2,FS"); // there and back
    BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(keeps_the_uid_of_what_another_program_moves_to_cur)
{
    select(Access::ReadOnly);
    deliver("1.a.h");
    BOOST_TEST(told() == "+1 recent 1");
    rename("new/1.a.h", "cur/1.a.h:2,S");
    BOOST_TEST(told() == "flags 1");
}

BOOST_AUTO_TEST_CASE(hears_of_a_removed_message_and_takes_one_that_returns_for_new)
{
    deliver("1.a.h");
    deliver("2.a.h");
    told();
    rename("cur/1.a.h:2,", "tmp/away");
    BOOST_TEST(told() == "-1");
    rename("tmp/away", "cur/1.a.h:2,");
    BOOST_TEST(told() == "+3 recent 3");
}

BOOST_AUTO_TEST_CASE(a_message_that_returns_before_anyone_looked_keeps_its_uid)
{
    deliver("1.a.h");
    told();
    rename("cur/1.a.h:2,", "tmp/away");
    rename("tmp/away", "cur/1.a.h:2,S");
    BOOST_TEST(told() == "flags 1");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_being_written_waits_until_it_is_closed)
{
    clock.ahead_us = 0;
    auto file =
        io::open_at(root.fd(), "mail/new/1.a.h", O_WRONLY | O_CREAT | O_EXCL).value();
    BOOST_TEST(told() == "");
    BOOST_TEST(inbox->look_again_at().has_value());
    static_cast<void>(io::write_all(file.get(), "Subject: whole\n\n"));
    BOOST_TEST(told() == "");
    file.reset();
    BOOST_TEST(told() == "+1 recent 1");
    BOOST_TEST(inbox->look_again_at().has_value() == false);
    BOOST_TEST(content(1) == "Subject: whole\n\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_nobody_closes_waits_for_a_quiet_second)
{
    clock.ahead_us = 0;
    const auto file =
        io::open_at(root.fd(), "mail/new/1.a.h", O_WRONLY | O_CREAT | O_EXCL).value();
    BOOST_TEST(told() == "");
    const auto again = inbox->look_again_at();
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(*again - clock.steady_us() <= 1'000'000);
    clock.ahead_us = 1'100'000;
    BOOST_TEST(told() == "+1 recent 1");
    BOOST_TEST(inbox->look_again_at().has_value() == false);
}

BOOST_AUTO_TEST_CASE(stops_waiting_for_a_file_that_is_taken_away)
{
    clock.ahead_us = 0;
    const auto file =
        io::open_at(root.fd(), "mail/new/1.a.h", O_WRONLY | O_CREAT | O_EXCL).value();
    BOOST_TEST(told() == "");
    BOOST_TEST(inbox->look_again_at().has_value());
    remove("new/1.a.h");
    BOOST_TEST(told() == "");
    BOOST_TEST(!inbox->look_again_at().has_value());
}

BOOST_AUTO_TEST_CASE(stops_waiting_for_a_file_that_another_session_has_taken_in)
{
    clock.ahead_us = 0;
    auto file =
        io::open_at(root.fd(), "mail/new/1.a.h", O_WRONLY | O_CREAT | O_EXCL).value();
    BOOST_TEST(told() == "");
    const auto other = store->open("", Access::ReadWrite); // waits for it as well
    BOOST_REQUIRE(other.has_value());
    file.reset();
    BOOST_REQUIRE((*other)->sync().has_value());
    BOOST_TEST(told() == "+1"); // the other one has it as \Recent
    BOOST_TEST(!inbox->look_again_at().has_value());
}

BOOST_AUTO_TEST_CASE(a_file_from_the_future_is_not_waited_for)
{
    clock.ahead_us = 0;
    const auto file =
        io::open_at(root.fd(), "mail/new/1.a.h", O_WRONLY | O_CREAT | O_EXCL).value();
    root.set_times("mail/new/1.a.h", 4'000'000'000, 4'000'000'000);
    BOOST_TEST(told() == "+1 recent 1");
}

BOOST_AUTO_TEST_CASE(a_message_whose_name_takes_another_ones_file_is_another_message)
{
    deliver("1.a.h", "one");
    told();
    deliver("1.a.h", "two"); // the name is in cur/ already, as another file
    BOOST_TEST(told() == "+2 recent 2");
    BOOST_TEST(content(1) == "one");
    BOOST_TEST(content(2) == "two");
}

BOOST_AUTO_TEST_CASE(two_names_of_one_file_are_one_message)
{
    deliver("1.a.h", "one");
    told();
    link("cur/1.a.h:2,", "new/1.a.h");
    BOOST_TEST(told() == "");
    BOOST_TEST(names("new") == "");
    BOOST_TEST(names("cur") == "1.a.h:2,");
    link("cur/1.a.h:2,", "cur/1.a.h:2,S");
    BOOST_TEST(told().find('+') == std::string::npos);
    BOOST_TEST(content(1) == "one");
    BOOST_TEST(names("cur").find(' ') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_overflow_of_events_loses_nothing)
{
    for (int i = 0; i < 40; ++i)
        deliver("1.M" + std::to_string(i) + ".h");
    BOOST_TEST(told() == "+1:40 recent 1:40");
    // More than fs.inotify.max_queued_events is 16,384 as a rule.
    for (int i = 0; i < 9000; ++i) {
        rename("cur/1.M7.h:2,", "cur/1.M7.h:2,S");
        rename("cur/1.M7.h:2,S", "cur/1.M7.h:2,");
    }
    deliver("2.a.h");
    remove("cur/1.M3.h:2,");
    BOOST_TEST(told() == "+41 recent 41 -4");
}

BOOST_AUTO_TEST_CASE(what_other_directories_entries_are_is_none_of_our_business)
{
    root.make_directory("mail/new/directory");
    BOOST_REQUIRE(::symlinkat("/etc/passwd", root.fd(), "mail/new/link") == 0);
    BOOST_REQUIRE(::mkfifoat(root.fd(), "mail/cur/fifo:2,S", 0600) == 0);
    write("new/.hidden");
    BOOST_TEST(told() == "");
    select();
    BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(names_that_no_uidlist_can_hold_are_changed)
{
    deliver("a\nb", "newline");
    write("cur/:2,S", "no base");
    BOOST_TEST(told() == "+1:2 recent 1:2");
    BOOST_TEST(uidlist().find("a\nb") == std::string::npos);
    std::string both = content(1) + content(2);
    BOOST_TEST((both == "newlineno base" || both == "no basenewline"));
}

BOOST_AUTO_TEST_CASE(a_removed_folder_is_gone)
{
    BOOST_REQUIRE(store->create("A").has_value());
    auto a = store->open("A", Access::ReadWrite);
    BOOST_REQUIRE(a.has_value());
    static_cast<void>(maildir::remove_all(root.fd(), "mail/.A"));
    const auto synced = (*a)->sync();
    BOOST_REQUIRE(!synced);
    BOOST_TEST((synced.error().code == Errc::Gone));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_made_anew_is_another_one)
{
    BOOST_REQUIRE(store->create("A").has_value());
    auto a = store->open("A", Access::ReadWrite);
    BOOST_REQUIRE(a.has_value());
    root.write("mail/.A/dovecot-uidlist",
               "3 V77 N1 G00112233445566778899aabbccddeeff\n");
    const auto counters = store->counters("A"); // another session sees it first
    BOOST_REQUIRE(counters.has_value());
    BOOST_TEST(counters->uid_validity == 77U);
    const auto synced = (*a)->sync();
    BOOST_REQUIRE(!synced);
    BOOST_TEST((synced.error().code == Errc::Gone));
}

BOOST_AUTO_TEST_CASE(a_directory_that_somebody_removes_is_made_again)
{
    deliver("1.a.h");
    told();
    static_cast<void>(maildir::remove_all(root.fd(), "mail/cur"));
    BOOST_TEST(told() == "-1");
    BOOST_TEST(root.has("mail/cur"));
    deliver("2.a.h");
    BOOST_TEST(told() == "+2 recent 2");
    BOOST_TEST(names("cur") == "2.a.h:2,");
}

BOOST_AUTO_TEST_CASE(a_delivery_into_a_watched_folder_reads_no_directory)
{
    for (int i = 0; i < 50; ++i)
        write("cur/1.M" + std::to_string(i) + ".h:2,S");
    BOOST_TEST(told() == "+1:50 recent 1:50");
    deliver("2.a.h");
    forget_access();
    BOOST_TEST(told() == "+51 recent 51");
    BOOST_TEST(!was_read("mail/cur"));
    BOOST_TEST(!was_read("mail/new"));
}

BOOST_AUTO_TEST_CASE(a_second_open_without_change_reads_no_directory)
{
    for (int i = 0; i < 50; ++i)
        write("cur/1.M" + std::to_string(i) + ".h:2,S");
    select();
    select();
    timespec times[2] = {};
    struct stat status = {};
    BOOST_REQUIRE(::fstatat(root.fd(), "mail/cur", &status, 0) == 0);
    // A change that leaves the directory's time as it was would be found by reading.
    remove("cur/1.M7.h:2,S");
    times[0] = status.st_atim;
    times[1] = status.st_mtim;
    BOOST_REQUIRE(::utimensat(root.fd(), "mail/cur", times, 0) == 0);
    inbox.reset();
    open_store();
    select();
    BOOST_TEST(told() == "+1:50");
}

BOOST_AUTO_TEST_CASE(after_a_delivery_the_directories_count_as_read_once_they_are_quiet)
{
    deliver("1.a.h");
    BOOST_TEST(told() == "+1 recent 1");
    BOOST_TEST(told() == ""); // settles the times
    struct stat status = {};
    BOOST_REQUIRE(::fstatat(root.fd(), "mail/cur", &status, 0) == 0);
    remove("cur/1.a.h:2,");
    const timespec times[2] = {status.st_atim, status.st_mtim};
    BOOST_REQUIRE(::utimensat(root.fd(), "mail/cur", times, 0) == 0);
    open_store();
    select();
    BOOST_TEST(told() == "+1"); // from the index alone
}

BOOST_AUTO_TEST_CASE(what_we_moved_counts_as_read_once_the_mailbox_is_left)
{
    deliver("1.a.h");
    BOOST_TEST(told() == "+1 recent 1");
    BOOST_TEST(inbox->settle_at().has_value());
    inbox->settle();
    BOOST_TEST(!inbox->settle_at().has_value());
    open_store();
    forget_access();
    select();
    BOOST_TEST(told() == "+1");
    BOOST_TEST(!was_read("mail/cur"));
    BOOST_TEST(!was_read("mail/new"));
}

BOOST_AUTO_TEST_CASE(times_that_may_still_change_are_not_believed_when_it_is_left)
{
    clock.ahead_us = 0;
    deliver("1.a.h");
    BOOST_TEST(told() == "+1 recent 1");
    BOOST_REQUIRE(inbox->settle_at().has_value());
    BOOST_TEST(*inbox->settle_at() > clock.steady_us() - 1'000'000);
    if (*inbox->settle_at() <= clock.steady_us())
        return; // a slow machine: it may be believed by now
    inbox->settle();
    struct stat status = {};
    BOOST_REQUIRE(::fstatat(root.fd(), "mail/cur", &status, 0) == 0);
    remove("cur/1.a.h:2,");
    const timespec times[2] = {status.st_atim, status.st_mtim};
    BOOST_REQUIRE(::utimensat(root.fd(), "mail/cur", times, 0) == 0);
    open_store();
    select();
    BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(what_nobody_has_looked_at_is_not_settled)
{
    deliver("1.a.h");
    BOOST_TEST(told() == "+1 recent 1");
    rename("cur/1.a.h:2,", "cur/1.a.h:2,F");
    inbox->settle();
    BOOST_TEST(told() == "flags 1");
    rename("cur/1.a.h:2,F", "cur/1.a.h:2,FS");
    deliver("2.a.h");
    inbox->settle();
    open_store();
    select();
    BOOST_TEST(told() == "+1:2 recent 2");
    BOOST_TEST(flags(1) == (maildir::flagged | maildir::seen));
}

BOOST_AUTO_TEST_CASE(a_delivery_that_nobody_watched_makes_us_read_new_alone)
{
    for (int i = 0; i < 50; ++i)
        write("cur/1.M" + std::to_string(i) + ".h:2,S");
    BOOST_TEST(told() == "+1:50 recent 1:50");
    inbox->settle();
    inbox.reset();
    deliver("2.a.h");
    open_store();
    forget_access();
    select();
    BOOST_TEST(told() == "+1:51 recent 51");
    BOOST_TEST(names("new") == "");
    BOOST_TEST(!was_read("mail/cur"));
}

BOOST_AUTO_TEST_CASE(a_message_that_has_left_new_unwatched_is_looked_for_in_cur)
{
    deliver("1.a.h");
    deliver("2.a.h");
    select(Access::ReadOnly); // they stay in new/
    BOOST_TEST(told() == "+1:2 recent 1:2");
    inbox.reset();
    remove("new/1.a.h");
    deliver("3.a.h");
    open_store();
    select(Access::ReadOnly);
    BOOST_TEST(told() == "+2:3 recent 2:3");
    inbox.reset();
    rename("new/2.a.h", "cur/2.a.h:2,S");
    select(Access::ReadOnly);
    BOOST_TEST(told() == "+2:3 recent 2:3");
    BOOST_TEST(flags(2) == maildir::seen);
}

BOOST_AUTO_TEST_CASE(a_message_that_comes_back_to_new_keeps_its_uid)
{
    deliver("1.a.h");
    BOOST_TEST(told() == "+1 recent 1");
    inbox->settle();
    inbox.reset();
    link("cur/1.a.h:2,", "new/1.a.h");
    open_store();
    select();
    BOOST_TEST(told() == "+1");
    BOOST_TEST(names("new") == "");
    BOOST_TEST(names("cur") == "1.a.h:2,");
}

BOOST_AUTO_TEST_SUITE_END()
