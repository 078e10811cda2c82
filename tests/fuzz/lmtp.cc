// SPDX-License-Identifier: ISC
/// \file
/// LMTP: command lines, and the framing of messages, which must not depend on how the
/// input is cut. Input: an octet for the size of the pieces, then a line, then data.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "deliver/lmtp_command.h"
#include "deliver/lmtp_data.h"

namespace {

using deliver::LmtpData;

void require(bool is_so)
{
    if (!is_so)
        std::abort();
}

void parse(std::string_view line)
{
    const auto command = deliver::split_command(line);
    require(line.ends_with(command.rest));
    for (const char* const prefix : {"FROM:", "TO:"}) {
        if (const auto path = deliver::parse_path(command.rest, prefix))
            require(path->address.find('\n') == path->address.npos);
    }
    static_cast<void>(deliver::parse_chunk(command.rest));
}

/// What is stored of `wire`, and then how much of it was taken.
std::string stored(LmtpData::Framing framing, std::string_view wire, std::size_t step)
{
    LmtpData data(framing);
    std::string out;
    std::size_t taken = 0;
    while (taken < wire.size() && !data.has_ended())
        taken += data.feed(wire.substr(taken, step), out);
    if (framing == LmtpData::Framing::Chunks) {
        require(taken == wire.size());
        data.finish(out);
    }
    require(out.size() <= taken);
    require(out.find("\r\n") == out.npos || out.find("\r\r\n") != out.npos ||
            wire.find("\r\r\n") != wire.npos);
    return out + std::to_string(taken);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    parse(text.substr(0, text.find('\n')));
    for (const auto framing : {LmtpData::Framing::Dots, LmtpData::Framing::Chunks})
        require(stored(framing, text, text.size() + 1) ==
                stored(framing, text, 1 + std::size_t{data[0]}));
    return 0;
}
