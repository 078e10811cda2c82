// SPDX-License-Identifier: ISC
#include "sandbox/seccomp.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "child.h"
#include "sandbox/drop.h"

namespace {

using sandbox::Filter;
using sandbox::Role;

constexpr int not_confined = 100;

/// How a process of that role ends that does `work`.
template <class Work>
int end_of(Role role, Work work)
{
    return status_of_child([&] {
        const auto filter = Filter::compile(role);
        if (!filter || !sandbox::no_new_privileges() || !filter->apply())
            return not_confined;
        return static_cast<int>(work());
    });
}

bool is_killed(int status)
{
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

bool is_well(int status)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int new_socket(int family)
{
    errno = 0;
    return ::socket(family, SOCK_STREAM, 0) < 0 && errno == EACCES ? 0 : 1;
}

int execute()
{
    ::execl("/bin/true", "true", nullptr);
    return 1;
}

int look_into_parent()
{
    char octet = 0;
    iovec here = {&octet, 1};
    iovec there = {&octet, 1};
    return ::process_vm_readv(::getppid(), &here, 1, &there, 1, 0) == 1 ? 1 : 2;
}

} // namespace

BOOST_AUTO_TEST_SUITE(seccomp)

BOOST_AUTO_TEST_CASE(a_session_works_with_files)
{
    BOOST_TEST(is_well(end_of(Role::Session, [] {
        const int fd = ::open("/etc/passwd", O_RDONLY);
        struct stat status = {};
        char octet = 0;
        return ::fstat(fd, &status) == 0 && ::pread(fd, &octet, 1, 0) == 1 ? 0 : 1;
    })));
}

BOOST_AUTO_TEST_CASE(a_session_makes_no_socket_no_program_and_no_process)
{
    BOOST_TEST(is_killed(end_of(Role::Session, [] { return new_socket(AF_INET); })));
    BOOST_TEST(is_killed(end_of(Role::Session, execute)));
    BOOST_TEST(is_killed(end_of(Role::Session, look_into_parent)));
#if !defined(__SANITIZE_ADDRESS__)
    BOOST_TEST(is_killed(end_of(Role::Session, [] { return ::fork() < 0 ? 1 : 0; })));
    BOOST_TEST(is_killed(end_of(Role::Session, [] { return ::kill(::getppid(), 0); })));
#endif
}

BOOST_AUTO_TEST_CASE(a_datagram_goes_only_where_its_socket_is_connected_to)
{
    int pair[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
    const sockaddr_un logger = {AF_UNIX, "/dev/log"};
    const auto* const address = reinterpret_cast<const sockaddr*>(&logger);
    for (const Role role : {Role::LoginZygote, Role::Login, Role::Session}) {
        BOOST_TEST(is_well(
            end_of(role, [&] { return ::send(pair[0], "x", 1, 0) == 1 ? 0 : 1; })));
        BOOST_TEST(is_killed(end_of(role, [&] {
            return ::sendto(pair[0], "x", 1, MSG_DONTWAIT, address, sizeof logger) < 0;
        })));
    }
    const msghdr message = {};
    BOOST_TEST(is_killed(
        end_of(Role::Session, [&] { return ::sendmsg(pair[0], &message, 0) < 0; })));
}

BOOST_AUTO_TEST_CASE(nobody_has_signals_sent_to_others)
{
    for (const Role role : {Role::LoginZygote, Role::Login, Role::Session}) {
        BOOST_TEST(is_well(end_of(role, [] { return ::fcntl(0, F_GETFD) < 0; })));
        BOOST_TEST(is_killed(
            end_of(role, [] { return ::fcntl(0, F_SETOWN, ::getppid()) < 0; })));
        BOOST_TEST(
            is_killed(end_of(role, [] { return ::fcntl(0, F_SETSIG, SIGKILL) < 0; })));
    }
}

BOOST_AUTO_TEST_CASE(a_session_changes_the_times_of_what_it_has_open_and_of_no_path)
{
    BOOST_TEST(is_well(end_of(Role::Session, [] {
        return ::futimens(-1, nullptr) < 0 && errno == EBADF ? 0 : 1;
    })));
    BOOST_TEST(is_killed(end_of(Role::Session, [] {
        return ::utimensat(AT_FDCWD, "/nowhere", nullptr, 0) < 0;
    })));
}

BOOST_AUTO_TEST_CASE(a_login_process_sets_no_limits_of_others)
{
    const rlimit none = {};
    for (const Role role : {Role::LoginZygote, Role::Login}) {
        BOOST_TEST(is_killed(end_of(role, [&] {
            return ::prlimit(::getppid(), RLIMIT_CORE, &none, nullptr) < 0;
        })));
    }
    BOOST_TEST(is_well(
        end_of(Role::LoginZygote, [&] { return ::setrlimit(RLIMIT_CORE, &none); })));
}

BOOST_AUTO_TEST_CASE(everybody_logs_to_the_standard_error)
{
    for (const Role role : {Role::LoginZygote, Role::Login, Role::Session})
        BOOST_TEST(is_well(end_of(
            role, [] { return ::dprintf(STDERR_FILENO, "%s", "") < 0 ? 1 : 0; })));
}

BOOST_AUTO_TEST_CASE(a_call_that_a_tracer_answers_kills_nobody)
{
    BOOST_TEST(is_well(end_of(
        Role::Session, [] { return ::syscall(-1) == -1 && errno == ENOSYS ? 0 : 1; })));
}

BOOST_AUTO_TEST_CASE(that_syslog_asks_for_its_socket_again_kills_nobody)
{
    BOOST_TEST(is_well(end_of(Role::Session, [] { return new_socket(AF_UNIX); })));
    BOOST_TEST(is_well(end_of(Role::Login, [] { return new_socket(AF_UNIX); })));
}

BOOST_AUTO_TEST_CASE(a_login_process_has_no_files)
{
#if !defined(__SANITIZE_ADDRESS__)
    BOOST_TEST(is_well(end_of(Role::Login, [] {
        return ::open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? 0 : 1;
    })));
    BOOST_TEST(is_killed(end_of(Role::Login, [] { return ::fork() < 0 ? 1 : 0; })));
#endif
    BOOST_TEST(is_killed(end_of(Role::Login, [] { return ::unlink("/tmp/none"); })));
    BOOST_TEST(is_killed(end_of(Role::Login, [] { return new_socket(AF_INET6); })));
    BOOST_TEST(is_killed(end_of(Role::Login, execute)));
}

BOOST_AUTO_TEST_CASE(a_login_process_makes_the_pipe_to_its_session)
{
    BOOST_TEST(is_well(end_of(Role::Login, [] {
        int pair[2];
        return ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    })));
}

BOOST_AUTO_TEST_CASE(the_zygote_forks)
{
    BOOST_TEST(is_well(end_of(Role::LoginZygote, [] {
        const pid_t child = ::fork();
        if (child == 0)
            ::_exit(0);
        int status = 1;
        return ::waitpid(child, &status, 0) == child ? status : 1;
    })));
    BOOST_TEST(is_killed(end_of(Role::LoginZygote, execute)));
}

BOOST_AUTO_TEST_CASE(an_attempt_does_not_look_into_others)
{
    for (const Role role : {Role::Attempt, Role::AttemptAlone}) {
        BOOST_TEST(is_killed(end_of(role, look_into_parent)));
        BOOST_TEST(is_well(end_of(
            role, [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : 1; })));
    }
}

BOOST_AUTO_TEST_CASE(only_pam_may_bring_programs_and_the_network)
{
    BOOST_TEST(is_well(end_of(Role::Attempt, execute)));
    BOOST_TEST(is_killed(end_of(Role::AttemptAlone, execute)));
    BOOST_TEST(is_well(end_of(Role::AttemptAlone, [] { return new_socket(AF_INET); })));
}

BOOST_AUTO_TEST_SUITE_END()
