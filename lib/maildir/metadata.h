// SPDX-License-Identifier: ISC
/// \file
/// `avocet-metadata`: annotations of a folder, or of the whole Maildir.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace maildir {

/// The annotations of one folder, by entry name. RFC 5464 §3.
///
/// There is no file for this that servers share: Dovecot keeps annotations wherever its
/// administrator said. Ours is a line an entry, sorted by name: the name, TAB, the
/// value with `\\`, `\n`, `\r`, `\t` and `\0` for those octets. It lies in the folder,
/// so that it is renamed and removed with it; the server's own entries lie in the
/// Maildir under another name. Lines of another form are not listed, and gone with the
/// next change.
class Metadata {
public:
    static constexpr const char* folder_file = "avocet-metadata";
    static constexpr const char* server_file = "avocet-metadata-server";
    /// RFC 5464 §4.1 asks for 1024 octets and 10 entries at least.
    static constexpr std::size_t max_value = 65536;
    static constexpr std::size_t max_entries = 128;
    static constexpr std::size_t max_name = 255;

    /// Entry names are compared without regard to case. RFC 5464 §3.2.
    struct Less {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const;
    };
    using Entries = std::map<std::string, std::string, Less>;

    Metadata() = default;

    /// None if there is no file. Errors: Limit, Io.
    static base::Result<Metadata> load(int directory, const char* file_name);
    /// Pure.
    static Metadata parse(std::string_view text);
    std::string to_text() const;

    const Entries& entries() const { return entries_; }

    /// In memory only; no value removes the entry. Errors: Limit past `max_entries`.
    base::Status set(const std::string& name, std::optional<std::string> value);

    /// Writes the file, whole or not at all; without entries it is removed. Call under
    /// the folder's lock after a fresh `load`.
    base::Status save(int directory, const char* file_name) const;

    /// Whether an entry can be called this: `/` and components, none of them empty, no
    /// octet that RFC 5464 §3.2 rules out, `max_name` octets at most.
    static bool is_valid(std::string_view name);

private:
    Entries entries_;
};

} // namespace maildir
