// SPDX-License-Identifier: ISC
#include "log/sink.h"

#include <string>

#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/unique_fd.h"
#include "log/log.h"

namespace {

using logging::CaptureSink;
using logging::Level;
using logging::Log;
using logging::StderrSink;

/// What `sink` writes to standard error when it gets `line`.
std::string stderr_of(StderrSink& sink, Level level, std::string_view line)
{
    int ends[2] = {-1, -1};
    BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const base::UniqueFd read_end(ends[0]);
    base::UniqueFd write_end(ends[1]);
    const base::UniqueFd saved(::dup(STDERR_FILENO));
    ::dup2(write_end.get(), STDERR_FILENO);
    sink.write(level, line);
    ::dup2(saved.get(), STDERR_FILENO);
    write_end.reset();
    char buffer[1024];
    const ssize_t n = ::read(read_end.get(), buffer, sizeof buffer);
    return {buffer, n > 0 ? static_cast<std::size_t>(n) : 0};
}

} // namespace

BOOST_AUTO_TEST_SUITE(sink)

BOOST_AUTO_TEST_CASE(stderr_lines_name_program_process_and_level)
{
    StderrSink sink("imapd");
    const std::string start = "imapd[" + std::to_string(::getpid()) + "]: ";
    BOOST_TEST(stderr_of(sink, Level::Info, "start") == start + "start\n");
    BOOST_TEST(stderr_of(sink, Level::Warn, "x k=v") == start + "warning: x k=v\n");
    BOOST_TEST(stderr_of(sink, Level::Error, "100%s") == start + "error: 100%s\n");
}

BOOST_AUTO_TEST_CASE(without_a_sink_lines_are_dropped)
{
    logging::Sink* const before = logging::set_sink(nullptr);
    Log().error("nobody hears");
    logging::set_sink(before);
}

BOOST_AUTO_TEST_CASE(the_sink_before_comes_back)
{
    CaptureSink outer;
    {
        CaptureSink inner;
        Log().info("one");
        BOOST_TEST(inner.lines.size() == 1U);
    }
    Log().info("two");
    BOOST_REQUIRE(outer.lines.size() == 1U);
    BOOST_TEST(outer.lines[0].text == "two");
}

BOOST_AUTO_TEST_CASE(syslog_can_be_opened_without_a_logger)
{
    logging::SyslogSink sink("imapd-test");
    sink.write(Level::Info, "unit test");
    logging::SyslogSink later("imapd-test",
                              logging::SyslogSink::Connect::WithFirstLine);
    later.write(Level::Info, "unit test");
}

BOOST_AUTO_TEST_SUITE_END()
