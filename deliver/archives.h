// SPDX-License-Identifier: ISC
/// \file
/// What is in an archive, as far as its listing and the first octets of its members
/// tell: libarchive's opinion.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace deliver {

/// So many members of all archives of a message are looked at.
inline constexpr std::size_t archive_members = 1000;
/// So many octets of an archive, decoded. Of a larger one we know its beginning.
inline constexpr std::size_t archive_octets = std::size_t{32} << 20;
/// So many octets of a member.
inline constexpr std::size_t archive_member_octets = 4096;

/// Whether what libmagic calls so is something that is made to hold files, or to
/// compress one. Documents that only happen to be ZIP files are not. Pure.
bool is_archive(std::string_view type);

/// The media type that goes with the extension of a name, for members whose content
/// cannot be read; empty if it is none of those that run on somebody's machine. Pure.
std::string_view type_by_name(std::string_view name);

/// libarchive, loaded when it is needed and not before, as libmagic is.
class ArchiveLibrary {
public:
    ArchiveLibrary(ArchiveLibrary&&) noexcept;
    ~ArchiveLibrary();

    /// Nothing where we were built without it, or it cannot be loaded.
    static std::optional<ArchiveLibrary> load();

    /// A member: its name, empty where it has none; and its first octets, none if it
    /// has none or they cannot be read, as of one that is encrypted. False: enough.
    using Take = std::function<bool(std::string_view name, std::string_view octets)>;

    /// Gives the members of an archive up to its end, or to where it is damaged. What
    /// is no archive has none. Archives in archives are members as others are.
    void list(std::string_view archive, const Take& take) const;

private:
    struct Functions;
    explicit ArchiveLibrary(std::unique_ptr<const Functions> functions);

    std::unique_ptr<const Functions> functions_;
};

} // namespace deliver
