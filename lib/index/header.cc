// SPDX-License-Identifier: ISC
#include "index/header.h"

#include <algorithm>
#include <cstring>

#include <unistd.h>

namespace indexing {

namespace {

/// The header as it is in the file, in the machine's own order of octets, as LMDB's
/// pages are.
struct Written {
    std::array<char, 8> magic;
    std::uint32_t format;
    std::uint32_t state;
    std::array<char, Header::max_boot_id> boot_id;
    std::uint64_t inode;
    std::uint64_t size;
    std::int64_t mtime;
    std::uint64_t checksum; ///< FNV-1a of all that stands before it
};
static_assert(sizeof(Written) == 88);

constexpr std::array<char, 8> magic = {'A', 'v', 'o', 'c', 'e', 't', 'I', 'x'};

std::uint64_t checksum(const Written& written)
{
    std::array<unsigned char, offsetof(Written, checksum)> bytes;
    std::memcpy(bytes.data(), &written, bytes.size());
    std::uint64_t sum = 0xcbf29ce484222325;
    for (const unsigned char byte : bytes)
        sum = (sum ^ byte) * 0x100000001b3;
    return sum;
}

} // namespace

std::optional<Header> Header::read(int file)
{
    Written written = {};
    const ssize_t got = ::pread(file, &written, sizeof written, offset);
    if (got != static_cast<ssize_t>(sizeof written) || written.magic != magic ||
        written.checksum != checksum(written) || written.state > 1)
        return std::nullopt;
    Header header;
    header.format = written.format;
    header.state = static_cast<State>(written.state);
    header.boot_id.assign(written.boot_id.data(),
                          ::strnlen(written.boot_id.data(), written.boot_id.size()));
    header.inode = written.inode;
    header.size = written.size;
    header.mtime = written.mtime;
    return header;
}

base::Status Header::write(int file) const
{
    Written written = {};
    written.magic = magic;
    written.format = format;
    written.state = static_cast<std::uint32_t>(state);
    std::copy_n(boot_id.begin(), std::min(boot_id.size(), max_boot_id),
                written.boot_id.begin());
    written.inode = inode;
    written.size = size;
    written.mtime = mtime;
    written.checksum = checksum(written);
    const ssize_t put = ::pwrite(file, &written, sizeof written, offset);
    if (put < 0)
        return base::Error::from_errno("pwrite", "index header");
    if (put != static_cast<ssize_t>(sizeof written))
        return base::Error::from_errno("pwrite", "index header", ENOSPC);
    return base::Done{};
}

} // namespace indexing
