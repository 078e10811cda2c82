// SPDX-License-Identifier: ISC
/// \file
/// JSON, RFC 8259: as much of it as tokens and key sets need. Read, not written.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace text {

/// A value. Of two members of one name the text is refused (RFC 7519 §4 allows that):
/// whoever signs a token and whoever reads it must not mean different ones.
class Json {
public:
    /// Deeper ones are refused. Unit: arrays and objects within each other.
    static constexpr int max_depth = 16;

    using Array = std::vector<Json>;
    using Object = std::map<std::string, Json, std::less<>>;

    /// Parses one whole text. Errors: Syntax; Limit for one that is too deep.
    static base::Result<Json> parse(std::string_view text);

    /// The member of that name. Null if there is none, or if this is no object.
    const Json* member(std::string_view name) const;
    /// The string this is, if it is one.
    const std::string* string() const;
    /// The number this is, if it is one.
    std::optional<double> number() const;
    const Array* array() const;

private:
    friend class JsonParser;
    std::variant<std::nullptr_t, bool, double, std::string, Array, Object> value_ =
        nullptr;
};

} // namespace text
