// SPDX-License-Identifier: ISC
/// \file
/// A message that has been received and not yet delivered: one copy for all recipients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"

namespace deliver {

/// Octets, of any number: in memory up to `max_in_memory`, else in a file that has no
/// name, so that nothing stays behind whatever happens. A forked child can read them.
class Spool {
public:
    static constexpr std::size_t max_in_memory = std::size_t{256} << 10;

    /// `directory` is where such a file is made.
    explicit Spool(std::string directory) : directory_(std::move(directory)) {}

    /// Errors: as open(2) and write(2).
    base::Status write(std::string_view octets);

    /// Gives all octets in pieces, as often as asked. Stops at the first failure of
    /// `take`, and gives it back. Errors: those of read(2) as well.
    base::Status read(const std::function<base::Status(std::string_view)>& take) const;

    std::uint64_t size() const { return size_; }

private:
    base::Status spill();

    std::string directory_;
    std::string memory_;
    base::UniqueFd file_;
    std::uint64_t size_ = 0;
};

} // namespace deliver
