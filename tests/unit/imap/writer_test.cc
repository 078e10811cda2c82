// SPDX-License-Identifier: ISC
#include "imap/writer.h"

#include <optional>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

namespace {

struct Wire final : imap::ByteSink {
    std::string text;
    void write(std::string_view octets) override { text += octets; }
};

} // namespace

BOOST_AUTO_TEST_SUITE(writer)

BOOST_AUTO_TEST_CASE(strings_are_quoted_when_the_grammar_lets_them_be)
{
    BOOST_TEST(imap::quoted_or_literal("") == "\"\"");
    BOOST_TEST(imap::quoted_or_literal("a b") == "\"a b\"");
    BOOST_TEST(imap::quoted_or_literal("a\"b\\c") == "\"a\\\"b\\\\c\"");
    BOOST_TEST(imap::quoted_or_literal("a\tb\x7f") == "\"a\tb\x7f\"");
    BOOST_TEST(imap::quoted_or_literal("a\rb") == "{3}\r\na\rb");
    BOOST_TEST(imap::quoted_or_literal("a\nb") == "{3}\r\na\nb");
    BOOST_TEST(imap::quoted_or_literal("\xC3\xBC") == "{2}\r\n\xC3\xBC");
}

BOOST_AUTO_TEST_CASE(a_nul_never_reaches_the_wire)
{
    BOOST_TEST(imap::quoted_or_literal(std::string_view("a\0b", 3)) == "{3}\r\na\x80"
                                                                       "b");
}

BOOST_AUTO_TEST_CASE(long_strings_are_literals)
{
    const std::string fits(imap::max_quoted, 'x');
    BOOST_TEST(imap::quoted_or_literal(fits) == '"' + fits + '"');
    BOOST_TEST(imap::quoted_or_literal(fits + 'x') == "{1025}\r\n" + fits + 'x');
}

BOOST_AUTO_TEST_CASE(an_astring_is_an_atom_if_nothing_speaks_against_it)
{
    BOOST_TEST(imap::astring("INBOX.a&APw-") == "INBOX.a&APw-");
    for (const char* text :
         {"a b", "a(", "a)", "a{", "a%", "a*", "a]", "NIL", "nil", ""})
        BOOST_TEST(imap::astring(text) == '"' + std::string(text) + '"');
    BOOST_TEST(imap::astring("a\\") == "\"a\\\\\"");
    BOOST_TEST(imap::astring("\xFC") == "{1}\r\n\xFC");
}

BOOST_AUTO_TEST_CASE(no_string_is_nil)
{
    BOOST_TEST(imap::nstring(std::nullopt) == "NIL");
    BOOST_TEST(imap::nstring("NIL") == "\"NIL\"");
}

BOOST_AUTO_TEST_CASE(human_text_cannot_break_out_of_its_line)
{
    BOOST_TEST(imap::response_text("a\r\n* BYE \x01\xFC") == "a  * BYE  ?");
    BOOST_TEST(imap::response_text("") == "OK");
}

BOOST_AUTO_TEST_CASE(writes_lines)
{
    Wire wire;
    imap::Writer out(wire);
    out.untagged("OK [UIDNEXT 3] Next");
    out.tagged("a1", "NO", "[CANNOT] no\nway");
    out.continuation("");
    out.continuation("idling");
    BOOST_TEST(wire.text == "* OK [UIDNEXT 3] Next\r\n"
                            "a1 NO [CANNOT] no way\r\n"
                            "+ \r\n"
                            "+ idling\r\n");
}

BOOST_AUTO_TEST_CASE(writes_lines_piece_by_piece)
{
    Wire wire;
    imap::Writer out(wire);
    imap::Flags flags;
    flags.set(imap::SystemFlag::Seen);
    out.begin().number(18446744073709551615u).raw(" FETCH (FLAGS ").flags(flags);
    out.raw(" BODY[] ").literal_header(2).raw("hi").raw(" BINARY[] ");
    out.literal8_header(1).raw(std::string_view("\0", 1));
    out.space().mailbox("a b").space().string("x").space().nstring(std::nullopt);
    out.space().astring("y").raw(")").end();
    BOOST_TEST(
        wire.text ==
        std::string("* 18446744073709551615 FETCH (FLAGS (\\Seen) BODY[] {2}\r\nhi "
                    "BINARY[] ~{1}\r\n") +
            '\0' + " \"a b\" \"x\" NIL y)\r\n");
}

BOOST_AUTO_TEST_CASE(quotes_utf8_for_a_client_that_may_see_it)
{
    Wire wire;
    imap::Writer out(wire);
    out.mailbox("Entw\xC3\xBCrfe").space();
    out.quote_utf8();
    out.mailbox("Entw\xC3\xBCrfe").space().string("\xFC").space();
    out.string("a\nb").space().nstring("\xC3\xBC");
    BOOST_TEST(wire.text == "{9}\r\nEntw\xC3\xBCrfe \"Entw\xC3\xBCrfe\" {1}\r\n\xFC "
                            "{3}\r\na\nb \"\xC3\xBC\"");
}

BOOST_AUTO_TEST_SUITE_END()
