// SPDX-License-Identifier: ISC
/// \file
/// What COPY and MOVE have in common. RFC 9051 §6.4.7 and §6.4.8, RFC 6851.
#pragma once

#include <string>
#include <variant>

#include "base/number_set.h"
#include "imap/parser.h"
#include "mailbox/copy.h"
#include "session/reply.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {

/// Which messages, and where to. The arguments as written.
struct TransferArguments {
    imap::SequenceSet messages;
    std::string mailbox;
};

/// The same, looked up. UIDs that are not there are ignored (RFC 9051 §6.4.9), so that
/// there may be nothing to do.
struct Transfer {
    base::NumberSet uids;
    std::string folder;
};

/// copy = "COPY" SP sequence-set SP mailbox, and so is move.
TransferArguments parse_transfer(imap::Parser& in);

/// What the arguments mean, or the answer that says why they mean nothing.
std::variant<Transfer, Reply> look_up(Session& session, const Request& request,
                                      const TransferArguments& args);

/// The arguments of COPYUID. RFC 4315 §3.
std::string copy_uid(const mailbox::Copies& copies);

} // namespace imapd
