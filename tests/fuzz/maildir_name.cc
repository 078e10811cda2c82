// SPDX-License-Identifier: ISC
/// \file
/// File names: taking apart and putting together loses nothing.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "maildir/name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto name = maildir::Name::parse(text);
    const std::string written = name.to_text();
    if (maildir::Name::parse(written) != name)
        std::abort();
    if (name.base != maildir::base_of(text) || maildir::base_of(name.base) != name.base)
        std::abort();
    // Only the order of the letters changes, and what is there twice.
    const auto all_in = [](std::string_view a, std::string_view b) {
        return std::all_of(a.begin(), a.end(),
                           [&](char c) { return b.find(c) != std::string_view::npos; });
    };
    if (written.size() > text.size() || !all_in(written, text) ||
        !all_in(text, written))
        std::abort();

    const auto other = name.with(maildir::seen, 1);
    const auto again = maildir::Name::parse(other.to_text());
    if (again.base != name.base || again.flags != maildir::seen ||
        again.keywords != 1 || again.rest != name.rest || again.letters != name.letters)
        std::abort();

    const auto order = maildir::order_of(text);
    if (order.base != name.base)
        std::abort();
    static_cast<void>(name.size());
    static_cast<void>(name.wire_size());
    return 0;
}
