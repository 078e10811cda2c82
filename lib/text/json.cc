// SPDX-License-Identifier: ISC
#include "text/json.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include "text/utf8.h"

namespace text {

using base::Errc;
using base::Error;
using base::Result;

namespace {

void append_utf8(std::string& to, std::uint32_t c)
{
    const auto octet = [&](std::uint32_t value) { to += static_cast<char>(value); };
    if (c < 0x80) {
        octet(c);
    } else if (c < 0x800) {
        octet(0xc0 | c >> 6);
        octet(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        octet(0xe0 | c >> 12);
        octet(0x80 | (c >> 6 & 0x3f));
        octet(0x80 | (c & 0x3f));
    } else {
        octet(0xf0 | c >> 18);
        octet(0x80 | (c >> 12 & 0x3f));
        octet(0x80 | (c >> 6 & 0x3f));
        octet(0x80 | (c & 0x3f));
    }
}

} // namespace

/// A recursive descent over the grammar of RFC 8259 §2 to §7. Throws Error.
class JsonParser {
public:
    explicit JsonParser(std::string_view text) : rest_(text) {}

    Json whole()
    {
        Json value = this->value(0);
        skip_space();
        if (!rest_.empty())
            fail("something behind the value");
        return value;
    }

private:
    [[noreturn]] static void fail(const char* what)
    {
        throw Error{Errc::Syntax, std::string("JSON: ") + what, 0};
    }

    void skip_space()
    {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    }

    bool accept(std::string_view token)
    {
        if (!rest_.starts_with(token))
            return false;
        rest_.remove_prefix(token.size());
        return true;
    }

    Json value(int depth)
    {
        if (depth > Json::max_depth)
            throw Error{Errc::Limit, "JSON: too deep", 0};
        skip_space();
        Json made;
        if (accept("{"))
            made.value_ = object(depth);
        else if (accept("["))
            made.value_ = array(depth);
        else if (accept("\""))
            made.value_ = string();
        else if (accept("true"))
            made.value_ = true;
        else if (accept("false"))
            made.value_ = false;
        else if (!accept("null"))
            made.value_ = number();
        return made;
    }

    Json::Object object(int depth)
    {
        Json::Object members;
        skip_space();
        if (accept("}"))
            return members;
        do {
            skip_space();
            if (!accept("\""))
                fail("a member without a name");
            std::string name = string();
            skip_space();
            if (!accept(":"))
                fail("a member without a value");
            if (!members.emplace(std::move(name), value(depth + 1)).second)
                fail("two members of one name");
            skip_space();
        } while (accept(","));
        if (!accept("}"))
            fail("an object without an end");
        return members;
    }

    Json::Array array(int depth)
    {
        Json::Array elements;
        skip_space();
        if (accept("]"))
            return elements;
        do {
            elements.push_back(value(depth + 1));
            skip_space();
        } while (accept(","));
        if (!accept("]"))
            fail("an array without an end");
        return elements;
    }

    /// Behind its first quote.
    std::string string()
    {
        std::string made;
        for (;;) {
            if (rest_.empty())
                fail("a string without an end");
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '"')
                return made;
            if (static_cast<unsigned char>(c) < 0x20)
                fail("a control character in a string");
            if (c == '\\')
                escape(made);
            else
                made += c;
        }
    }

    void escape(std::string& to)
    {
        constexpr std::string_view names = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (accept("u"))
            return append_utf8(to, escaped_character());
        const std::size_t which =
            rest_.empty() ? rest_.npos : names.find(rest_.front());
        if (which == std::string_view::npos)
            fail("an unknown escape");
        to += meanings[which];
        rest_.remove_prefix(1);
    }

    /// Behind `\u`: one unit of UTF-16, or two (RFC 8259 §7).
    std::uint32_t escaped_character()
    {
        const std::uint32_t first = unit();
        if (first < 0xd800 || first > 0xdfff)
            return first;
        if (first > 0xdbff || !accept("\\u"))
            fail("half a character");
        const std::uint32_t second = unit();
        if (second < 0xdc00 || second > 0xdfff)
            fail("half a character");
        return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    }

    std::uint32_t unit()
    {
        std::uint32_t value = 0;
        const std::string_view digits = rest_.substr(0, 4);
        const char* const end = digits.data() + digits.size();
        if (digits.size() != 4 ||
            std::from_chars(digits.data(), end, value, 16).ptr != end)
            fail("an unknown escape");
        rest_.remove_prefix(4);
        return value;
    }

    double number()
    {
        const std::string_view text =
            rest_.substr(0, rest_.find_first_not_of("0123456789+-.eE"));
        double value = 0;
        const auto [end, failure] =
            std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || failure != std::errc() || end != text.data() + text.size())
            fail("not a value");
        rest_.remove_prefix(text.size());
        return value;
    }

    std::string_view rest_;
};

Result<Json> Json::parse(std::string_view text)
{
    if (!valid_utf8(text)) // RFC 8259 §8.1
        return Error{Errc::Syntax, "JSON: not UTF-8", 0};
    try {
        return JsonParser(text).whole();
    } catch (const Error& error) { // the way out of the recursion
        return error;
    }
}

const Json* Json::member(std::string_view name) const
{
    const auto* const object = std::get_if<Object>(&value_);
    if (object == nullptr)
        return nullptr;
    const auto found = object->find(name);
    return found == object->end() ? nullptr : &found->second;
}

const std::string* Json::string() const
{
    return std::get_if<std::string>(&value_);
}

std::optional<double> Json::number() const
{
    const auto* const value = std::get_if<double>(&value_);
    return value == nullptr ? std::nullopt : std::optional(*value);
}

const Json::Array* Json::array() const
{
    return std::get_if<Array>(&value_);
}

} // namespace text
