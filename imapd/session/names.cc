// SPDX-License-Identifier: ISC
#include "session/names.h"

#include <algorithm>

#include "text/ascii.h"
#include "text/utf7.h"

namespace imapd {

using base::Errc;
using base::Error;

base::Result<std::string> Names::folder(std::string_view wire) const
{
    if (text::equal_ignoring_case(wire, "INBOX"))
        return std::string();
    if (!text::utf7_decode(wire))
        return Error{Errc::Cannot, "The mailbox name is not valid modified UTF-7"};
    std::string folder(wire);
    if (separator_ != '.') {
        if (folder.find('.') != std::string::npos)
            return Error{Errc::Cannot,
                         "A mailbox name cannot contain a full stop here"};
        std::replace(folder.begin(), folder.end(), separator_, '.');
    }
    if (folder.empty() || folder.front() == '.' || folder.back() == '.' ||
        folder.find("..") != std::string::npos)
        return Error{Errc::Cannot, "A level of the mailbox name is empty"};
    if (folder.find('/') != std::string::npos)
        return Error{Errc::Cannot, "A mailbox name cannot contain a slash here"};
    return folder;
}

std::string Names::wire(std::string_view folder) const
{
    if (folder.empty())
        return "INBOX";
    std::string wire(folder);
    if (separator_ != '.')
        std::replace(wire.begin(), wire.end(), '.', separator_);
    return wire;
}

} // namespace imapd
