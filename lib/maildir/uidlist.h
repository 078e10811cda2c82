// SPDX-License-Identifier: ISC
/// \file
/// `dovecot-uidlist`, version 3: which UID each base name has, on disk.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/number_set.h"
#include "base/result.h"
#include "maildir/name.h"

namespace maildir {

/// The globally unique id of a folder; it stays when the folder is renamed.
using Guid = std::array<std::uint8_t, 16>;

/// The state of a file that is appended to, or replaced whole.
struct FileStamp {
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;
    bool operator==(const FileStamp&) const = default;

    /// As of now, of a descriptor.
    static base::Result<FileStamp> of(int fd);
    /// The same of a name; NotFound if there is no such file.
    static base::Result<FileStamp> of(int directory, const std::string& name);
};

/// The UIDs of one folder as they are on disk. The format, as Dovecot has it:
///
///     3 V<uid validity> N<next uid> G<guid, 32 hex digits>
///     <uid> [<letter><value> ...] :<base name>
///
/// Fields of the header may come in any order and unknown ones are kept; so are the
/// fields of a line. `N` is as of the last rewrite: the next UID is the larger of it
/// and the last line's UID + 1. Lines of expunged messages stay until `compact`, so
/// a line without a file is nothing unusual. Version 1 (`1 <validity> <next>`, then
/// `<uid> <base name>`), which is also Courier's, is read, and written as 3.
///
/// In memory it is the file's own text with views into it, and a hash table from
/// base names: 100,000 lines take about 12 MB and 20 ms.
///
/// Damage is survived where Dovecot would start anew: what is right in a damaged
/// file is kept. A last line without its line feed does not count and is cut off
/// before the next append. Of two lines with one base name the higher UID stays;
/// of two with one UID, the first. UIDs need not ascend in the file.
///
/// Everything that writes needs the folder's lock (`Folder::lock`), which is the
/// caller's duty; reading does not.
class UidList {
public:
    static constexpr const char* file_name = "dovecot-uidlist";
    /// A file larger than this is refused: 4 million messages, more or less.
    static constexpr std::size_t max_octets = std::size_t{512} << 20;

    /// One line. The views are in the list's storage, until its next change.
    struct Entry {
        Uid uid = 0;
        std::string_view base;
        std::string_view fields; ///< e.g. "W1234 Pxyz"; empty most of the time
    };

    /// A line to be written. `base` must be one that `can_hold`.
    struct Line {
        Uid uid = 0;
        std::string base;
        std::string fields = {};
    };

    /// What `load_tail` found.
    enum class Change { None, Appended, Replaced };

    /// An empty list of a new folder; not on disk until the first `append` or
    /// `compact`.
    UidList(std::uint32_t uid_validity, const Guid& guid, Uid next = 1);

    /// Whether a base name can stand in the list: any but the empty one, those with
    /// a line feed, `/`, NUL or info, and those that begin with a dot. A file whose
    /// name cannot is given another one first, or left alone.
    static bool can_hold(std::string_view base);

    /// The list of a folder. Errors: NotFound if there is no such file; Corrupt if
    /// its first line is not a header with a UIDVALIDITY; Limit; Io.
    static base::Result<UidList> load(int folder_fd);

    /// The same from text. Pure.
    static base::Result<UidList> parse(std::string text);

    /// Courier's `courierimapuiddb`, to be written as version 3 by the first
    /// `append` or `compact`; it has no GUID. Errors as `load`.
    static base::Result<UidList> import_courier(int folder_fd);

    /// Takes in what has been appended to the file since it was loaded; if it is
    /// another file by now, loads it whole. After Replaced all may be different,
    /// after Appended `entries()` has grown. On an error nothing has changed.
    base::Result<Change> load_tail(int folder_fd);

    /// Writes lines at the end of the file and waits until they are on disk
    /// (fdatasync). UIDs must ascend from `uid_next()`. Cuts off a torn last line
    /// first; makes the file when it is missing and rewrites it when it is of another
    /// version. On an error nothing has been appended, on disk or in here.
    ///
    /// Errors: Busy if the file is not as we know it: `load_tail` first, then try
    /// again with new UIDs; Cannot for a base that it cannot hold; NoSpace, OverQuota,
    /// Io; Limit when no UID is left.
    base::Status append(int folder_fd, std::span<const Line> lines);

    /// Writes the file anew with the lines of `live` only (temporary file, fsync,
    /// rename, fsync), and forgets the others. Errors: Busy as above; NoSpace, Io.
    base::Status compact(int folder_fd, const base::NumberSet& live);

    /// Writes the file anew with all its lines: after `set_guid`, or to heal it.
    base::Status rewrite(int folder_fd);

    /// Whether so many lines are of expunged messages that a rewrite pays, given the
    /// number of messages there are.
    bool needs_compaction(std::size_t live_count) const;

    std::uint32_t uid_validity() const { return uid_validity_; }
    /// The UID that the next message gets. 0: no UID is left.
    Uid uid_next() const { return uid_next_; }
    /// None in version 1, and in files of old Dovecots: make one, then `rewrite`.
    const std::optional<Guid>& guid() const { return guid_; }
    void set_guid(const Guid& guid)
    {
        guid_ = guid;
        is_saved_ = false;
    }
    /// For a caller that knows better: UIDNEXT never goes back. To disk with the
    /// next `rewrite` or `compact`.
    void raise_uid_next(Uid next)
    {
        if (uid_next_ == 0 || next <= uid_next_)
            return;
        uid_next_ = next;
        is_saved_ = false;
    }
    /// Whether all that is in here is on disk, in version 3, so that `rewrite` would
    /// change nothing.
    bool is_saved() const { return is_saved_ && version_ == 3; }

    /// Lines, in ascending order of their UIDs.
    std::size_t size() const { return records_.size(); }
    bool empty() const { return records_.empty(); }
    Entry entry(std::size_t index) const;
    /// The index of the first entry whose UID is not below `uid`.
    std::size_t lower_bound(Uid uid) const;

    /// The entry of a base name (not a file name). O(1).
    std::optional<Entry> find(std::string_view base) const;
    std::optional<Entry> find(Uid uid) const;

    /// The file as loaded; all 0 for a list that is not on disk.
    const FileStamp& stamp() const { return stamp_; }
    /// Whether the text was not what a writer of this format leaves behind: garbled
    /// lines, duplicates. Worth a line in the log and a `rewrite`.
    bool was_damaged() const { return was_damaged_; }

    /// The whole file as `rewrite` would write it.
    std::string to_text() const;

private:
    /// A line's place in `text_`.
    struct Record {
        Uid uid; ///< 0: overruled by a later line, gone at the end of parse_lines
        std::uint32_t fields_at;
        std::uint32_t fields_length;
        std::uint32_t base_at;
        std::uint32_t base_length;
    };

    UidList() = default;

    // uidlist_text.cc: from text and to text
    base::Status parse_header(std::string_view line);
    base::Status parse_version_1(std::string_view fields);
    base::Status parse_version_3(std::string_view fields);
    void parse_lines(std::size_t from);
    void parse_line(std::size_t begin, std::size_t end);
    void salvage_glued(Uid uid, std::size_t base_at, std::size_t end);
    void add(Uid uid, std::size_t fields_at, std::size_t base_at, std::size_t end);
    void put_in_order();
    void note_uid(Uid uid);
    std::string header() const;
    static void append_line(std::string& text, const Entry& entry);
    std::string_view base_at(std::size_t index) const;

    // uidlist_text.cc: the hash table
    std::size_t slot_of(std::string_view base) const;
    void grow_table(std::size_t record_count);

    // uidlist.cc: the file
    static base::Result<UidList> load_file(int folder_fd, const std::string& name);
    base::Result<bool> is_continued(int fd, const FileStamp& now) const;
    base::Status check_known(int folder_fd) const;
    base::Status check_new(std::span<const Line> lines) const;
    base::Status write_anew(int folder_fd, std::string text);
    base::Status write_tail(int folder_fd, std::string_view tail);

    unsigned version_ = 3;
    std::uint32_t uid_validity_ = 0;
    Uid uid_next_ = 1;
    std::optional<Guid> guid_;
    std::vector<std::string> unknown_fields_; // of the header
    std::string text_;                        // whole lines only
    std::vector<Record> records_;             // ascending UIDs
    std::vector<std::uint32_t> table_;        // open addressing: index + 1, 0 is free
    FileStamp stamp_;
    bool is_saved_ = false; // nothing was set since the file was read or written
    bool was_damaged_ = false;
    bool is_disordered_ = false; // only while lines are parsed
};

} // namespace maildir
