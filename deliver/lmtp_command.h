// SPDX-License-Identifier: ISC
/// \file
/// Command lines of LMTP: RFC 2033 §4, which takes them from RFC 5321 §4.1; BDAT is
/// RFC 3030 §2. Text in, values out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace deliver {

/// One line, its word in capitals and the rest as it came.
struct LmtpCommand {
    std::string word;
    std::string_view rest; ///< of the line that was parsed
};
LmtpCommand split_command(std::string_view line);

/// What stands after MAIL FROM: or RCPT TO:, an address and parameters.
struct LmtpPath {
    /// Without angle brackets, source route (RFC 5321 appendix C) and the quotes of
    /// its local part; empty for `<>`.
    std::string address;
    struct Parameter {
        std::string keyword; ///< in capitals
        std::string value;   ///< empty if there is none
    };
    std::vector<Parameter> parameters;
};

/// Parses `rest` of MAIL (`prefix` is "FROM:") or RCPT ("TO:"). Octets above 127 are
/// taken as RFC 6531 has them. A space after the colon is tolerated.
///
/// Errors: Syntax.
base::Result<LmtpPath> parse_path(std::string_view rest, std::string_view prefix);

/// `rest` of BDAT: how many octets follow, and whether they are the last.
struct LmtpChunk {
    std::uint64_t octets = 0;
    bool is_last = false;
};
/// Errors: Syntax.
base::Result<LmtpChunk> parse_chunk(std::string_view rest);

/// Decimal digits only; nothing for anything else, and past 2^63.
std::optional<std::uint64_t> parse_octets(std::string_view text);

} // namespace deliver
