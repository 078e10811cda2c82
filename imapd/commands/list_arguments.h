// SPDX-License-Identifier: ISC
/// \file
/// What a client asks of LIST and LSUB. RFC 5258 §6 has the grammar, with RFC 5819 and
/// RFC 6154 for more options.
#pragma once

#include <string>
#include <vector>

#include "commands/status_items.h"
#include "imap/parser.h"

namespace imapd {

struct ListArguments {
    /// Which names: selection options.
    struct Selection {
        bool subscribed = false;
        bool remote = false; ///< we have no mailboxes elsewhere: it changes nothing
        bool recursive_match = false;
        bool special_use = false;
    };
    /// What of them: return options.
    struct Wanted {
        bool subscribed = false;
        bool children = false;
        bool special_use = false;
        StatusItems status; ///< empty: no STATUS responses
    };

    /// Any of selection options, return options and several patterns, be they empty:
    /// RFC 5258 §3 says what changes by that.
    bool is_extended = false;
    Selection selection;
    std::string reference;
    std::vector<std::string> patterns;
    Wanted wanted;
};

/// More patterns in one command are refused.
inline constexpr std::size_t max_list_patterns = 1000;

/// list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]
ListArguments parse_list(imap::Parser& in);

/// lsub = "LSUB" SP mailbox SP list-mailbox
ListArguments parse_lsub(imap::Parser& in);

} // namespace imapd
