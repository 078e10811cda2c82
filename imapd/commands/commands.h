// SPDX-License-Identifier: ISC
/// \file
/// The handlers, one a command word, each in the file of that name.
///
/// A handler parses all its arguments first and looks nothing up meanwhile; it writes
/// the untagged data that *is* its answer, and never the tagged line, an update, a
/// flush or a `catch` (HACKING.md).
#pragma once

#include "session/reply.h"

namespace imapd {

class Session;
struct Request;

Reply append(Session& session, Request& request);
Reply capability(Session& session, Request& request);
Reply check(Session& session, Request& request);
Reply close(Session& session, Request& request);
Reply compress(Session& session, Request& request);
Reply copy(Session& session, Request& request);
Reply create(Session& session, Request& request);
Reply delete_mailbox(Session& session, Request& request);
Reply enable(Session& session, Request& request);
Reply examine(Session& session, Request& request);
Reply expunge(Session& session, Request& request);
Reply fetch(Session& session, Request& request);
Reply getmetadata(Session& session, Request& request);
Reply getquota(Session& session, Request& request);
Reply getquotaroot(Session& session, Request& request);
Reply id(Session& session, Request& request);
Reply idle(Session& session, Request& request);
Reply list(Session& session, Request& request);
Reply logout(Session& session, Request& request);
Reply lsub(Session& session, Request& request);
Reply move(Session& session, Request& request);
Reply namespaces(Session& session, Request& request);
Reply noop(Session& session, Request& request);
Reply notify(Session& session, Request& request);
Reply replace(Session& session, Request& request);
Reply rename_mailbox(Session& session, Request& request);
Reply search(Session& session, Request& request);
Reply select(Session& session, Request& request);
Reply setmetadata(Session& session, Request& request);
Reply setquota(Session& session, Request& request);
Reply status(Session& session, Request& request);
Reply store(Session& session, Request& request);
Reply subscribe(Session& session, Request& request);
Reply unselect(Session& session, Request& request);
Reply unsubscribe(Session& session, Request& request);
#if defined(AVOCET_INTRUDER)
Reply intrude(Session& session, Request& request);
#endif

} // namespace imapd
