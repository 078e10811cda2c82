// SPDX-License-Identifier: ISC
#include "session/names.h"

#include <algorithm>

#include "imap/mailbox_name.h"
#include "text/ascii.h"
#include "text/normal.h"
#include "text/utf7.h"
#include "text/utf8.h"

namespace imapd {

using base::Errc;
using base::Error;

namespace {

/// Beyond US-ASCII, what RFC 6855 §3 keeps out of names: the C1 control characters and
/// the separators of lines and paragraphs.
bool has_odd_character(std::string_view utf8)
{
    while (!utf8.empty()) {
        const text::CodePoint next = text::next_code_point(utf8);
        if ((next.value >= 0x80 && next.value <= 0x9F) || next.value == 0x2028 ||
            next.value == 0x2029)
            return true;
        utf8.remove_prefix(next.size);
    }
    return false;
}

/// A name from the wire in modified UTF-7, after a look at its characters.
base::Result<std::string> to_utf7(std::string_view wire, Names::Form form)
{
    if (form == Names::Form::Utf7) {
        if (const auto name = imap::mailbox_from_wire(wire); !name)
            return name.error();
        return std::string(wire);
    }
    if (wire.size() > imap::max_mailbox_name)
        return Error{Errc::Limit, "The mailbox name is too long"};
    if (!text::valid_utf8(wire))
        return Error{Errc::Cannot, "The mailbox name is not UTF-8"};
    if (std::any_of(wire.begin(), wire.end(), text::is_control))
        return Error{Errc::Cannot, "The mailbox name has a control character in it"};
    return text::utf7_encode(wire);
}

} // namespace

base::Result<std::string> Names::folder(std::string_view wire) const
{
    if (imap::is_inbox(wire))
        return std::string();
    auto folder = to_utf7(wire, form_);
    if (!folder)
        return folder;
    if (separator_ != '.') {
        if (folder->find('.') != std::string::npos)
            return Error{Errc::Cannot,
                         "A mailbox name cannot contain a full stop here"};
        std::replace(folder->begin(), folder->end(), separator_, '.');
    }
    if (folder->empty() || folder->front() == '.' || folder->back() == '.' ||
        folder->find("..") != std::string::npos)
        return Error{Errc::Cannot, "A level of the mailbox name is empty"};
    if (folder->find('/') != std::string::npos)
        return Error{Errc::Cannot, "A mailbox name cannot contain a slash here"};
    return folder;
}

base::Result<std::string> Names::new_folder(std::string_view wire) const
{
    if (wire.find_first_of("*%") != std::string_view::npos)
        return Error{Errc::Cannot, "A mailbox name cannot contain * or %"};
    if (form_ == Form::Utf8 && !text::is_normal(wire))
        return Error{Errc::Cannot, "The mailbox name is not in normal form C"};
    if (form_ == Form::Utf8 && has_odd_character(wire))
        return Error{Errc::Cannot, "The mailbox name has a control character in it"};
    auto folder = this->folder(wire);
    if (folder && folder->size() >= max_directory_name)
        return Error{Errc::Cannot, "The mailbox name is too long to be stored"};
    return folder;
}

std::string Names::wire(std::string_view folder) const
{
    if (folder.empty())
        return "INBOX";
    std::string wire(folder);
    if (separator_ != '.')
        std::replace(wire.begin(), wire.end(), '.', separator_);
    if (form_ == Form::Utf7)
        return wire;
    // What other programs have put there may be anything.
    auto utf8 = text::utf7_decode(wire);
    return utf8 ? std::move(*utf8) : text::repair_utf8(wire);
}

} // namespace imapd
