// SPDX-License-Identifier: ISC
/// \file
/// A row of the table of keys, and the files that make up the table: all there is to a
/// key is to be found in its row, and all rows of a section in one file.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/settings.h"

namespace config {

/// One key of imapd.conf(5): where it stands, how its value is read into the settings
/// (Errors: Syntax, with what would be right), and how it is written.
struct Key {
    const char* section;
    const char* name;
    base::Status (*read)(std::string_view, Settings&);
    std::string (*written)(const Settings&);
};

/// The row of `Settings::*Section.*Member`, whose value is of a `Kind` (kinds.h).
template <auto Section, auto Member, class Kind>
constexpr Key row(const char* section, const char* name)
{
    return {section, name,
            [](std::string_view text, Settings& settings) {
                return Kind::read(text, (settings.*Section).*Member);
            },
            [](const Settings& settings) {
                return std::string(Kind::written((settings.*Section).*Member));
            }};
}

// In the order in which they are written, each section's together.

/// [imapd] [tls] [login] [auth] [oauth]: the doors, and who comes in.
std::span<const Key> server_keys();
/// [mail] [mailboxes] [index] [quota] [limits]
std::span<const Key> mail_keys();
/// [deliver] [lmtp] [policy]: what only deliver(1) reads.
std::span<const Key> deliver_keys();

} // namespace config
