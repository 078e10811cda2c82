// SPDX-License-Identifier: ISC
#include "fetch/body.h"

#include <cstdio>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "io/disconnected.h"
#include "mailbox/wire_size.h"

namespace {

using imapd::Section;

struct Sink final : imap::ByteSink {
    void write(std::string_view octets) override { text += octets; }
    std::string text;
};

/// A message in a file of its own.
struct File {
    explicit File(std::string_view text)
    {
        message.fd.reset(::memfd_create("message", MFD_CLOEXEC));
        BOOST_REQUIRE(::write(message.fd.get(), text.data(), text.size()) ==
                      static_cast<ssize_t>(text.size()));
        message.octets = text.size();
        structure = imapd::read_structure(message.fd.get()).value();
    }
    std::string section(std::string_view asked)
    {
        imap::Parser in(asked);
        const auto items = imapd::parse_items(in);
        Sink sink;
        imap::Writer out(sink);
        imapd::Body(message, structure).write(out, items.list.at(0).section);
        return sink.text;
    }
    mailbox::Message message;
    mime::Structure structure;
};

/// Every slice of BODY[], which is `whole`.
void check_slices(File& file, const std::string& whole)
{
    for (std::size_t from = 0; from <= whole.size() + 1; ++from) {
        for (std::size_t size = 1; size <= whole.size() + 1; ++size) {
            const auto part = from > whole.size() ? "" : whole.substr(from, size);
            const std::string asked =
                "BODY[]<" + std::to_string(from) + "." + std::to_string(size) + ">";
            BOOST_TEST(file.section(asked) ==
                       "{" + std::to_string(part.size()) + "}\r\n" + part);
        }
    }
}

constexpr std::string_view two_parts = "Subject: a\n"
                                       "To: b\n"
                                       "Content-Type: multipart/mixed; boundary=b\n"
                                       "\n"
                                       "--b\n"
                                       "Content-Type: text/plain\n"
                                       "\n"
                                       "one\n"
                                       "--b\n"
                                       "Content-Type: message/rfc822\n"
                                       "\n"
                                       "Subject: in\n"
                                       "\n"
                                       "inner\n"
                                       "--b--\n";

} // namespace

BOOST_AUTO_TEST_SUITE(body)

BOOST_AUTO_TEST_CASE(line_ends_are_those_of_the_wire)
{
    File file("A: b\n\nx\r\ny\n");
    BOOST_TEST(file.section("BODY[]") == "{14}\r\nA: b\r\n\r\nx\r\ny\r\n");
    BOOST_TEST(file.section("BODY[HEADER]") == "{8}\r\nA: b\r\n\r\n");
    BOOST_TEST(file.section("BODY[TEXT]") == "{6}\r\nx\r\ny\r\n");
    BOOST_TEST(mailbox::count_wire_octets(file.message.fd.get()).value() == 14U);
}

BOOST_AUTO_TEST_CASE(a_slice_is_of_the_wire_form)
{
    File file("A: b\n\nx\ny\n"); // A: b..x.y. on the wire: 14 octets
    check_slices(file, "A: b\r\n\r\nx\r\ny\r\n");
}

BOOST_AUTO_TEST_CASE(a_slice_that_begins_between_cr_and_lf_has_no_cr_more)
{
    const std::string whole = "A: b\r\n\r\nx\r\ny\r\n";
    File as_on_the_wire(whole);
    check_slices(as_on_the_wire, whole);
    File mixed("A: b\n\r\nx\r\ny\n");
    check_slices(mixed, whole);
}

BOOST_AUTO_TEST_CASE(parts_are_found_by_their_numbers)
{
    File file(two_parts);
    BOOST_TEST(file.section("BODY[1]") == "{3}\r\none");
    BOOST_TEST(file.section("BODY[1.MIME]") ==
               "{28}\r\nContent-Type: text/plain\r\n\r\n");
    BOOST_TEST(file.section("BODY[2.HEADER]") == "{15}\r\nSubject: in\r\n\r\n");
    BOOST_TEST(file.section("BODY[2.TEXT]") == "{5}\r\ninner");
    BOOST_TEST(file.section("BODY[2.1]") == "{5}\r\ninner");
    BOOST_TEST(file.section("BODY[3]") == "NIL");
    BOOST_TEST(file.section("BODY[1.1]") == "NIL");
    BOOST_TEST(file.section("BODY[1.TEXT]") == "NIL"); // of message/rfc822 only
}

BOOST_AUTO_TEST_CASE(header_fields_are_chosen)
{
    File file(two_parts);
    BOOST_TEST(file.section("BODY[HEADER.FIELDS (TO)]") == "{9}\r\nTo: b\r\n\r\n");
    BOOST_TEST(file.section("BODY[HEADER.FIELDS (X)]") == "{2}\r\n\r\n");
    BOOST_TEST(file.section("BODY[HEADER.FIELDS.NOT (To Content-Type)]") ==
               "{14}\r\nSubject: a\r\n\r\n");
    BOOST_TEST(file.section("BODY[HEADER.FIELDS (TO)]<1.3>") == "{3}\r\no: ");
}

BOOST_AUTO_TEST_CASE(no_literal_holds_a_nul)
{
    File file(std::string_view("A: b\n\nx\0y\n", 10));
    BOOST_TEST(file.section("BODY[TEXT]") == "{5}\r\nx\x80y\r\n");
}

BOOST_AUTO_TEST_CASE(a_large_body_comes_whole)
{
    std::string text = "A: b\n\n";
    std::string wire = "A: b\r\n\r\n";
    for (int i = 0; i < 40'000; ++i) {
        text += "line " + std::to_string(i) + "\n";
        wire += "line " + std::to_string(i) + "\r\n";
    }
    File file(text);
    BOOST_TEST(
        (file.section("BODY[]") == "{" + std::to_string(wire.size()) + "}\r\n" + wire));
    const std::string slice = wire.substr(300'001, 100'000);
    BOOST_TEST((file.section("BODY[]<300001.100000>") == "{100000}\r\n" + slice));
}

BOOST_AUTO_TEST_CASE(a_file_that_shrank_breaks_the_connection_and_no_promise)
{
    File file(std::string("A: b\n\n") + std::string(1000, 'x'));
    BOOST_REQUIRE(::ftruncate(file.message.fd.get(), 500) == 0);
    BOOST_CHECK_THROW(file.section("BODY[]"), io::Disconnected);
}

BOOST_AUTO_TEST_CASE(a_header_ends_where_it_ends_however_long_its_lines_are)
{
    // Read in chunks of 64 KiB: the ends of lines lie before, at and behind their ends.
    for (std::size_t size = 65536 - 4; size < 65536 + 4; ++size) {
        for (const std::string end : {"\n\n", "\r\n\r\n", "\n\r\n"}) {
            const std::string header = "A: " + std::string(2 * size - 3, 'x') + end;
            File file(header + "body\n\nbody");
            BOOST_TEST(imapd::read_header(file.message.fd.get()).value() == header);
        }
    }
}

BOOST_AUTO_TEST_CASE(reads_no_more_of_a_header_than_there_is)
{
    File file("A: b\r\n\r\nbody\n\nx");
    BOOST_TEST(imapd::read_header(file.message.fd.get()).value() == "A: b\r\n\r\n");
    File none("no header at all");
    BOOST_TEST(imapd::read_header(none.message.fd.get()).value() == "no header at all");
    // A blank line across two reads of 64 KiB.
    File split(std::string("A: ") + std::string(65532, 'x') + "\n\nbody");
    BOOST_TEST(imapd::read_header(split.message.fd.get()).value().size() == 65537U);
}

BOOST_AUTO_TEST_SUITE_END()
