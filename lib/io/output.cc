// SPDX-License-Identifier: ISC
#include "io/output.h"

#include "io/disconnected.h"

namespace io {

bool Output::try_flush()
{
    try {
        std::size_t sent = 0;
        while (is_heard_ && sent < buffer_.size()) {
            const std::size_t n =
                stream_->write(std::string_view(buffer_).substr(sent));
            if (n == 0)
                break;
            sent += n;
        }
        buffer_.erase(0, sent);
        if (is_heard_)
            return buffer_.empty() && stream_->flush();
    } catch (const Disconnected&) {
        is_heard_ = false; // whoever reads will find the end of what it has sent
    }
    buffer_.clear();
    return true;
}

void Output::flush()
{
    Deadline deadline = Deadline::after_ms(wait_->clock(), patience_ms);
    for (std::size_t left = buffer_.size(); !try_flush();) {
        if (buffer_.size() < left) { // progress: the patience starts anew
            left = buffer_.size();
            deadline = Deadline::after_ms(wait_->clock(), patience_ms);
        }
        if (stop_ != nullptr && *stop_ != 0)
            throw Disconnected{Disconnected::Reason::Stopped};
        const Deadline first = deadline.earlier(deadline_);
        if (first.has_passed(wait_->clock()))
            throw Disconnected{Disconnected::Reason::TimedOut};
        static_cast<void>(
            wait_->for_one(stream_->write_fd(), stream_->write_events(), first));
    }
}

void Output::make_room()
{
    flush();
    if (!is_heard_)
        throw Disconnected{Disconnected::Reason::Unheard};
}

void Output::release()
{
    if (buffer_.empty())
        std::string().swap(buffer_);
    stream_->release();
}

} // namespace io
