// SPDX-License-Identifier: ISC
/// \file
/// URLs of messages: what is taken has a UID, a mailbox in UTF-8 and nothing that could
/// end a line.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "imap/message_url.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto url = imap::MessageUrl::parse(input);
    if (!url)
        return 0;
    constexpr std::string_view line_ends("\0\r\n", 3);
    const bool is_sound =
        url->uid != 0 && url->uid_validity != 0U && url->octets != std::uint64_t{0} &&
        url->has_mailbox == !url->mailbox.empty() && text::valid_utf8(url->mailbox) &&
        url->mailbox.find_first_of(line_ends) == std::string::npos &&
        url->section.find_first_of(line_ends) == std::string::npos &&
        (url->offset || !url->octets) && url->mailbox.size() < input.size();
    if (!is_sound)
        std::abort();
    return 0;
}
