// SPDX-License-Identifier: ISC
/// \file
/// The first words of a message, for a list of messages. RFC 8970.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mime/structure.h"

namespace mime {

/// Characters of a preview. RFC 8970 §3.3.
inline constexpr std::size_t max_preview = 200;
/// So much of a part is looked at, from its beginning. Unit: octets.
inline constexpr std::uint64_t max_preview_source = std::uint64_t{64} << 10;

/// The part that a preview is made of: the first one of plain text that is no
/// attachment, else the first one of HTML; null if there is neither, or if all that
/// there is was encrypted.
const Part* preview_part(const Structure& structure);

/// The preview of a part from `preview_part`, whose body begins with `octets`
/// (`max_preview_source` of them are enough): decoded, in UTF-8, without markup,
/// without quotations, with single spaces for all white space. Empty if nothing is
/// left.
std::string preview_text(const Part& part, std::string_view octets);

} // namespace mime
