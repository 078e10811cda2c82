// SPDX-License-Identifier: ISC
#include "maildir/uid_validity.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "io/file.h"
#include "maildir/list_directory.h"
#include "text/ascii.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;
using base::UniqueFd;

namespace {

constexpr const char* file_name = "dovecot-uidvalidity";
constexpr std::string_view marker_prefix = "dovecot-uidvalidity.";
constexpr std::size_t digits = 8;
/// How often another server may move the marker away while we want to.
constexpr int max_attempts = 100;

std::optional<std::uint32_t> parse(std::string_view text)
{
    if (text.size() != digits)
        return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text) {
        const int digit = text::hex_value(c);
        if (digit < 0)
            return std::nullopt;
        value = value << 4 | static_cast<std::uint32_t>(digit);
    }
    return value;
}

std::string hex(std::uint32_t value)
{
    char text[digits + 1];
    std::snprintf(text, sizeof text, "%08x", value);
    return text;
}

std::string marker(std::uint32_t value)
{
    return std::string(marker_prefix) + hex(value);
}

/// What the root directory knows.
struct Given {
    std::uint32_t last = 0;
    std::vector<std::uint32_t> markers; ///< ascending; more than one after a crash
};

Result<Given> given(int root_fd)
{
    const auto files = list_directory(root_fd);
    if (!files)
        return files.error();
    Given given;
    for (const std::string& file : *files) {
        if (!file.starts_with(marker_prefix))
            continue;
        if (const auto value = parse(file.substr(marker_prefix.size())))
            given.markers.push_back(*value);
    }
    std::sort(given.markers.begin(), given.markers.end());
    const auto text = io::read_file_at(root_fd, file_name, 64);
    if (text) // what is no number is no reason to stop: the marker counts as well
        given.last = parse(text::trim(*text)).value_or(0);
    if (!given.markers.empty())
        given.last = std::max(given.last, given.markers.back());
    return given;
}

/// Puts the marker to `value`. Busy: another server moved it meanwhile.
Status move_marker(int root_fd, const Given& given, std::uint32_t value)
{
    const std::string name = marker(value);
    if (given.markers.empty()) {
        const auto made =
            io::open_at(root_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0444);
        if (!made)
            return made.error().code == Errc::Exists ? Error{Errc::Busy, "moved"}
                                                     : made.error();
        return Done{};
    }
    const std::string old_name = marker(given.markers.back());
    if (old_name != name &&
        ::renameat(root_fd, old_name.c_str(), root_fd, name.c_str()) != 0)
        return errno == ENOENT ? Error{Errc::Busy, "moved"}
                               : Error::from_errno("rename", old_name);
    for (std::size_t i = 0; i + 1 < given.markers.size(); ++i)
        static_cast<void>(::unlinkat(root_fd, marker(given.markers[i]).c_str(), 0));
    return Done{};
}

/// The file, locked against our own kind; other servers go by the marker alone.
Result<UniqueFd> lock_file(int root_fd)
{
    auto fd = io::open_at(root_fd, file_name, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    if (!fd)
        return fd;
    if (const auto locked = io::lock(fd->get()); !locked)
        return locked.error();
    return fd;
}

Status write_down(int root_fd, int fd, std::uint32_t value)
{
    if (::lseek(fd, 0, SEEK_SET) != 0)
        return Error::from_errno("lseek", file_name);
    if (const auto written = io::write_all(fd, hex(value)); !written)
        return written;
    if (::ftruncate(fd, digits) != 0)
        return Error::from_errno("ftruncate", file_name);
    if (const auto synced = io::sync(fd); !synced)
        return synced;
    return io::sync(root_fd);
}

/// Makes the last one what `wanted` says it is to be; 0: as it is.
template <class Wanted>
Result<std::uint32_t> advance(int root_fd, Wanted wanted)
{
    const auto file = lock_file(root_fd);
    if (!file)
        return file.error();
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        const auto known = given(root_fd);
        if (!known)
            return known.error();
        const std::uint32_t value = wanted(known->last);
        if (value <= known->last)
            return value;
        const auto moved = move_marker(root_fd, *known, value);
        if (!moved && moved.error().code == Errc::Busy)
            continue;
        if (!moved)
            return moved.error();
        if (const auto done = write_down(root_fd, file->get(), value); !done)
            return done.error();
        return value;
    }
    return Error{Errc::Busy, "dovecot-uidvalidity does not stand still"};
}

} // namespace

Result<std::uint32_t> next_uid_validity(int root_fd, std::uint32_t now)
{
    constexpr std::uint32_t largest = std::numeric_limits<std::uint32_t>::max();
    const auto value = advance(root_fd, [now](std::uint32_t last) -> std::uint32_t {
        if (last == largest)
            return 0;
        return std::max({now, last + 1, std::uint32_t{1}});
    });
    if (value && *value == 0)
        return Error{Errc::Limit, "No UIDVALIDITY is left"};
    return value;
}

Status note_uid_validity(int root_fd, std::uint32_t given)
{
    const auto noted = advance(root_fd, [given](std::uint32_t) { return given; });
    if (!noted)
        return noted.error();
    return Done{};
}

} // namespace maildir
