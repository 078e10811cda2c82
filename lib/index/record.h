// SPDX-License-Identifier: ISC
/// \file
/// What the index keeps about folders and messages. imapd-index(5) has the
/// octets.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace indexing {

/// The flags of a message as bits, in the order of Maildir's letters: D F P R S T.
/// The index itself asks for `seen` and `deleted` only, which it counts.
namespace flag {
inline constexpr std::uint8_t draft = 1;
inline constexpr std::uint8_t flagged = 2;
inline constexpr std::uint8_t passed = 4;
inline constexpr std::uint8_t answered = 8;
inline constexpr std::uint8_t seen = 16;
inline constexpr std::uint8_t deleted = 32;
} // namespace flag

/// The state of a file or a directory when it was last read: whether it differs now
/// is whether there is something new in it (R21 says when not to believe it).
struct Stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;
    bool operator==(const Stamp&) const = default;
};

/// One folder. The index alone keeps `messages`, `unseen`, `deleted`, `octets` and
/// what is said of vanished messages; the rest is the caller's.
struct FolderRecord {
    std::uint32_t id = 0; ///< never given twice in one index file

    /// Never the same for two records, even of the same folder before and after a
    /// rebuild: what was remembered beside another generation is worth nothing.
    std::uint64_t generation = 0;

    std::uint32_t uid_validity = 0;
    std::uint32_t uid_next = 1;
    std::uint32_t first_recent = 1; ///< the UIDs from here on are \Recent to nobody yet
    std::array<std::uint8_t, 16> guid = {};
    std::uint64_t highest_modseq = 0; ///< the largest given in this folder

    /// What vanished is known for MODSEQs from here on (`Read::vanished_since`).
    std::uint64_t vanished_floor = 0;
    std::uint32_t vanished_ranges = 0; ///< of how many ranges it is known

    std::uint32_t messages = 0;
    std::uint32_t unseen = 0;  ///< without `flag::seen`
    std::uint32_t deleted = 0; ///< with `flag::deleted`
    std::uint64_t octets = 0;  ///< the sum of the messages' `octets`

    Stamp new_dir;
    Stamp cur_dir;
    Stamp uidlist;
    Stamp keywords;
    bool is_complete = false; ///< a first scan of the folder was finished
};

/// Where in its folder a message's file is.
enum class Place : std::uint8_t { New, Cur };

/// One message, read straight from the map: `name` is valid as long as the
/// transaction it came from, and until the next change in that.
struct MessageView {
    std::uint32_t uid = 0;
    std::uint8_t flags = 0;
    Place place = Place::New;
    std::uint16_t base_octets = 0; ///< how much of `name` is the base name
    std::uint32_t keywords = 0;    ///< bit 0 is the letter a
    std::uint64_t modseq = 0;
    std::uint64_t octets = 0;       ///< the file's size
    std::uint64_t wire_octets = 0;  ///< with each LF as CRLF; 0: not known
    std::int64_t internal_date = 0; ///< seconds since 1970
    std::int64_t saved_date = 0;    ///< seconds since 1970; 0: not known
    std::string_view name;          ///< the whole file name

    std::string_view base_name() const { return name.substr(0, base_octets); }
};

/// One message, owning its name: to be put into the index.
struct MessageRecord {
    std::uint32_t uid = 0;
    std::uint8_t flags = 0;
    Place place = Place::New;
    /// How much of `name` is the base name, by which `Read::uid_of` finds the
    /// message; 0: what stands before the first colon, or all of it.
    std::uint16_t base_octets = 0;
    std::uint32_t keywords = 0;
    std::uint64_t modseq = 0;
    std::uint64_t octets = 0;
    std::uint64_t wire_octets = 0;
    std::int64_t internal_date = 0;
    std::int64_t saved_date = 0;
    std::string name; ///< at most `max_name` octets

    MessageRecord() = default;
    explicit MessageRecord(const MessageView& view);
    /// As a view, with `base_octets` filled in. It looks at this record's own name.
    MessageView view() const;
};

/// No file system here has longer names; what is longer is refused.
inline constexpr std::size_t max_name = 4096;

/// What is kept of a message that was once made from its content. To the index
/// these are octets; a blob that a reader does not understand is made again.
enum class Kind : std::uint8_t {
    Envelope = 1,      ///< ENVELOPE in wire form
    Body = 2,          ///< BODY in wire form
    BodyStructure = 3, ///< BODYSTRUCTURE in wire form
    Structure = 4,     ///< where the parts are in the file
    Preview = 5,       ///< text for RFC 8970
    SortKeys = 6,      ///< RFC 5256: base subject, addresses, sent date
    ThreadKeys = 7,    ///< RFC 5256: Message-ID, References
    Digest = 8,        ///< an identity by content (RFC 8474 EMAILID)
};

/// How records are packed: little-endian, without gaps. A value that cannot be one
/// gives nothing, so that a damaged page is found out and not believed.
std::string pack(const FolderRecord& record, std::string_view name);
std::string pack(const MessageView& message);

/// A folder's record together with its name.
struct NamedFolder {
    std::string name;
    FolderRecord record;
};

/// False if `packed` is not a whole record.
bool unpack(std::string_view packed, NamedFolder& folder);
/// Ditto; `message.name` then points into `packed`. The UID is in the key.
bool unpack(std::string_view packed, MessageView& message);

} // namespace indexing
