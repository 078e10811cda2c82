// SPDX-License-Identifier: ISC
/// \file
/// The values of Content-Type and Content-Disposition. RFC 2045 §5.1, RFC 2183 §2,
/// RFC 2231.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mime {

/// A parameter with its continuations (`name*0`, `name*1`) put together. RFC 2231
/// §6 wants BODYSTRUCTURE to show it so, and no further decoded: a name that
/// still ends with `*` has a value of the form `charset'language'percent-encoded`.
struct Parameter {
    std::string name;  ///< as written, without section numbers
    std::string value; ///< quotes and backslashes taken out
    bool operator==(const Parameter&) const = default;
};

using Parameters = std::vector<Parameter>;

/// Parameters past this number are left out.
inline constexpr std::size_t max_parameters = 1000;

/// The plain value, in UTF-8, of the parameter `name` (of any case, without `*`):
/// charset and percents decoded, encoded words too, since many mailers use them
/// for file names. Of `name*` and `name`, the first is taken (RFC 2231 §4 lets
/// the second be for old readers).
std::optional<std::string> parameter(const Parameters& parameters,
                                     std::string_view name);

/// A media type. `type` is empty if the value has none that can be read.
struct ContentType {
    std::string type;    ///< as written
    std::string subtype; ///< as written
    Parameters parameters;
};

/// A disposition (`inline`, `attachment`, …), empty if it cannot be read.
struct Disposition {
    std::string value; ///< as written
    Parameters parameters;
    bool operator==(const Disposition&) const = default;
};

/// Reads the value of a field, folded or not. Nothing fails; what cannot be read
/// is left out. Linear.
ContentType parse_content_type(std::string_view value);
Disposition parse_disposition(std::string_view value);

/// One word, for fields like Content-Transfer-Encoding: the first token of the
/// value, without comments; empty if there is none.
std::string parse_token(std::string_view value);

/// The words of a list with commas, as Content-Language has it. RFC 3282.
std::vector<std::string> parse_token_list(std::string_view value);

} // namespace mime
