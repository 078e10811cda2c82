// SPDX-License-Identifier: ISC
#include "fetch/items.h"

#include <algorithm>
#include <utility>

#include "imap/syntax_error.h"
#include "imap/writer.h"

namespace imapd {
namespace {

using Kind = Item::Kind;
using Text = Section::Text;

void add(Items& items, Kind kind)
{
    if (!items.has(kind))
        items.list.push_back({kind, {}});
}

/// What is asked for twice is told once.
void add(Items& items, Item section)
{
    const auto same =
        std::find_if(items.list.begin(), items.list.end(), [&](const Item& item) {
            const auto& a = item.section;
            const auto& b = section.section;
            return item.kind == Kind::Section && a.label == b.label &&
                   a.partial.has_value() == b.partial.has_value() &&
                   (!a.partial || a.partial->octets == b.partial->octets);
        });
    if (same == items.list.end())
        items.list.push_back(std::move(section));
    else
        same->section.sets_seen = same->section.sets_seen || section.section.sets_seen;
}

/// section = "[" [section-spec] "]"
void parse_section(imap::Parser& in, Section& section)
{
    in.expect("[");
    section.label += '[';
    if (in.peek() >= '0' && in.peek() <= '9') {
        section.part = in.section_part();
        for (const std::uint32_t number : section.part) {
            if (section.label.back() != '[')
                section.label += '.';
            section.label += std::to_string(number);
        }
        if (in.accept("]")) {
            section.label += ']';
            return;
        }
        in.expect(".");
        section.label += '.';
        if (in.sees("]"))
            throw imap::SyntaxError(
                "Expected HEADER, TEXT or MIME after the part number");
    }
    // The longer words first: these are prefixes of one another.
    if (in.accept("HEADER.FIELDS.NOT ")) {
        section.text = Text::FieldsNot;
        section.label += "HEADER.FIELDS.NOT ";
    } else if (in.accept("HEADER.FIELDS ")) {
        section.text = Text::Fields;
        section.label += "HEADER.FIELDS ";
    } else if (in.accept("HEADER")) {
        section.text = Text::Header;
        section.label += "HEADER";
    } else if (in.accept("TEXT")) {
        section.text = Text::Text;
        section.label += "TEXT";
    } else if (!section.part.empty() && in.accept("MIME")) {
        section.text = Text::Mime;
        section.label += "MIME";
    }
    if (section.text == Text::Fields || section.text == Text::FieldsNot) {
        section.fields = in.header_list();
        char before = '(';
        for (const std::string& field : section.fields) {
            section.label += before + imap::astring(field);
            before = ' ';
        }
        section.label += ')';
    }
    in.expect("]");
    section.label += ']';
}

Item parse_body(imap::Parser& in)
{
    Item item{Kind::Section, {}};
    item.section.sets_seen = !in.accept(".PEEK");
    item.section.label = "BODY";
    parse_section(in, item.section);
    if (in.sees("<")) {
        item.section.partial = in.partial();
        item.section.label += '<' + std::to_string(item.section.partial->offset) + '>';
    }
    return item;
}

/// section-binary = "[" [section-part] "]"
Item parse_binary(imap::Parser& in)
{
    Item item{Kind::Section, {}};
    Section& section = item.section;
    section.label = "BINARY";
    section.form = Section::Form::Decoded;
    if (in.accept(".SIZE")) {
        section.label += ".SIZE";
        section.form = Section::Form::DecodedSize;
    } else {
        section.sets_seen = !in.accept(".PEEK");
    }
    parse_section(in, section);
    if (section.text != Text::Whole)
        throw imap::SyntaxError("BINARY takes a part number only");
    if (section.form == Section::Form::Decoded && in.sees("<")) {
        section.partial = in.partial();
        section.label += '<' + std::to_string(section.partial->offset) + '>';
    }
    return item;
}

/// "PREVIEW" [SP "(" preview-mod *(SP preview-mod) ")"], behind the word
Kind parse_preview(imap::Parser& in)
{
    if (!in.accept(" (LAZY"))
        return Kind::Preview;
    while (in.accept(" LAZY"))
        continue;
    in.expect(")");
    return Kind::LazyPreview;
}

Item rfc822(std::string_view label, Text text, bool sets_seen)
{
    Item item{Kind::Section, {}};
    item.section.text = text;
    item.section.sets_seen = sets_seen;
    item.section.label = label;
    return item;
}

void parse_item(imap::Parser& in, Items& items)
{
    static constexpr std::pair<std::string_view, Kind> words[] = {
        {"BODYSTRUCTURE", Kind::BodyStructure},
        {"EMAILID", Kind::EmailId},
        {"ENVELOPE", Kind::Envelope},
        {"FLAGS", Kind::Flags},
        {"INTERNALDATE", Kind::InternalDate},
        {"MODSEQ", Kind::ModSequence}, // RFC 7162 §3.1.4.2
        {"RFC822.SIZE", Kind::Size},
        {"SAVEDATE", Kind::SaveDate},
        {"THREADID", Kind::ThreadId},
        {"UID", Kind::Uid},
    };
    if (items.list.size() >= Items::max_items)
        throw imap::SyntaxError("Too many items in one FETCH");
    for (const auto& [word, kind] : words) {
        if (in.accept(word))
            return add(items, kind);
    }
    if (in.accept("PREVIEW")) {
        const Kind kind = parse_preview(in);
        // Asked for both ways, it is told once, and not lazily.
        if (!items.has(Kind::Preview) && !items.has(Kind::LazyPreview))
            add(items, kind);
        for (Item& item : items.list) {
            if (item.kind == Kind::LazyPreview)
                item.kind = kind;
        }
        return;
    }
    if (in.accept("BINARY"))
        add(items, parse_binary(in));
    else if (in.accept("RFC822.HEADER")) // as BODY.PEEK[HEADER], RFC 3501 §6.4.5
        add(items, rfc822("RFC822.HEADER", Text::Header, false));
    else if (in.accept("RFC822.TEXT"))
        add(items, rfc822("RFC822.TEXT", Text::Text, true));
    else if (in.accept("RFC822"))
        add(items, rfc822("RFC822", Text::Whole, true));
    else if (!in.accept("BODY"))
        throw imap::SyntaxError("Unknown FETCH item");
    else if (in.sees("[") || in.sees(".PEEK["))
        add(items, parse_body(in));
    else
        add(items, Kind::Body);
}

/// RFC 9051 §6.4.5: a macro stands alone, without parentheses.
bool parse_macro(imap::Parser& in, Items& items)
{
    const bool is_full = in.accept("FULL");
    const bool is_all = !is_full && in.accept("ALL");
    if (!is_full && !is_all && !in.accept("FAST"))
        return false;
    add(items, Kind::Flags);
    add(items, Kind::InternalDate);
    add(items, Kind::Size);
    if (is_full || is_all)
        add(items, Kind::Envelope);
    if (is_full)
        add(items, Kind::Body);
    return true;
}

} // namespace

bool Items::sets_seen() const
{
    return std::any_of(list.begin(), list.end(),
                       [](const Item& item) { return item.section.sets_seen; });
}

bool Items::have_text() const
{
    return std::any_of(list.begin(), list.end(), [](const Item& item) {
        return item.kind == Kind::Section &&
               item.section.form != Section::Form::DecodedSize &&
               (item.section.text == Text::Whole || item.section.text == Text::Text);
    });
}

bool Items::has(Item::Kind kind) const
{
    return std::any_of(list.begin(), list.end(),
                       [kind](const Item& item) { return item.kind == kind; });
}

bool Items::are_in_index() const
{
    return !has(Kind::Section) && !has(Kind::Envelope) && !has(Kind::Body) &&
           !has(Kind::BodyStructure) && !has(Kind::EmailId) && !has(Kind::Preview) &&
           !has(Kind::LazyPreview);
}

Section parse_section_text(std::string_view text)
{
    const std::string bracketed = "[" + std::string(text) + "]";
    imap::Parser in(bracketed);
    Section section;
    parse_section(in, section);
    in.end();
    return section;
}

Items parse_items(imap::Parser& in)
{
    Items items;
    if (parse_macro(in, items))
        return items;
    if (!in.accept("(")) {
        parse_item(in, items);
        return items;
    }
    do {
        if (!items.list.empty())
            in.space("the next item");
        parse_item(in, items);
    } while (!in.accept(")"));
    return items;
}

} // namespace imapd
