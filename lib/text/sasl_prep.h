// SPDX-License-Identifier: ISC
/// \file
/// SASLprep (RFC 4013): the one spelling of a user name or a password that has several,
/// so that an `é` typed here equals an `é` typed there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace text {

/// `utf8` prepared: spaces of all kinds as a space, what is invisible left out, normal
/// form KC. Nothing for text that is not UTF-8 or has in it what RFC 4013 §2.3 and §2.4
/// prohibit. ASCII without control characters comes back as it is.
///
/// Tables are those of the Unicode version that utf8proc has, not of Unicode 3.2 as
/// RFC 3454 has it; code points that are unassigned in both are taken as they are, as
/// in a query (RFC 4013 §2.5).
std::optional<std::string> sasl_prepared(std::string_view utf8);

} // namespace text
