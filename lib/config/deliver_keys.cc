// SPDX-License-Identifier: ISC
#include "config/key.h"

#include "config/endpoint.h"
#include "config/kinds.h"

namespace config {

using base::Done;
using base::Status;

namespace {

constexpr std::int64_t thirty_days = 30 * 86400;

constexpr WordFor<Extension> extension_words[] = {{"off", Extension::Off},
                                                  {"existing", Extension::Existing},
                                                  {"create", Extension::Create}};

constexpr WordFor<DeliveryDurability> durability_words[] = {
    {"strict", DeliveryDurability::Strict}, {"relaxed", DeliveryDurability::Relaxed}};
constexpr WordFor<Duplicates> duplicates_words[] = {{"deliver", Duplicates::Deliver},
                                                    {"drop", Duplicates::Drop},
                                                    {"mark", Duplicates::Mark}};
constexpr WordFor<DuplicateRule> rule_words[] = {
    {"message-id", DuplicateRule::MessageId}, {"octets", DuplicateRule::Octets}};
constexpr WordFor<LmtpUser> lmtp_user_words[] = {{"address", LmtpUser::Address},
                                                 {"local-part", LmtpUser::LocalPart}};
constexpr WordFor<QuotaFull> full_words[] = {{"defer", QuotaFull::Defer},
                                             {"bounce", QuotaFull::Bounce}};

/// Words that stay as they are written.
Status read_words(std::string_view text, std::vector<std::string>& into)
{
    into.clear();
    for (const std::string_view word : words(text))
        into.emplace_back(word);
    return Done{};
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

constexpr Key keys[] = {
    row<&Settings::deliver, &Settings::Deliver::extension, Word<extension_words>>(
        "deliver", "extension"),
    row<&Settings::deliver, &Settings::Deliver::extension_pattern, List<read_words>>(
        "deliver", "extension-pattern"),
    row<&Settings::deliver, &Settings::Deliver::delimiter, Text<read_delimiter>>(
        "deliver", "delimiter"),
    row<&Settings::deliver, &Settings::Deliver::autocreate, Word<yes_no>>("deliver",
                                                                          "autocreate"),
    row<&Settings::deliver, &Settings::Deliver::autosubscribe, Word<yes_no>>(
        "deliver", "autosubscribe"),
    row<&Settings::deliver, &Settings::Deliver::durability, Word<durability_words>>(
        "deliver", "durability"),
    row<&Settings::deliver, &Settings::Deliver::quota_full, Word<full_words>>(
        "deliver", "quota-full"),
    row<&Settings::deliver, &Settings::Deliver::quota_warning, Number<0, 100>>(
        "deliver", "quota-warning"),
    row<&Settings::deliver, &Settings::Deliver::quota_warning_command,
        Text<read_program>>("deliver", "quota-warning-command"),
    row<&Settings::deliver, &Settings::Deliver::duplicates, Word<duplicates_words>>(
        "deliver", "duplicates"),
    row<&Settings::deliver, &Settings::Deliver::duplicate_rule, Word<rule_words>>(
        "deliver", "duplicate-rule"),
    row<&Settings::deliver, &Settings::Deliver::duplicate_window,
        Time<60, thirty_days>>("deliver", "duplicate-window"),
    row<&Settings::deliver, &Settings::Deliver::time_limit, Time<1, 86400>>(
        "deliver", "time-limit"),
    row<&Settings::lmtp, &Settings::Lmtp::listen, List<read_places>>("lmtp", "listen"),
    row<&Settings::lmtp, &Settings::Lmtp::user, Word<lmtp_user_words>>("lmtp", "user"),
    row<&Settings::lmtp, &Settings::Lmtp::processes, Number<1, 100'000>>("lmtp",
                                                                         "processes"),
    row<&Settings::lmtp, &Settings::Lmtp::size, Size<0, most_octets>>("lmtp", "size"),
    row<&Settings::lmtp, &Settings::Lmtp::spool_directory, Text<read_directory>>(
        "lmtp", "spool-directory"),
    row<&Settings::policy, &Settings::Policy::refuse_types, List<read_types>>(
        "policy", "refuse-types"),
    row<&Settings::policy, &Settings::Policy::quarantine_types, List<read_types>>(
        "policy", "quarantine-types"),
    row<&Settings::policy, &Settings::Policy::quarantine_folder, Text<read_folder>>(
        "policy", "quarantine-folder"),
    row<&Settings::policy, &Settings::Policy::flag_types, List<read_types>>(
        "policy", "flag-types"),
};

} // namespace

std::span<const Key> deliver_keys()
{
    return keys;
}

} // namespace config
