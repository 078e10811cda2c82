// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>

#include "base/result.h"

namespace mailbox {

/// How many octets a message has on the wire, where each line ends with CRLF: what
/// RFC822.SIZE says. Reads the file from its beginning.
base::Result<std::uint64_t> count_wire_octets(int fd);

} // namespace mailbox
