// SPDX-License-Identifier: ISC
#include "commands/url_part.h"

#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "fetch/body.h"
#include "fetch/items.h"
#include "imap/mailbox_name.h"
#include "imap/syntax_error.h"
#include "mailbox/mailbox.h"

namespace imapd {

using base::Errc;
using base::Error;

namespace {

/// Where the octets of a part go. The first failure stays; what comes after is dropped.
class Collector final : public imap::ByteSink {
public:
    Collector(mailbox::Append& append, std::uint64_t room)
        : append_(append), room_(room)
    {
    }
    void write(std::string_view octets) override
    {
        octets_ += octets.size();
        if (octets_ > room_)
            done_ = Error{Errc::Limit, "The message is too large"};
        if (done_)
            done_ = append_.write(octets);
    }
    base::Result<std::uint64_t> finish() const
    {
        if (!done_)
            return done_.error();
        return octets_;
    }

private:
    mailbox::Append& append_;
    std::uint64_t room_;
    std::uint64_t octets_ = 0;
    base::Status done_ = base::Done{};
};

Error no_such(const char* what)
{
    return Error{Errc::NotFound, std::string("There is no such ") + what};
}

base::Result<Section> section_of(const imap::MessageUrl& url)
{
    Section section;
    try {
        section = parse_section_text(url.section);
    } catch (const imap::SyntaxError&) { // in a URL it is a bad URL, not a bad command
        return no_such("section");
    }
    if (url.offset)
        section.partial = imap::Partial{
            *url.offset, url.octets.value_or(std::numeric_limits<std::int64_t>::max())};
    return section;
}

/// The mailbox of the URL if it is another one than that which is selected.
base::Result<std::unique_ptr<mailbox::Mailbox>>
open_mailbox(Session& session, const imap::MessageUrl& url)
{
    const Names names(session.names().separator()); // URLs are not the wire's form
    const auto folder = names.folder(imap::mailbox_to_wire(url.mailbox));
    if (!folder)
        return no_such("mailbox");
    return session.store().open(*folder, mailbox::Access::ReadOnly);
}

} // namespace

base::Result<std::uint64_t> copy_url_part(Session& session, const imap::MessageUrl& url,
                                          std::uint64_t room, mailbox::Append& append)
{
    const auto section = section_of(url);
    if (!section)
        return section.error();
    std::unique_ptr<mailbox::Mailbox> opened;
    if (url.has_mailbox) {
        auto mailbox = open_mailbox(session, url);
        if (!mailbox && mailbox.error().code != Errc::NotFound)
            return mailbox.error();
        if (!mailbox)
            return no_such("mailbox");
        opened = std::move(*mailbox);
    } else if (!session.has_selected()) {
        return no_such("mailbox");
    }
    mailbox::Mailbox& mailbox = opened ? *opened : session.selected().mailbox;
    if (url.uid_validity && *url.uid_validity != mailbox.uid_validity())
        return no_such("UIDVALIDITY");
    const auto message = mailbox.message(url.uid);
    if (!message && message.error().code == Errc::NotFound)
        return no_such("message");
    if (!message)
        return message.error();
    const auto structure = read_structure(message->fd.get());
    if (!structure)
        return structure.error();
    Collector collector(append, room);
    const auto found = Body(*message, *structure).copy(collector, *section);
    if (!found)
        return found.error();
    return collector.finish();
}

} // namespace imapd
