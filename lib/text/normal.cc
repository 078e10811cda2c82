// SPDX-License-Identifier: ISC
#include "text/normal.h"

#include <cstdlib>
#include <memory>

#include <utf8proc.h>

#include "text/utf8.h"

namespace text {

bool is_normal(std::string_view utf8)
{
    if (is_ascii(utf8))
        return true;
    utf8proc_uint8_t* composed = nullptr;
    constexpr auto options =
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    const utf8proc_ssize_t size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                     static_cast<utf8proc_ssize_t>(utf8.size()), &composed, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(composed,
                                                                        &std::free);
    return size >= 0 &&
           utf8 == std::string_view(reinterpret_cast<const char*>(composed),
                                    static_cast<std::size_t>(size));
}

} // namespace text
