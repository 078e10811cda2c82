// SPDX-License-Identifier: ISC
#include "text/base64.h"

#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(base64)

BOOST_AUTO_TEST_CASE(gives_the_examples_of_rfc_4648)
{
    BOOST_TEST(text::base64_encode("") == "");
    BOOST_TEST(text::base64_encode("f") == "Zg==");
    BOOST_TEST(text::base64_encode("fo") == "Zm8=");
    BOOST_TEST(text::base64_encode("foo") == "Zm9v");
    BOOST_TEST(text::base64_encode("foobar") == "Zm9vYmFy");
    BOOST_TEST(text::base64_encode("\xFB\xFF") == "+/8=");
}

BOOST_AUTO_TEST_CASE(every_octet_comes_back)
{
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes += static_cast<char>(i);
        BOOST_TEST(text::base64_decode(text::base64_encode(bytes)).value() == bytes);
    }
}

BOOST_DATA_TEST_CASE(refuses,
                     data::make({"Z", "Zg", "Zg=", "Zm9", "Zg===", "=",
                                 "====", "Zh==", "Zm9=", "Z=g=", "Zg==Zg==", "Zg==\n",
                                 " Zg=", "Zm9-", "Zm9,", "Zm\n9", "Zg=\xE4"}),
                     input)
{
    const auto decoded = text::base64_decode(input);
    BOOST_REQUIRE(!decoded);
    BOOST_TEST((decoded.error().code == base::Errc::Syntax));
}

BOOST_AUTO_TEST_SUITE_END()
