// SPDX-License-Identifier: ISC
/// \file
/// `avocet-delivered`: what was delivered to a user lately, to know it again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace deliver {

/// What a message is known by: a digest, in hexadecimal digits.
using DuplicateKey = std::string;

/// The key of a message by the Message-ID in `head`, the beginning of it; empty if
/// there is none, or more than one: such a message is nobody's duplicate.
DuplicateKey key_by_message_id(std::string_view head);

/// The file in the user's Maildir: `time key` a line, Unix time.
///
/// It is a convenience and no truth: without it a message comes twice. So there is no
/// sync. Two deliveries of one message at the same moment are told apart by a lock.
class DeliveredBefore {
public:
    static constexpr const char* file_name = "avocet-delivered";
    /// Not the same file, because that is replaced now and then.
    static constexpr const char* lock_name = "avocet-delivered.lock";
    /// Past this it is written anew, without what is older than the window, and without
    /// the older half if that is not enough.
    static constexpr std::size_t max_octets = std::size_t{256} << 10;

    /// `root_fd` is the Maildir's directory, borrowed. Times are in seconds.
    DeliveredBefore(int root_fd, std::int64_t now, std::int64_t window)
        : root_fd_(root_fd), now_(now), window_(window)
    {
    }

    /// Waits until no other process has this key in its hands, and keeps others waiting
    /// until what it gives is closed, or the process ends. Other keys are free.
    ///
    /// Errors: as open(2) and fcntl(2), with EDEADLK for processes that would wait for
    /// each other, as they may with several recipients in different orders.
    base::Result<base::UniqueFd> lock(const DuplicateKey& key) const;

    /// Whether a message of that key has been noted within the window.
    /// Errors: as open(2) and read(2).
    base::Result<bool> has(const DuplicateKey& key) const;

    base::Status note(const DuplicateKey& key) const;

    /// `text` without lines that are no longer of use: those before `since`, and the
    /// older half where more than half of `max_octets` is left. Pure.
    static std::string shortened(std::string_view text, std::int64_t since);

private:
    int root_fd_;
    std::int64_t now_;
    std::int64_t window_;
};

} // namespace deliver
