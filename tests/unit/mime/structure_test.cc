// SPDX-License-Identifier: ISC
#include "mime/structure.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using mime::parse_structure;
using mime::Part;
using mime::Structure;

namespace {

/// The tree in a line: types, and what header and body are, line ends as /.
std::string shown(const Part& part, std::string_view message)
{
    const auto octets = [message](std::uint64_t offset, std::uint64_t size) {
        std::string text(message.substr(offset, size));
        std::replace(text.begin(), text.end(), '\n', '/');
        return text;
    };
    std::string out = part.type + "/" + part.subtype + "<" +
                      octets(part.header_offset, part.header_octets) + ">";
    if (part.children.empty())
        return out + "[" + octets(part.body_offset, part.body_octets) + "]";
    out += "{";
    for (const Part& child : part.children)
        out += (&child == &part.children.front() ? "" : " ") + shown(child, message);
    return out + "}";
}

/// The parts of a message without the top, whose header is `top`.
std::string parts(const std::string& top, const std::string& body)
{
    const std::string message = "Content-Type: " + top + "\n\n" + body;
    const std::string all = shown(parse_structure(message).root, message);
    return all.substr(all.find('>') + 1);
}

std::string mixed(const std::string& body)
{
    return parts("multipart/mixed; boundary=b", body);
}

} // namespace

BOOST_AUTO_TEST_SUITE(structure)

BOOST_AUTO_TEST_CASE(a_plain_message)
{
    const Structure structure = parse_structure("Subject: x\nFrom: a@b\n\none\ntwo");
    const Part& root = structure.root;
    BOOST_TEST(root.type == "text");
    BOOST_TEST(root.subtype == "plain");
    BOOST_TEST(mime::parameter(root.parameters, "charset").value() == "us-ascii");
    BOOST_TEST(root.encoding == "7bit");
    BOOST_TEST(root.header_octets == 22u);
    BOOST_TEST(root.header_wire_octets == 25u);
    BOOST_TEST(root.body_offset == 22u);
    BOOST_TEST(root.body_octets == 7u);
    BOOST_TEST(root.body_wire_octets == 8u);
    BOOST_TEST(root.body_lines == 1u); // line ends, as Dovecot has it
    BOOST_TEST(root.envelope.value().subject.value() == "x");
    BOOST_TEST(root.envelope->sender.at(0).mailbox.value() == "a");
    BOOST_TEST(root.children.empty());
}

BOOST_AUTO_TEST_CASE(counts_what_the_wire_has)
{
    const Part root =
        parse_structure(std::string("A: b\r\n\r\na\rb\r\nc\nd\0\r", 18)).root;
    BOOST_TEST(root.header_octets == 8u);
    BOOST_TEST(root.header_wire_octets == 8u);
    BOOST_TEST(root.body_octets == 10u);
    BOOST_TEST(root.body_wire_octets == 11u);
    BOOST_TEST(root.body_lines == 2u);
}

BOOST_AUTO_TEST_CASE(messages_without_header_or_body)
{
    const auto sizes = [](std::string_view message) {
        const Part root = parse_structure(message).root;
        return std::to_string(root.header_octets) + "+" +
               std::to_string(root.body_octets);
    };
    BOOST_TEST(sizes("") == "0+0");
    BOOST_TEST(sizes("\n") == "1+0");
    BOOST_TEST(sizes("\r\n") == "2+0");
    BOOST_TEST(sizes("\r") == "1+0");
    BOOST_TEST(sizes("\nx") == "1+1");
    BOOST_TEST(sizes("A: b") == "4+0");
    BOOST_TEST(sizes("A: b\n") == "5+0");
    BOOST_TEST(sizes("junk\n more\n\nbody") == "12+4");
}

BOOST_AUTO_TEST_CASE(all_fields_of_a_part)
{
    const Part root = parse_structure("Content-Type: text/HTML; charset=x\n"
                                      "Content-Transfer-Encoding: (c) BASE64\n"
                                      "Content-ID: <a@b>\nContent-ID: <second>\n"
                                      "Content-Description: foo\n bar\n"
                                      "Content-Disposition: attachment; filename=f\n"
                                      "Content-Language: en, de\n"
                                      "Content-Location: http://x/\n"
                                      "Content-MD5 : abc==\n\n")
                          .root;
    BOOST_TEST(root.is("TEXT", "html"));
    BOOST_TEST(root.parameters.size() == 1u);
    BOOST_TEST(root.encoding == "BASE64");
    BOOST_TEST(root.id.value() == "<a@b>");
    BOOST_TEST(root.description.value() == "foo bar");
    BOOST_TEST(root.disposition.value().value == "attachment");
    BOOST_TEST(root.disposition->parameters.at(0).value == "f");
    BOOST_TEST(root.languages.size() == 2u);
    BOOST_TEST(root.location.value() == "http://x/");
    BOOST_TEST(root.md5.value() == "abc==");
}

BOOST_AUTO_TEST_CASE(a_multipart_has_its_parts_and_neither_preamble_nor_epilogue)
{
    BOOST_TEST(mixed("pre\n--b\nA: b\n\none\ntwo\n--b\n\nthree\n--b--\nepi\n") ==
               "{text/plain<A: b//>[one/two] text/plain</>[three]}");
    BOOST_TEST(mixed("--b\nA: b\n\none\n\n--b--") == "{text/plain<A: b//>[one/]}");
}

BOOST_AUTO_TEST_CASE(a_boundary_line_may_have_more_on_it)
{
    BOOST_TEST(mixed("--b \t\n\none\n--b-- \nx\n") == "{text/plain</>[one]}");
    BOOST_TEST(mixed("--b\n\none\n--bc\n\ntwo\n-- b\n --b\nx--b\n--b--x\n\n--b\n") ==
               "{text/plain</>[one] text/plain</>[two/-- b/ --b/x--b]}");
}

BOOST_AUTO_TEST_CASE(the_line_end_before_a_boundary_belongs_to_it)
{
    BOOST_TEST(mixed("--b\nA: b\n\n--b--") == "{text/plain<A: b/>[]}");
    BOOST_TEST(mixed("--b\nA: b\n--b--") == "{text/plain<A: b>[]}");
    BOOST_TEST(mixed("--b\n--b\n--b--") == "{text/plain<>[] text/plain<>[]}");
    BOOST_TEST(mixed("--b\n\n--b--") == "{text/plain<>[]}");
    BOOST_TEST(mixed("--b\n\n\n--b--") == "{text/plain</>[]}");
}

BOOST_AUTO_TEST_CASE(multiparts_that_are_not_finished)
{
    BOOST_TEST(mixed("--b\n\none\n") == "{text/plain</>[one/]}");
    BOOST_TEST(mixed("--b\n\none\n--b") == "{text/plain</>[one]}");
    BOOST_TEST(mixed("--b\n\none\n--b\n") == "{text/plain</>[one] text/plain<>[]}");
    BOOST_TEST(mixed("--b\nA: b") == "{text/plain<A: b>[]}");
    BOOST_TEST(
        mixed(
            "--b\nContent-Type: multipart/x; boundary=c\n\n--c\n\none\n--b\n\ntwo\n") ==
        "{multipart/x<Content-Type: multipart/x; boundary=c//>{text/plain</>[one]} "
        "text/plain</>[two/]}");
}

BOOST_AUTO_TEST_CASE(a_multipart_without_parts_has_an_empty_one_at_its_end)
{
    for (const char* const type : {"multipart/mixed", "multipart/mixed; boundary=\"\"",
                                   "multipart/mixed; boundary=b"})
        BOOST_TEST(parts(type, "--\none\n----\n") == "{text/plain<>[]}", type);
    BOOST_TEST(mixed("--b--\n") == "{text/plain<>[]}");
    BOOST_TEST(mixed("") == "{text/plain<>[]}");
    BOOST_TEST(
        parse_structure("Content-Type: multipart/a; boundary=b").root.children.size() ==
        1u);
    const Part child = parse_structure("Content-Type: multipart/a; boundary=b\n\nxyz")
                           .root.children[0];
    BOOST_TEST(child.header_offset == 42u);
    BOOST_TEST(child.parameters.at(0).value == "us-ascii");
}

BOOST_AUTO_TEST_CASE(multiparts_with_boundaries_alike)
{
    const std::string inner = "Content-Type: multipart/x; boundary=";
    BOOST_TEST(mixed("--b\n" + inner + "b\n\n--b\n\none\n--b--\n--b--\n") ==
               "{multipart/x<" + inner + "b//>{text/plain</>[one]}}");
    BOOST_TEST(
        mixed("--b\n" + inner + "bb\n\n--bb\n\none\n--bb--\n--b\n\ntwo\n--b--\n") ==
        "{multipart/x<" + inner + "bb//>{text/plain</>[one]} text/plain</>[two]}");
    BOOST_TEST(parts("multipart/mixed; boundary=bb",
                     "--bb\n" + inner + "b\n\n--b\n\none\n--b--\n--bb--\n") ==
               "{multipart/x<" + inner + "b//>{text/plain</>[one]}}");
    BOOST_TEST(mixed("--b\n" + inner + "b--\n\n--b--\n\none\n--b----\n--b--\n") ==
               "{multipart/x<" + inner + "b--//>{text/plain</>[one]}}");
}

BOOST_AUTO_TEST_CASE(a_boundary_is_compared_as_far_as_it_is_kept)
{
    const std::string longest(mime::max_boundary, 'x');
    const std::string body = "--" + longest + "\n\none\n--" + longest + "--\n";
    BOOST_TEST(parts("multipart/mixed; boundary=" + longest, body) ==
               "{text/plain</>[one]}");
    BOOST_TEST(parts("multipart/mixed; boundary=" + longest + "yz", body) ==
               "{text/plain</>[one]}");
}

BOOST_AUTO_TEST_CASE(messages_within_messages)
{
    const std::string inner = "Subject: q\n\nFoo";
    BOOST_TEST(parts("message/rfc822", inner) == "{text/plain<Subject: q//>[Foo]}");
    const std::string body =
        "--b\nContent-Type: message/rfc822\n\n" + inner + "\n--b--\n";
    BOOST_TEST(mixed(body) == "{message/rfc822<Content-Type: message/rfc822//>"
                              "{text/plain<Subject: q//>[Foo]}}");
    BOOST_TEST(
        parts("multipart/digest; boundary=b",
              "--b\n\nSubject: q\n\nFoo\n--b\nContent-Type: text/x\n\ny\n--b--\n") ==
        "{message/rfc822</>{text/plain<Subject: q//>[Foo]} "
        "text/x<Content-Type: text/x//>[y]}");
    // An outer boundary ends a message and all that is open in it.
    BOOST_TEST(
        mixed("--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/x; "
              "boundary=c\n\n--c\n\none\n--b\n\ntwo\n--c--\n--b--\n") ==
        "{message/rfc822<Content-Type: message/rfc822//>{multipart/x<Content-Type: "
        "multipart/x; boundary=c//>{text/plain</>[one]}} text/plain</>[two/--c--]}");
}

BOOST_AUTO_TEST_CASE(an_embedded_message_has_an_envelope_whatever_happens)
{
    for (const char* const body :
         {"--b\nContent-Type: message/rfc822\n\nSubject: q\n\nFoo\n--b--\n",
          "--b\nContent-Type: message/rfc822\n\nSubject: q\n--b--\n",
          "--b\nContent-Type: message/rfc822\n\nSubject: q"}) {
        const Part part =
            parse_structure(
                std::string("Content-Type: multipart/mixed; boundary=b\n\n") + body)
                .root.children.at(0);
        BOOST_TEST(!part.envelope);
        BOOST_REQUIRE(part.message() != nullptr);
        BOOST_TEST(part.message()->envelope.value().subject.value() == "q");
    }
    for (const char* const message :
         {"Content-Type: message/rfc822", "Content-Type: message/rfc822\n",
          "Content-Type: message/rfc822\n\n", "Content-Type: message/GLOBAL\n\n"}) {
        const Part root = parse_structure(message).root;
        BOOST_REQUIRE(root.message() != nullptr);
        BOOST_TEST(root.message()->envelope.has_value());
    }
    BOOST_TEST(parse_structure("Content-Type: message/partial\n\n").root.message() ==
               nullptr);
}

BOOST_AUTO_TEST_CASE(lines_of_an_embedded_message_are_those_of_the_whole)
{
    const Part root =
        parse_structure("Content-Type: message/rfc822\n\nA: b\n\none\ntwo\n").root;
    BOOST_TEST(root.body_lines == 4u);
    BOOST_TEST(root.message()->body_lines == 2u);
    BOOST_TEST(root.body_wire_octets == 18u);
}

BOOST_AUTO_TEST_CASE(defaults_of_the_content_type)
{
    const auto shown_type = [](const std::string& field) {
        const Part root = parse_structure(field + "\n\n").root;
        std::string out = root.type + "/" + root.subtype;
        for (const auto& p : root.parameters)
            out += ";" + p.name + "=" + p.value;
        return out;
    };
    BOOST_TEST(shown_type("A: b") == "text/plain;charset=us-ascii");
    BOOST_TEST(shown_type("Content-Type: foo") == "text/plain;charset=us-ascii");
    BOOST_TEST(shown_type("Content-Type:") == "text/plain;charset=us-ascii");
    BOOST_TEST(shown_type("Content-Type: text/x; a=b") ==
               "text/x;a=b;charset=us-ascii");
    BOOST_TEST(shown_type("Content-Type: text/x; CHARSET=\"\"") == "text/x;CHARSET=");
    BOOST_TEST(shown_type("Content-Type: image/x") == "image/x");
    BOOST_TEST(shown_type("Content-Type: a/b\nContent-Type: c/d") == "a/b");
}

BOOST_AUTO_TEST_CASE(finds_parts_by_their_numbers)
{
    // The example of RFC 3501 §6.4.5, in small.
    const std::string m = "Content-Type: message/rfc822\n\n";
    const std::string message =
        "Content-Type: multipart/mixed; boundary=a\n\n"
        "--a\n\none\n"
        "--a\nContent-Type: application/octet-stream\n\ntwo\n"
        "--a\n" +
        m +
        "Content-Type: multipart/mixed; boundary=c\n\n"
        "--c\n\nthree-one\n--c\nContent-Type: application/x\n\nthree-two\n--c--\n"
        "--a\nContent-Type: multipart/mixed; boundary=d\n\n"
        "--d\nContent-Type: image/gif\n\nfour-one\n"
        "--d\n" +
        m +
        "Content-Type: multipart/mixed; boundary=e\n\n"
        "--e\n\nfour-two-one\n"
        "--e\nContent-Type: multipart/alternative; boundary=f\n\n"
        "--f\n\n4.2.2.1\n--f\nContent-Type: text/richtext\n\n4.2.2.2\n--f--\n"
        "--e--\n--d--\n"
        "--a\n" +
        m + "Subject: x\n\nfive-one\n--a--\n";
    const Structure structure = parse_structure(message);
    const auto body = [&](std::vector<std::uint32_t> path) -> std::string {
        const Part* const part = structure.find(path);
        return part ? message.substr(part->body_offset, part->body_octets) : "none";
    };
    BOOST_TEST(structure.find({}) == &structure.root);
    BOOST_TEST(body({1}) == "one");
    BOOST_TEST(body({2}) == "two");
    BOOST_TEST(body({3, 1}) == "three-one");
    BOOST_TEST(body({3, 2}) == "three-two");
    BOOST_TEST(body({4, 1}) == "four-one");
    BOOST_TEST(body({4, 2, 1}) == "four-two-one");
    BOOST_TEST(body({4, 2, 2, 1}) == "4.2.2.1");
    BOOST_TEST(body({4, 2, 2, 2}) == "4.2.2.2");
    BOOST_TEST(body({5}) == "Subject: x\n\nfive-one");
    BOOST_TEST(body({5, 1}) == "five-one");
    for (const std::vector<std::uint32_t>& path :
         std::vector<std::vector<std::uint32_t>>{{0},
                                                 {6},
                                                 {1, 1},
                                                 {3, 3},
                                                 {5, 2},
                                                 {5, 1, 1},
                                                 {4, 2, 2, 3},
                                                 {4294967295},
                                                 {1, 0}})
        BOOST_TEST(structure.find(path) == nullptr);

    const Part* const three = structure.find(std::vector<std::uint32_t>{3});
    BOOST_REQUIRE(three != nullptr && three->message() != nullptr);
    BOOST_TEST(message.substr(three->header_offset, three->header_octets) == m);
    BOOST_TEST(three->message()->is_multipart());
}

BOOST_AUTO_TEST_CASE(part_one_of_a_message_that_is_no_multipart_is_its_body)
{
    const std::vector<std::uint32_t> one = {1}, two = {2}, one_one = {1, 1};
    const Structure plain = parse_structure("A: b\n\nx");
    BOOST_TEST(plain.find(one) == &plain.root);
    BOOST_TEST(plain.find(two) == nullptr);
    BOOST_TEST(plain.find(one_one) == nullptr);
    const Structure message =
        parse_structure("Content-Type: message/rfc822\n\nA: b\n\nx");
    BOOST_TEST(message.find(one) == &message.root);
    BOOST_TEST(message.find(one_one) == message.root.message());
}

BOOST_AUTO_TEST_SUITE_END()
