// SPDX-License-Identifier: ISC
/// \file
/// `avocet-special-use`: what folders are for, as clients have set it.
///
/// RFC 6154. The file stands in the root of a Maildir. A line each: the attribute, a
/// space, the folder's name as on disk without its dot. Lines that begin with `#`, and
/// those that we do not understand, are kept.
///
///     \Sent Sent Messages
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace maildir {

/// The uses that a folder can have. RFC 6154 §2 has \All and \Flagged as well, which
/// are views of other mailboxes.
enum class SpecialUse : std::uint8_t { Archive, Drafts, Junk, Sent, Trash };

inline constexpr std::array special_uses = {SpecialUse::Archive, SpecialUse::Drafts,
                                            SpecialUse::Junk, SpecialUse::Sent,
                                            SpecialUse::Trash};

/// As it is on the wire: "\Sent".
std::string_view attribute_of(SpecialUse use);
/// The use that an attribute, in any case, stands for.
std::optional<SpecialUse> special_use_of(std::string_view attribute);

/// The content of the file. Each use has one folder at most; a folder may have several.
class SpecialUseFile {
public:
    static constexpr const char* file_name = "avocet-special-use";
    static constexpr std::size_t max_octets = std::size_t{1} << 20;

    /// As the file says; empty if there is none. Errors: Limit, Io.
    static base::Result<SpecialUseFile> load(int root_fd);
    /// The same from text. Pure. Of two lines with one use the last counts.
    static SpecialUseFile parse(std::string_view text);

    const std::map<SpecialUse, std::string>& folders() const { return folders_; }
    void set(SpecialUse use, std::string folder) { folders_[use] = std::move(folder); }
    /// Takes all uses away from a folder. Whether it had any.
    bool forget(std::string_view folder);
    /// Follows the renaming of a folder, and of all below it. Whether anything changed.
    bool rename(std::string_view from, std::string_view to);
    std::string to_text() const;

    /// The same on disk: read, change, replace. Nothing is written when nothing
    /// changes. The caller holds the lock of the Maildir's root (`Folder::lock` of
    /// INBOX). Errors: NoSpace, Io.
    static base::Status assign(int root_fd, const std::string& folder,
                               std::span<const SpecialUse> uses);
    static base::Status forget(int root_fd, const std::string& folder);
    static base::Status rename(int root_fd, const std::string& from,
                               const std::string& to);

private:
    std::map<SpecialUse, std::string> folders_;
    std::vector<std::string> other_lines_;
};

} // namespace maildir
