// SPDX-License-Identifier: ISC
/// \file
/// LIST patterns, against a matcher that is written from the definition and takes
/// exponential time. Input: separator, pattern, LF, name.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "imap/list_pattern.h"
#include "text/ascii.h"

namespace {

/// Longer inputs are not compared: the definition would take for ever.
constexpr std::size_t max_compared = 14;

bool matches_by_definition(std::string_view pattern, std::string_view name,
                           std::size_t caseless, char separator)
{
    if (pattern.empty())
        return name.empty();
    const char p = pattern.front();
    if (p == '*' || p == '%') {
        if (matches_by_definition(pattern.substr(1), name, caseless, separator))
            return true;
        return !name.empty() &&
               (p == '*' || separator == '\0' || name[0] != separator) &&
               matches_by_definition(pattern, name.substr(1), caseless - (caseless > 0),
                                     separator);
    }
    if (name.empty())
        return false;
    const bool same =
        p == name[0] || (caseless > 0 && text::to_lower(p) == text::to_lower(name[0]));
    return same && matches_by_definition(pattern.substr(1), name.substr(1),
                                         caseless - (caseless > 0), separator);
}

std::size_t caseless_octets(std::string_view name, char separator)
{
    const std::string_view level =
        separator == '\0' ? name : name.substr(0, name.find(separator));
    return text::equal_ignoring_case(level, "INBOX") ? 5 : 0;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line = input.find('\n');
    if (line == std::string_view::npos || line == 0)
        return 0;
    const char separator = input[0];
    if (separator == '*' || separator == '%')
        return 0;
    const std::string_view text = input.substr(1, line - 1);
    const std::string_view name = input.substr(line + 1);
    const imap::ListPattern pattern(text, separator);
    const bool is_match = pattern.matches(name);
    if (is_match && separator != '\0') { // then no level above it may be passed by
        for (std::size_t at = name.find(separator); at != std::string_view::npos;
             at = name.find(separator, at + 1)) {
            if (!pattern.may_match_below(name.substr(0, at)) && at + 1 < name.size())
                std::abort();
        }
    }
    if (text.size() > max_compared || name.size() > max_compared)
        return 0;
    if (is_match !=
        matches_by_definition(text, name, caseless_octets(name, separator), separator))
        std::abort();
    return 0;
}
