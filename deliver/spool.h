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

    /// Gives an empty file without a name, for reading and writing.
    using MakeFile = std::function<base::Result<base::UniqueFd>()>;

    explicit Spool(MakeFile make_file) : make_file_(std::move(make_file)) {}
    /// `directory` is where such a file is made.
    explicit Spool(std::string directory);

    /// What somebody else has spooled, who may be hostile: `file` may change or end
    /// while it is read, which is an error then. Errors: Cannot if it is no file.
    static base::Result<Spool> of(base::UniqueFd file);

    /// Errors: as open(2) and write(2).
    base::Status write(std::string_view octets);

    /// Gives all octets in pieces, as often as asked. Stops at the first failure of
    /// `take`, and gives it back. Errors: those of read(2) as well.
    base::Status read(const std::function<base::Status(std::string_view)>& take) const;

    /// The file with all of it, for another process: in memory, where that can be,
    /// unless it is a large one. Errors: those of write(2).
    base::Result<int> in_file();

    std::uint64_t size() const { return size_; }

private:
    base::Status spill();

    MakeFile make_file_;
    std::string memory_;
    base::UniqueFd file_;
    std::uint64_t size_ = 0;
};

/// A file without a name in `directory`.
base::Result<base::UniqueFd> open_nameless(const std::string& directory);

} // namespace deliver
