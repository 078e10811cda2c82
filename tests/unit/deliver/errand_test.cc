// SPDX-License-Identifier: ISC
#include "deliver/errand.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "ipc/channel.h"
#include "ipc/message.h"

namespace {

using deliver::decode_replies;
using deliver::encode_replies;
using deliver::Errand;
using deliver::LmtpReply;

Errand example()
{
    Errand errand;
    errand.recipient.identity.user = "ann";
    errand.recipient.identity.home = "/home/ann";
    errand.recipient.identity.mail = "/home/ann/Maildir";
    errand.recipient.identity.quota = auth::Quota{7, 8};
    errand.recipient.extension = "lists";
    errand.fields = {"s@x", "ann+lists", "Received: here\n"};
    return errand;
}

} // namespace

BOOST_AUTO_TEST_SUITE(errand)

BOOST_AUTO_TEST_CASE(errands_go_through_their_wire_form_and_nothing_else_does)
{
    const std::string bytes = example().encode();
    const auto back = Errand::decode(bytes);
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST(back->recipient.identity.user == "ann");
    BOOST_TEST(back->recipient.identity.home == "/home/ann");
    BOOST_TEST(back->recipient.identity.mail == "/home/ann/Maildir");
    BOOST_TEST((back->recipient.identity.quota == auth::Quota{7, 8}));
    BOOST_TEST(back->recipient.extension == "lists");
    BOOST_TEST(back->fields.return_path.value() == "s@x");
    BOOST_TEST(back->fields.delivered_to.value() == "ann+lists");
    BOOST_TEST(back->fields.received == "Received: here\n");
    for (std::size_t n = 0; n < bytes.size(); ++n)
        BOOST_TEST(!Errand::decode(std::string_view(bytes).substr(0, n)));
    BOOST_TEST(!Errand::decode(bytes + "x"));
    BOOST_TEST(!Errand::decode(encode_replies({"250 x"})));
}

BOOST_AUTO_TEST_CASE(no_quota_of_his_own_is_none_without_limits)
{
    Errand errand = example();
    errand.recipient.identity.quota.reset();
    BOOST_TEST(!Errand::decode(errand.encode())->recipient.identity.quota);
    errand.recipient.identity.quota = auth::Quota{};
    BOOST_TEST(Errand::decode(errand.encode())->recipient.identity.quota.has_value());
}

BOOST_AUTO_TEST_CASE(replies_come_back_if_all_are_there)
{
    const std::vector<LmtpReply> replies{"250 2.1.5 Delivered", "451 4.2.0 no",
                                         "550 no"};
    const std::string bytes = encode_replies(replies);
    BOOST_TEST((decode_replies(bytes, 3) == replies));
    BOOST_TEST(decode_replies(bytes, 2).empty());
    BOOST_TEST(decode_replies(bytes, 4).empty());
    BOOST_TEST(decode_replies(bytes + "x", 3).empty());
    BOOST_TEST(decode_replies(example().encode(), 1).empty());
    BOOST_TEST(decode_replies("", 1).empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_reply_is_none)
{
    for (const char* const text :
         {"", "x", "150 x", "354 go on", "250 x\r\n250 y", "250 x\n", "250 \x7f"})
        BOOST_TEST(decode_replies(encode_replies({text}), 1).empty());
}

BOOST_AUTO_TEST_CASE(as_many_replies_as_there_can_be_are_one_datagram)
{
    const std::string line = "451 4.2.0 " + std::string(2000, 'x');
    for (const std::size_t count :
         {std::size_t{1}, deliver::LmtpSession::max_recipients}) {
        const std::string bytes = encode_replies(std::vector<LmtpReply>(count, line));
        BOOST_TEST(bytes.size() <= ipc::Channel::max_octets);
        const auto back = decode_replies(bytes, count);
        BOOST_REQUIRE(back.size() == count);
        BOOST_TEST(back.front().size() >= 80U);
        BOOST_TEST(back.front().size() <= 510U);
    }
}

BOOST_AUTO_TEST_CASE(an_outcome_has_the_reply_of_its_enhanced_status_code)
{
    using deliver::reply_for;
    BOOST_TEST(reply_for(deliver::delivered()) == "250 2.1.5 Delivered");
    BOOST_TEST(reply_for(deliver::unknown_user("ann")).starts_with("550 5.1.1 "));
    BOOST_TEST(reply_for(deliver::over_quota()).starts_with("552 5.2.2 "));
    BOOST_TEST(
        reply_for(deliver::try_again({base::Errc::Io, "x", 0})).starts_with("451 4."));
}

BOOST_AUTO_TEST_SUITE_END()
