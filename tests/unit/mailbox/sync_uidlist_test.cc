// SPDX-License-Identifier: ISC
#include "mailbox/sync.h"

#include <csignal>

#include <sys/resource.h>

#include "fixture.h"
#include "maildir/uidlist.h"

using namespace mailbox_test;

namespace {

/// Three messages that were told, and then nobody looks.
struct Three : Fixture {
    Three()
    {
        for (int i = 1; i <= 3; ++i)
            write("cur/" + std::to_string(i) + ".a.h:2,S", std::to_string(i));
        select();
        BOOST_REQUIRE(told() == "+1:3");
        validity = inbox->uid_validity();
        open_store();
    }
    std::string all()
    {
        std::string text;
        for (mailbox::Uid uid = 1; uid < inbox->uid_next(); ++uid)
            text += content(uid) + " ";
        return text;
    }
    std::uint32_t validity = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sync_uidlist, Three)

BOOST_AUTO_TEST_CASE(uids_outlive_the_index)
{
    delete_index();
    open_store();
    select();
    BOOST_TEST(told() == "+1:3");
    BOOST_TEST(all() == "1 2 3 ");
    BOOST_TEST(inbox->uid_validity() == validity);
}

BOOST_AUTO_TEST_CASE(uids_outlive_a_torn_last_line)
{
    const std::string list = uidlist();
    root.write("mail/dovecot-uidlist", list + "4 :4.a");
    write("cur/4.a.h:2,S", "4");
    select();
    BOOST_TEST(told() == "+1:4 recent 4");
    BOOST_TEST(all() == "1 2 3 4 ");
    BOOST_TEST(uidlist().substr(uidlist().find('\n')) ==
               list.substr(list.find('\n')) + "4 :4.a.h\n");
}

BOOST_AUTO_TEST_CASE(a_line_that_was_lost_gives_no_uid_twice)
{
    std::string list = uidlist();
    list.resize(list.rfind("3 :"));
    root.write("mail/dovecot-uidlist", list);
    select();
    const std::string now = told();
    BOOST_TEST((now == "+1:2,4" || now == "+1:2,4 recent 4"));
    BOOST_TEST(content(4) == "3");
    BOOST_TEST(inbox->uid_validity() == validity);
}

BOOST_AUTO_TEST_CASE(uids_outlive_the_uidlist_if_the_index_is_there)
{
    remove("dovecot-uidlist");
    select();
    BOOST_TEST(told() == "+1:3");
    BOOST_TEST(all() == "1 2 3 ");
    BOOST_TEST(inbox->uid_validity() == validity);
    BOOST_TEST(root.has("mail/dovecot-uidlist"));
}

BOOST_AUTO_TEST_CASE(uids_outlive_a_garbled_uidlist_if_the_index_is_there)
{
    root.write("mail/dovecot-uidlist", "no such thing\n");
    select();
    BOOST_TEST(told() == "+1:3");
    BOOST_TEST(all() == "1 2 3 ");
    BOOST_TEST(inbox->uid_validity() == validity);
}

BOOST_AUTO_TEST_CASE(a_garbled_uidlist_without_an_index_begins_anew)
{
    root.write("mail/dovecot-uidlist", "no such thing\n");
    delete_index();
    open_store();
    select();
    BOOST_TEST(told() == "+1:3");
    BOOST_TEST(all() == "1 2 3 ");
    select();
    BOOST_TEST(told() == "+1:3");
}

BOOST_AUTO_TEST_CASE(a_damaged_uidlist_is_healed_once)
{
    root.write("mail/dovecot-uidlist", uidlist() + "rubbish\n4 :4.a.h\n");
    write("cur/4.a.h:2,S", "4");
    select();
    BOOST_TEST(told() == "+1:4 recent 4");
    BOOST_TEST(all() == "1 2 3 4 ");
    BOOST_TEST(uidlist().find("rubbish") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(uids_that_another_server_gave_are_kept)
{
    write("cur/4.a.h:2,S", "4");
    write("cur/5.a.h:2,S", "5");
    root.write("mail/dovecot-uidlist", uidlist() + "7 :5.a.h\n9 :4.a.h\n");
    select();
    BOOST_TEST(told() == "+1:3,7,9 recent 7,9");
    BOOST_TEST(content(7) == "5");
    BOOST_TEST(content(9) == "4");
}

BOOST_AUTO_TEST_CASE(uids_that_another_server_gives_under_our_eyes_are_kept)
{
    select();
    told();
    // It sees the message first, writes its line, and we hear of the message.
    root.write("mail/dovecot-uidlist", uidlist() + "8 :5.a.h\n");
    deliver("5.a.h", "5");
    BOOST_TEST(told() == "+8 recent 8");
    BOOST_TEST(content(8) == "5");
    deliver("6.a.h", "6");
    BOOST_TEST(told() == "+9 recent 9");
}

BOOST_AUTO_TEST_CASE(a_crash_between_the_line_and_the_move_leaves_the_uid_as_given)
{
    root.write("mail/dovecot-uidlist", uidlist() + "4 :5.a.h\n");
    write("new/5.a.h", "5");
    write("new/4.a.h", "4");
    select();
    BOOST_TEST(told() == "+1:5 recent 4:5");
    BOOST_TEST(content(4) == "5");
}

BOOST_AUTO_TEST_CASE(a_list_that_is_mostly_dead_is_written_anew)
{
    std::string list = uidlist();
    for (int i = 4; i < 400; ++i)
        list += std::to_string(i) + " :gone" + std::to_string(i) + "\n";
    root.write("mail/dovecot-uidlist", list);
    select();
    BOOST_TEST(told() == "+1:3");
    BOOST_TEST(inbox->uid_next() == 400U);
    BOOST_TEST(uidlist().find("gone") == std::string::npos);
    BOOST_TEST(uidlist().find(" N400 ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(on_a_full_disk_what_was_there_is_served_and_the_rest_comes_later)
{
    write("new/4.a.h", "4");
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before = {};
    BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit full = {uidlist().size(), before.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
    auto opened = store->open("", Access::ReadWrite);
    std::string then;
    if (opened)
        then = text_of((*opened)->changes());
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    BOOST_TEST(then == "+1:3");
    opened = base::Error{};
    const auto before_heal = uidlist();
    select();
    BOOST_TEST(told() == "+1:4 recent 4");
    BOOST_TEST(uidlist() == before_heal + "4 :4.a.h\n");
}

BOOST_AUTO_TEST_CASE(without_a_uid_left_the_rest_is_still_served)
{
    const std::string list = uidlist();
    root.write("mail/dovecot-uidlist", list + "4294967293 :x.a.h\n");
    write("cur/x.a.h:2,S", "x");
    select();
    BOOST_TEST(told() == "+1:3,4294967293 recent 4294967293");
    deliver("a.1.h", "a");
    BOOST_TEST(told() == "+4294967294 recent 4294967294");
    deliver("b.1.h", "b");
    BOOST_TEST(told() == "");
    open_store();
    select();
    BOOST_TEST(told() == "+1:3,4294967293:4294967294");
    BOOST_TEST(names("new") == "b.1.h"); // it waits for better times
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(sync_courier, Fixture)

BOOST_AUTO_TEST_CASE(takes_over_what_courier_knew)
{
    write("courierimapuiddb", "1 123456 10\n3 1.a.h\n9 2.a.h\n");
    root.make_directory("mail/courierimapkeywords");
    write("courierimapkeywords/:list", "Work\nHome\n\n2.a.h:1\n1.a.h:0 1\n");
    write("cur/1.a.h:2,S", "one");
    write("cur/2.a.h:2,", "two");
    write("new/3.a.h", "three");
    select();
    BOOST_TEST(told() == "+3,9:10 recent 10");
    BOOST_TEST(inbox->uid_validity() == 123456U);
    BOOST_TEST(content(9) == "two");
    BOOST_TEST(names("cur") == "1.a.h:2,Sab 2.a.h:2,b 3.a.h:2,");
    BOOST_TEST(inbox->keywords()[0] == "Work");
    BOOST_TEST(inbox->keywords()[1] == "Home");
    BOOST_TEST(uidlist().substr(0, 16) == "3 V123456 N10 G" + uidlist().substr(15, 1));
    delete_index();
    open_store();
    select();
    BOOST_TEST(told() == "+3,9:10");
}

BOOST_AUTO_TEST_CASE(couriers_keywords_get_the_letters_that_the_folder_has_for_them)
{
    write("dovecot-keywords", "0 Other\n3 home\n");
    root.make_directory("mail/courierimapkeywords");
    write("courierimapkeywords/:list", "Work\nHome\n\n1.a.h:0 1\n");
    write("cur/1.a.h:2,S", "one");
    select();
    BOOST_TEST(names("cur") == "1.a.h:2,Sbd");
    BOOST_TEST(inbox->keywords()[1] == "Work");
}

BOOST_AUTO_TEST_SUITE_END()
