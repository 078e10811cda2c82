// SPDX-License-Identifier: ISC
/// \file
/// Whether a message is what SEARCH asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "imap/date_time.h"
#include "imap/flags.h"
#include "imap/sequence_set.h"
#include "search/query.h"

namespace search {

/// One message, as a search looks at it. What is cheap is asked for first; the last
/// three may read the message's file, and are expected to keep what they read. A
/// message that can no longer be read has no octets and no date.
class Subject {
public:
    virtual ~Subject() = default;
    virtual imap::Number uid() = 0;
    /// SystemFlag bits, Recent among them.
    virtual std::uint8_t system_flags() = 0;
    /// Keywords compare without regard to ASCII case.
    virtual bool has_keyword(std::string_view name) = 0;
    /// The day of arrival, in the server's zone.
    virtual imap::Date internal_date() = 0;
    /// The day it was saved where it is, in the server's zone. RFC 8514 §3.
    virtual imap::Date saved_date() = 0;
    /// RFC 8474 §5.1; empty if the message can no longer be read.
    virtual std::string email_id() = 0;
    /// RFC 7162 §3.1.
    virtual std::uint64_t mod_sequence() = 0;
    /// RFC822.SIZE.
    virtual std::uint64_t size() = 0;
    /// The day in the Date: field as it is written there, without regard to its zone
    /// (RFC 9051 §6.4.4, SENTBEFORE); nullopt if there is none.
    virtual std::optional<imap::Date> sent_date() = 0;
    /// The message's header, with CRLF or LF line ends.
    virtual std::string_view header() = 0;
    /// The whole message, header included.
    virtual std::string_view text() = 0;
};

/// Decides keys from the cheapest to the dearest and stops as soon as the answer is
/// known, so that a message is read only if its flags, dates and size let it through.
///
/// Header fields are searched with encoded words decoded, bodies with their transfer
/// encoding and charset undone, all as folded UTF-8 (`text::fold`): BODY looks at every
/// part of type text, and at the headers of attached messages. TEXT looks at the
/// header too, as it is and decoded. The query must be resolved.
bool matches(const Query& query, Subject& subject);

} // namespace search
