// SPDX-License-Identifier: ISC
/// \file
/// `subscriptions`: the folders a user wants to see.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace maildir {

/// The subscribed folders of one Maildir. Names are in Maildir form: levels
/// separated by `.`, modified UTF-7, as on disk; INBOX is "INBOX".
///
/// Version 1 of the file is a name a line. Version 2 begins with `V<TAB>2` and an
/// empty line and separates levels by TAB. A file is kept in the version it has; a
/// new one is of version 1, which every server reads. Lines that cannot be names
/// are not listed, but stay in the file.
class Subscriptions {
public:
    static constexpr const char* file_name = "subscriptions";
    static constexpr std::size_t max_octets = std::size_t{16} << 20;

    Subscriptions() = default;

    /// As the file says; none if there is no file. Errors: Limit, Io.
    static base::Result<Subscriptions> load(int root_fd);
    /// The same from text. Pure.
    static Subscriptions parse(std::string_view text);

    /// Courier's `courierimapsubscribed` (`INBOX.A.B` a line). NotFound if missing.
    /// UTF-8 names, as Courier 5 writes them, become modified UTF-7.
    static base::Result<Subscriptions> import_courier(int root_fd);
    static Subscriptions parse_courier(std::string_view text);

    /// Sorted, each once.
    const std::vector<std::string>& list() const { return names_; }
    bool contains(std::string_view name) const;

    /// In memory only. Whether anything changed.
    bool add(std::string_view name);
    bool remove(std::string_view name);
    std::string to_text() const;

    /// Adds or removes one name on disk: flock(2) on the file, read, change, replace.
    /// Nothing is written when nothing changes. Errors: Cannot for a name that
    /// cannot be stored; NoSpace, Io. Take over what Courier left before.
    static base::Status subscribe(int root_fd, std::string_view name);
    static base::Status unsubscribe(int root_fd, std::string_view name);

    /// Writes the file, whole or not at all.
    base::Status save(int root_fd) const;

private:
    enum class Version { One, Two };

    void insert(std::string name);

    Version version_ = Version::One;
    std::vector<std::string> names_;   // sorted, each once
    std::vector<std::string> unknown_; // lines that are no names
};

} // namespace maildir
