// SPDX-License-Identifier: ISC
/// \file
/// SEARCH and UID SEARCH. RFC 9051 §6.4.4; the answer is RFC 3501's `* SEARCH`. The
/// keys and how they match are in lib/search.

#include "commands/commands.h"

#include <algorithm>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/body.h"
#include "imap/syntax_error.h"
#include "io/file.h"
#include "mailbox/mailbox.h"
#include "mime/date.h"
#include "mime/header.h"
#include "search/match.h"
#include "search/query.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

/// A message as the search looks at it; read only as far as it asks.
class MessageSubject final : public search::Subject {
public:
    /// The largest message of which BODY and TEXT look at every octet; of a larger
    /// one they look at so many from its start.
    static constexpr std::size_t max_text = std::size_t{128} << 20;

    MessageSubject(mailbox::Mailbox& mailbox, const mailbox::Facts& facts,
                   const std::vector<std::string>& keywords, bool is_recent)
        : mailbox_(mailbox), facts_(facts),
          flags_(wire_flags(facts.flags, keywords, is_recent))
    {
    }

    imap::Number uid() override { return facts_.uid; }
    std::uint8_t system_flags() override { return flags_.system; }
    bool has_keyword(std::string_view name) override
    {
        return flags_.has_keyword(name);
    }

    imap::Date internal_date() override
    {
        const auto when = static_cast<std::time_t>(facts_.internal_date);
        std::tm local = {};
        ::localtime_r(&when, &local);
        return {local.tm_year + 1900, local.tm_mon + 1, local.tm_mday};
    }

    std::uint64_t size() override
    {
        if (facts_.wire_octets == 0 && open()) {
            if (const auto counted = count_wire_octets(message_->fd.get())) {
                facts_.wire_octets = *counted;
                mailbox_.remember_wire_octets(facts_.uid, *counted);
            }
        }
        return facts_.wire_octets;
    }

    std::optional<imap::Date> sent_date() override
    {
        const auto parsed = mime::Header::parse(header());
        const auto* field = parsed.field("Date");
        const auto date = field ? mime::parse_date(field->value()) : std::nullopt;
        if (!date)
            return std::nullopt;
        return imap::Date{date->year, date->month, date->day};
    }

    std::string_view header() override
    {
        if (!text_.empty())
            return text_; // it begins with the header
        if (header_.empty() && open()) {
            if (auto read = read_header(message_->fd.get()))
                header_ = std::move(*read);
        }
        return header_;
    }

    std::string_view text() override
    {
        if (text_.empty() && open()) {
            text_.resize(static_cast<std::size_t>(
                std::min<std::uint64_t>(message_->octets, max_text)));
            const auto n = io::read_at(message_->fd.get(), text_, 0);
            text_.resize(n ? *n : 0);
        }
        return text_;
    }

private:
    bool open()
    {
        if (!message_) {
            if (auto message = mailbox_.message(facts_.uid))
                message_.emplace(std::move(*message));
        }
        return message_.has_value();
    }

    mailbox::Mailbox& mailbox_;
    mailbox::Facts facts_;
    imap::Flags flags_;
    std::optional<mailbox::Message> message_;
    std::string header_;
    std::string text_;
};

base::NumberSet find(Selected& selected, const search::Query& query)
{
    const auto& keywords = selected.mailbox.keywords();
    // What the index alone decides could be decided inside its transaction, but a
    // query may read any message, and R19 forbids it there: facts first, then a look.
    std::vector<mailbox::Facts> all;
    base::NumberSet candidates = selected.view.uids();
    candidates.remove(selected.view.withheld());
    selected.mailbox.for_each(
        candidates, [&](const mailbox::Facts& facts) { all.push_back(facts); });
    base::NumberSet found;
    for (const mailbox::Facts& facts : all) {
        MessageSubject subject(selected.mailbox, facts, keywords,
                               selected.view.is_recent(facts.uid));
        if (search::matches(query, subject))
            found.add(facts.uid);
    }
    return found;
}

} // namespace

Reply search(Session& session, Request& request)
{
    request.args.space("the search keys");
    auto query = search::Query::parse(request.args);
    if (!query)
        return Reply::no(query.error().text).code("BADCHARSET");

    Selected selected = session.selected();
    const auto& view = selected.view;
    query->resolve(
        [&](const imap::SequenceSet& numbers) {
            const auto uids = view.resolve(numbers, Numbering::Sequence);
            if (!uids)
                throw imap::SyntaxError("No such message");
            return *uids;
        },
        view.exists() == 0 ? 0 : view.uids().last());

    const base::NumberSet found = find(selected, *query);
    auto& out = session.writer().begin().raw("SEARCH");
    for (const std::uint32_t uid : found)
        out.space().number(request.numbering == Numbering::Uid ? uid
                                                               : view.number(uid));
    out.end();
    return Reply::ok("SEARCH completed");
}

} // namespace imapd
