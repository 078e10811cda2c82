// SPDX-License-Identifier: ISC
#include "session/reply.h"

#include <boost/test/unit_test.hpp>

using base::Errc;
using base::Error;
using imapd::Reply;

BOOST_AUTO_TEST_SUITE(reply)

BOOST_AUTO_TEST_CASE(is_written_without_tag_and_line_end)
{
    BOOST_TEST(Reply::ok("Done").to_text() == "OK Done");
    BOOST_TEST(Reply::no("Not done").to_text() == "NO Not done");
    BOOST_TEST(Reply::bad("What").to_text() == "BAD What");
    BOOST_TEST(Reply::ok("Done").code("READ-ONLY").to_text() == "OK [READ-ONLY] Done");
    BOOST_TEST(Reply::ok("Done").code("APPENDUID", "1 2").to_text() ==
               "OK [APPENDUID 1 2] Done");
}

BOOST_AUTO_TEST_CASE(errors_get_the_codes_of_rfc_5530)
{
    const auto from = [](Errc code) {
        return Reply::from(Error{code, "why", 0}).to_text();
    };
    BOOST_TEST(from(Errc::NotFound) == "NO [NONEXISTENT] why");
    BOOST_TEST(from(Errc::Exists) == "NO [ALREADYEXISTS] why");
    BOOST_TEST(from(Errc::OverQuota) == "NO [OVERQUOTA] why");
    BOOST_TEST(from(Errc::NoPermission) == "NO [NOPERM] why");
    BOOST_TEST(from(Errc::Limit) == "NO [LIMIT] why");
    BOOST_TEST(from(Errc::Cannot) == "NO [CANNOT] why");
    BOOST_TEST(from(Errc::Corrupt) == "NO [CORRUPTION] why");
    BOOST_TEST(from(Errc::Internal) == "NO [SERVERBUG] why");
    BOOST_TEST(from(Errc::NoSpace) == "NO [UNAVAILABLE] why");
    BOOST_TEST(from(Errc::Syntax) == "NO why");
}

BOOST_AUTO_TEST_CASE(what_an_error_quotes_cannot_begin_a_line_of_its_own)
{
    const Error error{Errc::Io, "open a\r\n* BYE \xc3\xa4\x7f: no", 0};
    BOOST_TEST(Reply::from(error).to_text() ==
               "NO [UNAVAILABLE] open a??* BYE ???: no");
    BOOST_TEST(Reply::from(Error{Errc::Syntax, "", 0}).to_text() ==
               "NO The command failed");
}

BOOST_AUTO_TEST_SUITE_END()
