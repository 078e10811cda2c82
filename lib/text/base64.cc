// SPDX-License-Identifier: ISC
#include "text/base64.h"

#include <algorithm>

namespace text {
namespace {

constexpr std::uint32_t octet(char c)
{
    return static_cast<unsigned char>(c);
}

base::Error not_base64()
{
    return {base::Errc::Syntax, "not base64"};
}

} // namespace

std::string base64_encode(std::string_view bytes)
{
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    while (!bytes.empty()) {
        const std::size_t n = std::min<std::size_t>(bytes.size(), 3);
        std::uint32_t bits = octet(bytes[0]) << 16;
        if (n > 1)
            bits |= octet(bytes[1]) << 8;
        if (n > 2)
            bits |= octet(bytes[2]);
        out += base64_alphabet[bits >> 18];
        out += base64_alphabet[bits >> 12 & 63];
        out += n > 1 ? base64_alphabet[bits >> 6 & 63] : '=';
        out += n > 2 ? base64_alphabet[bits & 63] : '=';
        bytes.remove_prefix(n);
    }
    return out;
}

base::Result<std::string> base64_decode(std::string_view text)
{
    if (text.size() % 4 != 0)
        return not_base64();
    std::size_t padding = 0;
    while (padding < 2 && !text.empty() && text.back() == '=') {
        text.remove_suffix(1);
        ++padding;
    }

    std::string out;
    out.reserve((text.size() + padding) / 4 * 3);
    std::uint32_t bits = 0;
    int held = 0; // bits that are not yet an octet
    for (const char c : text) {
        const int value = base64_value(c);
        if (value < 0)
            return not_base64();
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out += static_cast<char>(bits >> held & 0xff);
            bits &= (1u << held) - 1;
        }
    }
    if (bits != 0) // what padding says is not there must be zero
        return not_base64();
    return out;
}

} // namespace text
