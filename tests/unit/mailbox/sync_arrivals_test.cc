// SPDX-License-Identifier: ISC
#include "mailbox/sync.h"

#include "fixture.h"

using namespace mailbox_test;

BOOST_FIXTURE_TEST_SUITE(sync_arrivals, Fixture)

BOOST_AUTO_TEST_CASE(examine_and_status_move_nothing_and_take_no_recent)
{
    deliver("1.a.h");
    select(Access::ReadOnly);
    BOOST_TEST(told() == "+1 recent 1");
    select(Access::ReadOnly);
    BOOST_TEST(told() == "+1 recent 1");
    const auto counters = store->counters("");
    BOOST_REQUIRE(counters.has_value());
    BOOST_TEST(counters->messages == 1U);
    BOOST_TEST(counters->recent == 1U);
    BOOST_TEST(counters->unseen == 1U);
    BOOST_TEST(counters->uid_next == 2U);
    BOOST_TEST(names("new") == "1.a.h");

    select(); // and now somebody takes them
    BOOST_TEST(told() == "+1 recent 1");
    BOOST_TEST(names("new") == "");
    BOOST_TEST(store->counters("")->recent == 0U);
    select();
    BOOST_TEST(told() == "+1");
}

BOOST_AUTO_TEST_CASE(one_session_alone_has_a_message_as_recent)
{
    select();
    const auto other = store->open("", Access::ReadWrite);
    BOOST_REQUIRE(other.has_value());
    deliver("1.a.h");
    BOOST_REQUIRE((*other)->sync().has_value());
    BOOST_TEST(text_of((*other)->changes()) == "+1 recent 1");
    BOOST_TEST(told() == "+1");
}

BOOST_AUTO_TEST_CASE(of_many_processes_one_alone_has_a_message_as_recent)
{
    constexpr int sessions = 6;
    inbox.reset();
    store.reset();
    int ready[2] = {};
    int results[2] = {};
    BOOST_REQUIRE(::pipe(ready) == 0);
    BOOST_REQUIRE(::pipe(results) == 0);
    for (int i = 0; i < sessions; ++i) {
        if (::fork() != 0)
            continue;
        open_store();
        select();
        static_cast<void>(inbox->changes());
        static_cast<void>(!::write(ready[1], "r", 1));
        std::size_t recent = 0;
        std::size_t messages = 0;
        const std::int64_t until = clock.wall_us() + 10'000'000;
        while (messages < 100 && clock.wall_us() < until) {
            if (!inbox->sync())
                break;
            const Changes changes = inbox->changes();
            recent += changes.recent.size();
            messages += changes.appeared.size();
        }
        const unsigned char counts[2] = {static_cast<unsigned char>(recent),
                                         static_cast<unsigned char>(messages)};
        static_cast<void>(!::write(results[1], counts, 2));
        ::_exit(0);
    }
    char byte = 0;
    for (int i = 0; i < sessions; ++i)
        BOOST_REQUIRE(::read(ready[0], &byte, 1) == 1);
    for (int i = 0; i < 100; ++i)
        deliver("1.M" + std::to_string(i) + ".h");
    unsigned recent = 0;
    for (int i = 0; i < sessions; ++i) {
        unsigned char counts[2] = {};
        BOOST_REQUIRE(::read(results[0], counts, 2) == 2);
        recent += counts[0];
        BOOST_TEST(unsigned{counts[1]} == 100U);
    }
    BOOST_TEST(recent == 100U);
    for (int i = 0; i < sessions; ++i)
        ::wait(nullptr);
    for (const int fd : {ready[0], ready[1], results[0], results[1]})
        ::close(fd);
}

BOOST_AUTO_TEST_CASE(of_a_folder_that_is_taken_over_only_what_is_new_is_recent)
{
    write("cur/9.a.h:2,S");
    write("new/1.a.h"); // older by its name
    select();
    BOOST_TEST(told() == "+1:2 recent 2");
    BOOST_TEST(names("cur") == "1.a.h:2, 9.a.h:2,S");
}

BOOST_AUTO_TEST_CASE(takes_sizes_and_dates_from_where_they_are)
{
    write("cur/1.a.h,S=4,W=6:2,FRST", "a\nb\n");
    write("cur/2.a.h,S=99,W=120:2,DPa", "a\nb\n"); // it lies
    root.set_times("mail/cur/1.a.h,S=4,W=6:2,FRST", 7, 1'000'000'000);
    select();
    told();
    auto facts = *inbox->facts(1);
    BOOST_TEST(facts.octets == 4U);
    BOOST_TEST(facts.wire_octets == 6U);
    BOOST_TEST(facts.internal_date == 1'000'000'000);
    BOOST_TEST(int{facts.flags.system} == int{maildir::flagged | maildir::replied |
                                              maildir::seen | maildir::trashed});
    facts = *inbox->facts(2);
    BOOST_TEST(facts.octets == 4U);
    BOOST_TEST(facts.wire_octets == 0U);
    BOOST_TEST(facts.flags.keywords == 1U);
    BOOST_TEST(int{facts.flags.system} == int{maildir::draft | maildir::passed});
}

BOOST_AUTO_TEST_SUITE_END()
