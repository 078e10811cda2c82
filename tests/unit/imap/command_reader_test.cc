// SPDX-License-Identifier: ISC
#include "imap/command_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "imap/parser.h"

namespace {

using imap::Command;
using imap::CommandReader;
using imap::Refusal;
using Bounds = CommandReader::Bounds;

struct Gone {};

/// A client that sends `text` in pieces of `piece` octets and then goes away.
class Client final : public imap::ByteSource {
public:
    explicit Client(std::string text, std::size_t piece = std::string::npos)
        : text_(std::move(text)), piece_(piece)
    {
    }
    std::string_view more() override
    {
        if (at_ == text_.size())
            throw Gone{};
        const std::string_view octets = std::string_view(text_).substr(at_, piece_);
        at_ += octets.size();
        return octets;
    }
    void go_ahead() override { ++go_aheads; }

    int go_aheads = 0;

private:
    std::string text_;
    std::size_t piece_;
    std::size_t at_ = 0;
};

/// Sends `x` without end and without a line end, `total` octets of it.
class Flood final : public imap::ByteSource {
public:
    explicit Flood(std::uint64_t total, std::string after)
        : left_(total), after_(std::move(after))
    {
    }
    std::string_view more() override
    {
        if (left_ == 0 && after_.empty())
            throw Gone{};
        if (left_ == 0) {
            last_.swap(after_);
            after_.clear();
            return last_;
        }
        const std::uint64_t octets = std::min<std::uint64_t>(left_, chunk_.size());
        left_ -= octets;
        return std::string_view(chunk_).substr(0, static_cast<std::size_t>(octets));
    }
    void go_ahead() override {}

private:
    std::uint64_t left_;
    std::string after_;
    std::string last_;
    std::string chunk_ = std::string(65536, 'x');
};

std::string why(const Command& command)
{
    return command.refusal ? std::string(command.refusal->why) : "";
}

bool closes(const Command& command)
{
    return command.refusal && command.refusal->after == Refusal::After::Close;
}

/// The whole literal, in whatever pieces it comes.
std::string all_of_literal(CommandReader& reader, std::size_t most = 1000)
{
    std::string text;
    for (auto piece = reader.read_literal(most); !piece.empty();
         piece = reader.read_literal(most))
        text += piece;
    return text;
}

constexpr Bounds small{60, 10, Bounds::Append::Pending};
const std::size_t pieces[] = {1, 2, 3, 7, std::string::npos};

} // namespace

BOOST_AUTO_TEST_SUITE(command_reader)

BOOST_DATA_TEST_CASE(reads_lines_and_inline_literals, pieces)
{
    Client client("a NOOP\r\n"
                  "b LOGIN {3}\r\nann {2+}\r\n\r\n\r\n"
                  "c NOOP\n" // a bare LF is a line end too
                  "\r\n"
                  "d x ~{2}\r\n\x01\x02)\r\n"
                  "e x {0}\r\n\r\n",
                  sample);
    CommandReader reader(client);
    BOOST_TEST(reader.next().text == "a NOOP");
    BOOST_TEST(reader.next().text == "b LOGIN {3}\r\nann {2}\r\n\r\n");
    BOOST_TEST(client.go_aheads == 1);
    BOOST_TEST(reader.next().text == "c NOOP");
    BOOST_TEST(reader.next().text == "");
    BOOST_TEST(reader.next().text == "d x ~{2}\r\n\x01\x02)");
    BOOST_TEST(reader.next().text == "e x {0}\r\n");
    BOOST_TEST(client.go_aheads == 3);
    BOOST_CHECK_THROW(reader.next(), Gone);
}

const char* const not_literals[] = {
    "a x {3",   "a x 3}",   "a x {}",   "a x {+}",   "a x {-1}",      "a x {3} ",
    "a x {3}+", "a x {3-}", "a x { 3}", "a x \"{3}", "a x \"\\\"{3}", "a x {3++}"};

BOOST_DATA_TEST_CASE(takes_only_literals_for_literals, not_literals)
{
    Client client(sample + std::string("\r\nb NOOP\r\n"));
    CommandReader reader(client);
    BOOST_TEST(reader.next().text == sample);
    BOOST_TEST(reader.next().text == "b NOOP");
    BOOST_TEST(client.go_aheads == 0);
}

BOOST_AUTO_TEST_CASE(a_closed_quote_does_not_hide_a_literal)
{
    Client client("a x \"\\\\\" {1}\r\ny\r\n");
    CommandReader reader(client);
    BOOST_TEST(reader.next().text == "a x \"\\\\\" {1}\r\ny");
}

// --- APPEND

BOOST_DATA_TEST_CASE(leaves_the_message_of_an_append_to_its_handler, pieces)
{
    using namespace std::string_literals;
    Client client("a append {5}\r\ninbox (\\Seen) {11}\r\nhello\r\n\0bye\r\n"
                  "b NOOP\r\n"s,
                  sample);
    CommandReader reader(client, CommandReader::after_login);
    const Command command = reader.next();
    BOOST_TEST(command.text == "a append {5}\r\ninbox (\\Seen) ");
    BOOST_REQUIRE(command.pending.has_value());
    BOOST_TEST(command.pending->octets == 11u);
    BOOST_TEST(command.pending->is_synchronizing);
    BOOST_TEST(!command.pending->is_literal8);
    BOOST_TEST(client.go_aheads == 1); // for the mailbox name only
    reader.accept_literal();
    BOOST_TEST(client.go_aheads == 2);
    BOOST_TEST(all_of_literal(reader, 4) == std::string("hello\r\n\0bye", 11));
    BOOST_TEST(reader.rest_of_line().text == "");
    BOOST_TEST(reader.next().text == "b NOOP");
}

BOOST_AUTO_TEST_CASE(hangs_up_on_a_refused_literal_that_would_take_for_ever)
{
    Client client("a APPEND x {99999999999+}\r\nxxxxx");
    CommandReader reader(client, CommandReader::after_login);
    BOOST_REQUIRE(reader.next().pending.has_value());
    reader.refuse_literal(); // reads nothing
    BOOST_TEST(closes(reader.next()));
    BOOST_TEST(closes(reader.next()));
}

BOOST_AUTO_TEST_CASE(hangs_up_on_such_a_literal_behind_another_one)
{
    Client client("a APPEND x {1+}\r\ny {99999999999+}\r\nxxxxx");
    CommandReader reader(client, CommandReader::after_login);
    BOOST_REQUIRE(reader.next().pending.has_value());
    BOOST_TEST(closes(reader.next()));
}

BOOST_DATA_TEST_CASE(appends_several_messages, pieces)
{
    Client client("a APPEND x {1+}\r\n1 () ~{2+}\r\n22 {0+}\r\n)\r\nb NOOP\r\n",
                  sample);
    CommandReader reader(client, CommandReader::after_login);
    BOOST_TEST(reader.next().text == "a APPEND x ");
    reader.accept_literal();
    BOOST_TEST(all_of_literal(reader) == "1");
    Command rest = reader.rest_of_line();
    BOOST_TEST(rest.text == " () ");
    BOOST_REQUIRE(rest.pending.has_value());
    BOOST_TEST(rest.pending->is_literal8);
    reader.accept_literal();
    BOOST_TEST(all_of_literal(reader) == "22");
    rest = reader.rest_of_line();
    BOOST_TEST(rest.text == " ");
    reader.accept_literal();
    BOOST_TEST(all_of_literal(reader) == "");
    rest = reader.rest_of_line();
    BOOST_TEST(rest.text == ")");
    BOOST_TEST(!rest.pending.has_value());
    BOOST_TEST(reader.next().text == "b NOOP");
    BOOST_TEST(client.go_aheads == 0);
}

BOOST_DATA_TEST_CASE(an_append_can_be_refused, pieces)
{
    Client client("a APPEND x {1}\r\n" // the client takes our NO for an answer
                  "b APPEND x {3+}\r\n\r\n1 {2+}\r\n\r\n () {9}\r\n"
                  "c NOOP\r\n",
                  sample);
    CommandReader reader(client, CommandReader::after_login);
    BOOST_TEST(reader.next().text == "a APPEND x ");
    reader.refuse_literal();
    BOOST_TEST(reader.next().text == "b APPEND x ");
    reader.refuse_literal();
    BOOST_TEST(reader.next().text == "c NOOP");
    BOOST_TEST(client.go_aheads == 0);
}

BOOST_DATA_TEST_CASE(a_handler_that_stops_half_way_keeps_the_dialogue_in_step, pieces)
{
    Client client("a APPEND x {4+}\r\nabcd\r\n"
                  "b APPEND x {4+}\r\nabcd\r\n"
                  "c APPEND x {4+}\r\nabcd {2+}\r\n\r\n\r\n"
                  "d NOOP\r\n",
                  sample);
    CommandReader reader(client, CommandReader::after_login);
    BOOST_TEST(reader.next().text == "a APPEND x "); // left alone
    BOOST_TEST(reader.next().text == "b APPEND x ");
    reader.accept_literal();
    BOOST_TEST(reader.read_literal(1) == "a"); // one octet read
    BOOST_TEST(reader.next().text == "c APPEND x ");
    reader.accept_literal();
    BOOST_TEST(all_of_literal(reader) == "abcd"); // the rest not read
    BOOST_TEST(reader.next().text == "d NOOP");
}

BOOST_AUTO_TEST_CASE(only_what_follows_a_whole_mailbox_name_is_the_message)
{
    Client client(
        "a APPEND {1+}\r\nx\r\nb APPENDX y {1+}\r\nz\r\nc APPEND y{1+}\r\nz\r\n");
    CommandReader reader(client, CommandReader::after_login);
    BOOST_TEST(reader.next().text == "a APPEND {1}\r\nx");
    BOOST_TEST(reader.next().text == "b APPENDX y {1}\r\nz");
    BOOST_TEST(reader.next().text == "c APPEND y{1}\r\nz");
}

BOOST_AUTO_TEST_CASE(before_login_nothing_is_left_pending)
{
    Client client("a APPEND x {1}\r\ny\r\nb APPEND x {2000}\r\nc NOOP\r\n");
    CommandReader reader(client);
    BOOST_TEST(reader.next().text == "a APPEND x {1}\r\ny");
    const Command refused = reader.next();
    BOOST_TEST(refused.text == "b");
    BOOST_TEST(why(refused) == "The literal is too large");
    BOOST_TEST(reader.next().text == "c NOOP");
}

BOOST_AUTO_TEST_CASE(a_literal_of_any_size_is_told_to_the_handler)
{
    Client client("a APPEND x {99999999999999999999999}\r\n");
    CommandReader reader(client, CommandReader::after_login);
    const Command command = reader.next();
    BOOST_REQUIRE(command.pending.has_value());
    BOOST_TEST(command.pending->octets == UINT64_MAX);
}

// --- Bounds

BOOST_DATA_TEST_CASE(a_command_may_be_as_long_as_the_bound_and_no_longer, pieces)
{
    const std::string fits = "a " + std::string(small.command - 2, 'x');
    Client client(fits + "\r\n" + fits + "\n" + fits + "y\r\n" + fits + "y\n" +
                      "b NOOP\r\n",
                  sample);
    CommandReader reader(client, small);
    BOOST_TEST(reader.next().text == fits);
    BOOST_TEST(reader.next().text == fits);
    for (int i = 0; i < 2; ++i) {
        const Command command = reader.next();
        BOOST_TEST(command.text == "a");
        BOOST_TEST(why(command) == "The command is too long");
        BOOST_TEST(!closes(command));
    }
    BOOST_TEST(reader.next().text == "b NOOP");
}

BOOST_DATA_TEST_CASE(a_literal_may_be_as_long_as_the_bound_and_no_longer, pieces)
{
    Client client("a x {10}\r\n0123456789\r\n"
                  "b x {11}\r\n" // not sent: the client reads our BAD
                  "c x {11+}\r\n01234567\r\n9 {1+}\r\n\n\r\n"
                  "d NOOP\r\n",
                  sample);
    CommandReader reader(client, small);
    BOOST_TEST(reader.next().text == "a x {10}\r\n0123456789");
    BOOST_TEST(client.go_aheads == 1);
    Command command = reader.next();
    BOOST_TEST(command.text == "b");
    BOOST_TEST(why(command) == "The literal is too large");
    BOOST_TEST(!closes(command));
    command = reader.next();
    BOOST_TEST(command.text == "c");
    BOOST_TEST(why(command) == "The literal is too large");
    BOOST_TEST(!closes(command)); // small enough to be thrown away
    BOOST_TEST(reader.next().text == "d NOOP");
    BOOST_TEST(client.go_aheads == 1);
}

BOOST_AUTO_TEST_CASE(a_literal_on_its_way_that_is_far_too_large_closes)
{
    const auto announce = [](std::uint64_t octets) {
        return "a x {" + std::to_string(octets) + "+}\r\n";
    };
    const std::uint64_t most = CommandReader::max_skipped_literal;
    Client skipped(announce(most) + std::string(most, '\n') + "\r\nb NOOP\r\n");
    CommandReader reader(skipped, small);
    BOOST_TEST(!closes(reader.next()));
    BOOST_TEST(reader.next().text == "b NOOP");

    Client larger(announce(most + 1));
    CommandReader other(larger, small);
    BOOST_TEST(closes(other.next()));
    Client huge("a x {99999999999999999999999999+}\r\n");
    CommandReader third(huge, small);
    BOOST_TEST(closes(third.next()));
}

BOOST_DATA_TEST_CASE(many_literals_do_not_get_past_the_bound_of_the_command, pieces)
{
    std::string text = "a x";
    for (int i = 0; i < 10; ++i)
        text += " {10+}\r\n0123456789";
    Client client(text + "\r\nb NOOP\r\n", sample);
    CommandReader reader(client, small);
    const Command command = reader.next();
    BOOST_TEST(command.text == "a");
    BOOST_TEST(command.refusal.has_value());
    BOOST_TEST(reader.next().text == "b NOOP");
}

BOOST_DATA_TEST_CASE(a_long_line_that_ends_in_a_literal_is_skipped_with_it, pieces)
{
    const std::string filler(100, 'x');
    Client client("a " + filler +
                      " {3+}\r\n\r\n\n\r\n" // read and thrown away
                      "b " +
                      filler +
                      " {3}\r\n" // refused before it is sent
                      "c " +
                      filler +
                      " \"{3+}\r\n" // in a quoted string: none
                      "d " +
                      filler + " {100000+}\r\n",
                  sample);
    CommandReader reader(client, small);
    for (const char* tag : {"a", "b", "c"}) {
        const Command command = reader.next();
        BOOST_TEST(command.text == tag);
        BOOST_TEST(command.refusal.has_value());
        BOOST_TEST(!closes(command));
    }
    BOOST_TEST(closes(reader.next()));
    BOOST_TEST(client.go_aheads == 0);
}

BOOST_DATA_TEST_CASE(a_tag_that_was_cut_is_not_taken_for_one, pieces)
{
    Client client(std::string(100, 't') + " NOOP\r\n" + std::string(200, 't') + "\r\n",
                  sample);
    CommandReader reader(client, Bounds{imap::Parser::max_tag + 1, 10});
    BOOST_TEST(!reader.next().refusal.has_value());
    const Command command = reader.next();
    BOOST_TEST(command.text == "");
    BOOST_TEST(why(command) == "The command is too long");
}

BOOST_AUTO_TEST_CASE(a_line_of_a_gigabyte_is_skipped)
{
    Flood flood(std::uint64_t{1} << 30, "\r\nb NOOP\r\n");
    CommandReader reader(flood);
    const Command command = reader.next();
    BOOST_TEST(command.text == ""); // no tag in sight
    BOOST_TEST(why(command) == "The command is too long");
    BOOST_TEST(reader.next().text == "b NOOP");
}

BOOST_DATA_TEST_CASE(a_nul_is_refused_outside_literal8, pieces)
{
    using namespace std::string_literals;
    Client client("a x\0y\r\n"
                  "b x {1}\r\n\0 {1+}\r\n\n\r\n"
                  "c x ~{1}\r\n\0\r\n"
                  "d NOOP\r\n"s,
                  sample);
    CommandReader reader(client);
    for (const char* tag : {"a", "b"}) {
        const Command command = reader.next();
        BOOST_TEST(command.text == tag);
        BOOST_TEST(why(command) == "A command must not have a NUL in it");
    }
    BOOST_TEST(reader.next().text == "c x ~{1}\r\n\0"s);
    BOOST_TEST(reader.next().text == "d NOOP");
}

// --- What goes on beside commands

BOOST_DATA_TEST_CASE(reads_single_lines, pieces)
{
    Client client("dGVzdA==\r\n*\r\n\r\nDONE\n12345\r\n123456\r\nb NOOP\r\n", sample);
    CommandReader reader(client);
    BOOST_TEST(*reader.read_line(100) == "dGVzdA==");
    BOOST_TEST(*reader.read_line(100) == "*");
    BOOST_TEST(*reader.read_line(100) == "");
    BOOST_TEST(*reader.read_line(100) == "DONE");
    BOOST_TEST(*reader.read_line(5) == "12345");
    BOOST_TEST(!reader.read_line(5).has_value());
    BOOST_TEST(reader.next().text == "b NOOP");
}

BOOST_AUTO_TEST_CASE(knows_what_has_arrived)
{
    Client client("a NOOP\r\nb NOOP\r\nc N");
    CommandReader reader(client);
    BOOST_TEST(reader.arrived() == 0U);
    BOOST_TEST(!reader.has_line());
    reader.next();
    BOOST_TEST(reader.has_line());
    reader.next();
    BOOST_TEST(!reader.has_line());
    BOOST_TEST(reader.arrived() == 3U);
    BOOST_TEST(reader.take_input() == "c N");
    BOOST_TEST(reader.arrived() == 0U);
    BOOST_TEST(reader.take_input() == "");
}

BOOST_DATA_TEST_CASE(takes_what_comes_before_a_line_is_whole, pieces)
{
    Client client("a NOOP\r\nDONE\r\nb NOOP\r\n", sample);
    CommandReader reader(client);
    BOOST_TEST(reader.next().text == "a NOOP");
    while (!reader.has_line()) {
        const std::size_t before = reader.arrived();
        reader.read_ahead();
        BOOST_TEST(reader.arrived() > before);
    }
    BOOST_TEST(*reader.read_line(64) == "DONE");
    BOOST_TEST(reader.next().text == "b NOOP");
}

BOOST_AUTO_TEST_CASE(goes_on_where_another_process_left_off)
{
    Client client("OP\r\n");
    CommandReader reader(client);
    reader.preload("b NO");
    reader.preload("a NOOP\r\n");
    BOOST_TEST(reader.next().text == "a NOOP");
    BOOST_TEST(reader.next().text == "b NOOP");
}

BOOST_AUTO_TEST_CASE(bounds_can_be_changed_between_commands)
{
    Client client(
        "a xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\nb xxxxxxxxxxxxxxxxxxxxxxxxxx\r\n");
    CommandReader reader(client, Bounds{10, 10});
    BOOST_TEST(reader.next().refusal.has_value());
    reader.set_bounds(small);
    BOOST_TEST(!reader.next().refusal.has_value());
}

BOOST_AUTO_TEST_CASE(leaves_the_message_of_a_replace_to_its_handler)
{
    Client client("a REPLACE 4 x {2+}\r\nyy\r\nb uid replace 5 {1+}\r\nx {2+}\r\nyy\r\n"
                  "c REPLACE 0 x {2+}\r\nyy\r\nd UID APPEND x {2+}\r\nyy\r\n"
                  "e REPLACE * x {2+}\r\nyy\r\nf REPLACE *1 x {2+}\r\nyy\r\n");
    CommandReader reader(client, CommandReader::after_login);
    BOOST_TEST(reader.next().text == "a REPLACE 4 x ");
    BOOST_TEST(reader.next().text == "b uid replace 5 {1}\r\nx ");
    BOOST_TEST(reader.next().text == "c REPLACE 0 x {2}\r\nyy");
    BOOST_TEST(reader.next().text == "d UID APPEND x {2}\r\nyy");
    BOOST_TEST(reader.next().text == "e REPLACE * x ");
    BOOST_TEST(reader.next().text == "f REPLACE *1 x {2}\r\nyy");
}

BOOST_AUTO_TEST_CASE(bounds_what_does_not_wait_where_the_settings_say_so)
{
    Bounds bounds = CommandReader::after_login;
    bounds.non_synchronizing = imap::max_literal_minus;
    const std::string at(imap::max_literal_minus, 'x');
    Client client("a LIST \"\" {4096+}\r\n" + at + "\r\nb LIST \"\" {4097+}\r\n" + at +
                  "x\r\nc LIST \"\" {4097}\r\n" + at + "x\r\nd NOOP\r\n");
    CommandReader reader(client, bounds);
    BOOST_TEST(!reader.next().refusal);
    const Command refused = reader.next();
    BOOST_REQUIRE(refused.refusal.has_value());
    BOOST_TEST((refused.refusal->after == Refusal::After::Continue));
    BOOST_TEST(refused.text == "b");
    BOOST_TEST(client.go_aheads == 0);
    BOOST_TEST(!reader.next().refusal);
    BOOST_TEST(client.go_aheads == 1);
    BOOST_TEST(reader.next().text == "d NOOP");
}

BOOST_AUTO_TEST_SUITE_END()
