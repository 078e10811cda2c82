// SPDX-License-Identifier: ISC
/// \file
/// `maildirsize`: whatever is in the file, its sum is one, and its definition survives.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "maildir/quota.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto parsed = maildir::MaildirSize::parse(text);
    if (!text.starts_with(parsed.definition))
        std::abort();
    if (!parsed.is_damaged && (parsed.usage.octets < 0 || parsed.usage.messages < 0))
        std::abort();
    const auto limits = maildir::QuotaLimits::parse(parsed.definition);
    if (maildir::QuotaLimits::parse(limits.to_text()) != limits)
        std::abort();
    return 0;
}
