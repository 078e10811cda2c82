// SPDX-License-Identifier: ISC
#include "log/sink.h"

#include <cstdio>
#include <ctime>
#include <utility>

#include <syslog.h>
#include <unistd.h>

namespace logging {

SyslogSink::SyslogSink(std::string program, Connect when) : program_(std::move(program))
{
    if (when == Connect::AtOnce)
        ::tzset(); // /etc/localtime is out of reach in an empty root
    ::openlog(program_.c_str(),
              LOG_PID | (when == Connect::AtOnce ? LOG_NDELAY : LOG_ODELAY), LOG_MAIL);
}

SyslogSink::~SyslogSink()
{
    ::closelog();
}

void SyslogSink::write(Level level, std::string_view line) noexcept
{
    const int priority = level == Level::Info   ? LOG_INFO
                         : level == Level::Warn ? LOG_WARNING
                                                : LOG_ERR;
    ::syslog(priority, "%.*s", static_cast<int>(line.size()), line.data());
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
