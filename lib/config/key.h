// SPDX-License-Identifier: ISC
/// \file
/// A row of the table of keys, for the files that make up the table.
#pragma once

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

} // namespace config
