// SPDX-License-Identifier: ISC
#include "mailbox/mailbox.h"

#include <optional>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>

#include "fixture.h"
#include "index/index.h"
#include "mailbox/append.h"

using namespace mailbox_test;

namespace {

struct Four : Fixture {
    Four()
    {
        for (int i = 1; i <= 4; ++i)
            write("cur/" + std::to_string(i) + ".a.h:2,", std::to_string(i));
        select();
        BOOST_REQUIRE(told() == "+1:4");
    }

    /// Takes the lock, says so, waits till `process` wants it as well, and gives the
    /// folder a new record with all that the old one had.
    bool make_record_anew_while_it_waits(pid_t process, int ready) const
    {
        const base::UniqueFd folder(
            ::open(options().mail.c_str(), O_RDONLY | O_DIRECTORY));
        if (::flock(folder.get(), LOCK_EX) != 0 || ::write(ready, "", 1) != 1)
            return false;
        const std::string waits =
            "-> FLOCK  ADVISORY  WRITE " + std::to_string(process);
        for (std::string locks; locks.find(waits + ' ') == std::string::npos;) {
            const base::UniqueFd file(::open("/proc/locks", O_RDONLY));
            locks = io::read_whole(file.get(), 1 << 20).value();
        }
        auto index = indexing::Index::open(options().mail, clock);
        if (!index)
            return false;
        std::optional<indexing::FolderRecord> old;
        std::vector<indexing::MessageRecord> messages;
        {
            const auto read = index->read();
            old = read.folder(".");
            read.for_each(old->id, 1, 4, [&](const indexing::MessageView& message) {
                messages.emplace_back(message);
            });
        }
        return index
            ->write([&](indexing::Write& write) -> base::Status {
                static_cast<void>(write.drop_folder("."));
                auto made = write.create_folder(".", old->uid_validity, 1, old->guid);
                if (auto put = write.put_messages(made->id, messages); !put)
                    return put;
                made = *write.folder(made->id);
                made->uidlist = old->uidlist;
                made->is_complete = true;
                return write.put_folder(*made);
            })
            .has_value();
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mailbox_, Four)

BOOST_AUTO_TEST_CASE(an_index_deleted_between_two_calls_tells_nothing)
{
    for (int i = 0; i < 3; ++i) {
        delete_index();
        BOOST_TEST(told() == "");
    }
    BOOST_TEST(content(3) == "3");
    delete_index();
    BOOST_TEST(content(3) == "3");
    BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(an_index_deleted_between_two_calls_hides_nothing)
{
    delete_index();
    deliver("5.a.h");
    BOOST_TEST(told() == "+5 recent 5");
    delete_index();
    rename("cur/2.a.h:2,", "cur/2.a.h:2,S");
    BOOST_TEST(told() == "flags 2");
    delete_index();
    remove("cur/3.a.h:2,");
    BOOST_TEST(told() == "-3");
    delete_index();
    remove("cur/1.a.h:2,");
    rename("cur/2.a.h:2,S", "cur/2.a.h:2,");
    deliver("6.a.h");
    // 3 was told before; whoever knew of it by then hears nothing of it again.
    BOOST_TEST(told() == "+6 recent 6 -1,3 flags 2");
}

BOOST_AUTO_TEST_CASE(what_was_not_told_when_the_index_went_is_told_after)
{
    rename("cur/2.a.h:2,", "cur/2.a.h:2,S");
    remove("cur/3.a.h:2,");
    deliver("5.a.h");
    BOOST_REQUIRE(inbox->sync().has_value()); // noted, and not told
    delete_index();
    rename("cur/4.a.h:2,", "cur/4.a.h:2,F");
    BOOST_TEST(told() == "+5 recent 5 -3 flags 2,4");
}

BOOST_AUTO_TEST_CASE(what_came_and_went_around_the_loss_of_the_index_is_not_told)
{
    deliver("5.a.h");
    BOOST_REQUIRE(inbox->sync().has_value());
    delete_index();
    remove("cur/5.a.h:2,");
    const auto synced = inbox->sync();
    BOOST_REQUIRE(synced.has_value());
    const Changes changes = inbox->changes();
    BOOST_TEST(changes.appeared.empty());
    BOOST_TEST(changes.recent.empty());
}

BOOST_AUTO_TEST_CASE(
    what_came_before_an_index_was_lost_and_went_in_the_next_is_not_told)
{
    deliver("5.a.h");
    BOOST_REQUIRE(inbox->sync().has_value());
    delete_index();
    BOOST_REQUIRE(inbox->sync().has_value()); // it is in the new one
    remove("cur/5.a.h:2,");
    BOOST_REQUIRE(inbox->sync().has_value());
    const Changes changes = inbox->changes();
    BOOST_TEST(changes.appeared.empty());
    BOOST_TEST(changes.recent.empty());
}

BOOST_AUTO_TEST_CASE(what_only_an_index_in_between_did_not_know_has_not_vanished)
{
    delete_index();
    rename("cur/2.a.h:2,", "tmp/2.a.h:2,"); // as if a scan had missed it
    BOOST_REQUIRE(inbox->sync().has_value());
    delete_index();
    rename("tmp/2.a.h:2,", "cur/2.a.h:2,S");
    BOOST_TEST(told() == "flags 2");
    BOOST_TEST(inbox->facts(2).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_is_done_to_messages_that_others_have_given_other_uids)
{
    // Another server does it, and another of our sessions is the first to see it.
    write("dovecot-uidlist", "3 V77 N5 G0123456789abcdef0123456789abcdef\n"
                             "1 :4.a.h\n2 :3.a.h\n3 :2.a.h\n4 :1.a.h\n");
    BOOST_REQUIRE(in_child([&] {
                      auto other =
                          Store::open(options(), clock, random, logging::Log());
                      return other && (*other)->open("", Access::ReadWrite) ? 0 : 1;
                  }) == 0);
    base::NumberSet one;
    one.add(1);
    const auto flagged = inbox->change_flags(one, add_flags(maildir::trashed));
    BOOST_REQUIRE(!flagged);
    BOOST_TEST((flagged.error().code == Errc::Gone));
    BOOST_TEST(!inbox->expunge(one));
    BOOST_TEST(content(1) == "(not-found)");
    BOOST_TEST(text_of(inbox->changes()) == "");
    BOOST_TEST(names("cur") == "1.a.h:2, 2.a.h:2, 3.a.h:2, 4.a.h:2,");
}

BOOST_AUTO_TEST_CASE(a_record_made_anew_while_we_waited_for_the_lock_gives_no_new_uids)
{
    const pid_t waiting = ::getpid();
    int ready[2] = {};
    BOOST_REQUIRE(::pipe(ready) == 0);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0)
        ::_exit(make_record_anew_while_it_waits(waiting, ready[1]) ? 0 : 1);
    char octet = 0;
    BOOST_REQUIRE(::read(ready[0], &octet, 1) == 1); // it has the lock
    rename("cur/2.a.h:2,", "cur/2.a.h:2,S");
    const std::string heard = told();
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(status == 0);
    BOOST_TEST(heard.find('+') == std::string::npos, heard);
    BOOST_TEST(uidlist().find("5 :") == std::string::npos, uidlist());
    BOOST_TEST(flags(2) == maildir::seen);
    ::close(ready[0]);
    ::close(ready[1]);
}

BOOST_AUTO_TEST_CASE(a_folder_that_others_rename_to_and_fro_tells_what_happens_in_it)
{
    BOOST_REQUIRE(store->create("A").has_value());
    for (const char* name : {"1.a.h:2,", "2.a.h:2,", "3.a.h:2,"})
        write(std::string(".A/cur/") + name);
    auto opened = store->open("A", Access::ReadWrite);
    BOOST_REQUIRE(opened.has_value());
    inbox = std::move(*opened);
    BOOST_TEST(told() == "+1:3");
    rename(".A", ".B");
    BOOST_TEST(told() == "");
    BOOST_TEST(inbox->name() == "B");
    rename(".B/cur/1.a.h:2,", ".B/cur/1.a.h:2,S");
    remove(".B/cur/2.a.h:2,");
    write("tmp/4.a.h");
    rename("tmp/4.a.h", ".B/new/4.a.h");
    BOOST_TEST(told() == "+4 recent 4 -2 flags 1");
    rename(".B", ".A");
    BOOST_TEST(told() == "");
    BOOST_TEST(inbox->name() == "A");
    BOOST_TEST(flags(1) == maildir::seen);
    BOOST_TEST(content(2) == "(not-found)");
    BOOST_TEST(inbox->facts(4).has_value());
}

BOOST_AUTO_TEST_CASE(a_folder_that_others_have_renamed_keeps_its_mod_sequences)
{
    BOOST_REQUIRE(store->create("A").has_value());
    write(".A/cur/1.a.h:2,");
    std::uint64_t before = 0;
    for (const char* name : {"A", "B", "A"}) {
        inbox.reset();
        if (before != 0)
            rename(name == std::string("B") ? ".A" : ".B", std::string(".") + name);
        auto opened = store->open(name, Access::ReadWrite);
        BOOST_REQUIRE(opened.has_value());
        inbox = std::move(*opened);
        BOOST_TEST(inbox->highest_mod_sequence() >= before);
        BOOST_TEST(inbox->changed_since(before).to_text() == (before == 0 ? "1" : ""));
        BOOST_REQUIRE(inbox->change_flags({1}, add_flags(maildir::seen)));
        before = inbox->highest_mod_sequence();
    }
}

BOOST_AUTO_TEST_CASE(
    a_folder_that_another_session_renames_is_changed_under_its_new_name)
{
    BOOST_REQUIRE(store->create("A").has_value());
    write(".A/cur/1.a.h:2,");
    auto opened = store->open("A", Access::ReadWrite);
    BOOST_REQUIRE(opened.has_value());
    inbox = std::move(*opened);
    BOOST_REQUIRE(told() == "+1");
    auto append = mailbox::Append::begin(*store, "A");
    BOOST_REQUIRE(append.has_value());
    BOOST_REQUIRE(append->message({}, std::nullopt).has_value());
    BOOST_REQUIRE(append->write("Subject: x\n\nx\n").has_value());
    BOOST_REQUIRE(append->finish().has_value());
    BOOST_REQUIRE(in_child([&] {
                      auto other =
                          Store::open(options(), clock, random, logging::Log());
                      return other && (*other)->rename("A", "B") ? 0 : 1;
                  }) == 0);
    const auto before = inbox->highest_mod_sequence();
    // What came by then has one UID and one mod-sequence, not one for each name.
    const auto appended = append->commit();
    BOOST_REQUIRE(appended.has_value());
    BOOST_TEST(appended->uids.to_text() == "2");
    BOOST_TEST(inbox->highest_mod_sequence() == before + 1);
    BOOST_REQUIRE(in_child([&] {
                      auto other =
                          Store::open(options(), clock, random, logging::Log());
                      return other && (*other)->create("A") &&
                                     (*other)->open("A", Access::ReadWrite)
                                 ? 0
                                 : 1;
                  }) == 0);
    const auto flagged = inbox->change_flags({1}, add_flags(maildir::seen));
    BOOST_REQUIRE(flagged.has_value());
    BOOST_TEST(flagged->touched.to_text() == "1");
    BOOST_TEST(names(".A/cur").empty());
    BOOST_TEST(told() == "+2 recent 2 flags 1");
    BOOST_TEST(inbox->name() == "B");
}

BOOST_AUTO_TEST_CASE(an_index_that_was_not_finished_tells_nothing)
{
    BOOST_REQUIRE(store->create("A").has_value());
    delete_index();
    // As a session leaves it that was killed while it looked at the folder.
    BOOST_REQUIRE(in_child([&] {
                      auto index = indexing::Index::open(options().mail, clock);
                      return index && index->write([](indexing::Write& write) {
                          return write.create_folder(".", 1, 1, {});
                      })
                                 ? 0
                                 : 1;
                  }) == 0);
    BOOST_REQUIRE(store->counters("A").has_value()); // it is our index now
    BOOST_TEST(text_of(inbox->changes()) == "");
    delete_index();
    BOOST_TEST(told() == "");
    rename("cur/2.a.h:2,", "cur/2.a.h:2,S");
    BOOST_TEST(told() == "flags 2");
}

BOOST_AUTO_TEST_CASE(an_index_that_another_session_made_anew_tells_nothing)
{
    delete_index();
    BOOST_TEST(in_child([&] {
                   // A new process with a store of its own; what it was forked with is
                   // left be.
                   auto other = Store::open(options(), clock, random, logging::Log());
                   if (!other || !(*other)->open("", Access::ReadWrite))
                       return 1;
                   ::_exit(0);
               }) == 0);
    BOOST_TEST(told() == "");
    rename("cur/2.a.h:2,", "cur/2.a.h:2,S");
    BOOST_TEST(told() == "flags 2");
}

BOOST_AUTO_TEST_CASE(what_is_changed_back_in_an_index_made_anew_is_told)
{
    delete_index();
    const auto ours = inbox->change_flags({2}, add_flags(maildir::seen));
    BOOST_REQUIRE(ours.has_value()); // the client may be told of it at once
    // As before the index was lost, but not as the client has it by now.
    rename("cur/2.a.h:2,S", "cur/2.a.h:2,");
    BOOST_REQUIRE(inbox->sync().has_value());
    const auto changes = inbox->changes();
    BOOST_TEST(text_of(changes) == "flags 2");
    BOOST_REQUIRE(!changes.flagged.empty());
    BOOST_TEST(changes.flagged.back().mod_sequence > ours->mod_sequence);
}

BOOST_AUTO_TEST_CASE(what_differed_in_an_index_made_anew_is_untold_till_it_is_told)
{
    rename("cur/2.a.h:2,", "cur/2.a.h:2,F");
    delete_index();
    BOOST_REQUIRE(inbox->sync().has_value()); // noted, and not told
    const auto ours = inbox->change_flags({2, 3}, add_flags(maildir::seen));
    BOOST_REQUIRE(ours.has_value());
    BOOST_TEST(ours->untold.to_text() == "2");
    static_cast<void>(inbox->changes());
    const auto again = inbox->change_flags({2, 3}, add_flags(maildir::draft));
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again->untold.to_text() == "");
}

BOOST_AUTO_TEST_CASE(a_garbled_index_is_made_anew)
{
    inbox.reset();
    store.reset();
    root.write("mail/imapd-index.mdb", std::string(65536, '\x5a'));
    open_store();
    select();
    BOOST_TEST(told() == "+1:4");
}

BOOST_AUTO_TEST_CASE(a_message_that_was_renamed_is_found_under_its_new_name)
{
    rename("cur/2.a.h:2,", "cur/2.a.h:2,S");
    BOOST_TEST(content(2) == "2");
}

BOOST_AUTO_TEST_CASE(a_message_that_is_gone_is_not_found)
{
    remove("cur/2.a.h:2,");
    BOOST_TEST(content(2) == "(not-found)");
    BOOST_TEST(content(77) == "(not-found)");
    BOOST_TEST(told() == "-2");
}

BOOST_AUTO_TEST_CASE(an_unreadable_message_is_an_error_of_that_message_only)
{
    if (::geteuid() == 0)
        return; // root reads everything
    BOOST_REQUIRE(::fchmodat(root.fd(), "mail/cur/2.a.h:2,", 0, 0) == 0);
    BOOST_TEST(content(2) == "(no-permission)");
    BOOST_TEST(content(3) == "3");
    BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(what_was_worked_out_is_remembered_until_the_message_goes)
{
    using mailbox::Cached;
    inbox->remember({{2, Cached::Envelope, "(env)"}, {3, Cached::Body, "(body)"}});
    BOOST_TEST(inbox->cached(2, Cached::Envelope) == "(env)");
    BOOST_TEST(inbox->cached(2, Cached::Body) == "");
    BOOST_TEST(inbox->cached(3, Cached::Body) == "(body)");
    inbox->remember_wire_octets(2, 17);
    BOOST_TEST(inbox->facts(2)->wire_octets == 17U);
    BOOST_TEST(told() == "");
    rename("cur/2.a.h:2,", "cur/2.a.h:2,S");
    BOOST_TEST(told() == "flags 2");
    BOOST_TEST(inbox->cached(2, Cached::Envelope) == "(env)");
    BOOST_TEST(inbox->facts(2)->wire_octets == 17U);
    remove("cur/3.a.h:2,");
    BOOST_TEST(told() == "-3");
    BOOST_TEST(inbox->cached(3, Cached::Body) == "");
}

BOOST_AUTO_TEST_CASE(what_is_remembered_of_many_comes_in_pieces)
{
    using mailbox::Cached;
    inbox->remember({{1, Cached::Envelope, "1234"},
                     {2, Cached::Body, "12"},
                     {2, Cached::Preview, "other"},
                     {3, Cached::Envelope, "123"},
                     {3, Cached::Body, "1"}});
    const std::vector<Cached> kinds = {Cached::Envelope, Cached::Body};
    const auto all = inbox->cached({1, 2, 3, 77}, kinds, 1000);
    BOOST_TEST(all.up_to == 77U);
    BOOST_REQUIRE(all.facts.size() == 4U);
    BOOST_TEST(all.facts[1].uid == 2U);
    BOOST_TEST(all.facts[1].bytes == "12");
    BOOST_TEST((all.facts[3].kind == Cached::Body));
    BOOST_TEST(inbox->cached({1, 2, 3}, kinds, 6).up_to == 2U);
    BOOST_TEST(inbox->cached({1, 2, 3}, kinds, 7).up_to == 3U);
    BOOST_TEST(inbox->cached({}, kinds, 7).facts.empty());
}

BOOST_AUTO_TEST_CASE(knows_the_first_unseen_message)
{
    BOOST_TEST(inbox->first_unseen().value() == 1U);
    rename("cur/1.a.h:2,", "cur/1.a.h:2,S");
    told();
    BOOST_TEST(inbox->first_unseen().value() == 2U);
}

BOOST_AUTO_TEST_CASE(goes_through_those_that_are_there)
{
    std::string seen;
    inbox->for_each({1, 3, 4, 9}, [&](const mailbox::Facts& facts) {
        seen += std::to_string(facts.uid);
    });
    BOOST_TEST(seen == "134");
}

BOOST_AUTO_TEST_SUITE_END()
