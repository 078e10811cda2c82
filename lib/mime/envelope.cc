// SPDX-License-Identifier: ISC
#include "mime/envelope.h"

#include <iterator>
#include <string_view>

namespace mime {
namespace {

/// The field's value. No message may have two; of those that do we tell the last,
/// as Dovecot does, so that clients see no change when they are moved.
std::optional<std::string> last_value(const Header& header, std::string_view name)
{
    const auto fields = header.fields(name);
    if (fields.empty())
        return {};
    return fields.back()->value();
}

/// The addresses of all the fields of this name, as if they were one.
Addresses addresses(const Header& header, std::string_view name)
{
    Addresses all;
    for (const Field* const field : header.fields(name)) {
        Addresses some = parse_addresses(field->value());
        if (all.size() + some.size() > max_addresses)
            break;
        all.insert(all.end(), std::make_move_iterator(some.begin()),
                   std::make_move_iterator(some.end()));
    }
    return all;
}

} // namespace

Envelope parse_envelope(const Header& header)
{
    Envelope envelope;
    envelope.date = last_value(header, "Date");
    envelope.subject = last_value(header, "Subject");
    envelope.from = addresses(header, "From");
    envelope.sender = addresses(header, "Sender");
    if (envelope.sender.empty())
        envelope.sender = envelope.from;
    envelope.reply_to = addresses(header, "Reply-To");
    if (envelope.reply_to.empty())
        envelope.reply_to = envelope.from;
    envelope.to = addresses(header, "To");
    envelope.cc = addresses(header, "Cc");
    envelope.bcc = addresses(header, "Bcc");
    envelope.in_reply_to = last_value(header, "In-Reply-To");
    envelope.message_id = last_value(header, "Message-ID");
    return envelope;
}

} // namespace mime
