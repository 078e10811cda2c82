// SPDX-License-Identifier: ISC
/// \file
/// The items of STATUS, which LIST gives as well (RFC 5819).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "imap/parser.h"
#include "mailbox/store.h"
#include "session/session.h"

namespace imapd {

/// What is asked of a mailbox, in the order of the question, each once.
using StatusItems = std::vector<std::string>;

/// "(" status-att *(SP status-att) ")"
StatusItems parse_status_items(imap::Parser& in);

/// Looks at the folder for what the items need. NotFound if there is no such folder.
base::Result<mailbox::Counters> status_of(Session& session, const std::string& folder,
                                          const StatusItems& items);

/// Writes the STATUS response.
void write_status(Session& session, const std::string& folder, const StatusItems& items,
                  const mailbox::Counters& counters);

} // namespace imapd
