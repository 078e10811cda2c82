// SPDX-License-Identifier: ISC
/// \file
/// Reading the names in `new/` or `cur/`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "maildir/folder.h"

namespace maildir {

/// A name that readdir showed us.
struct Sighting {
    std::string_view name; ///< in the storage of the Listing
    std::uint64_t inode = 0;
};

/// What one reading of a directory showed. *Not a snapshot*: see scan.cc. A name in
/// here existed at some moment of the scan; a name that is not in here may exist all
/// the same, and a renamed file can be in here twice.
class Listing {
public:
    Listing() = default;
    Listing(Listing&&) = default;
    Listing& operator=(Listing&&) = default;

    /// In the order of the directory, which means nothing.
    const std::vector<Sighting>& sightings() const { return sightings_; }
    std::size_t size() const { return sightings_.size(); }

    /// The directory's state before the first name was read; what to compare the
    /// next time.
    const Stamp& before() const { return before_; }
    const Stamp& after() const { return after_; }

    /// Whether this listing is all there was: the directory did not change while it
    /// was read, and its last change is older than two ticks of the clock that
    /// stamps it, so that `before()` compared equal later means "nothing changed".
    bool is_stable() const { return is_stable_; }

private:
    friend class Scan;

    std::vector<char> text_; // all names; the sightings' views point into it
    std::vector<Sighting> sightings_;
    Stamp before_;
    Stamp after_;
    bool is_stable_ = false;
};

/// Reads `new/` or `cur/` of `folder`, without names that begin with a dot and
/// without directories. Cost: 0.4 µs an entry and one allocation now and then.
///
/// Errors: NotFound if the directory has been removed meanwhile; Io.
base::Result<Listing> scan(const Folder& folder, Where where, const base::Clock& clock);

/// Whether a directory with the modification time `mtime_ns` may yet change without
/// that time changing, seen at `now_us`: within two clock ticks of the file system,
/// or of 2 s where the times have no fractions.
bool may_still_change(std::int64_t mtime_ns, std::int64_t now_us);
/// For how long it may, after a change. Microseconds.
std::int64_t quiet_time_us(std::int64_t mtime_ns);

} // namespace maildir
