// SPDX-License-Identifier: ISC
#include "deliver/duplicates.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "../maildir/temporary.h"

namespace {

using deliver::DeliveredBefore;
using deliver::key_by_message_id;

} // namespace

BOOST_AUTO_TEST_SUITE(duplicates)

BOOST_AUTO_TEST_CASE(the_message_id_is_the_key)
{
    const auto key = key_by_message_id("A: 1\nMessage-ID: <x@y>\n\n");
    BOOST_TEST(key.size() == 64U);
    BOOST_TEST(key == key_by_message_id("message-id:\r\n <x@y> \r\nB: 2\r\n"));
    BOOST_TEST(key != key_by_message_id("Message-ID: <X@y>\n\n"));
}

BOOST_AUTO_TEST_CASE(without_one_it_has_no_key)
{
    for (const char* const head :
         {"", "A: 1\n\n", "Message-ID:\n\n", "Message-ID: \t\n\n",
          "A: 1\n\nMessage-ID: <in@body>\n", "Message-ID: <a>\nMessage-ID: <a>\n\n"})
        BOOST_TEST(key_by_message_id(head) == "");
}

BOOST_AUTO_TEST_CASE(what_is_noted_is_known_within_the_window)
{
    const maildir_test::Temporary root;
    const DeliveredBefore then(root.fd(), 1000, 60);
    BOOST_TEST(!then.has("a").value());
    BOOST_TEST(then.note("a").has_value());
    BOOST_TEST(then.has("a").value());
    BOOST_TEST(!then.has("b").value());
    BOOST_TEST(DeliveredBefore(root.fd(), 1059, 60).has("a").value());
    BOOST_TEST(!DeliveredBefore(root.fd(), 1060, 60).has("a").value());
}

BOOST_AUTO_TEST_CASE(garbage_in_the_file_is_passed_over)
{
    const maildir_test::Temporary root;
    root.write("avocet-delivered", "x\n\n99\n1000 a\n1001 b");
    const DeliveredBefore now(root.fd(), 1010, 60);
    BOOST_TEST(now.has("a").value());
    BOOST_TEST(now.has("b").value());
    BOOST_TEST(!now.has("").value());
}

BOOST_AUTO_TEST_CASE(the_file_is_shortened_when_it_has_grown)
{
    const maildir_test::Temporary root;
    std::string text;
    while (text.size() <= DeliveredBefore::max_octets)
        text += "100 old\n";
    root.write("avocet-delivered", text + "990 young\n");
    const DeliveredBefore now(root.fd(), 1000, 60);
    BOOST_TEST(now.note("new").has_value());
    BOOST_TEST(root.read("avocet-delivered") == "990 young\n1000 new\n");
}

BOOST_AUTO_TEST_CASE(of_too_many_young_lines_the_older_half_goes)
{
    std::string text;
    for (int i = 0; text.size() <= DeliveredBefore::max_octets; ++i)
        text += "100 " + std::to_string(i) + '\n';
    const auto kept = DeliveredBefore::shortened(text, 50);
    BOOST_TEST(kept.size() <= DeliveredBefore::max_octets / 2);
    BOOST_TEST(kept.size() > DeliveredBefore::max_octets / 2 - 20);
    BOOST_TEST(text.ends_with("\n" + kept));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_an_error)
{
    const maildir_test::Temporary root;
    root.make_directory("avocet-delivered");
    BOOST_TEST(!DeliveredBefore(root.fd(), 1, 60).has("a"));
    BOOST_TEST(!DeliveredBefore(root.fd(), 1, 60).note("a"));
}

BOOST_AUTO_TEST_SUITE_END()
