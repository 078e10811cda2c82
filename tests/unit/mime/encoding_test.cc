// SPDX-License-Identifier: ISC
#include "mime/encoding.h"

#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "text/base64.h"

using mime::Decoder;

namespace {

struct Decoded {
    std::string text;
    bool damaged;
};

/// Fed in two pieces, cut at `cut`.
Decoded decode(std::string_view encoding, std::string_view octets, std::size_t cut)
{
    Decoder decoder = Decoder::create(encoding).value();
    std::string text = decoder.feed(octets.substr(0, cut));
    text += decoder.feed(octets.substr(cut));
    text += decoder.finish();
    return {text, decoder.is_damaged()};
}

/// The same wherever it is cut.
Decoded decode(std::string_view encoding, std::string_view octets)
{
    const Decoded whole = decode(encoding, octets, octets.size());
    for (std::size_t cut = 0; cut < octets.size(); ++cut) {
        const Decoded parts = decode(encoding, octets, cut);
        BOOST_TEST(parts.text == whole.text);
        BOOST_TEST(parts.damaged == whole.damaged);
    }
    return whole;
}

} // namespace

BOOST_AUTO_TEST_SUITE(encoding)

BOOST_AUTO_TEST_CASE(knows_the_encodings_of_rfc_2045)
{
    for (const char* const name :
         {"", "7bit", "8BIT", "Binary", "BASE64", "quoted-Printable"})
        BOOST_TEST(Decoder::create(name).has_value(), name);
    for (const char* const name :
         {"x-uuencode", "uuencode", "8-bit", "base64 ", "\xE4"}) {
        const auto decoder = Decoder::create(name);
        BOOST_REQUIRE(!decoder);
        BOOST_TEST((decoder.error().code == base::Errc::Unsupported));
    }
}

BOOST_AUTO_TEST_CASE(identity_changes_nothing)
{
    const std::string all("a\0\r\n=20\xE4", 9);
    BOOST_TEST(decode("binary", all).text == all);
    BOOST_TEST(!decode("7bit", all).damaged);
}

BOOST_AUTO_TEST_CASE(decodes_base64)
{
    const std::pair<const char*, const char*> sound[] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9v\r\nYmFy\r\n", "foobar"},
        {"Z m\n8\t=", "fo"},
        {"Zm8", "fo"},
        {"Zg", "f"}, // padding forgotten
        {"Zg=", "f"},
    };
    for (const auto& [encoded, text] : sound) {
        BOOST_TEST(decode("base64", encoded).text == text);
        BOOST_TEST(!decode("base64", encoded).damaged, encoded);
    }
    const std::pair<const char*, const char*> damaged[] = {
        {"Zm9v*YmFy", "foobar"},
        {"Zg==Zg==", "ff"},
        {"Zm9vZ", "foo"},
        {"=", ""},
        {"Zm9v=", "foo"},
        {"Zg===", "f"},
        {"Z===", ""},
        {"Zm9v--", "foo"},
    };
    for (const auto& [encoded, text] : damaged) {
        BOOST_TEST(decode("base64", encoded).text == text);
        BOOST_TEST(decode("base64", encoded).damaged, encoded);
    }
}

BOOST_AUTO_TEST_CASE(base64_comes_back)
{
    std::string bytes;
    for (int i = 0; i < 100; ++i) {
        bytes += static_cast<char>(i * 37);
        const Decoded decoded = decode("base64", text::base64_encode(bytes));
        BOOST_TEST(decoded.text == bytes);
        BOOST_TEST(!decoded.damaged);
    }
}

BOOST_AUTO_TEST_CASE(decodes_quoted_printable)
{
    const std::pair<const char*, const char*> sound[] = {
        {"", ""},
        {"a=3Db", "a=b"},
        {"=e4=E4", "\xE4\xE4"},
        {"a=\r\nb", "ab"},
        {"a=\nb", "ab"},
        {"a= \t\r\nb", "ab"}, // padding added on the way
        {"a \t\r\nb \nc ", "a\r\nb\nc"},
        {"a b", "a b"},
        {"a =20\r\n", "a  \r\n"},
        {"a=", "a"},
        {"a= ", "a"},
        {"a\rb", "a\rb"},
        {"a \rb", "a \rb"},
        {"a\r\n\r\n", "a\r\n\r\n"},
    };
    for (const auto& [encoded, text] : sound) {
        BOOST_TEST(decode("quoted-printable", encoded).text == text, encoded);
        BOOST_TEST(!decode("quoted-printable", encoded).damaged, encoded);
    }
    const std::pair<const char*, const char*> damaged[] = {
        {"=4", "=4"},     {"=zz", "=zz"},         {"=4z", "=4z"},   {"a= b", "a= b"},
        {"==41", "=A"},   {"=4\r\nb", "=4\r\nb"}, {"\xE4", "\xE4"}, {"=4=41", "=4A"},
        {"=\rx", "=\rx"}, {"=4 ", "=4"},
    };
    for (const auto& [encoded, text] : damaged) {
        BOOST_TEST(decode("quoted-printable", encoded).text == text, encoded);
        BOOST_TEST(decode("quoted-printable", encoded).damaged, encoded);
    }
}

BOOST_AUTO_TEST_CASE(a_megabyte_of_white_space_is_not_held)
{
    Decoder decoder = Decoder::create("quoted-printable").value();
    std::size_t given = 0;
    for (int i = 0; i < 1024; ++i)
        given += decoder.feed(std::string(1024, ' ')).size();
    BOOST_TEST(given > (std::size_t{1} << 20) - 2048);
    BOOST_TEST(decoder.is_damaged());
}

BOOST_AUTO_TEST_SUITE_END()
