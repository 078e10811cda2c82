// SPDX-License-Identifier: ISC
/// \file
/// Reading a directory that others are changing.
///
/// readdir(3) is no snapshot. POSIX leaves open whether an entry that is added or
/// removed after the directory was opened is shown, and a rename is both. On ext4
/// the entries come in the order of a hash of their names, so a message whose flags
/// change moves to another place in that order: behind us, and we never see it, or
/// ahead of us, and we see it twice. This is not a rare race. With one other process
/// changing flags, 46 % of the scans of 5,000 files and 99 % of the scans of 50,000
/// missed at least one message that existed all the time, and about as many showed
/// one twice. The answer "it is not in the listing" therefore means "ask again", and
/// only a listing that is stable can say that a message has gone. What to do about
/// the others is decided in mailbox/sync; here we say which kind a listing is.
///
/// A listing is stable when the directory's modification time was the same before
/// and after, and was old enough when we began. The second half is needed because
/// that time comes from a clock that ticks: a change that follows another within one
/// tick leaves no trace in it. Linux 6.13 stamps every change on ext4, xfs and btrfs
/// anew once somebody has looked; before, the tick was that of the kernel, 1 to 10
/// ms; and there are file systems that keep whole seconds, or pairs of them (FAT,
/// some network file systems). Which kind we are on shows in the times themselves:
/// one without a fraction of a second is taken for the coarse kind.
///
/// Rejected:
/// - Reading again until two listings agree. It does not end on a busy folder, and
///   two listings can agree on the same omission.
/// - Holding a lock while reading. Other programs do not take our lock: the delivery
///   agents rename into `new/`, other readers rename in `cur/`, whatever we hold.
/// - A stat(2) for every name, to find the one that moved. It costs five times the
///   scan itself, and says only that a name we have has gone, never what it is
///   called now. The inode number comes with the entry for nothing, and joins the
///   two names of a file that we saw twice.
/// - Trusting inotify in place of the scan. It is blind on network file systems,
///   overflows after 16,384 events, and knows nothing of the time before the watch.
///
/// We call getdents64(2) ourselves with 256 KiB: glibc's readdir reads 32 KiB at a
/// time, and every refill is another chance for a rename to slip between. The names
/// go into one block of memory, with views into it: 100,000 files are two dozen
/// allocations rather than 100,000.
#include "maildir/scan.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "io/file.h"

namespace maildir {

using base::Error;
using base::Result;
using base::Status;

namespace {

constexpr std::size_t buffer_size = std::size_t{256} << 10;
constexpr std::int64_t second_ns = 1'000'000'000;
/// Two ticks of a kernel with HZ=100.
constexpr std::int64_t two_fine_ticks_ns = 20'000'000;
/// Two ticks of the coarsest file system, FAT's two seconds.
constexpr std::int64_t two_coarse_ticks_ns = 4 * second_ns;

} // namespace

/// One scan under way. Offsets are kept until all names are there: the block that
/// holds them moves while it grows.
class Scan {
public:
    explicit Scan(int directory) : directory_(directory) {}

    Status read_all()
    {
        const auto buffer = std::make_unique<char[]>(buffer_size);
        for (;;) {
            const auto n = ::getdents64(directory_, buffer.get(), buffer_size);
            if (n < 0)
                return Error::from_errno("getdents64");
            if (n == 0)
                return base::Done{};
            take(buffer.get(), static_cast<std::size_t>(n));
        }
    }

    Listing listing(const Stamp& before, const Stamp& after, bool is_stable)
    {
        Listing result;
        result.text_ = std::move(text_);
        result.sightings_ = std::move(sightings_);
        std::size_t at = 0;
        for (Sighting& sighting : result.sightings_) {
            const std::size_t length = sighting.name.size();
            sighting.name = {result.text_.data() + at, length};
            at += length;
        }
        result.before_ = before;
        result.after_ = after;
        result.is_stable_ = is_stable;
        return result;
    }

private:
    void take(const char* buffer, std::size_t size)
    {
        for (std::size_t at = 0; at < size;) {
            dirent64 entry; // only its head is there: the name is as long as it is
            std::memcpy(&entry, buffer + at, offsetof(dirent64, d_name));
            const char* name = buffer + at + offsetof(dirent64, d_name);
            at += entry.d_reclen;
            if (name[0] == '.' || entry.d_type == DT_DIR)
                continue;
            const std::size_t length = std::strlen(name);
            text_.insert(text_.end(), name, name + length);
            // The length is right already; where the name is follows in listing().
            sightings_.push_back({{name, length}, entry.d_ino});
        }
    }

    int directory_;
    std::vector<char> text_;
    std::vector<Sighting> sightings_;
};

std::int64_t quiet_time_us(std::int64_t mtime_ns)
{
    const bool is_coarse = mtime_ns % second_ns == 0;
    return (is_coarse ? two_coarse_ticks_ns : two_fine_ticks_ns) / 1000;
}

bool may_still_change(std::int64_t mtime_ns, std::int64_t now_us)
{
    return now_us * 1000 - mtime_ns <= quiet_time_us(mtime_ns) * 1000;
}

Result<Listing> scan(const Folder& folder, Where where, const base::Clock& clock)
{
    // A descriptor of our own: the position in the directory belongs to it.
    const auto directory = io::open_at(folder.fd(where), ".", O_RDONLY | O_DIRECTORY);
    if (!directory)
        return directory.error();

    const std::int64_t begun_us = clock.wall_us();
    const auto before = folder.stamp(where);
    if (!before)
        return before.error();
    Scan scan(directory->get());
    if (const auto done = scan.read_all(); !done)
        return done.error();
    const auto after = folder.stamp(where);
    if (!after)
        return after.error();
    const bool is_stable =
        *before == *after && !may_still_change(before->mtime_ns, begun_us);
    return scan.listing(*before, *after, is_stable);
}

} // namespace maildir
