// SPDX-License-Identifier: ISC
#include "search/match.h"

#include <algorithm>
#include <string>
#include <variant>

#include "mime/encoding.h"
#include "mime/header.h"
#include "mime/parameters.h"
#include "mime/structure.h"
#include "text/charset.h"
#include "text/fold.h"
#include "text/words.h"

namespace search {
namespace {

template <class T>
bool holds(const T& left, Relation relation, const T& right)
{
    switch (relation) {
    case Relation::Less:
        return left < right;
    case Relation::Equal:
        return left == right;
    case Relation::AtLeast:
        return left >= right;
    case Relation::Greater:
        break;
    }
    return left > right;
}

bool contains(const std::string& text, const std::string& needle)
{
    return text.find(needle) != std::string::npos;
}

/// The header block `bytes` has the folded text in it, encoded words decoded.
bool header_has(std::string_view bytes, const std::string& needle)
{
    const mime::Header header = mime::Header::parse(bytes);
    const auto& fields = header.fields();
    return std::any_of(fields.begin(), fields.end(), [&](const mime::Field& field) {
        const std::string line = std::string(field.name()) + ": " + field.value();
        return contains(text::fold(text::decode_words(line)), needle);
    });
}

/// The octets `offset` … of `message`, cut to what is there.
std::string_view slice(std::string_view message, std::uint64_t offset,
                       std::uint64_t octets)
{
    if (offset > message.size())
        return {};
    return message.substr(static_cast<std::size_t>(offset),
                          static_cast<std::size_t>(octets));
}

/// The body of a text part, decoded and folded. What we do not know how to decode is
/// searched as it stands.
std::string folded_body(const mime::Part& part, std::string_view message)
{
    std::string body(slice(message, part.body_offset, part.body_octets));
    if (auto decoder = mime::Decoder::create(part.encoding)) {
        std::string decoded = decoder->feed(body);
        decoded += decoder->finish();
        body = std::move(decoded);
    }
    if (const auto charset = mime::parameter(part.parameters, "charset")) {
        if (auto utf8 = text::to_utf8(*charset, body))
            body = *std::move(utf8);
    }
    return text::fold(body);
}

/// Whether the folded text is in the body of `part` or in a part below it; headers of
/// parts are body of the message that they are in.
bool body_has(const mime::Part& part, std::string_view message,
              const std::string& needle)
{
    if (part.is("text") && contains(folded_body(part, message), needle))
        return true;
    return std::any_of(
        part.children.begin(), part.children.end(), [&](const mime::Part& child) {
            const auto header =
                slice(message, child.header_offset, child.header_octets);
            return header_has(header, needle) || body_has(child, message, needle);
        });
}

/// Decides the keys for one message, and keeps what was parsed of it.
class Matching {
public:
    explicit Matching(Subject& subject) : subject_(&subject) {}

    bool decide(const Key& key)
    {
        return std::visit([this](const auto& test) { return holds_for(test); },
                          key.test);
    }

private:
    bool holds_for(const All&) { return true; }
    bool holds_for(const HasFlag& test)
    {
        return (subject_->system_flags() & static_cast<std::uint8_t>(test.flag)) != 0;
    }
    bool holds_for(const HasKeyword& test) { return subject_->has_keyword(test.name); }
    // A query that was not resolved finds nothing by number.
    bool holds_for(const InSequence&) { return false; }
    bool holds_for(const InUids&) { return false; }
    bool holds_for(const InSet& test) { return test.uids.contains(subject_->uid()); }
    bool holds_for(const HasSize& test)
    {
        return holds(subject_->size(), test.relation, test.octets);
    }
    bool holds_for(const ChangedSince& test)
    {
        return subject_->mod_sequence() >= test.mod_sequence;
    }
    bool holds_for(const Arrived& test)
    {
        return holds(subject_->internal_date(), test.relation, test.date);
    }
    bool holds_for(const Saved& test)
    {
        return holds(subject_->saved_date(), test.relation, test.date);
    }
    bool holds_for(const HasEmailId& test) { return subject_->email_id() == test.id; }
    bool holds_for(const Sent& test)
    {
        const auto date = subject_->sent_date();
        return date && holds(*date, test.relation, test.date);
    }
    bool holds_for(const HeaderHas& test);
    bool holds_for(const BodyHas& test)
    {
        return body_has(structure().root, subject_->text(), test.text);
    }
    bool holds_for(const TextHas& test)
    {
        return contains(text::fold(subject_->header()), test.text) ||
               header_has(subject_->header(), test.text) ||
               body_has(structure().root, subject_->text(), test.text);
    }
    bool holds_for(const Not& test) { return !decide(test.keys.front()); }
    bool holds_for(const And& test)
    {
        return std::all_of(test.keys.begin(), test.keys.end(),
                           [this](const Key& key) { return decide(key); });
    }
    bool holds_for(const Or& test)
    {
        return std::any_of(test.keys.begin(), test.keys.end(),
                           [this](const Key& key) { return decide(key); });
    }

    const mime::Header& header()
    {
        if (!header_)
            header_ = mime::Header::parse(subject_->header());
        return *header_;
    }
    const mime::Structure& structure()
    {
        if (!structure_)
            structure_ = mime::parse_structure(subject_->text());
        return *structure_;
    }

    Subject* subject_;
    std::optional<mime::Header> header_;
    std::optional<mime::Structure> structure_;
};

bool Matching::holds_for(const HeaderHas& test)
{
    const auto fields = header().fields(test.field);
    return std::any_of(fields.begin(), fields.end(), [&](const mime::Field* field) {
        return test.text.empty() ||
               contains(text::fold(text::decode_words(field->value())), test.text);
    });
}

} // namespace

bool matches(const Query& query, Subject& subject)
{
    return Matching(subject).decide(query.root());
}

} // namespace search
