// SPDX-License-Identifier: ISC
#include "imap/mailbox_name.h"

#include <algorithm>

#include "text/ascii.h"
#include "text/utf7.h"
#include "text/utf8.h"

namespace imap {

bool is_inbox(std::string_view name)
{
    return text::equal_ignoring_case(name, "INBOX");
}

base::Result<std::string> mailbox_from_wire(std::string_view wire)
{
    if (wire.empty())
        return base::Error{base::Errc::Cannot, "The mailbox name is empty"};
    if (is_inbox(wire))
        return std::string("INBOX");
    auto name = text::utf7_decode(wire);
    if (!name)
        return base::Error{base::Errc::Cannot,
                           "The mailbox name is not modified UTF-7"};
    if (std::any_of(name->begin(), name->end(), text::is_control))
        return base::Error{base::Errc::Cannot,
                           "The mailbox name has a control character in it"};
    if (name->size() > max_mailbox_name)
        return base::Error{base::Errc::Limit, "The mailbox name is too long"};
    return name;
}

std::string mailbox_to_wire(std::string_view name)
{
    // Names come from disk as well; what is no UTF-8 must not end a LIST.
    if (auto wire = text::utf7_encode(name))
        return *std::move(wire);
    return *text::utf7_encode(text::repair_utf8(name));
}

} // namespace imap
