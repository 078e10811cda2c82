// SPDX-License-Identifier: ISC
#include "sandbox/landlock.h"

#include <cerrno>
#include <cstdint>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/unique_fd.h"

namespace sandbox {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

// Rights and scopes that the headers of Debian 12 (Linux 6.1) do not name yet.
constexpr std::uint64_t access_truncate = std::uint64_t{1} << 14;  // ABI 3
constexpr std::uint64_t access_ioctl_dev = std::uint64_t{1} << 15; // ABI 5
constexpr std::uint64_t scope_abstract_unix_socket = 1;            // ABI 6
constexpr std::uint64_t scope_signal = 2;                          // ABI 6

constexpr std::uint64_t read_file = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t read_access = read_file | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t write_access =
    read_access | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER | access_truncate;
/// All that a rule can be about: what no rule allows is refused.
constexpr std::uint64_t all_access =
    write_access | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM | access_ioctl_dev;

/// `struct landlock_ruleset_attr` as of ABI 6.
struct Ruleset {
    std::uint64_t handled_access_fs;
    std::uint64_t handled_access_net;
    std::uint64_t scoped;
};

long abi()
{
    return ::syscall(SYS_landlock_create_ruleset, nullptr, 0,
                     LANDLOCK_CREATE_RULESET_VERSION);
}

/// Of `rights` those that the kernel knows.
std::uint64_t known(std::uint64_t rights, long version)
{
    if (version < 3)
        rights &= ~access_truncate;
    if (version < 5)
        rights &= ~access_ioctl_dev;
    return rights;
}

Result<base::UniqueFd> make_ruleset(long version)
{
    const Ruleset ruleset = {known(all_access, version), 0,
                             scope_abstract_unix_socket | scope_signal};
    // A kernel takes a structure that is longer than its own for an error.
    const std::size_t size = version >= 6   ? sizeof ruleset
                             : version >= 4 ? 2 * sizeof(std::uint64_t)
                                            : sizeof(std::uint64_t);
    base::UniqueFd rules(
        static_cast<int>(::syscall(SYS_landlock_create_ruleset, &ruleset, size, 0)));
    if (!rules)
        return Error::from_errno("landlock_create_ruleset");
    return rules;
}

Status allow(int rules, const std::string& path, std::uint64_t rights)
{
    const base::UniqueFd place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!place && errno == ENOENT)
        return Done{};
    if (!place)
        return Error::from_errno("open", path);
    struct stat status = {};
    if (::fstat(place.get(), &status) != 0)
        return Error::from_errno("fstat", path);
    if (!S_ISDIR(status.st_mode))
        rights &= read_file; // the kernel refuses the others for a file
    const landlock_path_beneath_attr rule = {rights, place.get()};
    if (::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) !=
        0)
        return Error::from_errno("landlock_add_rule", path);
    return Done{};
}

} // namespace

Status can_confine()
{
    const long version = abi();
    if (version < 0)
        return Error{Errc::Unsupported, "the kernel has no Landlock, or it is off"};
    if (version < 2)
        return Error{Errc::Unsupported,
                     "the kernel's Landlock forbids to rename between directories "
                     "(Linux 5.19 is needed)"};
    return Done{};
}

Status confine(const Reach& reach)
{
    if (auto can = can_confine(); !can)
        return can;
    const long version = abi();
    const auto rules = make_ruleset(version);
    if (!rules)
        return rules.error();
    for (const std::string& path : reach.writable) {
        if (auto done = allow(rules->get(), path, known(write_access, version)); !done)
            return done;
    }
    for (const std::string& path : reach.readable) {
        if (auto done = allow(rules->get(), path, read_access); !done)
            return done;
    }
    if (::syscall(SYS_landlock_restrict_self, rules->get(), 0) != 0)
        return Error::from_errno("landlock_restrict_self");
    return Done{};
}

} // namespace sandbox
