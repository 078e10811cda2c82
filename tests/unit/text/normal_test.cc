// SPDX-License-Identifier: ISC
#include "text/normal.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(normal)

const char* const accepted[] = {"",
                                "INBOX",
                                "Entw\xc3\xbcrfe",
                                "\xe9\x80\x81\xe4\xbf\xa1\xe6\xb8\x88\xe3\x81\xbf",
                                "x\xcc\xa7", // no such letter is one character
                                "\xf0\x9f\x93\xac"};

BOOST_DATA_TEST_CASE(accepts, accepted)
{
    BOOST_TEST(text::is_normal(sample));
}

const char* const refused[] = {
    "Entwu\xcc\x88rfe", // as some file systems spell it
    "\xe2\x84\xab",     // ANGSTROM SIGN is LATIN CAPITAL LETTER A WITH RING ABOVE
    "a\xcc\x81\xcc\xa3" // marks in another order
};

BOOST_DATA_TEST_CASE(refuses, refused)
{
    BOOST_TEST(!text::is_normal(sample));
}

BOOST_AUTO_TEST_SUITE_END()
