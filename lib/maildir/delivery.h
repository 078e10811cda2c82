// SPDX-License-Identifier: ISC
/// \file
/// One message on its way into a folder: `tmp/`, fsync, then `new/` or `cur/`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "maildir/folder.h"
#include "maildir/name.h"

namespace maildir {

/// What must be on disk before success is told.
enum class Durability {
    Full,     ///< the file and the directory entry
    FileOnly, ///< the file; the caller syncs the directory once for a batch
    None,     ///< nothing, so long as no write is known to have failed
};

/// The flags that a message is delivered with.
struct Info {
    Flags flags = 0;
    KeywordBits keywords = 0;
};

/// A message that is being delivered. Nobody sees anything of it before `publish`,
/// and unless that succeeds the destructor removes what is in `tmp/`.
///
///     begin → write … → commit                      deliver(1)
///     begin → write … → prepare → publish           APPEND: between the two the
///                                                   line goes to the UID list
///
/// A full disk or a quota shows in `write` or `prepare`.
class Delivery {
public:
    /// Opens a file in `tmp/` of `folder`, which must outlive the Delivery.
    /// `counter` orders messages delivered within one microsecond.
    static base::Result<Delivery> begin(const Folder& folder, const base::Clock& clock,
                                        base::Random& random, std::string_view host,
                                        std::uint64_t counter = 0);

    Delivery(Delivery&& other) noexcept;
    Delivery& operator=(Delivery&&) = delete;
    ~Delivery();

    /// Adds octets of the message, of which any number is taken; memory is 64 KiB.
    base::Status write(std::string_view bytes);

    /// Writes out what is buffered and has the disk begin with it, without waiting for
    /// it: for a caller that will `prepare` many. A failure will show there.
    void start_writing();

    /// Writes out what is buffered, sets the arrival time if one is given (Unix
    /// time, seconds), syncs the file. From here on `base_name()` is final and there
    /// is nothing to write any more.
    base::Status prepare(Durability durability,
                         std::optional<std::int64_t> arrival = std::nullopt);

    /// Moves the file to where it is seen, under `file_name(where, info)`, and syncs
    /// the directory if `durability` is Full. Only after `prepare`.
    ///
    /// If only that sync fails, the error is returned though the message has been
    /// delivered: `is_published()` tells.
    base::Status publish(Durability durability, Where where, Info info = {});

    /// `prepare` and `publish` in one.
    base::Status commit(Durability durability, Where where, Info info = {},
                        std::optional<std::int64_t> arrival = std::nullopt);

    bool is_published() const { return state_ == State::Published; }

    /// The base name: with `,S=` and `,W=` once `prepare` has succeeded.
    const std::string& base_name() const { return base_; }
    /// The name that `publish` would give: flags and `:2,` as `where` needs them.
    std::string file_name(Where where, Info info = {}) const;

    /// Octets so far, as they are and with every line end as CRLF.
    std::uint64_t size() const { return size_; }
    std::uint64_t wire_size() const { return size_ + bare_line_feeds_; }

    /// The file, for a caller that reads back what it wrote: after `start_writing`
    /// or `prepare`.
    int fd() const { return file_.get(); }

private:
    enum class State { Writing, Failed, Prepared, Published, Gone };

    Delivery(const Folder& folder, base::UniqueFd tmp, base::UniqueFd file,
             std::string base);
    base::Status flush();
    void count(std::string_view bytes);

    const Folder* folder_;
    base::UniqueFd tmp_;
    base::UniqueFd file_;
    std::string tmp_name_;
    std::string base_;
    std::string buffer_;
    std::uint64_t size_ = 0;
    std::uint64_t bare_line_feeds_ = 0;
    char last_ = '\0';
    State state_ = State::Writing;
};

} // namespace maildir
