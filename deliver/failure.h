// SPDX-License-Identifier: ISC
#pragma once

#include "base/error.h"
#include "config/settings.h"
#include "deliver/exit_status.h"

namespace deliver {

/// How a delivery ends that failed with `error`: with "try again", unless a setting
/// says that such a message is sent back, or it is no mail at all. The quota of a file
/// system is not one for which that is: it has an errno.
Outcome failure(const base::Error& error, const config::Settings& settings);

} // namespace deliver
