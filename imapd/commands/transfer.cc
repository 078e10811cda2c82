// SPDX-License-Identifier: ISC
#include "commands/transfer.h"

namespace imapd {

TransferArguments parse_transfer(imap::Parser& in)
{
    TransferArguments args;
    in.space("the message numbers");
    args.messages = in.sequence_set();
    in.space("the mailbox name");
    args.mailbox = in.mailbox();
    in.end();
    return args;
}

std::variant<Transfer, Reply> look_up(Session& session, const Request& request,
                                      const TransferArguments& args)
{
    const auto uids = session.selected().view.resolve(args.messages, request.numbering);
    if (!uids)
        return Reply::bad("No such message");
    const auto folder = session.names().folder(args.mailbox);
    if (!folder)
        return Reply::from(folder.error());
    if (!session.store().exists(*folder)) // RFC 9051 §6.4.7
        return Reply::no("There is no such mailbox").code("TRYCREATE");
    return Transfer{*uids, *folder};
}

std::string copy_uid(const mailbox::Copies& copies)
{
    return std::to_string(copies.uid_validity) + " " + copies.from.to_text() + " " +
           copies.to.to_text();
}

} // namespace imapd
