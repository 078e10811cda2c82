// SPDX-License-Identifier: ISC
#include "deliver/header_filter.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using deliver::HeaderFilter;
using deliver::TraceFields;

const TraceFields both = {"ann@example.org", "bob@example.net"};

/// What is stored of `input` when it arrives `step` octets at a time; "!" for an
/// input with nothing in it.
std::string stored(std::string_view input, const TraceFields& fields, std::size_t step)
{
    HeaderFilter filter(fields);
    std::string out;
    for (std::size_t at = 0; at < input.size(); at += step)
        out += filter.pass(input.substr(at, step));
    out += filter.finish();
    return filter.empty() ? "!" + out : out;
}

struct Case {
    std::string_view input;
    std::string_view expected; ///< R and D stand for the fields added
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.input;
    }
};

std::string expanded(std::string_view expected)
{
    std::string text;
    if (expected.starts_with('R')) {
        text += "Return-Path: <ann@example.org>\n";
        expected.remove_prefix(1);
    }
    if (expected.starts_with('D')) {
        text += "Delivered-To: bob@example.net\n";
        expected.remove_prefix(1);
    }
    return text.append(expected);
}

} // namespace

BOOST_AUTO_TEST_SUITE(header_filter)

using std::string_view_literals::operator""sv;

const Case cases[] = {
    {"Subject: x\n\nbody\n", "RDSubject: x\n\nbody\n"},
    {"From a@b  Mon Jan  1 00:00:00 2024\nSubject: x\n\nb\n", "RDSubject: x\n\nb\n"},
    {"Return-Path: <>\nSubject: x\n\nb\n", "DReturn-Path: <>\nSubject: x\n\nb\n"},
    {"Subject: x\nDelivered-To: c\n\nb\n", "RSubject: x\nDelivered-To: c\n\nb\n"},
    {"dElivered-tO : c\nRETURN-PATH:<a>\n\n", "dElivered-tO : c\nRETURN-PATH:<a>\n\n"},
    // What another host has put there, for another mailbox.
    {"Received: x\nReturn-Path: <a>\nDelivered-To: c\n\n",
     "RDReceived: x\nReturn-Path: <a>\nDelivered-To: c\n\n"},
    {"Return-Path: <a>\nreceived : x\n\ty\nDelivered-To: c\n\n",
     "DReturn-Path: <a>\nreceived : x\n\ty\nDelivered-To: c\n\n"},
    {"A: x\n Received: y\nReturn-Path: <a>\n\n",
     "DA: x\n Received: y\nReturn-Path: <a>\n\n"},
    // What stands in the body, or in a folded line, is not the header's.
    {"Subject: x\n\nReturn-Path: <a>\n", "RDSubject: x\n\nReturn-Path: <a>\n"},
    {"Subject: x\n Return-Path: a\n\n", "RDSubject: x\n Return-Path: a\n\n"},
    {"Subject: x\r\n\r\nDelivered-To: a\r\n",
     "RDSubject: x\r\n\r\nDelivered-To: a\r\n"},
    {"no header here\nReturn-Path: a\n", "RDno header here\nReturn-Path: a\n"},
    {"\nbody\n", "RD\nbody\n"},
    // RFC 5322 §4.5: white space before the colon.
    {"From : a@b\n\n", "RDFrom : a@b\n\n"},
    {"From: a@b\n\n", "RDFrom: a@b\n\n"},
    {"Froma\n", "RDFroma\n"},
    {"From a b\r\nSubject: x\r\n\r\n", "RDSubject: x\r\n\r\n"},
    // Only the first separator goes, and only at the beginning.
    {"From a b\nFrom c d\n", "RDFrom c d\n"},
    {"Subject: x\n\nFrom a b\n", "RDSubject: x\n\nFrom a b\n"},
    // Octets as they are.
    {"A: 1\n\nnul\0cr\rno end"sv, "RDA: 1\n\nnul\0cr\rno end"sv},
    {"A: 1", "RDA: 1"},
    {"Return-Path: <a>", "DReturn-Path: <a>"},
    {"F", "RDF"},
    // Nothing in it.
    {"", "!"},
    {"From a@b  Mon Jan", "!"},
    {"From a@b  Mon Jan  1 00:00:00 2024\n", "!"},
};

BOOST_DATA_TEST_CASE(adds_what_is_missing_and_keeps_the_rest, cases)
{
    for (const std::size_t step : {1, 2, 3, 7, 4096})
        BOOST_TEST(stored(sample.input, both, step) == expanded(sample.expected));
}

BOOST_AUTO_TEST_CASE(adds_nothing_that_was_not_asked_for)
{
    const TraceFields none;
    BOOST_TEST(stored("From a b\nA: 1\n\nx", none, 1) == "A: 1\n\nx");
    BOOST_TEST(stored("From a b\n", none, 4096) == "!");
    BOOST_TEST(stored("A: 1\n\nx", {std::nullopt, "b"}, 5) ==
               "Delivered-To: b\nA: 1\n\nx");
    BOOST_TEST(stored("A: 1\n\nx", {"", std::nullopt}, 5) ==
               "Return-Path: <>\nA: 1\n\nx");
}

BOOST_AUTO_TEST_CASE(adds_a_received_field_and_says_where)
{
    HeaderFilter filter({"a", std::nullopt, "Received: x\n"});
    BOOST_TEST(filter.pass("Subject: y\n") == "");
    BOOST_TEST(filter.pass("\nb") == "Return-Path: <a>\nReceived: x\nSubject: y\n\nb");
    BOOST_TEST(filter.received().at == 17U);
    BOOST_TEST(filter.received().octets == 12U);
    BOOST_TEST(filter.pass("ody") == "ody");
    BOOST_TEST(filter.received().octets == 0U);
}

BOOST_AUTO_TEST_CASE(lets_no_address_write_a_line_of_its_own)
{
    BOOST_TEST(stored("A: 1\n\n", {"a\r\nBcc: x", std::nullopt}, 9) ==
               "Return-Path: <a??Bcc: x>\nA: 1\n\n");
}

BOOST_AUTO_TEST_CASE(holds_back_a_bounded_part_of_an_endless_header)
{
    HeaderFilter filter(both);
    const std::string line = "X: " + std::string(1020, 'y') + "\n";
    std::size_t given = 0;
    std::size_t got = 0;
    while (got == 0 && given < 2 * HeaderFilter::max_held) {
        got += filter.pass(line).size();
        given += line.size();
    }
    BOOST_TEST(given <= HeaderFilter::max_held + line.size());
    BOOST_TEST(got > given); // all of it and the fields
    BOOST_TEST(filter.pass("Return-Path: too late\n") == "Return-Path: too late\n");
}

BOOST_AUTO_TEST_CASE(passes_an_endless_first_line)
{
    const std::string endless = "From " + std::string(HeaderFilter::max_held, 'x');
    BOOST_TEST(stored(endless, both, 4096) == expanded("RD" + endless));
    const std::string shorter = "From " + std::string(HeaderFilter::max_held / 2, 'x');
    BOOST_TEST(stored(shorter + "\nA: 1\n\n", both, 4096) == expanded("RDA: 1\n\n"));
}

BOOST_AUTO_TEST_SUITE_END()
