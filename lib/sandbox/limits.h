// SPDX-License-Identifier: ISC
#pragma once

#include <sys/resource.h>

#include "base/result.h"

namespace sandbox {

/// No core file, and so no password or key in one.
base::Status limit_core();

/// At most `count` descriptors, for good.
base::Status limit_files(rlim_t count);

/// As many descriptors as the hard limit allows, up to `count`: for the supervisor.
base::Status raise_files(rlim_t count);

/// At most so many octets of memory of its own that this process can write to, stack
/// and mapped files aside, for good. 0: no bound. Under AddressSanitizer, which maps
/// terabytes, nothing.
base::Status limit_data(rlim_t octets);

/// No further process or thread of this uid can be made by this one.
base::Status limit_processes();

} // namespace sandbox
