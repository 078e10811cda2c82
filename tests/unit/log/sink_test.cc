// SPDX-License-Identifier: ISC
#include "log/sink.h"

#include <cstdlib>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/unique_fd.h"
#include "log/log.h"

namespace {

using logging::CaptureSink;
using logging::Level;
using logging::Log;
using logging::StderrSink;
using logging::SyslogSink;
using Connect = SyslogSink::Connect;

/// Where a logger can be.
class Place {
public:
    Place() { BOOST_REQUIRE(::mkdtemp(directory_.data()) != nullptr); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { ::rmdir(directory_.c_str()); }
    std::string path() const { return directory_ + "/log"; }

private:
    std::string directory_ = "/tmp/avocet-test-XXXXXX";
};

/// Takes datagrams, as the system's logger does.
class Logger {
public:
    explicit Logger(std::string path)
        : path_(std::move(path)), socket_(::socket(AF_UNIX, SOCK_DGRAM, 0))
    {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        path_.copy(address.sun_path, sizeof address.sun_path - 1);
        BOOST_REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address),
                             sizeof address) == 0);
    }
    Logger(const Logger&) = delete;
    Logger& operator=(const Logger&) = delete;
    ~Logger() { ::unlink(path_.c_str()); }

    /// What was sent, without waiting; empty if nothing was.
    std::string next() const
    {
        std::string datagram(4096, '\0');
        const auto n =
            ::recv(socket_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT);
        datagram.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
        return datagram;
    }

private:
    std::string path_;
    base::UniqueFd socket_;
};

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
    for (const auto when : {Connect::AtOnce, Connect::WithFirstLine}) {
        SyslogSink sink("imapd", when, "/nowhere/log");
        sink.write(Level::Info, "unit test");
    }
}

BOOST_AUTO_TEST_CASE(a_line_for_syslog_is_one_datagram)
{
    const Place place;
    const Logger logger(place.path());
    SyslogSink sink("imapd", Connect::AtOnce, place.path());
    sink.write(Level::Info, "one user=ann");
    sink.write(Level::Error, "two");
    const std::string from = "imapd[" + std::to_string(::getpid()) + "]: ";
    BOOST_TEST(logger.next() == "<22>" + from + "one user=ann");
    BOOST_TEST(logger.next() == "<19>" + from + "two");
    BOOST_TEST(logger.next() == "");
}

BOOST_AUTO_TEST_CASE(a_logger_that_starts_again_gets_what_follows)
{
    const Place place;
    SyslogSink sink("imapd", Connect::WithFirstLine, place.path());
    for (int i = 0; i < 2; ++i) {
        const Logger logger(place.path());
        sink.write(Level::Warn, "one");
        BOOST_TEST(logger.next().ends_with("]: one"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
