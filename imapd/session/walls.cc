// SPDX-License-Identifier: ISC
#include "session/walls.h"

#include "mailbox/store.h"
#include "sandbox/drop.h"
#include "sandbox/landlock.h"
#include "sandbox/limits.h"
#include "text/charset.h"

namespace imapd {
namespace {

sandbox::Reach reach_of(const Start& start)
{
    sandbox::Reach reach;
    reach.writable.push_back(start.mail);
    if (!start.index_directory.empty())
        reach.writable.push_back(start.index_directory);
    reach.writable.insert(reach.writable.end(), start.settings->mail.linked.begin(),
                          start.settings->mail.linked.end());
    reach.readable = {
        text::converter_directory(),       // charsets, loaded when one is met
        "/proc/sys/kernel/random/boot_id", // whether the index outlived a crash (R17)
        "/etc/localtime",
        "/usr/share/zoneinfo", // days of SEARCH
#if defined(__SANITIZE_ADDRESS__)
        "/proc/self",
        "/usr",
        "/lib",
        "/etc/ld.so.cache",
        "/sys",
#endif
    };
    return reach;
}

} // namespace

base::Status shut_in(const Start& start)
{
    if (auto done = mailbox::Store::make_places(start.mail, start.index_directory);
        !done)
        return done;
    if (auto done = sandbox::limit_data(start.settings->limits.session_memory); !done)
        return done;
    if (auto done = sandbox::no_new_privileges(); !done)
        return done;
    if (auto done = sandbox::confine(reach_of(start));
        !done && done.error().code != base::Errc::Unsupported)
        return done;
    return start.filter ? start.filter->apply() : base::Status(base::Done{});
}

} // namespace imapd
