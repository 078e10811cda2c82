// SPDX-License-Identifier: ISC
/// \file
/// `dovecot-uidlist` as a file: loading, appending, writing it anew. Its text is
/// read and made in uidlist_text.cc.
#include "maildir/uidlist.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

constexpr const char* courier_file_name = "courierimapuiddb";

/// How much of what we know is compared with a file to see that it has only grown.
/// Inode numbers are given out again: after two rewrites a file can have the one of
/// the file before the first. Unit: octets at either end.
constexpr std::size_t compared = 512;

FileStamp stamp_from(const struct stat& status)
{
    return {status.st_ino, static_cast<std::uint64_t>(status.st_size),
            std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
                status.st_mtim.tv_nsec};
}

Error stale()
{
    return Error{Errc::Busy, "the UID list has been changed by another process", 0};
}

/// Whether `fd` has `known` at `offset`.
Result<bool> has_at(int fd, std::string_view known, std::uint64_t offset)
{
    std::string there(known.size(), '\0');
    const auto n = io::read_at(fd, there, offset);
    if (!n)
        return n.error();
    return *n == known.size() && there == known;
}

} // namespace

Result<FileStamp> FileStamp::of(int fd)
{
    struct stat status = {};
    if (::fstat(fd, &status) != 0)
        return Error::from_errno("fstat");
    return stamp_from(status);
}

Result<FileStamp> FileStamp::of(int directory, const std::string& name)
{
    struct stat status = {};
    if (::fstatat(directory, name.c_str(), &status, 0) != 0)
        return Error::from_errno("stat", name);
    return stamp_from(status);
}

UidList::UidList(std::uint32_t uid_validity, const Guid& guid, Uid next)
    : uid_validity_(uid_validity), uid_next_(next), guid_(guid)
{
}

Result<UidList> UidList::load_file(int folder_fd, const std::string& name)
{
    const auto file = io::open_at(folder_fd, name, O_RDONLY);
    if (!file)
        return file.error();
    const auto stamp = FileStamp::of(file->get());
    if (!stamp)
        return stamp.error();
    auto content = io::read_whole(file->get(), max_octets);
    if (!content)
        return content.error();
    const std::uint64_t size = content->size();
    auto list = parse(std::move(*content));
    if (!list)
        return list;
    list->stamp_ = *stamp;
    list->stamp_.size = size; // it may have grown while we read
    list->is_saved_ = true;
    return list;
}

Result<UidList> UidList::load(int folder_fd)
{
    return load_file(folder_fd, file_name);
}

Result<UidList> UidList::import_courier(int folder_fd)
{
    auto list = load_file(folder_fd, courier_file_name);
    if (list) { // nothing of it is in our file yet
        list->stamp_ = {};
        list->is_saved_ = false;
    }
    return list;
}

/// Whether the file begins with what we know, so that only the rest is new.
Result<bool> UidList::is_continued(int fd, const FileStamp& now) const
{
    if (now.inode != stamp_.inode || now.size < text_.size())
        return false;
    const std::string_view known = text_;
    const auto begins = has_at(fd, known.substr(0, compared), 0);
    if (!begins || !*begins)
        return begins;
    const std::size_t tail = known.size() - std::min(compared, known.size());
    return has_at(fd, known.substr(tail), tail);
}

Result<UidList::Change> UidList::load_tail(int folder_fd)
{
    const auto file = io::open_at(folder_fd, file_name, O_RDONLY);
    if (!file)
        return file.error();
    const auto now = FileStamp::of(file->get());
    if (!now)
        return now.error();
    if (*now == stamp_)
        return Change::None;
    const auto continued = is_continued(file->get(), *now);
    if (!continued)
        return continued.error();
    if (!*continued) {
        auto list = load(folder_fd);
        if (!list)
            return list.error();
        *this = std::move(*list);
        return Change::Replaced;
    }

    if (now->size > max_octets)
        return Error{Errc::Limit, "UID list: too large", 0};
    const std::size_t known = text_.size();
    std::string tail(now->size - known, '\0');
    const auto n = io::read_at(file->get(), tail, known);
    if (!n)
        return n.error();
    stamp_ = *now;
    stamp_.size = known + *n;
    tail.resize(*n);
    const auto last = tail.rfind('\n');
    if (last == std::string::npos)
        return Change::None; // somebody has begun a line
    text_.append(tail, 0, last + 1);
    parse_lines(known);
    return Change::Appended;
}

/// Busy unless the file on disk is the one this list was made from.
Status UidList::check_known(int folder_fd) const
{
    const auto now = FileStamp::of(folder_fd, file_name);
    if (!now) {
        if (now.error().code == Errc::NotFound && stamp_ == FileStamp{})
            return Done{};
        return now.error().code == Errc::NotFound ? stale() : now.error();
    }
    // Not the time: it is of another clock on some network file systems, and what
    // is only appended to cannot change without growing.
    if (now->inode != stamp_.inode || now->size != stamp_.size)
        return stale();
    return Done{};
}

Status UidList::check_new(std::span<const Line> lines) const
{
    Uid next = uid_next_;
    for (const Line& line : lines) {
        if (next == 0)
            return Error{Errc::Limit, "no UID is left in this folder", 0};
        if (line.uid < next)
            return Error{Errc::Internal, "UIDs do not ascend", 0};
        if (!can_hold(line.base))
            return Error{Errc::Cannot, "not a base name: " + line.base, 0};
        if (line.fields.find_first_of("\n:") != std::string::npos)
            return Error{Errc::Cannot, "bad fields: " + line.fields, 0};
        next = line.uid + 1;
    }
    return Done{};
}

Status UidList::append(int folder_fd, std::span<const Line> lines)
{
    if (const auto checked = check_new(lines); !checked)
        return checked;
    if (const auto known = check_known(folder_fd); !known)
        return known;
    std::string tail;
    for (const Line& line : lines)
        append_line(tail, {line.uid, line.base, line.fields});

    if (version_ != 3 || stamp_ == FileStamp{})
        return write_anew(folder_fd, to_text() + tail);
    if (tail.empty())
        return Done{};
    if (text_.size() + tail.size() > max_octets)
        return Error{Errc::Limit, "UID list: too large", 0};
    return write_tail(folder_fd, tail);
}

/// Appends whole lines behind the last whole line.
Status UidList::write_tail(int folder_fd, std::string_view tail)
{
    const auto file = io::open_at(folder_fd, file_name, O_WRONLY | O_APPEND);
    if (!file)
        return file.error();
    const std::size_t known = text_.size();
    const auto end = static_cast<off_t>(known);
    if (stamp_.size > known && ::ftruncate(file->get(), end) != 0)
        return Error::from_errno("ftruncate", file_name);

    Status done = io::write_all(file->get(), tail);
    if (done)
        done = io::sync_data(file->get());
    if (!done) {
        // Nobody may take for given what may not survive. Should even this fail, what
        // stays are lines without files, or a torn one.
        [[maybe_unused]] const int cut = ::ftruncate(file->get(), end);
        stamp_.size = known;
        return done;
    }
    if (const auto stamp = FileStamp::of(file->get()); stamp)
        stamp_ = *stamp;
    stamp_.size = known + tail.size();
    text_ += tail;
    parse_lines(known);
    return Done{};
}

/// Puts `text` in the place of the file, and of what we hold.
Status UidList::write_anew(int folder_fd, std::string text)
{
    const auto written = io::replace_file_at(folder_fd, file_name, text);
    const auto stamp = FileStamp::of(folder_fd, file_name);
    if (!written || !stamp)
        return written ? stamp.error() : written.error();
    auto list = parse(std::move(text));
    if (!list)
        return list.error();
    *this = std::move(*list);
    stamp_ = *stamp;
    is_saved_ = true;
    return Done{};
}

Status UidList::compact(int folder_fd, const base::NumberSet& live)
{
    if (const auto known = check_known(folder_fd); !known)
        return known;
    std::string text = header();
    for (std::size_t i = 0; i < size(); ++i) {
        if (live.contains(records_[i].uid))
            append_line(text, entry(i));
    }
    return write_anew(folder_fd, std::move(text));
}

Status UidList::rewrite(int folder_fd)
{
    if (const auto known = check_known(folder_fd); !known)
        return known;
    return write_anew(folder_fd, to_text());
}

bool UidList::needs_compaction(std::size_t live_count) const
{
    // A rewrite costs as much as reading the list a few times: let a quarter of it,
    // and some thousand octets, be dead first.
    constexpr std::size_t few = 64;
    const std::size_t dead = size() - std::min(size(), live_count);
    return dead > few + live_count / 4;
}

} // namespace maildir
