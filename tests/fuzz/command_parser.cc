// SPDX-License-Identifier: ISC
/// \file
/// The tokens of commands: whatever is taken has a wire form that is taken again, for
/// the same value. Input: a letter for each operation, LF, the command.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "imap/list_pattern.h"
#include "imap/parser.h"
#include "imap/writer.h"

namespace {

using imap::Parser;

void require(bool is_so)
{
    if (!is_so)
        std::abort();
}

/// A string has a wire form that gives the string back, unless NULs had to go.
void check_string(const std::string& value)
{
    const std::string wire = imap::astring(value);
    require(wire.find('\0') == std::string::npos);
    Parser in(wire);
    const std::string again = in.astring();
    in.end();
    if (value.find('\0') == std::string::npos)
        require(again == value);
    else
        require(again.size() == value.size());
}

void check_flags(const imap::Flags& flags)
{
    require(flags.keywords.size() <= imap::Flags::max_keywords);
    const std::string wire = flags.to_text();
    Parser in(wire);
    require(in.flags() == flags);
    in.end();
}

void check_date_time(const imap::DateTime& when)
{
    // Within a day of the years 0 and 9999 the zone can push a date off the calendar.
    if (when.seconds < -62167219200 + 86400 || when.seconds > 253402300799 - 86400)
        return;
    const std::string wire = imap::to_text(when);
    require(wire.size() == 28);
    Parser in(wire);
    require(in.date_time() == when);
    in.end();
}

void take(Parser& in, char operation)
{
    const std::size_t before = in.rest().size();
    switch (operation) {
    case 'a':
        return check_string(in.astring());
    case 's':
        return check_string(in.string());
    case 'n':
        return check_string(in.nstring().value_or(""));
    case 'l':
        return check_string(std::string(in.literal()));
    case 'm':
        return check_string(in.mailbox());
    case 'p':
        return check_string(in.list_mailbox());
    case 't':
        return check_string(std::string(in.tag()));
    case 'A':
        return require(imap::is_atom(in.atom()));
    case 'w':
        return require(!in.command_word().empty());
    case 'f':
        return check_flags(in.flags());
    case 'd':
        return require(imap::is_valid(in.date()));
    case 'D':
        return check_date_time(in.date_time());
    case '1':
        in.number();
        return;
    case '2':
        return require(in.nz_number() != 0);
    case '6':
        return require(in.number64() <= INT64_MAX);
    case 'S':
        in.sequence_set();
        return;
    case 'x':
        return require(!in.section_part().empty());
    case 'h':
        for (const std::string& name : in.header_list())
            check_string(name);
        return;
    case 'P':
        return require(in.partial().octets != 0);
    case 'k':
        in.keyword();
        return;
    default:
        in.space();
        require(in.rest().size() == before - 1);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line = input.find('\n');
    if (line == std::string_view::npos)
        return 0;
    Parser in(input.substr(line + 1));
    try {
        for (const char operation : input.substr(0, line))
            take(in, operation);
        in.end();
    } catch (const imap::SyntaxError& e) {
        const std::string_view message = e.what();
        require(!message.empty() && imap::response_text(message) == message);
    }
    return 0;
}
