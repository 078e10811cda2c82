// SPDX-License-Identifier: ISC
#include "mailbox/admission.h"

#include "fixture.h"
#include "mailbox/append.h"

using namespace mailbox_test;

namespace {

/// Two messages that were told; then whatever a test does, and APPENDs.
struct Two : Fixture {
    Two()
    {
        write("cur/1.a.h:2,", "1");
        write("cur/2.a.h:2,", "2");
        select();
        BOOST_REQUIRE(told() == "+1:2");
    }
    /// The UIDs that a message appended now gets, or the error.
    std::string append(std::string_view text = "Subject: appended\n\n")
    {
        auto appending = mailbox::Append::begin(*store, "");
        BOOST_REQUIRE(appending.has_value());
        BOOST_REQUIRE(appending->message({}, std::nullopt).has_value());
        BOOST_REQUIRE(appending->write(text).has_value());
        BOOST_REQUIRE(appending->finish().has_value());
        const auto appended = appending->commit();
        return appended ? appended->uids.to_text()
                        : std::string(base::name_of(appended.error().code));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(admission, Two)

BOOST_AUTO_TEST_CASE(gives_the_next_uid_and_leaves_new_mail_to_the_next_sync)
{
    deliver("3.a.h");
    BOOST_TEST(append() == "3");
    BOOST_TEST(names("new") == "3.a.h");
    BOOST_TEST(told() == "+3:4 recent 3:4");
}

BOOST_AUTO_TEST_CASE(is_right_in_a_folder_that_the_index_does_not_know)
{
    delete_index();
    BOOST_TEST(append() == "3");
    BOOST_TEST(told() == "+3 recent 3");
    BOOST_TEST(content(3) == "Subject: appended\n\n");
}

BOOST_AUTO_TEST_CASE(goes_on_where_another_server_was)
{
    root.write("mail/dovecot-uidlist", uidlist() + "7 :7.a.h\n");
    write("cur/7.a.h:2,", "7");
    BOOST_TEST(append() == "8");
    BOOST_TEST(told() == "+7:8 recent 7:8");
}

BOOST_AUTO_TEST_CASE(cuts_a_torn_line)
{
    const std::string list = uidlist();
    root.write("mail/dovecot-uidlist", list + "3 :half");
    BOOST_TEST(append() == "3");
    BOOST_TEST(uidlist().find("half") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(gives_the_last_uid_and_none_after_it)
{
    root.write("mail/dovecot-uidlist", uidlist() + "4294967293 :gone\n");
    BOOST_TEST(append() == "4294967294");
    BOOST_TEST(append() == "limit");
    BOOST_TEST(append() == "limit");
    BOOST_TEST(told().substr(0, 11) == "+4294967294");
}

BOOST_AUTO_TEST_CASE(
    what_cannot_be_published_is_there_for_nobody_and_its_uid_is_used_up)
{
    auto target = store->open("", Access::ReadOnly);
    BOOST_REQUIRE(target.has_value());
    {
        auto begun = mailbox::Admission::begin(**target);
        BOOST_REQUIRE(begun.has_value());
        std::vector<indexing::MessageRecord> records(2);
        records[0].name = "3.a.h:2,";
        records[1].name = "4.a.h:2,";
        for (auto& record : records)
            record.place = indexing::Place::Cur;
        const auto run = begun->run(records, [&](std::size_t i) -> base::Status {
            if (i == 1)
                return base::Error{Errc::NoSpace, "full"};
            write("cur/" + records[i].name);
            return base::Done{};
        });
        BOOST_REQUIRE(!run);
        BOOST_TEST((run.error().code == Errc::NoSpace));
        BOOST_TEST(names("cur") == "1.a.h:2, 2.a.h:2,");
    } // gives the lock back
    BOOST_TEST(told() == "");
    BOOST_TEST(append() == "5"); // R16
}

BOOST_AUTO_TEST_SUITE_END()
