// SPDX-License-Identifier: ISC
/// \file
/// imapd.conf: whatever is accepted says the same after it was written and read again;
/// whatever is refused has its complaints, each with a line of the file.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto settings = config::Settings::parse(text, "f");
    if (!settings) {
        if (!settings.error().text.starts_with("f:"))
            std::abort();
        return 0;
    }
    const std::string written = settings->to_text();
    const auto again = config::Settings::parse(written, "g");
    if (!again || !(*again == *settings) || again->to_text() != written)
        std::abort();
    return 0;
}
