// SPDX-License-Identifier: ISC
#include "deliver/mailroom.h"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include "../maildir/temporary.h"

namespace {

using deliver::Mailroom;
using deliver::Spool;

/// Somebody else, if we are root, who gets no mail.
constexpr uid_t nobody = 65534;

/// Users ann and bob, whose mail is below a temporary directory.
struct Fixture {
    maildir_test::Temporary home;
    config::Settings settings;

    Fixture()
    {
        settings.mail.location = home.path() + "/%u";
        settings.auth.passwd_file = home.path() + "/users";
        const bool is_root = ::geteuid() == 0;
        const std::string uid = is_root ? std::to_string(nobody) : "";
        home.write("users", "ann:{PLAIN}x:" + uid + ":" + uid +
                                "::::\nbob:{PLAIN}x:" + uid + ":" + uid + "::::\n");
        if (is_root)
            BOOST_REQUIRE(::chown(home.path().c_str(), nobody, nobody) == 0);
    }

    static Spool small_message()
    {
        Spool message("/tmp");
        BOOST_TEST(message.write("A: 1\n\nx").has_value());
        return message;
    }

    std::size_t count(const std::string& directory) const
    {
        std::istringstream names(home.names(directory));
        return static_cast<std::size_t>(
            std::distance(std::istream_iterator<std::string>(names),
                          std::istream_iterator<std::string>()));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mailroom, Fixture)

BOOST_AUTO_TEST_CASE(somebody_unknown_is_refused_for_good_and_a_fault_is_not)
{
    Mailroom room(settings);
    BOOST_TEST(room.add_recipient("eve").starts_with("550 5.1.1 "));
    settings.auth.passwd_file += ".gone";
    BOOST_TEST(room.add_recipient("eve").starts_with("451 4."));
}

BOOST_AUTO_TEST_CASE(each_recipient_gets_a_copy_and_a_reply)
{
    Mailroom room(settings);
    for (const char* const user : {"ann", "bob", "ann+x"})
        BOOST_TEST(room.add_recipient(user) == "250 2.1.5 OK");
    Spool message = small_message();
    home.write("bob", "in the way");
    const auto replies = room.deliver({"s@x", "me", {}}, message);
    BOOST_REQUIRE(replies.size() == 3U);
    BOOST_TEST(replies[0] == "250 2.1.5 Delivered");
    BOOST_TEST(replies[1].starts_with("451 4.2.0 "));
    BOOST_TEST(replies[2] == "250 2.1.5 Delivered");
}

BOOST_AUTO_TEST_CASE(the_next_message_has_recipients_of_its_own)
{
    Mailroom room(settings);
    Spool message = small_message();
    for (const std::vector<std::string>& users :
         {std::vector<std::string>{"ann", "bob"}, {"bob"}, {"bob", "ann", "bob"}}) {
        for (const std::string& user : users)
            BOOST_TEST(room.add_recipient(user) == "250 2.1.5 OK");
        BOOST_TEST(room.deliver({"s@x", "me", {}}, message).size() == users.size());
        room.forget_recipients();
    }
    BOOST_TEST(count("ann/new") == 2U);
    BOOST_TEST(count("bob/new") == 4U);
}

/// Our children.
std::string children()
{
    const std::string self = std::to_string(::getpid());
    std::ifstream file("/proc/self/task/" + self + "/children");
    std::string pids;
    std::getline(file, pids);
    return pids;
}

BOOST_AUTO_TEST_CASE(couriers_stay_for_the_next_message_but_not_for_ever)
{
    for (const std::int64_t lifetime : {60'000, 0}) {
        Mailroom room(settings, "host", lifetime);
        Spool message = small_message();
        for (int turn = 0; turn < 2; ++turn) {
            BOOST_TEST(room.add_recipient("ann") == "250 2.1.5 OK");
            BOOST_TEST(room.deliver({"s@x", "me", {}}, message).at(0) ==
                       "250 2.1.5 Delivered");
            room.forget_recipients();
            BOOST_TEST(children().empty() == (lifetime == 0));
        }
    }
    BOOST_TEST(count("ann/new") == 4U);
}

BOOST_AUTO_TEST_CASE(what_no_client_could_have_sent_is_refused_here_as_well)
{
    settings.lmtp.size = 6;
    Mailroom room(settings);
    Spool message = small_message();
    BOOST_TEST(room.add_recipient("ann") == "250 2.1.5 OK");
    BOOST_TEST(room.add_recipient("bob") == "250 2.1.5 OK");
    const auto replies = room.deliver({"s@x", "me", {}}, message);
    BOOST_REQUIRE(replies.size() == 2U);
    for (const auto& reply : replies)
        BOOST_TEST(reply.starts_with("552 5.3.4 "));
    BOOST_TEST(!home.has("ann"));
}

BOOST_AUTO_TEST_CASE(whose_name_is_the_local_part)
{
    Mailroom room(settings);
    BOOST_TEST(room.add_recipient("ann@example.org").starts_with("550 "));
    settings.lmtp.user = config::LmtpUser::LocalPart;
    BOOST_TEST(room.add_recipient("ann@example.org") == "250 2.1.5 OK");
}

BOOST_AUTO_TEST_SUITE_END()
