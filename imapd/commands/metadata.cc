// SPDX-License-Identifier: ISC
#include "commands/metadata.h"

#include "imap/syntax_error.h"
#include "text/ascii.h"

namespace imapd {

using base::Errc;
using base::Error;

std::string entry_name(imap::Parser& in)
{
    std::string name = in.astring();
    if (!text::starts_with_ignoring_case(name, "/private/") &&
        !text::starts_with_ignoring_case(name, "/shared/"))
        throw imap::SyntaxError("Entries begin with /private/ or /shared/");
    if (!maildir::Metadata::is_valid(name))
        throw imap::SyntaxError("No entry can have this name");
    return name;
}

base::Result<Annotated> annotated(Session& session, const std::string& mailbox)
{
    if (mailbox.empty())
        return Annotated{};
    const auto folder = session.names().folder(mailbox);
    if (!folder)
        return folder.error();
    if (!session.store().exists(*folder))
        return Error{Errc::NotFound, "There is no such mailbox"};
    return Annotated{session.names().wire(*folder), *folder};
}

base::Result<Annotations> annotations(Session& session, const Annotated& target)
{
    auto& store = session.store();
    const auto stored =
        target.is_server() ? store.server_metadata() : store.metadata(target.folder);
    if (!stored)
        return stored.error();
    Annotations all = stored->entries();
    if (target.is_server())
        return all;
    const auto folders = store.list();
    if (!folders)
        return folders.error();
    const auto uses = store.special_uses(*folders);
    if (!uses)
        return uses.error();
    std::string value;
    if (const auto its = uses->find(target.folder); its != uses->end()) {
        for (const auto use : its->second)
            value +=
                (value.empty() ? "" : " ") + std::string(mailbox::attribute_of(use));
    }
    all.erase(std::string(special_use_entry));
    if (!value.empty())
        all.emplace(special_use_entry, value);
    return all;
}

} // namespace imapd
