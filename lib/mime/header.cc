// SPDX-License-Identifier: ISC
#include "mime/header.h"

#include <algorithm>

#include "text/ascii.h"

namespace mime {
namespace {

constexpr bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/// The first line of `s`, with its end.
std::string_view first_line(std::string_view s)
{
    const std::size_t lf = s.find('\n');
    return lf == std::string_view::npos ? s : s.substr(0, lf + 1);
}

Field make_field(std::string_view raw)
{
    Field field;
    field.raw = raw;
    const std::string_view line = first_line(raw);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || is_blank(raw.front()))
        return field;
    std::size_t name = colon;
    while (name > 0 && is_blank(raw[name - 1]))
        --name; // RFC 5322 §4.5 has white space before the colon
    field.name_octets = name;
    field.value_offset = colon + 1;
    while (field.value_offset < raw.size() && is_blank(raw[field.value_offset]))
        ++field.value_offset;
    return field;
}

} // namespace

std::string unfold(std::string_view body)
{
    std::string out;
    out.reserve(body.size());
    while (!body.empty()) {
        std::string_view line = first_line(body);
        body.remove_prefix(line.size());
        if (line.ends_with("\r\n"))
            line.remove_suffix(2);
        else if (line.ends_with('\n'))
            line.remove_suffix(1);
        out += line;
    }
    return out;
}

std::string Field::value() const
{
    std::string value = unfold(body());
    const auto text = std::find_if_not(value.begin(), value.end(), is_blank);
    value.erase(value.begin(), text); // a fold may have come before the first word
    return value;
}

bool Field::is(std::string_view field_name) const
{
    return name_octets > 0 && text::equal_ignoring_case(name(), field_name);
}

Header Header::parse(std::string_view bytes)
{
    Header header;
    std::string_view rest = bytes;
    while (!rest.empty()) {
        std::size_t size = first_line(rest).size();
        if (const auto line = rest.substr(0, size); line == "\n" || line == "\r\n") {
            header.end_ = line;
            rest.remove_prefix(size);
            break;
        }
        while (size < rest.size() && is_blank(rest[size]))
            size += first_line(rest.substr(size)).size();
        header.fields_.push_back(make_field(rest.substr(0, size)));
        rest.remove_prefix(size);
    }
    header.octets_ = bytes.size() - rest.size();
    return header;
}

const Field* Header::field(std::string_view name) const
{
    const auto found = std::find_if(fields_.begin(), fields_.end(),
                                    [name](const Field& f) { return f.is(name); });
    return found == fields_.end() ? nullptr : &*found;
}

std::vector<const Field*> Header::fields(std::string_view name) const
{
    std::vector<const Field*> found;
    for (const Field& field : fields_)
        if (field.is(name))
            found.push_back(&field);
    return found;
}

std::string Header::select(std::span<const std::string> names, Which which) const
{
    // Sorted, so that a long list of names against a long header stays cheap.
    std::vector<std::string> wanted;
    for (const std::string& name : names)
        wanted.push_back(text::to_lower(name));
    std::sort(wanted.begin(), wanted.end());

    std::string out;
    for (const Field& field : fields_) {
        const bool named =
            field.name_octets > 0 && std::binary_search(wanted.begin(), wanted.end(),
                                                        text::to_lower(field.name()));
        if (named == (which == Which::Named))
            out += field.raw;
    }
    return out += end_;
}

} // namespace mime
