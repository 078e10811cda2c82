// SPDX-License-Identifier: ISC
/// \file
/// Where log lines go. The sink in force is the one global of the tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"

namespace logging {

enum class Level { Info, Warn, Error };

/// Takes lines, one call each. Never fails: there would be nobody to tell.
class Sink {
public:
    virtual ~Sink() = default;
    /// `line` has neither a newline nor a control character.
    virtual void write(Level level, std::string_view line) noexcept = 0;
};

/// Makes `sink` the one that every `Log` of this process writes to, and gives back
/// the one before it. It is borrowed: it must live until another takes its place.
/// Null, as at the start, drops every line. Forked children keep it.
Sink* set_sink(Sink* sink) noexcept;

/// The system's logger, facility mail. The connection to it (and the time zone) is
/// opened at once, so that it is still there after a chroot; a child has it
/// by fork, with its own process id in each line. If the logger restarts while we
/// are in an empty root, our lines are lost from then on.
///
/// A line is the datagram that syslog(3) sends, `<priority>program[pid]: line`, but for
/// the time in front: every logger puts in its own where there is none, and to work one
/// out is a file and a dozen system calls in a process that writes a single line.
class SyslogSink final : public Sink {
public:
    enum class Connect {
        AtOnce,
        WithFirstLine, ///< for a process that is soon gone, and had nothing to say
    };

    /// `program` stands at the start of each line; `logger` is the path of a socket.
    explicit SyslogSink(std::string program, Connect when = Connect::AtOnce,
                        std::string logger = "/dev/log");
    void write(Level level, std::string_view line) noexcept override;

private:
    bool send(const std::string& datagram) const;
    void connect();

    std::string program_;
    std::string logger_;
    base::UniqueFd socket_; ///< none while there is no logger
};

/// Standard error, for option `-e` only: under inetd descriptor 2 is the client.
/// `program[pid]: event …`, with `warning:` or `error:` in between.
class StderrSink final : public Sink {
public:
    explicit StderrSink(std::string program);
    void write(Level level, std::string_view line) noexcept override;

private:
    std::string program_;
};

/// Keeps the lines for a test to look at, and is in force as long as it lives.
class CaptureSink final : public Sink {
public:
    CaptureSink();
    ~CaptureSink() override;
    CaptureSink(const CaptureSink&) = delete;
    CaptureSink& operator=(const CaptureSink&) = delete;
    void write(Level level, std::string_view line) noexcept override;

    struct Line {
        Level level;
        std::string text;
    };
    std::vector<Line> lines;

private:
    Sink* before_;
};

} // namespace logging
