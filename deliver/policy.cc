// SPDX-License-Identifier: ISC
#include "deliver/policy.h"

#include <algorithm>

#include <fnmatch.h>

#include "mime/header.h"

namespace deliver {
namespace {

bool is_among(const std::string& type, const std::vector<std::string>& patterns)
{
    return std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) {
        return ::fnmatch(pattern.c_str(), type.c_str(), FNM_CASEFOLD) == 0;
    });
}

Verdict verdict_on(const std::string& type, const config::Settings::Policy& policy)
{
    if (is_among(type, policy.refuse_types))
        return Verdict::Refuse;
    if (is_among(type, policy.quarantine_types))
        return Verdict::Quarantine;
    return is_among(type, policy.flag_types) ? Verdict::Flag : Verdict::Deliver;
}

} // namespace

bool looks_at_types(const config::Settings::Policy& policy)
{
    return !policy.refuse_types.empty() || !policy.quarantine_types.empty() ||
           !policy.flag_types.empty();
}

Judgement judge(const std::vector<std::string>& types,
                const config::Settings::Policy& policy)
{
    Judgement strongest;
    for (const std::string& type : types) {
        const Verdict verdict = verdict_on(type, policy);
        if (verdict > strongest.verdict)
            strongest = {verdict, type};
    }
    return strongest;
}

bool is_mail(std::string_view head)
{
    if (head.find('\0') == head.npos || head.starts_with("From "))
        return true;
    if (head.starts_with('\n') || head.starts_with("\r\n"))
        return true;
    const auto header = mime::Header::parse(head);
    return !header.fields().empty() && !header.fields().front().name().empty();
}

} // namespace deliver
