// SPDX-License-Identifier: ISC
/// \file
/// The keys that only deliver(1) reads.
#pragma once

#include <span>

#include "config/key.h"

namespace config {

/// In the order in which they are written, each section's together.
std::span<const Key> deliver_keys();

} // namespace config
