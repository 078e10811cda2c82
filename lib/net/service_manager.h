// SPDX-License-Identifier: ISC
/// \file
/// systemd's two small protocols: sockets that it passes (sd_listen_fds(3)), and news
/// for it (sd_notify(3)).
///
/// Written out here rather than taken from libsystemd, which brings four more
/// libraries into every process; systemd promises both protocols to be stable and to
/// be used so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"

namespace net {

struct PassedSocket {
    base::UniqueFd fd;
    std::string name; ///< FileDescriptorName= of the socket unit; may be empty
};

/// The sockets that were passed to this process. To be called once: the environment
/// variables are gone afterwards.
std::vector<PassedSocket> passed_sockets();

/// Tells the service manager, if there is one: "READY=1". Newlines separate several.
/// Failure is no matter of ours.
void notify(std::string_view state);

} // namespace net
