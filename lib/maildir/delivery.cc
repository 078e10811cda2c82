// SPDX-License-Identifier: ISC
#include "maildir/delivery.h"

#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "maildir/rename.h"

namespace maildir {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

constexpr std::size_t buffer_size = std::size_t{64} << 10;

Error misused(const char* what)
{
    return Error{Errc::Internal, std::string("delivery: ") + what, 0};
}

} // namespace

Delivery::Delivery(const Folder& folder, base::UniqueFd tmp, base::UniqueFd file,
                   std::string base)
    : folder_(&folder), tmp_(std::move(tmp)), file_(std::move(file)), tmp_name_(base),
      base_(std::move(base))
{
}

Delivery::Delivery(Delivery&& other) noexcept
    : folder_(other.folder_), tmp_(std::move(other.tmp_)),
      file_(std::move(other.file_)), tmp_name_(std::move(other.tmp_name_)),
      base_(std::move(other.base_)), buffer_(std::move(other.buffer_)),
      size_(other.size_), bare_line_feeds_(other.bare_line_feeds_), last_(other.last_),
      state_(std::exchange(other.state_, State::Gone))
{
}

Delivery::~Delivery()
{
    if (state_ != State::Published && state_ != State::Gone)
        static_cast<void>(::unlinkat(tmp_.get(), tmp_name_.c_str(), 0));
}

Result<Delivery> Delivery::begin(const Folder& folder, const base::Clock& clock,
                                 base::Random& random, std::string_view host,
                                 std::uint64_t counter)
{
    auto tmp = folder.open_tmp();
    if (!tmp)
        return tmp.error();
    std::string base = fresh_base(clock, random, host, counter);
    auto file = io::open_at(tmp->get(), base, O_RDWR | O_CREAT | O_EXCL);
    if (!file)
        return file.error();
    return Delivery(folder, std::move(*tmp), std::move(*file), std::move(base));
}

/// Line feeds that a client will see as CRLF but that have no CR of their own.
void Delivery::count(std::string_view bytes)
{
    size_ += bytes.size();
    for (std::size_t at = bytes.find('\n'); at != std::string_view::npos;
         at = bytes.find('\n', at + 1)) {
        if ((at == 0 ? last_ : bytes[at - 1]) != '\r')
            ++bare_line_feeds_;
    }
    last_ = bytes.back();
}

Status Delivery::flush()
{
    if (auto done = io::write_all(file_.get(), buffer_); !done) {
        state_ = State::Failed;
        return done;
    }
    buffer_.clear();
    return Done{};
}

Status Delivery::write(std::string_view bytes)
{
    if (state_ != State::Writing)
        return misused("write after a failure or after prepare");
    if (bytes.empty())
        return Done{};
    count(bytes);
    while (buffer_.size() + bytes.size() >= buffer_size) {
        const std::size_t room = buffer_size - buffer_.size();
        buffer_.append(bytes.substr(0, room));
        bytes.remove_prefix(room);
        if (auto done = flush(); !done)
            return done;
    }
    buffer_.append(bytes);
    return Done{};
}

void Delivery::start_writing()
{
    if (state_ == State::Writing && flush())
        static_cast<void>(::sync_file_range(file_.get(), 0, 0, SYNC_FILE_RANGE_WRITE));
}

Status Delivery::prepare(Durability durability, std::optional<std::int64_t> arrival)
{
    if (state_ != State::Writing)
        return misused("prepared twice, or after a failure");
    if (auto done = flush(); !done)
        return done;
    state_ = State::Failed;
    if (arrival) {
        // The time of access stays: it tells tidy() that the file is in use.
        timespec times[2] = {{0, UTIME_OMIT}, {0, 0}};
        times[1].tv_sec = static_cast<time_t>(*arrival);
        if (::futimens(file_.get(), times) != 0)
            return Error::from_errno("futimens", tmp_name_);
    }
    // Of a new file fdatasync(2) leaves out only its times, and costs a tenth less of
    // the CPU.
    auto synced = durability == Durability::None ? io::settle(file_.get())
                  : arrival                      ? io::sync(file_.get())
                                                 : io::sync_data(file_.get());
    if (!synced)
        return synced;
    buffer_ = {};
    base_ = with_sizes(base_, size(), wire_size());
    state_ = State::Prepared;
    return Done{};
}

std::string Delivery::file_name(Where where, Info info) const
{
    Name name;
    name.base = base_;
    name.has_info = where == Where::Cur;
    name.flags = info.flags;
    name.keywords = info.keywords;
    return name.to_text();
}

Status Delivery::publish(Durability durability, Where where, Info info)
{
    if (state_ != State::Prepared)
        return misused("published before it was prepared");
    const std::string name = file_name(where, info);
    if (rename_if_free(tmp_.get(), tmp_name_, folder_->fd(where), name) != 0)
        return Error::from_errno("rename", name);
    state_ = State::Published;
    if (durability == Durability::Full)
        return folder_->sync_directory(where);
    return Done{};
}

Status Delivery::commit(Durability durability, Where where, Info info,
                        std::optional<std::int64_t> arrival)
{
    if (auto done = prepare(durability, arrival); !done)
        return done;
    return publish(durability, where, info);
}

} // namespace maildir
