// SPDX-License-Identifier: ISC
#include "commands/quota.h"

namespace imapd {

void write_quota(Session& session, const maildir::Quota::State& state)
{
    const auto& [limits, usage] = state;
    auto& out = session.writer().begin().raw("QUOTA ").astring(quota_root).raw(" (");
    if (limits.octets != 0) {
        const auto used = static_cast<std::uint64_t>(usage.octets + 1023) / 1024;
        out.raw("STORAGE ").number(used).space().number(limits.octets / 1024);
    }
    if (limits.octets != 0 && limits.messages != 0)
        out.space();
    if (limits.messages != 0)
        out.raw("MESSAGE ")
            .number(static_cast<std::uint64_t>(usage.messages))
            .space()
            .number(limits.messages);
    out.raw(")").end();
}

} // namespace imapd
