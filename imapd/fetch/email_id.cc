// SPDX-License-Identifier: ISC
#include "fetch/email_id.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "base/sha256.h"
#include "fetch/body.h"
#include "session/object_id.h"

namespace imapd {
base::Result<std::string> email_id(mailbox::Mailbox& mailbox, mailbox::Uid uid)
{
    std::string known = mailbox.cached(uid, mailbox::Cached::Digest);
    if (!known.empty())
        return known;
    const auto message = mailbox.message(uid);
    if (!message)
        return message.error();
    base::Sha256 sha;
    const auto done = read_octets(message->fd.get(),
                                  [&](std::string_view octets) { sha.feed(octets); });
    if (!done)
        return done.error();
    const auto digest = sha.finish();
    std::array<std::uint8_t, 16> half = {};
    std::copy_n(digest.begin(), half.size(), half.begin());
    std::string id = "M" + object_id(half); // RFC 8474 §8.1 advises the letter
    mailbox.remember({{uid, mailbox::Cached::Digest, id}});
    return id;
}

} // namespace imapd
