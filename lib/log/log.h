// SPDX-License-Identifier: ISC
/// \file
/// Events with fields, one a line: `login user=ann ip=2001:db8::7 method=PLAIN`.
///
/// A field's name, once published, is an interface: fail2ban reads it. Values may
/// come from a client: they are quoted, escaped and cut here, so that nobody can
/// forge a line or fill the disk with one.
///
/// The namespace is `logging`, not `log` as the path would have it: C's logarithm
/// has that name for itself, in every file that <cmath> reaches.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "log/sink.h"

namespace logging {

/// One `name=value`. The name is ours and written as it is.
struct Field {
    /// More octets of a value than these are cut, which three dots show.
    static constexpr std::size_t max_value = 512;

    Field(std::string_view its_name, std::string_view its_value)
        : name(its_name), value(its_value)
    {
    }
    Field(std::string_view its_name, const char* its_value)
        : name(its_name), value(its_value)
    {
    }
    Field(std::string_view its_name, std::string its_value)
        : name(its_name), value(std::move(its_value))
    {
    }
    template <std::integral Integer>
    Field(std::string_view its_name, Integer its_value)
        : name(its_name), value(std::to_string(its_value))
    {
    }

    /// `name=value`, with the value in quotes if it is empty or has a space, a
    /// control character, `=`, a quote, a backslash or an octet outside ASCII.
    /// Inside the quotes: `\"`, `\\`, `\n`, `\r`, `\t`, else `\xHH`.
    std::string to_text() const;

    std::string_view name; ///< of static storage
    std::string value;
};

/// What writes events, with the fields that all of one session's events share.
/// A copy costs one string.
class Log {
public:
    Log() = default;

    /// Something that happens in the ordinary run of things.
    void info(std::string_view event, std::initializer_list<Field> fields = {}) const;
    /// Something the administrator should look at one day.
    void warn(std::string_view event, std::initializer_list<Field> fields = {}) const;
    /// Something that keeps us from doing our work.
    void error(std::string_view event, std::initializer_list<Field> fields = {}) const;

    /// A log whose every event carries `fields` after those of this one.
    Log with(std::initializer_list<Field> fields) const;

private:
    void write(Level level, std::string_view event,
               std::initializer_list<Field> fields) const;

    std::string prefix_; ///< " name=value" of every shared field
};

} // namespace logging
