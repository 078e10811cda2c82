// SPDX-License-Identifier: ISC
/// \file
/// One message, from a descriptor into one Maildir.
#pragma once

#include "base/result.h"
#include "deliver/placement.h"
#include "deliver/process.h"

namespace deliver {

/// Reads `input` to its end and takes `placement`, which has begun, through to its last
/// step.
///
/// Errors: Gone for an input without a message in it, and if `writer` died before we
/// had it safe: then it may be half a message, and the mail server has it still. Else
/// those of the steps and of read(2).
base::Status store(int input, Placement& placement, const Parent& writer);

} // namespace deliver
