// SPDX-License-Identifier: ISC
#include "maildir/subscriptions.h"

#include <algorithm>

#include <fcntl.h>

#include "io/file.h"
#include "maildir/tree.h"
#include "maildir/uidlist.h"
#include "text/utf7.h"
#include "text/utf8.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

constexpr const char* courier_file_name = "courierimapsubscribed";
constexpr std::string_view inbox = "INBOX";
constexpr std::string_view version_2 = "V\t2";

std::string_view take_line(std::string_view& text)
{
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

bool is_name(std::string_view name)
{
    return name == inbox || Tree::is_valid(name);
}

std::string replaced(std::string_view text, char from, char to)
{
    std::string copy(text);
    std::replace(copy.begin(), copy.end(), from, to);
    return copy;
}

/// The file, open and locked, and certainly the one that has the name.
Result<base::UniqueFd> lock_file(int root_fd)
{
    for (;;) {
        auto file = io::open_at(root_fd, Subscriptions::file_name, O_RDWR | O_CREAT);
        if (!file)
            return file;
        if (const auto locked = io::lock(file->get()); !locked)
            return locked.error();
        // Whoever had the lock before us has put another file in its place.
        const auto ours = FileStamp::of(file->get());
        const auto named = FileStamp::of(root_fd, Subscriptions::file_name);
        if (ours && named && ours->inode == named->inode)
            return file;
        if (!ours)
            return ours.error();
        if (!named && named.error().code != Errc::NotFound)
            return named.error();
    }
}

} // namespace

Subscriptions Subscriptions::parse(std::string_view text)
{
    Subscriptions result;
    std::string_view left = text;
    if (take_line(left) == version_2) {
        result.version_ = Version::Two;
        text = left;
    }
    while (!text.empty()) {
        const auto line = take_line(text);
        if (line.empty() || line == version_2) // the latter would make it version 2
            continue;
        const bool is_two = result.version_ == Version::Two;
        std::string name = is_two ? replaced(line, '\t', '.') : std::string(line);
        // A `.` inside a level of version 2 is not our separator.
        if (!is_name(name) || (is_two && line.find('.') != std::string_view::npos))
            result.unknown_.emplace_back(line);
        else if (!result.contains(name))
            result.insert(std::move(name));
    }
    return result;
}

Result<Subscriptions> Subscriptions::load(int root_fd)
{
    const auto text = io::read_file_at(root_fd, file_name, max_octets);
    if (!text && text.error().code == Errc::NotFound)
        return Subscriptions();
    if (!text)
        return text.error();
    return parse(*text);
}

Subscriptions Subscriptions::parse_courier(std::string_view text)
{
    Subscriptions result;
    while (!text.empty()) {
        std::string_view line = take_line(text);
        if (line.substr(0, 6) == "INBOX.")
            line.remove_prefix(6);
        std::string name(line);
        if (!text::utf7_decode(line)) { // not modified UTF-7, so Courier 5's UTF-8
            const auto encoded = text::utf7_encode(line);
            if (!encoded)
                continue;
            name = *encoded;
        }
        static_cast<void>(result.add(name));
    }
    return result;
}

Result<Subscriptions> Subscriptions::import_courier(int root_fd)
{
    const auto text = io::read_file_at(root_fd, courier_file_name, max_octets);
    if (!text)
        return text.error();
    return parse_courier(*text);
}

bool Subscriptions::contains(std::string_view name) const
{
    return std::binary_search(names_.begin(), names_.end(), name);
}

void Subscriptions::insert(std::string name)
{
    const auto at = std::lower_bound(names_.begin(), names_.end(), name);
    names_.insert(at, std::move(name));
}

bool Subscriptions::add(std::string_view name)
{
    if (!is_name(name) || contains(name))
        return false;
    insert(std::string(name));
    return true;
}

bool Subscriptions::remove(std::string_view name)
{
    const auto at = std::lower_bound(names_.begin(), names_.end(), name);
    if (at == names_.end() || *at != name)
        return false;
    names_.erase(at);
    return true;
}

std::string Subscriptions::to_text() const
{
    std::string text;
    if (version_ == Version::Two)
        text = std::string(version_2) + "\n\n";
    for (const std::string& name : names_)
        text += (version_ == Version::Two ? replaced(name, '.', '\t') : name) + "\n";
    for (const std::string& line : unknown_)
        text += line + "\n";
    return text;
}

Status Subscriptions::subscribe(int root_fd, std::string_view name)
{
    if (!is_name(name))
        return Error{Errc::Cannot, "not a name that can be stored", 0};
    const auto lock = lock_file(root_fd);
    if (!lock)
        return lock.error();
    auto subscriptions = load(root_fd);
    if (!subscriptions)
        return subscriptions.error();
    if (!subscriptions->add(name))
        return Done{};
    return subscriptions->save(root_fd);
}

Status Subscriptions::unsubscribe(int root_fd, std::string_view name)
{
    const auto stamp = FileStamp::of(root_fd, file_name);
    if (!stamp && stamp.error().code == Errc::NotFound)
        return Done{};
    const auto lock = lock_file(root_fd);
    if (!lock)
        return lock.error();
    auto subscriptions = load(root_fd);
    if (!subscriptions)
        return subscriptions.error();
    if (!subscriptions->remove(name))
        return Done{};
    return subscriptions->save(root_fd);
}

Status Subscriptions::save(int root_fd) const
{
    return io::replace_file_at(root_fd, file_name, to_text());
}

} // namespace maildir
