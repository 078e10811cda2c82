// SPDX-License-Identifier: ISC
/// \file
/// The reader of commands: what it gives does not depend on how the octets arrive, and
/// never is more than its bounds allow.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "imap/command_reader.h"

namespace {

using imap::Command;
using imap::CommandReader;

constexpr CommandReader::Bounds bounds{150, 20};
/// A literal's header inside a command, which its bound does not count.
constexpr std::size_t header_octets = 8;

struct Gone {};

class Client final : public imap::ByteSource {
public:
    Client(std::string_view text, std::size_t piece) : text_(text), piece_(piece) {}
    std::string_view more() override
    {
        if (text_.empty())
            throw Gone{};
        // A copy of its own, so that a view kept too long is seen by the sanitizer.
        octets_ = std::string(text_.substr(0, piece_));
        octets_.shrink_to_fit();
        text_.remove_prefix(octets_.size());
        return octets_;
    }
    void go_ahead() override { ++go_aheads; }

    int go_aheads = 0;

private:
    std::string_view text_;
    std::size_t piece_;
    std::string octets_;
};

void check(const Command& command)
{
    if (command.text.size() > bounds.command + header_octets)
        std::abort();
    if (command.refusal && (command.pending || command.text.size() > 128))
        std::abort();
}

/// One way for a handler to deal with a literal, chosen by the literal's size.
void handle_literal(CommandReader& reader, std::string& log, std::uint64_t octets)
{
    if (octets % 5 == 0) {
        reader.refuse_literal();
        return;
    }
    if (octets % 5 == 1)
        return; // the next command is asked for at once
    for (int messages = 0; messages < 4; ++messages) {
        reader.accept_literal();
        if (octets % 5 == 2) { // stops after the first octet
            log += reader.read_literal(1);
            return;
        }
        std::uint64_t read = 0;
        for (auto piece = reader.read_literal(7); !piece.empty();
             piece = reader.read_literal(7)) {
            log += piece;
            read += piece.size();
        }
        const Command rest = reader.rest_of_line();
        check(rest);
        log += "/" + rest.text;
        if (read != octets)
            std::abort();
        if (!rest.pending)
            return;
        octets = rest.pending->octets;
    }
}

/// All that comes out of `input`, as text.
std::string run(std::string_view input, std::size_t piece)
{
    Client client(input, piece);
    CommandReader reader(client, bounds);
    std::string log;
    try {
        for (;;) {
            const Command command = reader.next();
            check(command);
            log += "[" + command.text + "]";
            if (command.refusal) {
                log += command.refusal->why;
                if (command.refusal->after == imap::Refusal::After::Close)
                    break;
            }
            if (command.pending)
                handle_literal(reader, log, command.pending->octets);
            if (command.text == "line") {
                const auto line = reader.read_line(10);
                log += line.value_or("(too long)");
            }
        }
    } catch (const Gone&) {
        log += "gone";
    }
    return log + std::to_string(client.go_aheads);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string whole = run(input, std::string_view::npos);
    if (run(input, 1) != whole || run(input, 3) != whole)
        std::abort();
    return 0;
}
