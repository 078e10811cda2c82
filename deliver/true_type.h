// SPDX-License-Identifier: ISC
/// \file
/// What the parts of a message really are, whatever they say: libmagic's opinion.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace deliver {

/// So many octets of a part, as they are encoded, are decoded and looked at.
inline constexpr std::size_t true_type_octets = std::size_t{64} << 10;
/// Parts past this are not looked at.
inline constexpr std::size_t true_type_parts = 1000;
/// Time for a whole message. Milliseconds.
inline constexpr int true_type_patience_ms = 20'000;

/// The media types of the parts of the message in `file`, in their order, in lower
/// case; of multiparts and messages only what they contain is told. After those come
/// the types of what is in archives, if we have libarchive; see `archives.h`.
///
/// It is found out by a child that has read libmagic and its database, and can then
/// open no file, speak to nobody and start nothing: it parses what strangers have
/// written. If it crashes, or takes too long, what it has said until then is all there
/// is.
///
/// Errors: Unsupported where libmagic cannot be loaded or the kernel has no seccomp; Io
/// if there can be no child.
base::Result<std::vector<std::string>> true_types(int file);

} // namespace deliver
