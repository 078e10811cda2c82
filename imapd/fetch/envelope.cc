// SPDX-License-Identifier: ISC
#include "fetch/envelope.h"

#include "imap/writer.h"

namespace imapd {
namespace {

void add(std::string& text, const mime::Addresses& addresses)
{
    if (addresses.empty()) {
        text += " NIL";
        return;
    }
    text += " (";
    for (const mime::Address& address : addresses) {
        text += '(' + imap::nstring(address.name) + ' ' + imap::nstring(address.route) +
                ' ' + imap::nstring(address.mailbox) + ' ' +
                imap::nstring(address.host) + ')';
    }
    text += ')';
}

} // namespace

std::string envelope_text(const mime::Envelope& envelope)
{
    std::string text =
        '(' + imap::nstring(envelope.date) + ' ' + imap::nstring(envelope.subject);
    for (const mime::Addresses* addresses :
         {&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to,
          &envelope.cc, &envelope.bcc})
        add(text, *addresses);
    return text + ' ' + imap::nstring(envelope.in_reply_to) + ' ' +
           imap::nstring(envelope.message_id) + ')';
}

} // namespace imapd
