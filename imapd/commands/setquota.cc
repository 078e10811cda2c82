// SPDX-License-Identifier: ISC
/// \file
/// SETQUOTA. RFC 9208 §4.1.3. Quotas are the administrator's to set, so that nobody is
/// let, and QUOTASET is not announced.

#include "commands/commands.h"

#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

/// setquota = "SETQUOTA" SP quota-root-name SP setquota-list
void parse(imap::Parser& in)
{
    in.space("the quota root");
    in.astring();
    in.space("the limits");
    in.expect("(");
    for (bool is_first = true; !in.accept(")"); is_first = false) {
        if (!is_first)
            in.space();
        in.atom();
        in.space("the limit");
        in.number64();
    }
    in.end();
}

} // namespace

Reply setquota(Session&, Request& request)
{
    parse(request.args);
    return Reply::no("Only the administrator sets quotas").code("NOPERM");
}

} // namespace imapd
