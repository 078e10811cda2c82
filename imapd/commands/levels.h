// SPDX-License-Identifier: ISC
/// \file
/// What LIST and LSUB share: their arguments, and mailbox names as a tree of levels.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "imap/parser.h"
#include "session/names.h"
#include "session/reply.h"
#include "session/session.h"

namespace imapd {

struct ListArguments {
    std::string reference;
    std::string pattern;
};

/// list = "LIST" SP mailbox SP list-mailbox
ListArguments parse_list(imap::Parser& in);

/// Names of mailboxes and of the levels above them, in order; whether each is there.
using Levels = std::map<std::string, bool>;

Levels levels_of(const Names& names, const std::vector<std::string>& folders);
bool has_children(const Levels& levels, const std::string& name, char separator);

/// Writes one LIST or LSUB response.
void write_level(Session& session, std::string_view response,
                 std::string_view attributes, std::string_view name);

/// The answer to an empty pattern, which asks for the separator. RFC 9051 §6.3.9.
Reply tell_separator(Session& session, std::string_view response);

} // namespace imapd
