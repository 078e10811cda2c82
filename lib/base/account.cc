// SPDX-License-Identifier: ISC
#include "base/account.h"

#include <cerrno>
#include <cstddef>
#include <vector>

#include <grp.h>
#include <pwd.h>

namespace base {

namespace {

/// A group with more members than fit in here is an error of the system.
constexpr std::size_t max_record = std::size_t{1} << 22;

/// Calls `call(record, buffer, size, &found)`, one of the get…_r family, with a buffer
/// that grows until the record fits.
template <class Record, class Call, class Take>
auto look_up(const std::string& what, Call call, Take take)
    -> Result<decltype(take(Record{}))>
{
    for (std::vector<char> buffer(4096);; buffer.resize(buffer.size() * 4)) {
        Record record = {};
        Record* found = nullptr;
        const int failure = call(&record, buffer.data(), buffer.size(), &found);
        if (found != nullptr)
            return take(record);
        if (failure == ERANGE && buffer.size() < max_record)
            continue;
        // What getpwnam(3) lists beside 0 for "no such name", the C libraries of Linux
        // give where no service could be asked: ENOENT without /etc/passwd, say.
        if (failure == 0)
            return Error{Errc::NotFound, "no such " + what, 0};
        return Error{Errc::Io, "looking up " + what + " failed", failure};
    }
}

Account account(const passwd& record)
{
    return {record.pw_name, record.pw_uid, record.pw_gid, record.pw_dir};
}

} // namespace

Result<Account> account_named(const std::string& name)
{
    return look_up<passwd>(
        "user: " + name,
        [&](passwd* record, char* buffer, std::size_t size, passwd** found) {
            return ::getpwnam_r(name.c_str(), record, buffer, size, found);
        },
        account);
}

Result<Account> account_of(uid_t uid)
{
    return look_up<passwd>(
        "uid: " + std::to_string(uid),
        [&](passwd* record, char* buffer, std::size_t size, passwd** found) {
            return ::getpwuid_r(uid, record, buffer, size, found);
        },
        account);
}

Result<gid_t> group_named(const std::string& name)
{
    return look_up<group>(
        "group: " + name,
        [&](group* record, char* buffer, std::size_t size, group** found) {
            return ::getgrnam_r(name.c_str(), record, buffer, size, found);
        },
        [](const group& record) { return record.gr_gid; });
}

} // namespace base
