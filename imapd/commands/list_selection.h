// SPDX-License-Identifier: ISC
/// \file
/// Which levels of the hierarchy a LIST answers with. RFC 5258 §3.3 and §3.5.
#pragma once

#include <vector>

#include "commands/levels.h"
#include "commands/list_arguments.h"

namespace imapd {

/// One response to come.
struct Listed {
    const Levels::value_type* level; ///< in the levels given to `select_levels`
    bool meets_criteria = false;     ///< else it is here for what is below it
    bool has_child_that_meets = false;
};

/// In the order of the names. The rules are those of RFC 5258's table:
///
/// A name that matches a pattern is listed if it meets the selection criteria; without
/// any, if it exists. With RECURSIVEMATCH also if something below it meets them that
/// is not listed itself (§3.5: redundant ones are left out), and then CHILDINFO tells.
/// Without selection options a level that does not exist is listed where what is below
/// it is not, so that a client who goes down by `%` finds the way.
std::vector<Listed> select_levels(const Levels& levels, const ListArguments& args,
                                  char separator);

} // namespace imapd
