// SPDX-License-Identifier: ISC
/// \file
/// SEARCH and UID SEARCH. RFC 9051 §6.4.4; RFC 4731 for RETURN and ESEARCH, RFC 5182
/// for SAVE, RFC 7162 §3.1.5 for MODSEQ. The answer to a search without RETURN is RFC
/// 3501's `* SEARCH`, until IMAP4rev2 is enabled. The keys and how they match are in
/// lib/search.

#include "commands/commands.h"

#include <algorithm>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fetch/body.h"
#include "fetch/email_id.h"
#include "imap/syntax_error.h"
#include "io/file.h"
#include "mailbox/mailbox.h"
#include "mailbox/wire_size.h"
#include "mime/date.h"
#include "mime/header.h"
#include "search/match.h"
#include "search/query.h"
#include "session/request.h"
#include "session/session.h"

namespace imapd {
namespace {

imap::Date local_day(std::int64_t seconds)
{
    const auto when = static_cast<std::time_t>(seconds);
    std::tm local = {};
    ::localtime_r(&when, &local);
    return {local.tm_year + 1900, local.tm_mon + 1, local.tm_mday};
}

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

    imap::Date internal_date() override { return local_day(facts_.internal_date); }
    imap::Date saved_date() override { return local_day(facts_.saved_date); }
    std::string email_id() override
    {
        const auto id = imapd::email_id(mailbox_, facts_.uid);
        return id ? *id : std::string();
    }

    std::uint64_t mod_sequence() override { return facts_.mod_sequence; }

    std::uint64_t size() override
    {
        if (facts_.wire_octets == 0 && open()) {
            if (const auto counted = mailbox::count_wire_octets(message_->fd.get())) {
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

/// What RETURN asks for. RFC 9051 §6.4.4, `search-return-opts`.
struct Options {
    bool is_extended = false; ///< there was a RETURN: the answer is ESEARCH
    bool min = false;
    bool max = false;
    bool all = false;
    bool count = false;
    bool save = false;

    bool asks_for_data() const { return min || max || all || count; }
    /// Whether the answer, and what SAVE keeps, is the ends of the result only.
    bool only_ends() const { return (min || max) && !all && !count; }
};

/// SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")", if it is there
Options parse_options(imap::Parser& in)
{
    Options options;
    if (!in.accept("RETURN "))
        return options;
    options.is_extended = true;
    const std::pair<std::string_view, bool Options::*> words[] = {
        {"MIN", &Options::min},     {"MAX", &Options::max},   {"ALL", &Options::all},
        {"COUNT", &Options::count}, {"SAVE", &Options::save},
    };
    in.expect("(");
    for (bool is_first = true; !in.accept(")"); is_first = false) {
        if (!is_first)
            in.space("the next option");
        const std::string word = in.command_word();
        const auto at =
            std::find_if(std::begin(words), std::end(words),
                         [&](const auto& known) { return known.first == word; });
        if (at == std::end(words))
            throw imap::SyntaxError("Unknown option of RETURN");
        options.*at->second = true;
    }
    in.space("the search keys");
    return options;
}

/// What a search has found.
struct Found {
    base::NumberSet uids;
    /// The mod-sequences of what is in `uids`: the highest, and those of the ends.
    std::uint64_t highest = 0;
    std::uint64_t of_first = 0;
    std::uint64_t of_last = 0;

    void add(const mailbox::Facts& facts)
    {
        if (uids.empty())
            of_first = facts.mod_sequence;
        of_last = facts.mod_sequence;
        highest = std::max(highest, facts.mod_sequence);
        uids.add(facts.uid);
    }
};

Found find(Selected& selected, const search::Query& query)
{
    const auto& keywords = selected.mailbox.keywords();
    // What the index alone decides could be decided inside its transaction, but a
    // query may read any message, and R19 forbids it there: facts first, then a look.
    std::vector<mailbox::Facts> all;
    base::NumberSet candidates = selected.view.uids();
    candidates.remove(selected.view.withheld());
    selected.mailbox.for_each(
        candidates, [&](const mailbox::Facts& facts) { all.push_back(facts); });
    Found found;
    for (const mailbox::Facts& facts : all) {
        MessageSubject subject(selected.mailbox, facts, keywords,
                               selected.view.is_recent(facts.uid));
        if (search::matches(query, subject))
            found.add(facts);
    }
    return found;
}

/// What `$` stands for after this search: the table in RFC 9051 §6.4.4.1.
base::NumberSet saved(const Options& options, const base::NumberSet& found)
{
    if (!options.only_ends() || found.empty())
        return found;
    base::NumberSet ends;
    if (options.min)
        ends.add(found.first());
    if (options.max)
        ends.add(found.last());
    return ends;
}

/// The MODSEQ of an ESEARCH response. RFC 4731 §3.2.
std::uint64_t mod_sequence(const Options& options, const Found& found)
{
    if (!options.only_ends())
        return found.highest;
    return std::max(options.min ? found.of_first : 0, options.max ? found.of_last : 0);
}

/// mailbox-data =/ "SEARCH" [1*(SP nz-number) [SP search-sort-mod-seq]]
void write_search(imap::Writer& out, const base::NumberSet& numbers,
                  std::uint64_t mod_sequence)
{
    out.begin().raw("SEARCH");
    for (const std::uint32_t number : numbers)
        out.space().number(number);
    if (mod_sequence != 0)
        out.raw(" (MODSEQ ").number(mod_sequence).raw(")");
    out.end();
}

/// esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP data)
void write_esearch(imap::Writer& out, const Request& request, const Options& options,
                   const base::NumberSet& numbers, std::uint64_t mod_sequence)
{
    out.begin().raw("ESEARCH (TAG ").raw(imap::quoted(request.tag)).raw(")");
    if (request.numbering == Numbering::Uid)
        out.raw(" UID");
    if (options.min && !numbers.empty())
        out.raw(" MIN ").number(numbers.first());
    if (options.max && !numbers.empty())
        out.raw(" MAX ").number(numbers.last());
    if (options.count)
        out.raw(" COUNT ").number(numbers.size());
    if (options.all && !numbers.empty())
        out.raw(" ALL ").raw(numbers.to_text());
    if (mod_sequence != 0)
        out.raw(" MODSEQ ").number(mod_sequence);
    out.end();
}

} // namespace

Reply search(Session& session, Request& request)
{
    request.args.space("the search keys");
    Options options = parse_options(request.args);
    if (session.is_enabled(Extension::Utf8Accept) && request.args.sees("CHARSET "))
        return Reply::bad(
            "After ENABLE UTF8=ACCEPT there is no CHARSET"); // RFC 6855 §3
    auto query = search::Query::parse(request.args);
    Selected selected = session.selected();
    auto& view = selected.view;
    if (!query) {
        if (options.save) // RFC 9051 §6.4.4.1: NO empties it, BAD does not
            view.save({});
        return Reply::no(query.error().text).code("BADCHARSET");
    }
    if (query->has_sequence_numbers()) // RFC 7162 §3.2.10.2: then not in UID SEARCH
        request.at_end = Expunges::Withheld;
    query->resolve(
        [&](const imap::SequenceSet& numbers) {
            const auto uids = view.resolve(numbers, Numbering::Sequence);
            if (!uids)
                throw imap::SyntaxError("No such message");
            return *uids;
        },
        view.exists() == 0 ? 0 : view.uids().last());

    if (query->has_mod_sequence()) // RFC 7162 §3.1: using it enables it
        session.enable(Extension::Condstore);
    if (options.save) // should it end in NO
        view.save({});
    const Found found = find(selected, *query);
    if (options.save)
        view.save(saved(options, found.uids));
    const auto numbers = view.numbers(found.uids, request.numbering);
    const bool tells_mod_sequence = query->has_mod_sequence() && !numbers.empty();
    if (!options.is_extended && !session.is_enabled(Extension::Imap4rev2)) {
        write_search(session.writer(), numbers, tells_mod_sequence ? found.highest : 0);
        return Reply::ok("SEARCH completed");
    }
    if (!options.asks_for_data() && options.save) // RFC 5182 §1: then there is none
        return Reply::ok("SEARCH completed, result saved");
    if (!options.asks_for_data())
        options.all = true; // RFC 4731 §3.1
    write_esearch(session.writer(), request, options, numbers,
                  tells_mod_sequence ? mod_sequence(options, found) : 0);
    return Reply::ok("SEARCH completed");
}

} // namespace imapd
