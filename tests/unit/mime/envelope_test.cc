// SPDX-License-Identifier: ISC
#include "mime/envelope.h"

#include <boost/test/unit_test.hpp>

using mime::Envelope;
using mime::Header;

BOOST_AUTO_TEST_SUITE(envelope)

BOOST_AUTO_TEST_CASE(tells_what_is_there)
{
    const Envelope envelope = mime::parse_envelope(Header::parse(
        "Date: Fri, 21 Nov 1997 09:55:06 -0600\nSubject: =?utf-8?q?a?=\n b\n"
        "From: Ann <a@b>\nSender: s@t\nReply-To: r@s\nTo: c@d\nTo: e@f\n"
        "Cc: g@h\nBcc: i@j\nIn-Reply-To: <1@x>\nMessage-ID: <2@x>\n\n"));
    BOOST_TEST(envelope.date.value() == "Fri, 21 Nov 1997 09:55:06 -0600");
    BOOST_TEST(envelope.subject.value() == "=?utf-8?q?a?= b");
    BOOST_TEST(envelope.from.at(0).name.value() == "Ann");
    BOOST_TEST(envelope.sender.at(0).mailbox.value() == "s");
    BOOST_TEST(envelope.reply_to.at(0).mailbox.value() == "r");
    BOOST_TEST(envelope.to.size() == 2u); // two fields as if they were one
    BOOST_TEST(envelope.to.at(1).host.value() == "f");
    BOOST_TEST(envelope.cc.at(0).mailbox.value() == "g");
    BOOST_TEST(envelope.bcc.at(0).mailbox.value() == "i");
    BOOST_TEST(envelope.in_reply_to.value() == "<1@x>");
    BOOST_TEST(envelope.message_id.value() == "<2@x>");
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_absent_and_what_is_empty_is_empty)
{
    const Envelope envelope = mime::parse_envelope(Header::parse("Subject:\n\n"));
    BOOST_TEST(envelope.subject.value() == "");
    BOOST_TEST(!envelope.date);
    BOOST_TEST(!envelope.message_id);
    BOOST_TEST(envelope.from.empty());
    BOOST_TEST((mime::parse_envelope(Header::parse("")) == Envelope{}));
}

BOOST_AUTO_TEST_CASE(sender_and_reply_to_default_to_from)
{
    const Envelope envelope =
        mime::parse_envelope(Header::parse("From: a@b\nSender:\nReply-To: (c)\n\n"));
    BOOST_TEST((envelope.sender == envelope.from));
    BOOST_TEST((envelope.reply_to == envelope.from));
    BOOST_TEST(envelope.to.empty());
    // but not the other way round
    BOOST_TEST(mime::parse_envelope(Header::parse("Sender: a@b\n")).from.empty());
}

BOOST_AUTO_TEST_CASE(of_a_field_that_is_there_twice_the_last_counts)
{
    const Envelope envelope =
        mime::parse_envelope(Header::parse("Subject: a\nSubject: b\n\n"));
    BOOST_TEST(envelope.subject.value() == "b");
}

BOOST_AUTO_TEST_SUITE_END()
