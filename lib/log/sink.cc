// SPDX-License-Identifier: ISC
#include "log/sink.h"

#include <cstdio>
#include <ctime>
#include <new>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

namespace logging {

SyslogSink::SyslogSink(std::string program, Connect when, std::string logger)
    : program_(std::move(program)), logger_(std::move(logger))
{
    if (when != Connect::AtOnce)
        return;
    ::tzset(); // /etc/localtime is out of reach in an empty root
    connect();
}

void SyslogSink::connect()
{
    socket_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket_)
        return; // a role that may have no new one, nor connect what it has not
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    logger_.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address),
                  sizeof address) != 0)
        socket_.reset();
}

bool SyslogSink::send(const std::string& datagram) const
{
    return socket_ &&
           ::send(socket_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL) >= 0;
}

void SyslogSink::write(Level level, std::string_view line) noexcept
{
    const int priority = level == Level::Info   ? LOG_INFO
                         : level == Level::Warn ? LOG_WARNING
                                                : LOG_ERR;
    try {
        const std::string datagram = "<" + std::to_string(LOG_MAIL | priority) + ">" +
                                     program_ + "[" + std::to_string(::getpid()) +
                                     "]: " + std::string(line);
        if (send(datagram))
            return;
        connect(); // the first line, or the logger is another one
        static_cast<void>(send(datagram));
    } catch (const std::bad_alloc&) {
        // One line less: there is nobody to tell.
    }
}

StderrSink::StderrSink(std::string program) : program_(std::move(program))
{
}

void StderrSink::write(Level level, std::string_view line) noexcept
{
    const char* const word = level == Level::Info   ? ""
                             : level == Level::Warn ? "warning: "
                                                    : "error: ";
    // dprintf(3) formats first and writes once, so lines of several processes do
    // not mix. A line that cannot be written has nowhere else to go.
    static_cast<void>(::dprintf(STDERR_FILENO, "%s[%d]: %s%.*s\n", program_.c_str(),
                                static_cast<int>(::getpid()), word,
                                static_cast<int>(line.size()), line.data()));
}

CaptureSink::CaptureSink() : before_(set_sink(this))
{
}

CaptureSink::~CaptureSink()
{
    set_sink(before_);
}

void CaptureSink::write(Level level, std::string_view line) noexcept
{
    lines.push_back({level, std::string(line)});
}

} // namespace logging
