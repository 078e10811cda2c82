// SPDX-License-Identifier: ISC
/// \file
/// Search programs: what is taken can be resolved and matched, costs rise with the
/// tree, and its opposite has the opposite answer.

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "search/match.h"
#include "search/query.h"

namespace {

constexpr std::string_view mail = "From: Ann <a@b>\r\nSubject: =?utf-8?q?=C3=BC?=\r\n"
                                  "\r\nSome text\r\n";

struct Letter final : search::Subject {
    imap::Number uid() override { return 3; }
    std::uint8_t system_flags() override { return 8; }
    bool has_keyword(std::string_view name) override { return name == "x"; }
    imap::Date internal_date() override { return {2026, 11, 25}; }
    imap::Date saved_date() override { return {2026, 11, 26}; }
    std::string email_id() override { return "M0123"; }
    std::uint64_t mod_sequence() override { return 1'764'000'000'000'000; }
    std::uint64_t size() override { return mail.size(); }
    std::optional<imap::Date> sent_date() override { return std::nullopt; }
    std::string_view header() override
    {
        return mail.substr(0, mail.find("\r\n\r\n") + 4);
    }
    std::string_view text() override { return mail; }
};

std::optional<bool> answer(std::string_view text)
{
    imap::Parser in(text);
    try {
        auto query = search::Query::parse(in);
        if (!query)
            return std::nullopt;
        query->resolve([](const imap::SequenceSet& set) { return set.resolve(5); }, 5);
        Letter letter;
        return search::matches(*query, letter);
    } catch (const imap::SyntaxError&) {
        return std::nullopt;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto is_match = answer(text);
    if (!is_match || text.size() > 200) // past that, two levels more may be too many
        return 0;
    if (text.starts_with("CHARSET") || text.starts_with("charset"))
        return 0;
    const auto opposite = answer("NOT (" + text + ")");
    if (opposite && *opposite == *is_match)
        std::abort();
    return 0;
}
