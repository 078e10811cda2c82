// SPDX-License-Identifier: ISC
/// \file
/// Folding by utf8proc, piece by piece.
///
/// utf8proc puts combining marks in order by swapping neighbours, which is
/// quadratic in the length of a run of them, and holds four octets for every one
/// of the text. So we hand it pieces: a cut before a starter that is also ASCII
/// is exact, and so is one before any starter; only a run of marks longer than a
/// piece is cut where it should not be, and no language has those.

#include "text/fold.h"

#include <cstdlib>
#include <memory>

#include <utf8proc.h>

#include "text/ascii.h"
#include "text/utf8.h"

namespace text {
namespace {

/// From here on a piece ends at the next starter; at the second it ends anyway.
constexpr std::size_t piece_octets = 512;
constexpr std::size_t max_piece_octets = 1024;

bool is_starter(char32_t c)
{
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class ==
           0;
}

/// How much of `s`, which is valid and not empty, to fold at once.
std::size_t piece_size(std::string_view s)
{
    std::size_t size = next_code_point(s).size;
    while (size < s.size() && is_8bit(s[size])) {
        const CodePoint next = next_code_point(s.substr(size));
        if (size + next.size > max_piece_octets)
            break;
        if (size >= piece_octets && is_starter(next.value))
            break;
        size += next.size;
    }
    return size;
}

std::string fold_piece(std::string_view s)
{
    utf8proc_uint8_t* folded = nullptr;
    constexpr auto options = static_cast<utf8proc_option_t>(
        UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
        UTF8PROC_IGNORE);
    const utf8proc_ssize_t size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(s.data()),
                     static_cast<utf8proc_ssize_t>(s.size()), &folded, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(folded,
                                                                        &std::free);
    if (size < 0) // cannot happen with valid UTF-8, short of memory
        return std::string(s);
    return {reinterpret_cast<const char*>(folded), static_cast<std::size_t>(size)};
}

std::string fold_valid(std::string_view s)
{
    std::string out;
    out.reserve(s.size());
    while (!s.empty()) {
        const bool alone = s.size() == 1 || !is_8bit(s[1]);
        if (!is_8bit(s.front()) && alone) {
            out += to_lower(s.front());
            s.remove_prefix(1);
            continue;
        }
        const std::size_t size = piece_size(s);
        out += fold_piece(s.substr(0, size));
        s.remove_prefix(size);
    }
    return out;
}

} // namespace

std::string fold(std::string_view utf8)
{
    return valid_utf8(utf8) ? fold_valid(utf8) : fold_valid(repair_utf8(utf8));
}

} // namespace text
