// SPDX-License-Identifier: ISC
#include "deliver/header_filter.h"

#include <algorithm>

namespace deliver {
namespace {

constexpr std::string_view separator = "From ";

/// `line`, of any length, begins as the separator line of a mbox file does. "From :"
/// is a header field written in the obsolete way (RFC 5322 §4.5), not one.
bool is_separator(std::string_view line)
{
    if (!line.starts_with(separator))
        return false;
    const auto word = line.find_first_not_of(" \t", separator.size());
    return word == line.npos || line[word] != ':';
}

/// The name of the field that begins in `line`, empty if none does.
/// RFC 5322 §2.2, with the white space before the colon of §4.5.
std::string_view field_name(std::string_view line)
{
    const auto end = std::find_if(line.begin(), line.end(), [](char c) {
        return c <= ' ' || c > '~' || c == ':';
    });
    const auto name = line.substr(0, static_cast<std::size_t>(end - line.begin()));
    const auto colon = line.find_first_not_of(" \t", name.size());
    if (colon == line.npos || line[colon] != ':')
        return {};
    return name;
}

bool equals_ignoring_case(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

/// An address from a command line, fit for one line of a header: a line end in it
/// would let whoever chose the address write fields of his own.
std::string one_line(std::string text)
{
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, '?');
    return text;
}

} // namespace

std::string_view HeaderFilter::pass(std::string_view bytes)
{
    received_ = {};
    if (decided_) {
        held_ = {};
        empty_ = empty_ && bytes.empty();
        return bytes;
    }
    held_ += bytes;
    if (!separator_settled(More::MayCome) || !header_settled(More::MayCome))
        return {};
    return release();
}

std::string_view HeaderFilter::finish()
{
    received_ = {};
    if (decided_)
        return {};
    static_cast<void>(separator_settled(More::WillNotCome));
    static_cast<void>(header_settled(More::WillNotCome));
    if (held_.empty())
        return {};
    return release();
}

bool HeaderFilter::separator_settled(More more)
{
    if (separator_done_)
        return true;
    const bool cut = more == More::WillNotCome;
    const auto end = held_.find('\n');
    if (end == held_.npos && !cut && held_.size() < max_held) {
        // A first line that cannot become a separator need not be waited for.
        const auto known = std::min(held_.size(), separator.size());
        if (std::string_view(held_).substr(0, known) == separator.substr(0, known))
            return false;
    }
    if (end != held_.npos && is_separator(std::string_view(held_).substr(0, end)))
        held_.erase(0, end + 1);
    else if (end == held_.npos && cut && is_separator(held_))
        held_.clear(); // the writer died within it
    separator_done_ = true;
    return true;
}

bool HeaderFilter::header_settled(More more)
{
    while (fields_.return_path || fields_.delivered_to) {
        const auto rest = std::string_view(held_).substr(scanned_);
        const auto end = rest.find('\n');
        if (end == rest.npos) {
            if (more == More::WillNotCome || held_.size() >= max_held) {
                note(rest);
                return true;
            }
            return false;
        }
        auto line = rest.substr(0, end);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        const bool folded = line.starts_with(' ') || line.starts_with('\t');
        const auto name = field_name(line);
        if (!folded && name.empty())
            return true; // the empty line, or a body that came without one
        if (equals_ignoring_case(name, "Received"))
            return true; // what is below was added by other hosts, for other mailboxes
        note(line);
        scanned_ += end + 1;
    }
    return true;
}

void HeaderFilter::note(std::string_view line)
{
    const auto name = field_name(line);
    if (equals_ignoring_case(name, "Return-Path"))
        fields_.return_path.reset();
    else if (equals_ignoring_case(name, "Delivered-To"))
        fields_.delivered_to.reset();
}

std::string_view HeaderFilter::release()
{
    empty_ = held_.empty();
    std::string added;
    if (fields_.return_path)
        added += "Return-Path: <" + one_line(*fields_.return_path) + ">\n";
    if (fields_.delivered_to)
        added += "Delivered-To: " + one_line(*fields_.delivered_to) + "\n";
    // RFC 5321 §4.4: below Return-Path, above all that others wrote.
    received_ = {added.size(), fields_.received.size()};
    added += fields_.received;
    held_.insert(0, added);
    decided_ = true;
    return held_;
}

} // namespace deliver
