// SPDX-License-Identifier: ISC
/// \file
/// `subscriptions` in both versions, and Courier's.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "maildir/subscriptions.h"
#include "maildir/tree.h"

namespace {

using maildir::Subscriptions;

void check(const Subscriptions& list)
{
    const auto again = Subscriptions::parse(list.to_text());
    if (again.list() != list.list() || again.to_text() != list.to_text())
        std::abort();
    for (const std::string& name : list.list()) {
        if (!maildir::Tree::is_valid(name) || !list.contains(name))
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto list = Subscriptions::parse(text);
    check(list);
    check(Subscriptions::parse_courier(text));
    if (list.add("added.here")) {
        check(list);
        if (!list.remove("added.here"))
            std::abort();
        check(list);
    }
    return 0;
}
