// SPDX-License-Identifier: ISC
#include "io/input.h"

namespace io {

void Input::consume(std::size_t octets)
{
    start_ += octets;
    if (start_ >= buffer_.size()) {
        buffer_.clear();
        start_ = 0;
    }
}

void Input::preload(std::string_view bytes)
{
    buffer_.erase(0, start_);
    start_ = 0;
    buffer_.insert(0, bytes);
}

void Input::release()
{
    if (start_ >= buffer_.size()) {
        std::string().swap(buffer_);
        start_ = 0;
    }
}

Input::Fill Input::poll()
{
    if (buffer_.size() - start_ >= max_buffered)
        return Fill::Full;
    if (start_ > 0) {
        buffer_.erase(0, start_);
        start_ = 0;
    }
    const std::size_t before = buffer_.size();
    buffer_.resize(before + read_size);
    const auto n = stream_->read({buffer_.data() + before, read_size});
    buffer_.resize(before + n.value_or(0));
    if (!n)
        return Fill::Timeout;
    return *n == 0 ? Fill::End : Fill::Data;
}

Input::Fill Input::fill(Wait& wait, Deadline deadline)
{
    for (;;) {
        if (const Fill now = poll(); now != Fill::Timeout)
            return now;
        if (deadline.has_passed(wait.clock()))
            return Fill::Timeout;
        if (!wait.for_one(stream_->read_fd(), stream_->read_events(), deadline))
            return Fill::Interrupted;
    }
}

} // namespace io
