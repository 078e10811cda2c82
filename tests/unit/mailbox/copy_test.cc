// SPDX-License-Identifier: ISC
#include "mailbox/copy.h"

#include <csignal>

#include <sys/resource.h>

#include "fixture.h"

using namespace mailbox_test;

namespace {

struct Three : Fixture {
    Three()
    {
        write("cur/1.a.h,U=17:2,FS", "one");
        write("cur/2.a.h:2,a", "two");
        write("cur/3.a.h:2,", "three");
        root.set_times("mail/cur/2.a.h:2,a", 5, 987654321);
        write("dovecot-keywords", "0 Work\n");
        select();
        BOOST_REQUIRE(told() == "+1:3");
        BOOST_REQUIRE(store->create("A").has_value());
    }
    std::string copy(const base::NumberSet& uids, const std::string& folder)
    {
        auto copy = mailbox::Copy::begin(*store, *inbox, folder);
        if (!copy)
            return std::string(base::name_of(copy.error().code));
        const auto copies = copy->run(uids);
        if (!copies)
            return std::string(base::name_of(copies.error().code));
        return copies->from.to_text() + " " + copies->to.to_text();
    }
    std::unique_ptr<Mailbox> a()
    {
        auto opened = store->open("A", Access::ReadWrite);
        BOOST_REQUIRE(opened.has_value());
        return std::move(*opened);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(copy, Three)

BOOST_AUTO_TEST_CASE(copies_with_flags_keywords_and_date_under_names_of_their_own)
{
    root.write("mail/.A/dovecot-keywords", "0 Other\n");
    BOOST_TEST(copy({1, 2}, "A") == "1:2 1:2");
    const auto target = a();
    BOOST_TEST(text_of(target->changes()) == "+1:2 recent 1:2");
    BOOST_TEST(int{target->facts(1)->flags.system} ==
               int{maildir::flagged | maildir::seen});
    BOOST_TEST(target->facts(2)->internal_date == 987654321);
    BOOST_TEST(target->facts(2)->flags.keywords == 2U);
    BOOST_TEST(target->keywords()[1] == "Work");
    BOOST_TEST(names(".A/cur").find("U=17") == std::string::npos);
    BOOST_TEST(names(".A/tmp") == "");
    auto message = target->message(2);
    BOOST_REQUIRE(message.has_value());
    BOOST_TEST(io::read_whole(message->fd.get(), 100).value() == "two");
    BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_copy_is_as_good)
{
    BOOST_TEST(copy({2}, "") == "2 4");
    BOOST_TEST(told() == "+4 recent 4");
    BOOST_TEST(copy({2, 4}, "") == "2,4 5:6");
    BOOST_TEST(told() == "+5:6 recent 5:6");
    BOOST_TEST(content(6) == "two");
    // Links to one file, each of them a message: removing one leaves the others.
    remove("cur/2.a.h:2,a");
    BOOST_TEST(told() == "-2");
    BOOST_TEST(content(4) == "two");
    select();
    BOOST_TEST(told() == "+1,3:6");
}

BOOST_AUTO_TEST_CASE(finds_what_another_program_renamed)
{
    rename("cur/3.a.h:2,", "cur/3.a.h:2,R");
    BOOST_TEST(copy({3}, "A") == "3 1");
    BOOST_TEST(names(".A/cur").find(":2,R") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(copies_all_or_none)
{
    remove("cur/3.a.h:2,");
    BOOST_TEST(copy({1, 2, 3}, "A") == "not-found");
    BOOST_TEST(names(".A/cur") == "");
    BOOST_TEST(names(".A/tmp") == "");
    BOOST_TEST(copy({1, 99}, "A") == "not-found");
    BOOST_TEST(names(".A/cur") == "");
    BOOST_TEST(names(".A/tmp") == "");
}

BOOST_AUTO_TEST_CASE(a_full_disk_copies_nothing)
{
    BOOST_TEST(copy({1}, "A") == "1 1");
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before = {};
    BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit full = {root.read("mail/.A/dovecot-uidlist").size() + 3,
                         before.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
    const std::string outcome = copy({1, 2, 3}, "A");
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    BOOST_TEST(outcome == "no-space");
    BOOST_TEST(names(".A/cur").find(' ') == std::string::npos);
    BOOST_TEST(names(".A/tmp") == "");
    BOOST_TEST(copy({2}, "A").substr(0, 2) == "2 ");
}

BOOST_AUTO_TEST_CASE(copies_the_octets_where_there_can_be_no_link)
{
    // A folder on another file system. A symbolic link is all that it takes.
    if (::access("/dev/shm", W_OK) != 0)
        return;
    std::string shm = "/dev/shm/mailbox-test.XXXXXX";
    BOOST_REQUIRE(::mkdtemp(shm.data()) != nullptr);
    for (const char* directory : {"/cur", "/new", "/tmp"})
        ::mkdir((shm + directory).c_str(), 0700);
    BOOST_REQUIRE(::symlinkat(shm.c_str(), root.fd(), "mail/.B") == 0);
    const std::string outcome = copy({1, 2}, "B");
    BOOST_TEST(outcome == "1:2 1:2");
    {
        auto b = store->open("B", Access::ReadWrite);
        BOOST_REQUIRE(b.has_value());
        BOOST_TEST((*b)->facts(2)->internal_date == 987654321);
        auto message = (*b)->message(1);
        BOOST_REQUIRE(message.has_value());
        BOOST_TEST(io::read_whole(message->fd.get(), 100).value() == "one");
    }
    BOOST_TEST(names(".B/tmp") == "");
    static_cast<void>(maildir::remove_all(AT_FDCWD, shm));
}

BOOST_AUTO_TEST_CASE(there_must_be_a_folder)
{
    BOOST_TEST(copy({1}, "Nowhere") == "not-found");
}

BOOST_AUTO_TEST_CASE(works_while_the_index_is_gone)
{
    delete_index();
    BOOST_TEST(copy({1, 3}, "A") == "1,3 1:2");
    BOOST_TEST(told() == ""); // as after every command
    delete_index();
    BOOST_TEST(copy({2}, "A") == "2 3");
    BOOST_TEST(told() == "");
    BOOST_TEST(content(2) == "two");
}

BOOST_AUTO_TEST_SUITE_END()
