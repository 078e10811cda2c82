// SPDX-License-Identifier: ISC
#include "mime/preview.h"

#include <array>
#include <optional>
#include <utility>

#include "mime/encoding.h"
#include "mime/parameters.h"
#include "text/ascii.h"
#include "text/charset.h"
#include "text/utf8.h"

namespace mime {
namespace {

/// The first part of that subtype of text, in the order of the message.
const Part* first_text(const Part& part, std::string_view subtype)
{
    if (part.disposition &&
        text::equal_ignoring_case(part.disposition->value, "attachment"))
        return nullptr;
    if (part.is("multipart", "encrypted"))
        return nullptr;
    if (part.is("text", subtype))
        return &part;
    for (const Part& child : part.children) {
        if (const Part* found = first_text(child, subtype))
            return found;
    }
    return nullptr;
}

/// `&amp;` and its kin, as far as anybody writes them in mail; `at` is behind the `&`
/// and is moved behind the `;`.
std::optional<std::string> entity(std::string_view html, std::size_t& at)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 24>
        names = {{{"amp", "&"},
                  {"lt", "<"},
                  {"gt", ">"},
                  {"quot", "\""},
                  {"apos", "'"},
                  {"nbsp", " "},
                  {"auml", "\xc3\xa4"},
                  {"ouml", "\xc3\xb6"},
                  {"uuml", "\xc3\xbc"},
                  {"Auml", "\xc3\x84"},
                  {"Ouml", "\xc3\x96"},
                  {"Uuml", "\xc3\x9c"},
                  {"szlig", "\xc3\x9f"},
                  {"eacute", "\xc3\xa9"},
                  {"egrave", "\xc3\xa8"},
                  {"agrave", "\xc3\xa0"},
                  {"ccedil", "\xc3\xa7"},
                  {"ndash", "\xe2\x80\x93"},
                  {"mdash", "\xe2\x80\x94"},
                  {"hellip", "\xe2\x80\xa6"},
                  {"euro", "\xe2\x82\xac"},
                  {"zwnj", ""},
                  {"zwj", ""},
                  {"shy", ""}}};
    const std::size_t end = html.substr(at, 12).find(';');
    if (end == std::string_view::npos)
        return std::nullopt;
    const std::string_view name = html.substr(at, end);
    std::optional<std::string> text;
    if (name.size() > 1 && name.front() == '#') {
        const bool is_hex = text::to_lower(name[1]) == 'x';
        char32_t value = 0;
        for (const char c : name.substr(is_hex ? 2 : 1)) {
            const char lower = text::to_lower(c);
            if (text::is_digit(c))
                value = value * (is_hex ? 16 : 10) + static_cast<char32_t>(c - '0');
            else if (is_hex && lower >= 'a' && lower <= 'f')
                value = value * 16 + static_cast<char32_t>(lower - 'a' + 10);
            else
                return std::nullopt;
            if (value > 0x10ffff)
                return std::nullopt;
        }
        if (value == 0 || (value >= 0xd800 && value <= 0xdfff))
            return std::nullopt;
        text.emplace();
        text::append_code_point(*text, value);
    }
    for (const auto& [known, meaning] : names) {
        if (name == known)
            text = meaning;
    }
    if (text)
        at += end + 1;
    return text;
}

/// Where `</name` begins behind `at`, or the end.
std::size_t end_of_element(std::string_view html, std::size_t at, std::string_view name)
{
    for (at = html.find("</", at); at != std::string_view::npos;
         at = html.find("</", at + 2)) {
        if (text::starts_with_ignoring_case(html.substr(at + 2), name))
            return at;
    }
    return html.size();
}

/// The text of an HTML document: no tags, no comments, nothing of what a reader does
/// not see. This is no parser of HTML; what is broken comes out as it may.
std::string text_of_html(std::string_view html)
{
    std::string text;
    for (std::size_t at = 0; at < html.size();) {
        const char c = html[at++];
        if (c == '&') {
            text += entity(html, at).value_or("&");
            continue;
        }
        const bool is_tag = c == '<' && at < html.size() &&
                            (text::is_alpha(html[at]) || html[at] == '/' ||
                             html[at] == '!' || html[at] == '?');
        if (!is_tag) {
            text += c;
            continue;
        }
        const std::string_view tag = html.substr(at);
        if (tag.starts_with("!--")) {
            const std::size_t end = html.find("-->", at);
            at = end == std::string_view::npos ? html.size() : end + 3;
            continue;
        }
        for (const std::string_view hidden : {"style", "script", "head", "title"}) {
            if (text::starts_with_ignoring_case(tag, hidden) &&
                (tag.size() == hidden.size() || !text::is_alpha(tag[hidden.size()])))
                at = end_of_element(html, at, hidden);
        }
        const std::size_t end = html.find('>', at);
        at = end == std::string_view::npos ? html.size() : end + 1;
        // Within a line, <b> and the like part no words.
        static constexpr std::string_view inline_tags[] = {
            "b>", "i>", "u>", "a ", "a>", "em>", "span", "font", "strong"};
        std::string_view name = tag;
        if (name.starts_with('/'))
            name.remove_prefix(1);
        bool is_inline = false;
        for (const std::string_view known : inline_tags)
            is_inline = is_inline || text::starts_with_ignoring_case(name, known);
        if (!is_inline)
            text += ' ';
    }
    return text;
}

/// Plain text without its quotations, which tell what another message said.
std::string without_quotations(std::string_view plain)
{
    std::string text;
    while (!plain.empty()) {
        const std::size_t end = std::min(plain.find('\n'), plain.size() - 1) + 1;
        const std::string_view line = plain.substr(0, end);
        if (line == "-- \n" || line == "-- \r\n") // a signature: RFC 3676 §4.3
            break;
        if (!line.starts_with('>'))
            text += line;
        plain.remove_prefix(end);
    }
    return text;
}

bool is_blank(std::string_view text, std::size_t at, std::size_t octets)
{
    if (octets == 1)
        return text[at] == ' ' || text::is_control(text[at]);
    const std::string_view character = text.substr(at, octets);
    // The no-break space, and what mailers fill previews with: U+200B … U+200F, U+FEFF,
    // U+034F.
    return character == "\xc2\xa0" || character == "\xef\xbb\xbf" ||
           character == "\xcd\x8f" ||
           (character.starts_with("\xe2\x80") && character[2] >= '\x8b' &&
            character[2] <= '\x8f');
}

/// How many octets the character at `at` has. The text is valid UTF-8.
std::size_t character_octets(std::string_view text, std::size_t at)
{
    std::size_t octets = 1;
    while (at + octets < text.size() &&
           (static_cast<unsigned char>(text[at + octets]) & 0xc0) == 0x80)
        ++octets;
    return octets;
}

/// Single spaces, and `max_preview` characters.
std::string squeezed(std::string_view text)
{
    std::string squeezed;
    bool is_space_due = false;
    std::size_t characters = 0;
    for (std::size_t at = 0, octets = 0; at < text.size(); at += octets) {
        octets = character_octets(text, at);
        if (is_blank(text, at, octets)) {
            is_space_due = !squeezed.empty();
            continue;
        }
        if (characters + (is_space_due ? 2 : 1) > max_preview)
            break;
        if (is_space_due) {
            squeezed += ' ';
            ++characters;
        }
        is_space_due = false;
        squeezed += text.substr(at, octets);
        ++characters;
    }
    return squeezed;
}

} // namespace

const Part* preview_part(const Structure& structure)
{
    const Part* plain = first_text(structure.root, "plain");
    if (plain && plain->body_octets > 0)
        return plain;
    const Part* html = first_text(structure.root, "html");
    return html ? html : plain;
}

std::string preview_text(const Part& part, std::string_view octets)
{
    const bool is_cut = octets.size() < part.body_octets;
    auto decoder = Decoder::create(part.encoding);
    if (!decoder)
        return {};
    std::string bytes = decoder->feed(octets);
    if (!is_cut)
        bytes += decoder->finish();
    const auto charset = parameter(part.parameters, "charset");
    auto utf8 = text::to_utf8(charset.value_or("utf-8"), bytes);
    if (!utf8)
        utf8 = text::to_utf8("utf-8", bytes);
    if (!utf8)
        return {};
    return squeezed(part.is("text", "html") ? text_of_html(*utf8)
                                            : without_quotations(*utf8));
}

} // namespace mime
