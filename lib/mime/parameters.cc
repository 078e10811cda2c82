// SPDX-License-Identifier: ISC
#include "mime/parameters.h"

#include <algorithm>
#include <map>
#include <utility>

#include "mime/lexer.h"
#include "text/ascii.h"
#include "text/charset.h"
#include "text/utf8.h"
#include "text/words.h"

namespace mime {
namespace {

/// The tspecials of RFC 2045 §5.1 that we hold people to. Brackets, `@`, `?` and
/// so on in a value without quotes are wrong and common (`name=a[1].txt`).
constexpr std::string_view specials = ";,=/";

/// A parameter before its sections are joined.
struct Written {
    std::string base;      ///< without section number and final `*`
    int section = -1;      ///< -1: it has none
    bool extended = false; ///< the name ended with `*`
    std::string value;
};

/// name ["*" section] ["*"], RFC 2231 §7.
Written split_name(std::string name, std::string value)
{
    Written written{name, -1, false, std::move(value)};
    if (written.base.size() > 1 && written.base.ends_with('*')) {
        written.extended = true;
        written.base.pop_back();
    }
    const std::size_t star = written.base.rfind('*');
    if (star == std::string::npos || star == 0)
        return written;
    const std::string_view digits = std::string_view(written.base).substr(star + 1);
    const bool good = !digits.empty() && digits.size() <= 4 &&
                      std::all_of(digits.begin(), digits.end(), text::is_digit) &&
                      (digits.size() == 1 || digits[0] != '0');
    if (!good)
        return written;
    int section = 0;
    for (const char c : digits)
        section = section * 10 + (c - '0');
    written.section = section;
    written.base.resize(star);
    return written;
}

/// Percents of a plain section that is to stand among encoded ones.
std::string escape_percent(std::string_view value)
{
    std::string out;
    for (const char c : value)
        c == '%' ? out += "%25" : out += c;
    return out;
}

/// Sections of one name, in order from 0, as one parameter.
Parameter join(const std::string& base, const std::map<int, const Written*>& sections)
{
    bool extended = false;
    int next = 0;
    for (const auto& [number, written] : sections)
        if (number == next && ++next > 0)
            extended = extended || written->extended;

    Parameter parameter{extended ? base + '*' : base, {}};
    for (int i = 0; i < next; ++i) {
        const Written& written = *sections.at(i);
        parameter.value += extended && !written.extended ? escape_percent(written.value)
                                                         : written.value;
    }
    return parameter;
}

Parameters assemble(const std::vector<Written>& all)
{
    std::map<std::string, std::map<int, const Written*>> sections;
    for (const Written& written : all)
        if (written.section >= 0)
            sections[text::to_lower(written.base)].emplace(written.section, &written);

    Parameters parameters;
    for (const Written& written : all) {
        if (written.section < 0) {
            parameters.push_back(
                {written.base + (written.extended ? "*" : ""), written.value});
            continue;
        }
        // The whole stands where its first section was written.
        const auto found = sections.find(text::to_lower(written.base));
        if (found == sections.end())
            continue;
        if (found->second.begin()->first == 0)
            parameters.push_back(join(written.base, found->second));
        sections.erase(found);
    }
    return parameters;
}

/// *(";" attribute "=" value), and what mailers make of it.
class ParameterReader {
public:
    explicit ParameterReader(std::string_view value) : lexer_(value, specials)
    {
        advance();
    }

    Parameters parameters()
    {
        std::vector<Written> all;
        while (token_.kind != Token::Kind::End && all.size() < max_parameters) {
            if (token_.kind != Token::Kind::Word) {
                advance();
                continue;
            }
            std::string name = word();
            if (!token_.is('='))
                continue;
            advance();
            if (token_.kind == Token::Kind::End || token_.is(';'))
                continue; // `name=` says nothing
            all.push_back(split_name(std::move(name), value()));
        }
        return assemble(all);
    }

    /// A token, or nothing.
    std::string word()
    {
        std::string text;
        if (token_.kind == Token::Kind::Word) {
            text = std::move(token_.text);
            advance();
        }
        return text;
    }

    bool accept(char special)
    {
        if (!token_.is(special))
            return false;
        advance();
        return true;
    }

private:
    /// A quoted string, or all that stands together: `=` and `/` are in values
    /// without quotes, too.
    std::string value()
    {
        std::string text = std::move(token_.text);
        const bool quoted = token_.kind == Token::Kind::Quoted;
        advance();
        while (!quoted && !token_.after_space &&
               (token_.kind == Token::Kind::Word || token_.is('=') || token_.is('/'))) {
            text += token_.text;
            advance();
        }
        // A quote that nothing closes (`charset="utf-8` is common) means nothing.
        if (!quoted && text.starts_with('"'))
            text.erase(0, 1);
        return text;
    }
    void advance() { token_ = lexer_.next_plain(); }

    Lexer lexer_;
    Token token_;
};

std::string decode_percent(std::string_view s)
{
    std::string out;
    for (std::size_t i = 0; i < s.size(); ++i) {
        const int high =
            s[i] == '%' && i + 2 < s.size() ? text::hex_value(s[i + 1]) : -1;
        const int low = high >= 0 ? text::hex_value(s[i + 2]) : -1;
        if (low < 0) {
            out += s[i];
            continue;
        }
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

/// charset "'" [language] "'" percent-encoded
std::string decode_extended(std::string_view value)
{
    const std::size_t first = value.find('\'');
    const std::size_t second = first == std::string_view::npos
                                   ? std::string_view::npos
                                   : value.find('\'', first + 1);
    if (second == std::string_view::npos)
        return text::repair_utf8(decode_percent(value));
    const std::string bytes = decode_percent(value.substr(second + 1));
    const auto converted = text::to_utf8(value.substr(0, first), bytes);
    return converted ? *converted : text::repair_utf8(bytes);
}

} // namespace

std::optional<std::string> parameter(const Parameters& parameters,
                                     std::string_view name)
{
    const auto find = [&parameters](std::string_view wanted) {
        return std::find_if(parameters.begin(), parameters.end(),
                            [&](const Parameter& p) {
                                return text::equal_ignoring_case(p.name, wanted);
                            });
    };
    if (const auto extended = find(std::string(name) + '*');
        extended != parameters.end())
        return decode_extended(extended->value);
    if (const auto plain = find(name); plain != parameters.end())
        return text::decode_words(plain->value);
    return {};
}

ContentType parse_content_type(std::string_view value)
{
    ParameterReader reader(value);
    ContentType content_type;
    std::string type = reader.word();
    if (!reader.accept('/'))
        return content_type;
    std::string subtype = reader.word();
    if (type.empty() || subtype.empty())
        return content_type;
    content_type.type = std::move(type);
    content_type.subtype = std::move(subtype);
    content_type.parameters = reader.parameters();
    return content_type;
}

Disposition parse_disposition(std::string_view value)
{
    ParameterReader reader(value);
    Disposition disposition;
    disposition.value = reader.word();
    disposition.parameters = reader.parameters();
    return disposition;
}

std::string parse_token(std::string_view value)
{
    return ParameterReader(value).word();
}

std::vector<std::string> parse_token_list(std::string_view value)
{
    std::vector<std::string> words;
    Lexer lexer(value, specials);
    bool is_value = true; // and not a parameter of one, as in `en;q=0.5`
    for (Token token = lexer.next_plain(); token.kind != Token::Kind::End;
         token = lexer.next_plain()) {
        if (token.kind == Token::Kind::Special)
            is_value = token.is(',') || (is_value && !token.is(';'));
        else if (token.kind == Token::Kind::Word && is_value &&
                 words.size() < max_parameters)
            words.push_back(std::move(token.text));
    }
    return words;
}

} // namespace mime
