// SPDX-License-Identifier: ISC
#include "search/query.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "text/ascii.h"
#include "text/charset.h"
#include "text/fold.h"

namespace search {
namespace {

/// Thrown inside this file only, for a charset that iconv does not know.
struct UnknownCharset {};

std::vector<Key> one(Key key)
{
    std::vector<Key> keys;
    keys.push_back(std::move(key));
    return keys;
}

Key negated(Key key)
{
    const Cost cost = key.cost;
    return {Not{one(std::move(key))}, cost};
}

/// Reads the keys; holds what all of them need to know.
class KeyParser {
public:
    KeyParser(imap::Parser& in, std::string charset)
        : in_(&in), charset_(std::move(charset))
    {
    }

    /// search-key *(SP search-key), as one key.
    Key keys(std::size_t depth);

    bool has_mod_sequence() const { return has_mod_sequence_; }
    bool has_sequence_numbers() const { return has_sequence_numbers_; }

private:
    Key key(std::size_t depth);
    Key named(std::string_view name, std::size_t depth);
    std::optional<Key> flag_key(std::string_view name);
    std::optional<Key> date_key(std::string_view name);
    std::optional<Key> text_key(std::string_view name);
    Key header_key(std::string_view field);
    Key mod_sequence_key();
    std::string object_id();
    Key either(std::size_t depth);
    std::string needle();

    imap::Parser* in_;
    std::string charset_;
    std::size_t count_ = 0;
    bool has_mod_sequence_ = false;
    bool has_sequence_numbers_ = false;
};

/// Puts the cheap keys first; the order among equals stays as written.
void order(std::vector<Key>& keys)
{
    std::stable_sort(keys.begin(), keys.end(),
                     [](const Key& a, const Key& b) { return a.cost < b.cost; });
}

Key KeyParser::keys(std::size_t depth)
{
    std::vector<Key> all = one(key(depth));
    while (in_->accept(" "))
        all.push_back(key(depth));
    if (all.size() == 1)
        return std::move(all.front());
    order(all);
    const Cost cost = all.back().cost;
    return {And{std::move(all)}, cost};
}

Key KeyParser::key(std::size_t depth)
{
    if (depth > Query::max_depth)
        throw imap::SyntaxError("The search is nested too deeply");
    if (++count_ > Query::max_keys)
        throw imap::SyntaxError("The search has too many keys");
    if (in_->accept("(")) {
        Key inner = keys(depth + 1);
        in_->expect(")");
        return inner;
    }
    if (text::is_digit(in_->peek()) || in_->peek() == '*' || in_->peek() == '$') {
        Key numbers{InSequence{in_->sequence_set()}, Cost::Index};
        if (std::get<InSequence>(numbers.test).numbers.has_numbers())
            has_sequence_numbers_ = true;
        return numbers;
    }
    return named(text::to_upper(in_->atom()), depth);
}

Key KeyParser::named(std::string_view name, std::size_t depth)
{
    if (name == "ALL")
        return {All{}, Cost::Index};
    if (name == "SAVEDATESUPPORTED") // RFC 8514 §4.3: every message has one here
        return {All{}, Cost::Index};
    if (auto key = flag_key(name))
        return *std::move(key);
    if (auto key = date_key(name))
        return *std::move(key);
    if (auto key = text_key(name))
        return *std::move(key);
    const bool takes_argument =
        name == "NOT" || name == "OR" || name == "UID" || name == "LARGER" ||
        name == "SMALLER" || name == "KEYWORD" || name == "UNKEYWORD" ||
        name == "MODSEQ" || name == "EMAILID" || name == "THREADID";
    if (!takes_argument)
        throw imap::SyntaxError("Unknown search key");
    in_->space();
    if (name == "NOT")
        return negated(key(depth + 1));
    if (name == "OR")
        return either(depth);
    if (name == "UID")
        return {InUids{in_->sequence_set()}, Cost::Index};
    if (name == "MODSEQ")
        return mod_sequence_key();
    if (name == "EMAILID")
        return {HasEmailId{object_id()}, Cost::Message};
    if (name == "THREADID") { // RFC 8474 §5.2: nothing has one here
        static_cast<void>(object_id());
        return negated({All{}, Cost::Index});
    }
    if (name == "LARGER")
        return {HasSize{Relation::Greater, in_->number64()}, Cost::Size};
    if (name == "SMALLER")
        return {HasSize{Relation::Less, in_->number64()}, Cost::Size};
    Key keyword{HasKeyword{in_->keyword()}, Cost::Index};
    return name == "KEYWORD" ? std::move(keyword) : negated(std::move(keyword));
}

/// attr-flag, as it stands behind "/flags/" in an entry name
bool is_flag_name(std::string_view name)
{
    if (name.starts_with('\\'))
        name.remove_prefix(1);
    if (name.empty())
        return false;
    imap::Parser in(name);
    in.atom();
    return in.at_end();
}

/// [entry-name SP entry-type-req SP] mod-sequence-valzer. We keep one mod-sequence a
/// message, so that the entry makes no difference (RFC 7162 §3.1.5).
Key KeyParser::mod_sequence_key()
{
    if (in_->peek() == '"') {
        const std::string entry = in_->quoted();
        static constexpr std::string_view flags = "/flags/";
        if (!text::starts_with_ignoring_case(entry, flags) ||
            !is_flag_name(std::string_view(entry).substr(flags.size())))
            throw imap::SyntaxError("Expected a flag's entry name behind MODSEQ");
        in_->space("the entry's type");
        const std::string type = text::to_upper(in_->atom());
        if (type != "PRIV" && type != "SHARED" && type != "ALL")
            throw imap::SyntaxError("Expected priv, shared or all");
        in_->space("the mod-sequence");
    }
    has_mod_sequence_ = true;
    return {ChangedSince{in_->mod_sequence()}, Cost::Index};
}

/// objectid = 1*255(ALPHA / DIGIT / "_" / "-")
std::string KeyParser::object_id()
{
    const std::string_view id = in_->atom();
    const bool is_valid = std::all_of(id.begin(), id.end(), [](char c) {
        return text::is_alnum(c) || c == '_' || c == '-';
    });
    if (!is_valid || id.size() > 255)
        throw imap::SyntaxError("Expected an object identifier");
    return std::string(id);
}

/// "OR" SP search-key SP search-key
Key KeyParser::either(std::size_t depth)
{
    std::vector<Key> two = one(key(depth + 1));
    in_->space("the second key of OR");
    two.push_back(key(depth + 1));
    order(two);
    const Cost cost = two.back().cost;
    return {Or{std::move(two)}, cost};
}

/// ANSWERED … UNSEEN, and NEW, OLD, RECENT of RFC 3501.
std::optional<Key> KeyParser::flag_key(std::string_view name)
{
    using imap::SystemFlag;
    const Key recent{HasFlag{SystemFlag::Recent}, Cost::Index};
    if (name == "RECENT")
        return recent;
    if (name == "OLD")
        return negated(recent);
    if (name == "NEW") { // RFC 3501 §6.4.4: (RECENT UNSEEN)
        std::vector<Key> both = one(recent);
        both.push_back(negated({HasFlag{SystemFlag::Seen}, Cost::Index}));
        return Key{And{std::move(both)}, Cost::Index};
    }
    const bool is_negative = name.starts_with("UN");
    const std::string_view flag_name = name.substr(is_negative ? 2 : 0);
    for (const SystemFlag flag :
         {SystemFlag::Answered, SystemFlag::Deleted, SystemFlag::Draft,
          SystemFlag::Flagged, SystemFlag::Seen}) {
        if (!text::equal_ignoring_case(imap::name_of(flag).substr(1), flag_name))
            continue;
        const Key has{HasFlag{flag}, Cost::Index};
        return is_negative ? negated(has) : has;
    }
    return std::nullopt;
}

/// BEFORE, ON, SINCE and the same with SENT in front.
std::optional<Key> KeyParser::date_key(std::string_view name)
{
    const bool is_sent = name.starts_with("SENT");
    const bool is_saved = name.starts_with("SAVED");
    const std::string_view word = name.substr(is_sent ? 4 : is_saved ? 5 : 0);
    Relation relation;
    if (word == "BEFORE")
        relation = Relation::Less;
    else if (word == "ON")
        relation = Relation::Equal;
    else if (word == "SINCE")
        relation = Relation::AtLeast;
    else
        return std::nullopt;
    in_->space("the date");
    const imap::Date date = in_->date();
    if (is_sent)
        return Key{Sent{relation, date}, Cost::Header};
    if (is_saved)
        return Key{Saved{relation, date}, Cost::Index};
    return Key{Arrived{relation, date}, Cost::Index};
}

std::optional<Key> KeyParser::text_key(std::string_view name)
{
    for (const std::string_view field : {"BCC", "CC", "FROM", "SUBJECT", "TO"}) {
        if (name == field)
            return header_key(field);
    }
    if (name == "HEADER") {
        in_->space("the header field's name");
        return header_key(in_->astring());
    }
    // Every text holds the empty string, in the words of RFC 9051 §6.4.4 about
    // HEADER; the message need not be read for it.
    if (name == "BODY") {
        std::string text = needle();
        return text.empty() ? Key{All{}, Cost::Index}
                            : Key{BodyHas{std::move(text)}, Cost::Message};
    }
    if (name == "TEXT") {
        std::string text = needle();
        return text.empty() ? Key{All{}, Cost::Index}
                            : Key{TextHas{std::move(text)}, Cost::Message};
    }
    return std::nullopt;
}

Key KeyParser::header_key(std::string_view field)
{
    return {HeaderHas{std::string(field), needle()}, Cost::Header};
}

/// SP astring, as it is compared.
std::string KeyParser::needle()
{
    in_->space("the text to search for");
    const auto utf8 = text::to_utf8(charset_, in_->astring());
    if (!utf8)
        throw UnknownCharset{};
    return text::fold(*utf8);
}

/// charset = atom / quoted; astring takes these and what RFC 3501 had.
std::string charset(imap::Parser& in)
{
    if (!in.accept("CHARSET "))
        return "UTF-8";
    std::string name = in.astring();
    in.space("the search key");
    return name;
}

void resolve_key(Key& key, const Query::Resolver& numbers, imap::Number largest_uid)
{
    if (const auto* sequence = std::get_if<InSequence>(&key.test)) {
        key.test = InSet{numbers(sequence->numbers)};
        return;
    }
    if (const auto* set = std::get_if<InUids>(&key.test)) {
        base::NumberSet uids = set->uids.resolve(largest_uid);
        if (set->uids.has_saved())
            uids.add(numbers(imap::SequenceSet::saved()));
        key.test = InSet{std::move(uids)};
        return;
    }
    std::vector<Key>* below = nullptr;
    if (auto* inverse = std::get_if<Not>(&key.test))
        below = &inverse->keys;
    else if (auto* all = std::get_if<And>(&key.test))
        below = &all->keys;
    else if (auto* any = std::get_if<Or>(&key.test))
        below = &any->keys;
    if (below == nullptr)
        return;
    for (Key& inner : *below)
        resolve_key(inner, numbers, largest_uid);
}

} // namespace

base::Result<Query> Query::parse(imap::Parser& in)
{
    const base::Error unknown{base::Errc::Unsupported, "The charset is not known"};
    std::string name = charset(in);
    const bool is_known = text::charset_is_known(name);
    try {
        KeyParser parser(in, is_known ? std::move(name) : "UTF-8");
        Query query(parser.keys(0));
        in.end();
        if (!is_known)
            return unknown;
        query.has_mod_sequence_ = parser.has_mod_sequence();
        query.has_sequence_numbers_ = parser.has_sequence_numbers();
        return query;
    } catch (const UnknownCharset&) { // iconv's tables went away in between
        return unknown;
    }
}

void Query::resolve(const Resolver& numbers, imap::Number largest_uid)
{
    resolve_key(root_, numbers, largest_uid);
}

} // namespace search
