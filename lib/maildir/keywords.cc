// SPDX-License-Identifier: ISC
#include "maildir/keywords.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <fcntl.h>

#include "io/file.h"
#include "maildir/list_directory.h"
#include "text/ascii.h"

namespace maildir {

using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

constexpr const char* courier_directory = "courierimapkeywords";
constexpr const char* courier_list = ":list";

/// The line up to the next line feed, taken off `text` with it.
std::string_view take_line(std::string_view& text)
{
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::optional<unsigned> take_number(std::string_view& text)
{
    unsigned value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc())
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

bool can_be_stored(std::string_view name)
{
    return !name.empty() && name.size() <= Keywords::max_name &&
           std::none_of(name.begin(), name.end(),
                        [](char c) { return c == ' ' || text::is_control(c); });
}

/// The keywords of a message, from the file that Courier keeps for it: a name a line.
KeywordBits bits_from_names(std::string_view text, Keywords& keywords)
{
    KeywordBits bits = 0;
    while (!text.empty()) {
        if (const auto index = keywords.add(take_line(text)); index)
            bits |= KeywordBits{1} << *index;
    }
    return bits;
}

} // namespace

Result<Keywords> Keywords::load(int folder_fd)
{
    const auto stamp = FileStamp::of(folder_fd, file_name);
    if (!stamp)
        return stamp.error().code == Errc::NotFound ? Result<Keywords>(Keywords())
                                                    : stamp.error();
    const auto text = io::read_file_at(folder_fd, file_name, max_octets);
    if (!text)
        return text.error();
    Keywords keywords = parse(*text);
    keywords.stamp_ = *stamp;
    return keywords;
}

Keywords Keywords::parse(std::string_view text)
{
    Keywords keywords;
    while (!text.empty()) {
        std::string_view line = take_line(text);
        const auto number = take_number(line);
        if (!number || *number >= max_keywords || line.empty() || line.front() != ' ')
            continue;
        line.remove_prefix(1);
        if (can_be_stored(line) && keywords.names_[*number].empty())
            keywords.names_[*number] = line;
    }
    return keywords;
}

std::optional<unsigned> Keywords::index_of(std::string_view name) const
{
    for (unsigned i = 0; i < max_keywords; ++i) {
        if (!names_[i].empty() && text::equal_ignoring_case(names_[i], name))
            return i;
    }
    return std::nullopt;
}

std::string_view Keywords::name_of(unsigned index) const
{
    return index < max_keywords ? std::string_view(names_[index]) : std::string_view();
}

std::size_t Keywords::size() const
{
    return static_cast<std::size_t>(
        std::count_if(names_.begin(), names_.end(),
                      [](const std::string& name) { return !name.empty(); }));
}

Result<unsigned> Keywords::add(std::string_view name, KeywordBits in_use)
{
    if (const auto index = index_of(name))
        return *index;
    if (!can_be_stored(name))
        return Error{Errc::Cannot, "not a keyword that can be stored", 0};
    for (unsigned index = 0; index < max_keywords; ++index) {
        if (!names_[index].empty() || (in_use >> index & 1) != 0)
            continue;
        names_[index] = name;
        return index;
    }
    return Error{Errc::Limit, "all 26 keywords of this folder are in use", 0};
}

Status Keywords::save(int folder_fd)
{
    if (const auto saved = io::replace_file_at(folder_fd, file_name, to_text()); !saved)
        return saved;
    const auto stamp = FileStamp::of(folder_fd, file_name);
    if (!stamp)
        return stamp.error();
    stamp_ = *stamp;
    return base::Done{};
}

std::string Keywords::to_text() const
{
    std::string text;
    for (unsigned i = 0; i < max_keywords; ++i) {
        if (!names_[i].empty())
            text += std::to_string(i) + " " + names_[i] + "\n";
    }
    return text;
}

std::vector<std::string> Keywords::names(KeywordBits bits) const
{
    std::vector<std::string> list;
    for (unsigned i = 0; i < max_keywords; ++i) {
        if (((bits >> i) & 1U) != 0 && !names_[i].empty())
            list.push_back(names_[i]);
    }
    return list;
}

CourierKeywords CourierKeywords::parse(std::string_view list)
{
    CourierKeywords courier;
    std::vector<KeywordBits> bit_of; // Courier's number → our bit, 0 if it has none
    for (auto name = take_line(list); !name.empty(); name = take_line(list)) {
        const auto index = courier.keywords.add(name);
        bit_of.push_back(index ? KeywordBits{1} << *index : 0);
    }
    while (!list.empty()) {
        const auto line = take_line(list);
        const auto colon = line.find(':');
        if (colon == 0 || colon == std::string_view::npos)
            continue;
        std::string_view numbers = line.substr(colon + 1);
        KeywordBits bits = 0;
        while (!numbers.empty()) {
            const auto number = take_number(numbers);
            if (number && *number < bit_of.size())
                bits |= bit_of[*number];
            if (!numbers.empty()) // a space, or what is not a number
                numbers.remove_prefix(1);
        }
        if (bits != 0)
            courier.messages.emplace_back(line.substr(0, colon), bits);
    }
    return courier;
}

Result<CourierKeywords> import_courier_keywords(int folder_fd)
{
    const auto directory =
        io::open_at(folder_fd, courier_directory, O_RDONLY | O_DIRECTORY);
    if (!directory)
        return directory.error();
    const auto list =
        io::read_file_at(directory->get(), courier_list, Keywords::max_octets * 64);
    if (!list && list.error().code != Errc::NotFound)
        return list.error();
    auto courier = CourierKeywords::parse(list ? *list : std::string());
    const auto names = list_directory(directory->get());
    if (!names)
        return names.error();

    // A message's own file is newer than the list: `base`, and newer still, until
    // Courier comes round to renaming it, `.<time>.base`.
    std::map<std::string, std::pair<unsigned, std::string>> newest;
    for (const std::string& name : *names) {
        std::string_view base = name;
        unsigned age = 0;
        if (base.front() == '.') {
            base.remove_prefix(1);
            const auto time = take_number(base);
            if (!time || base.size() < 2 || base.front() != '.')
                continue;
            base.remove_prefix(1);
            age = *time;
        }
        if (base.find(':') != std::string_view::npos)
            continue;
        auto& [known, file] = newest[std::string(base)];
        if (file.empty() || age > known) {
            known = age;
            file = name;
        }
    }
    std::map<std::string, KeywordBits> bits(courier.messages.begin(),
                                            courier.messages.end());
    for (const auto& [base, file] : newest) {
        const auto text =
            io::read_file_at(directory->get(), file.second, Keywords::max_octets);
        if (text)
            bits[base] = bits_from_names(*text, courier.keywords);
    }
    std::erase_if(bits, [](const auto& message) { return message.second == 0; });
    courier.messages.assign(bits.begin(), bits.end());
    return courier;
}

} // namespace maildir
