// SPDX-License-Identifier: ISC
/// \file
/// `dovecot-uidlist` from text and to text, and the table of its base names. What
/// is done with the file is in uidlist.cc.
#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>

#include "maildir/uidlist.h"
#include "text/ascii.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

constexpr std::uint64_t max_uid = std::numeric_limits<Uid>::max();

/// The decimal number that `text` begins with, taken off it.
std::optional<std::uint64_t> take_number(std::string_view& text)
{
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc())
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

/// The number that `text` is, whole.
std::optional<std::uint64_t> whole_number(std::string_view text)
{
    const auto number = take_number(text);
    return text.empty() ? number : std::nullopt;
}

/// The text up to the next space, taken off `text` with that space.
std::string_view take_word(std::string_view& text)
{
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

std::optional<Guid> guid_from_hex(std::string_view hex)
{
    Guid guid{};
    if (hex.size() != 2 * guid.size())
        return std::nullopt;
    for (std::size_t i = 0; i < guid.size(); ++i) {
        const int high = text::hex_value(hex[2 * i]);
        const int low = text::hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        guid[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return guid;
}

std::string hex_of(const Guid& guid)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const std::uint8_t octet : guid) {
        hex += digits[octet >> 4];
        hex += digits[octet & 15];
    }
    return hex;
}

Error corrupt(std::string_view what)
{
    return Error{Errc::Corrupt, "UID list: " + std::string(what), 0};
}

} // namespace

bool UidList::can_hold(std::string_view base)
{
    // find_first_of would call memchr for every octet: half the time of parse().
    for (const char c : base) {
        if (c == '\n' || c == '/' || c == '\0')
            return false;
    }
    return !base.empty() && base.front() != '.' && base_of(base) == base;
}

Result<UidList> UidList::parse(std::string text)
{
    if (text.size() > max_octets)
        return Error{Errc::Limit, "UID list: too large", 0};
    UidList list;
    const auto header_end = text.find('\n');
    if (header_end == std::string::npos)
        return corrupt("no header");
    // A line without its line feed was being written when somebody crashed, or is
    // being written now.
    text.resize(text.rfind('\n') + 1);
    list.text_ = std::move(text);
    const std::string_view header_line(list.text_.data(), header_end);
    if (const auto parsed = list.parse_header(header_line); !parsed)
        return parsed.error();
    list.parse_lines(header_end + 1);
    return list;
}

Status UidList::parse_header(std::string_view line)
{
    const auto version = take_word(line);
    if (version == "1")
        return parse_version_1(line);
    if (version == "3")
        return parse_version_3(line);
    return corrupt("unknown version");
}

Status UidList::parse_version_1(std::string_view fields)
{
    version_ = 1;
    const auto validity = whole_number(take_word(fields));
    const auto next = whole_number(take_word(fields));
    if (!validity || *validity == 0 || *validity > max_uid || !next)
        return corrupt("bad header of version 1");
    uid_validity_ = static_cast<std::uint32_t>(*validity);
    uid_next_ = *next > max_uid ? 0 : std::max<Uid>(1, static_cast<Uid>(*next));
    return Done{};
}

Status UidList::parse_version_3(std::string_view fields)
{
    version_ = 3;
    while (!fields.empty()) {
        const auto field = take_word(fields);
        if (field.empty())
            continue;
        const auto number = whole_number(field.substr(1));
        const auto guid = guid_from_hex(field.substr(1));
        if (field.front() == 'V' && number && *number <= max_uid)
            uid_validity_ = static_cast<std::uint32_t>(*number);
        else if (field.front() == 'N' && number)
            uid_next_ =
                *number > max_uid ? 0 : std::max<Uid>(1, static_cast<Uid>(*number));
        else if (field.front() == 'G' && guid)
            guid_ = guid;
        else if (field.front() == 'V' || field.front() == 'N' || field.front() == 'G')
            was_damaged_ = true;
        else
            unknown_fields_.emplace_back(field);
    }
    if (uid_validity_ == 0)
        return corrupt("no UIDVALIDITY");
    return Done{};
}

void UidList::parse_lines(std::size_t from)
{
    // Base names have 60 octets or so; a bad guess costs a table built twice.
    const std::size_t guess = records_.size() + (text_.size() - from) / 64 + 1;
    if (guess > records_.capacity())
        records_.reserve(std::max(guess, 2 * records_.size()));
    grow_table(guess);

    while (from < text_.size()) {
        const auto end = text_.find('\n', from);
        parse_line(from, end);
        from = end + 1;
    }
    if (is_disordered_)
        put_in_order();
}

/// `<uid> [fields] :<base>`, or `<uid> <base>` in version 1.
void UidList::parse_line(std::size_t begin, std::size_t end)
{
    const std::string_view line(text_.data() + begin, end - begin);
    std::string_view rest = line;
    const auto uid = take_number(rest);
    if (!uid || *uid == 0 || *uid > max_uid || rest.empty() || rest.front() != ' ') {
        was_damaged_ = true;
        return;
    }
    // Whatever is wrong with the rest: a UID that stands here is never given again.
    note_uid(static_cast<Uid>(*uid));

    const std::size_t fields_at = end - rest.size() + 1;
    if (version_ == 1) {
        add(static_cast<Uid>(*uid), fields_at, fields_at, end);
        return;
    }
    const auto mark = rest.find(" :");
    if (mark == std::string_view::npos) {
        was_damaged_ = true;
        return;
    }
    const std::size_t base_at = end - rest.size() + mark + 2;
    if (rest.find(" :", mark + 2) != std::string_view::npos) {
        salvage_glued(static_cast<Uid>(*uid), base_at, end);
        return;
    }
    add(static_cast<Uid>(*uid), fields_at, base_at, end);
}

/// Two lines in one, `12 :1700000000.M1P34 :1700000001.M2P2.host`: the first was torn
/// by a crash and Dovecot wrote the next one right behind it. The file of the torn
/// one gets a new UID. The UID of the next may stand behind digits of the torn base
/// name; the shortest number that is larger than the UID before is our best guess,
/// since UIDs ascend by small steps.
void UidList::salvage_glued(Uid uid, std::size_t base_at, std::size_t end)
{
    was_damaged_ = true;
    const std::string_view all(text_.data() + base_at, end - base_at);
    const std::size_t mark = all.find(" :");
    std::string_view torn = all.substr(0, mark);
    for (;;) { // fields of the second line: "34 W1234" is the number and a field
        const auto space = torn.rfind(' ');
        if (space == std::string_view::npos || space + 1 == torn.size() ||
            text::is_digit(torn[space + 1]))
            break;
        torn = torn.substr(0, space);
    }
    std::uint64_t value = 0;
    std::uint64_t unit = 1;
    while (!torn.empty() && text::is_digit(torn.back()) && value <= max_uid) {
        value += unit * static_cast<std::uint64_t>(torn.back() - '0');
        const bool can_begin = torn.back() != '0';
        torn.remove_suffix(1);
        unit *= 10;
        if (can_begin && value > uid && value <= max_uid) {
            const std::size_t second = base_at + mark + 2;
            note_uid(static_cast<Uid>(value));
            add(static_cast<Uid>(value), second, second, end);
            return;
        }
    }
}

/// Adds the line whose fields begin at `fields_at` and whose base name is
/// `base_at` … `end`, info after it and all.
void UidList::add(Uid uid, std::size_t fields_at, std::size_t base_at, std::size_t end)
{
    const auto base = base_of(std::string_view(text_.data() + base_at, end - base_at));
    if (!can_hold(base)) {
        was_damaged_ = true;
        return;
    }
    const std::size_t fields_length =
        base_at - fields_at < 2 ? 0 : base_at - fields_at - 2;
    const Record record{uid, static_cast<std::uint32_t>(fields_at),
                        static_cast<std::uint32_t>(fields_length),
                        static_cast<std::uint32_t>(base_at),
                        static_cast<std::uint32_t>(base.size())};

    if (!records_.empty() && uid <= records_.back().uid)
        is_disordered_ = was_damaged_ = true;
    grow_table(records_.size() + 1);
    const std::size_t slot = slot_of(base);
    if (table_[slot] != 0) {
        is_disordered_ = was_damaged_ = true;
        Record& other = records_[table_[slot] - 1];
        if (other.uid >= uid)
            return;
        other.uid = 0;
    }
    records_.push_back(record);
    table_[slot] = static_cast<std::uint32_t>(records_.size());
}

/// Makes `records_` ascend by UID, each UID and each base name once.
void UidList::put_in_order()
{
    is_disordered_ = false;
    std::erase_if(records_, [](const Record& r) { return r.uid == 0; });
    std::stable_sort(records_.begin(), records_.end(),
                     [](const Record& a, const Record& b) { return a.uid < b.uid; });
    const auto end =
        std::unique(records_.begin(), records_.end(),
                    [](const Record& a, const Record& b) { return a.uid == b.uid; });
    records_.erase(end, records_.end());
    table_.clear();
    grow_table(records_.size());
}

void UidList::note_uid(Uid uid)
{
    if (uid_next_ != 0 && uid >= uid_next_)
        uid_next_ = uid + 1; // 2^32-1 makes it 0: no UID is left
}

std::string_view UidList::base_at(std::size_t index) const
{
    const Record& record = records_[index];
    return {text_.data() + record.base_at, record.base_length};
}

/// Where `base` stands in the table, or the free place where it would.
std::size_t UidList::slot_of(std::string_view base) const
{
    const std::size_t mask = table_.size() - 1;
    std::size_t slot = std::hash<std::string_view>()(base) & mask;
    while (table_[slot] != 0 && base_at(table_[slot] - 1) != base)
        slot = (slot + 1) & mask;
    return slot;
}

/// Makes the table large enough for so many records: at most half full.
void UidList::grow_table(std::size_t record_count)
{
    if (!table_.empty() && record_count * 2 <= table_.size())
        return;
    std::size_t size = 16;
    while (size < record_count * 2)
        size *= 2;
    table_.assign(size, 0);
    for (std::size_t i = 0; i < records_.size(); ++i) {
        if (records_[i].uid != 0)
            table_[slot_of(base_at(i))] = static_cast<std::uint32_t>(i + 1);
    }
}

UidList::Entry UidList::entry(std::size_t index) const
{
    const Record& record = records_[index];
    return {record.uid, base_at(index),
            std::string_view(text_.data() + record.fields_at, record.fields_length)};
}

std::size_t UidList::lower_bound(Uid uid) const
{
    const auto at = std::lower_bound(records_.begin(), records_.end(), uid,
                                     [](const Record& r, Uid u) { return r.uid < u; });
    return static_cast<std::size_t>(at - records_.begin());
}

std::optional<UidList::Entry> UidList::find(std::string_view base) const
{
    if (table_.empty())
        return std::nullopt;
    const std::uint32_t found = table_[slot_of(base)];
    if (found == 0)
        return std::nullopt;
    return entry(found - 1);
}

std::optional<UidList::Entry> UidList::find(Uid uid) const
{
    const std::size_t index = lower_bound(uid);
    if (index == records_.size() || records_[index].uid != uid)
        return std::nullopt;
    return entry(index);
}

std::string UidList::header() const
{
    const std::uint64_t next = uid_next_ == 0 ? max_uid + 1 : uid_next_;
    std::string line =
        "3 V" + std::to_string(uid_validity_) + " N" + std::to_string(next);
    if (guid_)
        line += " G" + hex_of(*guid_);
    for (const std::string& field : unknown_fields_)
        line += " " + field;
    return line + "\n";
}

std::string UidList::to_text() const
{
    std::string all = header();
    all.reserve(text_.size() + all.size());
    for (std::size_t i = 0; i < records_.size(); ++i)
        append_line(all, entry(i));
    return all;
}

void UidList::append_line(std::string& text, const Entry& entry)
{
    text += std::to_string(entry.uid);
    if (!entry.fields.empty()) {
        text += ' ';
        text += entry.fields;
    }
    text += " :";
    text += entry.base;
    text += '\n';
}

} // namespace maildir
