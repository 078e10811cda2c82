// SPDX-License-Identifier: ISC
/// \file
/// The kinds of values that keys have: how each is read and written. A kind has
///
///     static base::Status read(std::string_view text, Value& into)
///     static std::string written(const Value& value)
///
/// Errors of `read` are always Syntax; their text says what is wrong and what would be
/// right, and `into` is as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/values.h"

namespace config {

base::Error wrong(std::string text);

/// Kinds of text, and of lists of it, are functions that read it.
template <base::Status (*Read)(std::string_view, std::string&)>
struct Text {
    static constexpr auto read = Read;
    static std::string written(const std::string& value) { return value; }
};

std::string joined(const std::vector<std::string>& words);

template <base::Status (*Read)(std::string_view, std::vector<std::string>&)>
struct List {
    static constexpr auto read = Read;
    static std::string written(const std::vector<std::string>& value)
    {
        return joined(value);
    }
};

/// One word, or nothing.
base::Status read_name(std::string_view text, std::string& into);
/// A name that must be there.
base::Status read_user(std::string_view text, std::string& into);
/// An absolute path, or nothing.
base::Status read_path(std::string_view text, std::string& into);

/// One of the words that a key can be.
template <class Value>
struct WordFor {
    const char* text;
    Value value;
};

inline constexpr WordFor<bool> yes_no[] = {{"yes", true}, {"no", false}};

/// `Among`: an array of `WordFor<Value>`.
template <const auto& Among>
struct Word {
    static auto written(auto value)
    {
        for (const auto& word : Among)
            if (word.value == value)
                return std::string(word.text);
        return std::string();
    }

    template <class Value>
    static base::Status read(std::string_view text, Value& into)
    {
        std::string right;
        for (const auto& word : Among) {
            if (text == word.text) {
                into = word.value;
                return base::Done{};
            }
            const bool is_last = &word == std::end(Among) - 1;
            right += (right.empty() ? ""
                      : is_last     ? " or "
                                    : ", ") +
                     std::string(word.text);
        }
        return wrong("\"" + std::string(text) + "\" is not known; write " + right);
    }
};

template <class Value>
base::Status keep(base::Result<Value> value, Value& into)
{
    if (!value)
        return value.error();
    into = *value;
    return base::Done{};
}

template <std::uint64_t Least, std::uint64_t Most>
struct Number {
    static base::Status read(std::string_view text, std::uint64_t& into)
    {
        return keep(parse_number(text, Least, Most), into);
    }
    static std::string written(std::uint64_t value) { return std::to_string(value); }
};

/// More than any disk.
inline constexpr std::uint64_t most_octets = std::uint64_t{1} << 50;

template <std::uint64_t Least, std::uint64_t Most>
struct Size {
    static base::Status read(std::string_view text, std::uint64_t& into)
    {
        return keep(parse_size(text, Least, Most), into);
    }
    static std::string written(std::uint64_t value) { return size_to_text(value); }
};

/// In seconds.
template <std::int64_t Least, std::int64_t Most>
struct Time {
    static base::Status read(std::string_view text, std::int64_t& into)
    {
        return keep(parse_time(text, Least, Most), into);
    }
    static std::string written(std::int64_t value) { return time_to_text(value); }
};

/// Nothing is 0.
template <class Kind>
struct OrZero : Kind {
    static base::Status read(std::string_view text, auto& into)
    {
        return Kind::read(text.empty() ? "0" : text, into);
    }
};

} // namespace config
