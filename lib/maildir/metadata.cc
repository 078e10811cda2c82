// SPDX-License-Identifier: ISC
#include "maildir/metadata.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <unistd.h>

#include "io/file.h"
#include "text/ascii.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

/// All entries at their largest, every octet escaped.
constexpr std::size_t max_octets =
    Metadata::max_entries * (2 * Metadata::max_value + Metadata::max_name + 2);

struct Escape {
    char letter;
    char octet;
};
constexpr Escape escapes[] = {
    {'\\', '\\'}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'0', '\0'}};

std::string escaped(std::string_view value)
{
    std::string text;
    for (const char c : value) {
        const auto at = std::find_if(std::begin(escapes), std::end(escapes),
                                     [c](const Escape& e) { return e.octet == c; });
        if (at == std::end(escapes))
            text += c;
        else
            (text += '\\') += at->letter;
    }
    return text;
}

std::optional<std::string> unescaped(std::string_view text)
{
    std::string value;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            value += text[i];
            continue;
        }
        if (++i == text.size())
            return std::nullopt;
        const auto at =
            std::find_if(std::begin(escapes), std::end(escapes),
                         [c = text[i]](const Escape& e) { return e.letter == c; });
        if (at == std::end(escapes))
            return std::nullopt;
        value += at->octet;
    }
    return value;
}

} // namespace

bool Metadata::Less::operator()(std::string_view a, std::string_view b) const
{
    return std::lexicographical_compare(
        a.begin(), a.end(), b.begin(), b.end(),
        [](char x, char y) { return text::to_lower(x) < text::to_lower(y); });
}

bool Metadata::is_valid(std::string_view name)
{
    if (name.empty() || name.size() > max_name || name.front() != '/' ||
        name.back() == '/' || name.find("//") != std::string_view::npos)
        return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return c >= ' ' && c <= '~' && c != '*' && c != '%';
    });
}

Metadata Metadata::parse(std::string_view text)
{
    Metadata metadata;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto tab = line.find('\t');
        if (tab == std::string_view::npos || !is_valid(line.substr(0, tab)))
            continue;
        auto value = unescaped(line.substr(tab + 1));
        if (value && value->size() <= max_value)
            static_cast<void>(
                metadata.set(std::string(line.substr(0, tab)), std::move(value)));
    }
    return metadata;
}

std::string Metadata::to_text() const
{
    std::string text;
    for (const auto& [name, value] : entries_)
        text += name + '\t' + escaped(value) + '\n';
    return text;
}

Result<Metadata> Metadata::load(int directory, const char* file_name)
{
    const auto text = io::read_file_at(directory, file_name, max_octets);
    if (!text && text.error().code == Errc::NotFound)
        return Metadata();
    if (!text)
        return text.error();
    return parse(*text);
}

Status Metadata::set(const std::string& name, std::optional<std::string> value)
{
    entries_.erase(name); // the spelling is that of the last change
    if (!value)
        return Done{};
    if (entries_.size() >= max_entries)
        return Error{Errc::Limit, "There are too many annotations", 0};
    entries_.emplace(name, std::move(*value));
    return Done{};
}

Status Metadata::save(int directory, const char* file_name) const
{
    if (!entries_.empty())
        return io::replace_file_at(directory, file_name, to_text());
    if (::unlinkat(directory, file_name, 0) != 0 && errno != ENOENT)
        return Error::from_errno("unlink", file_name);
    return Done{};
}

} // namespace maildir
