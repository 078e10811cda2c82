// SPDX-License-Identifier: ISC
#include "config/deliver_keys.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "config/endpoint.h"
#include "config/values.h"

namespace config {

using base::Done;
using base::Errc;
using base::Error;
using base::Status;

namespace {

Error wrong(std::string text)
{
    return {Errc::Syntax, std::move(text), 0};
}

/// One of the words that a key can be.
template <class Value>
struct Word {
    const char* text;
    Value value;
};

constexpr Word<bool> yes_no[] = {{"yes", true}, {"no", false}};
constexpr Word<Extension> extension_words[] = {{"off", Extension::Off},
                                               {"existing", Extension::Existing},
                                               {"create", Extension::Create}};

constexpr Word<DeliveryDurability> durability_words[] = {
    {"strict", DeliveryDurability::Strict}, {"relaxed", DeliveryDurability::Relaxed}};
constexpr Word<Duplicates> duplicates_words[] = {{"deliver", Duplicates::Deliver},
                                                 {"drop", Duplicates::Drop},
                                                 {"mark", Duplicates::Mark}};
constexpr Word<DuplicateRule> rule_words[] = {{"message-id", DuplicateRule::MessageId},
                                              {"octets", DuplicateRule::Octets}};
constexpr Word<LmtpUser> lmtp_user_words[] = {{"address", LmtpUser::Address},
                                              {"local-part", LmtpUser::LocalPart}};
constexpr Word<QuotaFull> full_words[] = {{"defer", QuotaFull::Defer},
                                          {"bounce", QuotaFull::Bounce}};

template <class Value, std::size_t Count>
Status read_word(std::string_view text, const Word<Value> (&among)[Count], Value& into)
{
    std::string right;
    for (const auto& word : among) {
        if (text == word.text) {
            into = word.value;
            return Done{};
        }
        const bool is_last = &word == std::end(among) - 1;
        right += (right.empty() ? ""
                  : is_last     ? " or "
                                : ", ") +
                 std::string(word.text);
    }
    return wrong("\"" + std::string(text) + "\" is not known; write " + right);
}

template <class Value, std::size_t Count>
std::string written(const Word<Value> (&among)[Count], Value value)
{
    for (const auto& word : among)
        if (word.value == value)
            return word.text;
    return {};
}

/// Words that stay as they are written.
Status read_words(std::string_view text, std::vector<std::string>& into)
{
    into.clear();
    for (const std::string_view word : words(text))
        into.emplace_back(word);
    return Done{};
}

std::string written(const std::vector<std::string>& list)
{
    std::string text;
    for (const std::string& word : list)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

/// RFC 5322 §3.2.3: what can stand in a local part without quotes, letters and digits
/// aside, which would cut names.
Status read_delimiter(std::string_view text, std::string& into)
{
    if (text.empty() ||
        text.find_first_not_of("!#$%&'*+-/=?^_`{|}~.") != std::string_view::npos)
        return wrong("\"" + std::string(text) +
                     "\" cannot delimit; write characters such as +");
    into = text;
    return Done{};
}

Status read_processes(std::string_view text, std::uint64_t& into)
{
    const auto value = parse_number(text, 1, 100'000);
    if (!value)
        return value.error();
    into = *value;
    return Done{};
}

/// 0 is no limit.
Status read_size(std::string_view text, std::uint64_t& into)
{
    const auto value = parse_size(text, 0, std::uint64_t{1} << 50);
    if (!value)
        return value.error();
    into = *value;
    return Done{};
}

Status read_percent(std::string_view text, std::uint64_t& into)
{
    const auto value = parse_number(text, 0, 100);
    if (!value)
        return value.error();
    into = *value;
    return Done{};
}

/// A program, without arguments.
Status read_program(std::string_view text, std::string& into)
{
    if (!text.empty() &&
        (text.front() != '/' || text.find_first_of(" \t") != std::string_view::npos))
        return wrong("\"" + std::string(text) +
                     "\" is no program; write a path that begins with \"/\", without "
                     "arguments");
    into = text;
    return Done{};
}

/// A minute … thirty days.
Status read_window(std::string_view text, std::int64_t& into)
{
    const auto value = parse_time(text, 60, 30 * 86400);
    if (!value)
        return value.error();
    into = *value;
    return Done{};
}

/// Addresses with ports, and paths of sockets.
Status read_places(std::string_view text, std::vector<std::string>& into)
{
    std::vector<std::string> places;
    for (const std::string_view word : words(text)) {
        if (!word.starts_with('/'))
            if (const auto endpoint = Endpoint::parse(word); !endpoint)
                return endpoint.error();
        places.emplace_back(word);
    }
    into = std::move(places);
    return Done{};
}

Status read_directory(std::string_view text, std::string& into)
{
    if (!text.starts_with('/'))
        return wrong("\"" + std::string(text) +
                     "\" is not absolute; write a path that begins with \"/\"");
    into = text;
    return Done{};
}

/// Media types with patterns in them: RFC 6838 §4.2 and what fnmatch(3) adds.
Status read_types(std::string_view text, std::vector<std::string>& into)
{
    std::vector<std::string> types;
    for (const std::string_view word : words(text)) {
        const auto slash = word.find('/');
        if (slash == 0 || slash == word.npos || slash + 1 == word.size() ||
            word.find('/', slash + 1) != word.npos)
            return wrong("\"" + std::string(word) +
                         "\" is no type; write such as application/pdf");
        types.emplace_back(word);
    }
    into = std::move(types);
    return Done{};
}

/// The name of a folder. What else cannot be one is seen where it is used.
Status read_folder(std::string_view text, std::string& into)
{
    if (text.empty())
        return wrong("is empty; write a name such as Quarantine");
    into = text;
    return Done{};
}

const Key keys[] = {
    {"deliver", "extension",
     [](std::string_view text, Settings& s) {
         return read_word(text, extension_words, s.deliver.extension);
     },
     [](const Settings& s) { return written(extension_words, s.deliver.extension); }},
    {"deliver", "extension-pattern",
     [](std::string_view text, Settings& s) {
         return read_words(text, s.deliver.extension_pattern);
     },
     [](const Settings& s) { return written(s.deliver.extension_pattern); }},
    {"deliver", "delimiter",
     [](std::string_view text, Settings& s) {
         return read_delimiter(text, s.deliver.delimiter);
     },
     [](const Settings& s) { return s.deliver.delimiter; }},
    {"deliver", "autocreate",
     [](std::string_view text, Settings& s) {
         return read_word(text, yes_no, s.deliver.autocreate);
     },
     [](const Settings& s) { return written(yes_no, s.deliver.autocreate); }},
    {"deliver", "autosubscribe",
     [](std::string_view text, Settings& s) {
         return read_word(text, yes_no, s.deliver.autosubscribe);
     },
     [](const Settings& s) { return written(yes_no, s.deliver.autosubscribe); }},
    {"deliver", "durability",
     [](std::string_view text, Settings& s) {
         return read_word(text, durability_words, s.deliver.durability);
     },
     [](const Settings& s) { return written(durability_words, s.deliver.durability); }},
    {"deliver", "quota-full",
     [](std::string_view text, Settings& s) {
         return read_word(text, full_words, s.deliver.quota_full);
     },
     [](const Settings& s) { return written(full_words, s.deliver.quota_full); }},
    {"deliver", "quota-warning",
     [](std::string_view text, Settings& s) {
         return read_percent(text, s.deliver.quota_warning);
     },
     [](const Settings& s) { return std::to_string(s.deliver.quota_warning); }},
    {"deliver", "quota-warning-command",
     [](std::string_view text, Settings& s) {
         return read_program(text, s.deliver.quota_warning_command);
     },
     [](const Settings& s) { return s.deliver.quota_warning_command; }},
    {"deliver", "duplicates",
     [](std::string_view text, Settings& s) {
         return read_word(text, duplicates_words, s.deliver.duplicates);
     },
     [](const Settings& s) { return written(duplicates_words, s.deliver.duplicates); }},
    {"deliver", "duplicate-rule",
     [](std::string_view text, Settings& s) {
         return read_word(text, rule_words, s.deliver.duplicate_rule);
     },
     [](const Settings& s) { return written(rule_words, s.deliver.duplicate_rule); }},
    {"deliver", "duplicate-window",
     [](std::string_view text, Settings& s) {
         return read_window(text, s.deliver.duplicate_window);
     },
     [](const Settings& s) { return time_to_text(s.deliver.duplicate_window); }},
    {"lmtp", "listen",
     [](std::string_view text, Settings& s) {
         return read_places(text, s.lmtp.listen);
     },
     [](const Settings& s) { return written(s.lmtp.listen); }},
    {"lmtp", "user",
     [](std::string_view text, Settings& s) {
         return read_word(text, lmtp_user_words, s.lmtp.user);
     },
     [](const Settings& s) { return written(lmtp_user_words, s.lmtp.user); }},
    {"lmtp", "processes",
     [](std::string_view text, Settings& s) {
         return read_processes(text, s.lmtp.processes);
     },
     [](const Settings& s) { return std::to_string(s.lmtp.processes); }},
    {"lmtp", "size",
     [](std::string_view text, Settings& s) { return read_size(text, s.lmtp.size); },
     [](const Settings& s) { return size_to_text(s.lmtp.size); }},
    {"lmtp", "spool-directory",
     [](std::string_view text, Settings& s) {
         return read_directory(text, s.lmtp.spool_directory);
     },
     [](const Settings& s) { return s.lmtp.spool_directory; }},
    {"policy", "refuse-types",
     [](std::string_view text, Settings& s) {
         return read_types(text, s.policy.refuse_types);
     },
     [](const Settings& s) { return written(s.policy.refuse_types); }},
    {"policy", "quarantine-types",
     [](std::string_view text, Settings& s) {
         return read_types(text, s.policy.quarantine_types);
     },
     [](const Settings& s) { return written(s.policy.quarantine_types); }},
    {"policy", "quarantine-folder",
     [](std::string_view text, Settings& s) {
         return read_folder(text, s.policy.quarantine_folder);
     },
     [](const Settings& s) { return s.policy.quarantine_folder; }},
    {"policy", "flag-types",
     [](std::string_view text, Settings& s) {
         return read_types(text, s.policy.flag_types);
     },
     [](const Settings& s) { return written(s.policy.flag_types); }},
};

} // namespace

std::span<const Key> deliver_keys()
{
    return keys;
}

} // namespace config
