// SPDX-License-Identifier: ISC
/// \file
/// The lists. What is on one was found by running every test under strace(1), and then
/// by reading what the C library may do in its place on another kernel or machine.
///
/// Three answers to what is not allowed. Most of it kills: our code never asks. Some is
/// refused with an error, because a library may ask for it without harm: a new local
/// socket, when syslog(3) finds that its own is gone, and in a login process a file,
/// which in its empty root does not exist anyhow. In an attempt, where PAM brings code
/// of others, we name what kills rather than what is allowed.

#include "sandbox/seccomp.h"

#include <cerrno>
#include <memory>
#include <span>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/unique_fd.h"

namespace sandbox {

using base::Done;
using base::Errc;
using base::Error;
using base::Result;
using base::Status;

namespace {

using Names = std::span<const char* const>;

/// Memory, time, signals, the process itself: nobody can do without.
constexpr const char* everybody[] = {
    "brk",
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    "exit",
    "exit_group",
    "futex",
    "getegid",
    "geteuid",
    "getgid",
    "getpid",
    "getppid",
    "getrandom",
    "gettid",
    "gettimeofday",
    "getuid",
    "madvise",
    "mmap",
    "mprotect",
    "mremap",
    "munmap",
    "nanosleep",
    "restart_syscall",
    "rseq",
    "rt_sigaction",
    "rt_sigreturn",
    "rt_sigprocmask",
    "sched_getaffinity",
    "sched_yield",
    "sigaltstack",
    "sysinfo",
    "time",
    "uname",
#if defined(__SANITIZE_ADDRESS__)
    // AddressSanitizer looks for leaks at exit, from a thread that traces the others.
    "clone",
    "clone3",
    "getrlimit",
    "ioctl",
    "open",
    "openat",
    "pipe2",
    "prctl",
    "ptrace",
    "readlink",
    "readlinkat",
    "sched_setaffinity",
    "set_robust_list",
    "wait4",
    "getdents",
    "getdents64",
    "lseek",
    "newfstatat",
    "stat",
    "fstat",
    "getcwd",
#endif
};

/// Reading, writing and waiting on what is open. dprintf(3), by which lines get to the
/// standard error, asks where in the file it stands.
constexpr const char* streams[] = {
    "lseek",      "close",    "close_range", "dup",    "getpeername", "getsockname",
    "getsockopt", "poll",     "ppoll",       "read",   "readv",       "recvfrom",
    "setsockopt", "shutdown", "write",       "writev",
};

/// What fcntl(2) is for. Not to have signals sent to another process (F_SETOWN), which
/// may be any of them (F_SETSIG).
constexpr int file_commands[] = {
    F_DUPFD,     F_DUPFD_CLOEXEC, F_GETFD,    F_SETFD,    F_GETFL,
    F_SETFL,     F_GETLK,         F_SETLK,    F_SETLKW,   F_OFD_GETLK,
    F_OFD_SETLK, F_OFD_SETLKW,    F_SETLEASE, F_GETLEASE,
};

/// Requests, and the descriptors that come with them.
constexpr const char* datagrams[] = {"recvmsg", "sendmsg"};

/// The zygote makes login processes, hears of their end, and ends them.
constexpr const char* parents[] = {
    "clone", "clone3",          "fork",      "kill",
    "prctl", "seccomp",         "setrlimit", "set_robust_list",
    "wait4", "set_tid_address", "waitid",
};

/// What a session does to the Maildir and to the index.
constexpr const char* files[] = {
    "access",        "copy_file_range",
    "faccessat",     "faccessat2",
    "fallocate",     "fchmod",
    "fdatasync",     "flock",
    "fstat",         "fstatfs",
    "fsync",         "ftruncate",
    "getdents64",    "linkat",
    "lseek",         "mkdir",
    "mkdirat",       "msync",
    "newfstatat",    "open",
    "openat",        "pread64",
    "preadv",        "pwrite64",
    "pwritev",       "readlink",
    "readlinkat",    "rename",
    "renameat",      "renameat2",
    "rmdir",         "sendfile",
    "stat",          "statfs",
    "statx",         "umask",
    "unlink",        "unlinkat",
    "lstat",         "inotify_add_watch",
    "inotify_init1", "inotify_rm_watch",
};

/// What looks into other processes or changes the machine: nothing that finds out
/// whether a password is right has to.
constexpr const char* never[] = {
    "_sysctl",
    "acct",
    "adjtimex",
    "bpf",
    "clock_adjtime",
    "clock_settime",
    "create_module",
    "delete_module",
    "fanotify_init",
    "finit_module",
    "fsconfig",
    "fsmount",
    "fsopen",
    "get_kernel_syms",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "lookup_dcookie",
    "mount",
    "mount_setattr",
    "move_mount",
    "name_to_handle_at",
    "nfsservctl",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "personality",
    "pidfd_getfd",
    "pidfd_open",
    "pivot_root",
    "process_madvise",
    "process_vm_readv",
    "process_vm_writev",
    "query_module",
    "quotactl",
    "reboot",
    "setdomainname",
    "sethostname",
    "setns",
    "settimeofday",
    "stime",
    "swapoff",
    "swapon",
    "syslog",
    "umount",
    "umount2",
    "unshare",
    "uselib",
    "userfaultfd",
    "vhangup",
#if !defined(__SANITIZE_ADDRESS__)
    "ptrace",
#endif
};

struct Release {
    void operator()(void* filter) const { ::seccomp_release(filter); }
};
using Draft = std::unique_ptr<void, Release>;

/// `action` for all that is named. A name that this machine does not have is no error.
Status add(const Draft& draft, std::uint32_t action, Names names)
{
    for (const char* const name : names) {
        const int number = ::seccomp_syscall_resolve_name(name);
        if (number == __NR_SCMP_ERROR)
            continue;
        // -EACCES: it is the default action already.
        if (const int failed = ::seccomp_rule_add(draft.get(), action, number, 0);
            failed != 0 && failed != -EACCES)
            return Error{Errc::Unsupported, std::string("seccomp rule for ") + name,
                         -failed};
    }
    return Done{};
}

/// `action` for a call one of whose arguments, counted from 0, compares so with
/// `value`.
Status add_if(const Draft& draft, std::uint32_t action, const char* name,
              unsigned argument, scmp_compare compare, std::uint64_t value)
{
    const scmp_arg_cmp condition = {argument, compare, value, 0};
    const int number = ::seccomp_syscall_resolve_name(name);
    if (const int failed =
            ::seccomp_rule_add_array(draft.get(), action, number, 1, &condition);
        failed != 0)
        return Error{Errc::Unsupported, std::string("seccomp rule for ") + name,
                     -failed};
    return Done{};
}

/// Allowed where that argument is 0: nobody's address, nobody's process id, no path.
Status allow_without(const Draft& draft, const char* name, unsigned argument)
{
    return add_if(draft, SCMP_ACT_ALLOW, name, argument, SCMP_CMP_EQ, 0);
}

Status allow_file_commands(const Draft& draft)
{
    for (const char* const name : {"fcntl", "fcntl64"}) {
        for (const int command : file_commands) {
            if (auto done = add_if(draft, SCMP_ACT_ALLOW, name, 1, SCMP_CMP_EQ,
                                   static_cast<std::uint64_t>(command));
                !done)
                return done;
        }
    }
    return Done{};
}

/// What is on `lists` is allowed, and so is what everybody does in part only: a
/// datagram goes to whom its socket is connected to, and not to any name in the file
/// system. A local socket is refused without violence. And -1 is no call at all, but
/// what a tracer makes of one that it answers itself: strace(1) when it injects an
/// error. The kernel answers it by ENOSYS.
Status allow_only(const Draft& draft, std::initializer_list<Names> lists)
{
    for (const Names names : lists) {
        if (auto done = add(draft, SCMP_ACT_ALLOW, names); !done)
            return done;
    }
    if (auto done = allow_file_commands(draft); !done)
        return done;
    if (auto done = allow_without(draft, "sendto", 4); !done)
        return done;
    if (::seccomp_attr_set(draft.get(), SCMP_FLTATR_API_TSKIP, 1) == 0)
        ::seccomp_rule_add(draft.get(), SCMP_ACT_ALLOW, -1, 0);
    return add_if(draft, SCMP_ACT_ERRNO(EACCES), "socket", 0, SCMP_CMP_EQ, AF_UNIX);
}

Status fill_login(const Draft& draft, std::initializer_list<Names> lists)
{
    if (auto done = allow_only(draft, lists); !done)
        return done;
    // The pipe between a relay and its session.
    if (auto done =
            add_if(draft, SCMP_ACT_ALLOW, "socketpair", 0, SCMP_CMP_EQ, AF_UNIX);
        !done)
        return done;
#if !defined(__SANITIZE_ADDRESS__)
    constexpr const char* quietly[] = {"access",     "faccessat", "fstat",  "lstat",
                                       "newfstatat", "open",      "openat", "readlink",
                                       "stat",       "statx"};
    if (auto done = add(draft, SCMP_ACT_ERRNO(EACCES), quietly); !done)
        return done;
#endif
    return Done{};
}

Status fill_attempt(const Draft& draft, Role role)
{
    if (auto done = add(draft, SCMP_ACT_KILL_PROCESS, never); !done)
        return done;
    if (role == Role::Attempt)
        return Done{};
    constexpr const char* programs[] = {"execve", "execveat"};
    if (auto done = add(draft, SCMP_ACT_KILL_PROCESS, programs); !done)
        return done;
    // Local ones are how the C library asks for accounts, and how it logs.
    return add_if(draft, SCMP_ACT_ERRNO(EACCES), "socket", 0, SCMP_CMP_NE, AF_UNIX);
}

Status fill(const Draft& draft, Role role)
{
    switch (role) {
    case Role::LoginZygote:
        // Its children's limits, after the fork, and nobody else's.
        if (auto done = allow_without(draft, "prlimit64", 0); !done)
            return done;
        return fill_login(draft, {everybody, streams, datagrams, parents});
    case Role::Login:
        return fill_login(draft, {everybody, streams, datagrams});
    case Role::Attempt:
    case Role::AttemptAlone:
        return fill_attempt(draft, role);
    case Role::Session:
        // Times of a file that is open: Landlock keeps no path from having them
        // changed.
        if (auto done = allow_without(draft, "utimensat", 1); !done)
            return done;
        return allow_only(draft, {everybody, streams, files});
    }
    return Done{};
}

std::uint32_t default_action(Role role)
{
    const bool is_attempt = role == Role::Attempt || role == Role::AttemptAlone;
    return is_attempt ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS;
}

/// The program, by way of a file in memory: libseccomp writes to nothing else.
Result<std::vector<sock_filter>> program_of(const Draft& draft)
{
    const base::UniqueFd memory(::memfd_create("seccomp", MFD_CLOEXEC));
    if (!memory)
        return Error::from_errno("memfd_create");
    if (const int failed = ::seccomp_export_bpf(draft.get(), memory.get()); failed != 0)
        return Error{Errc::Unsupported, "seccomp_export_bpf", -failed};
    const off_t octets = ::lseek(memory.get(), 0, SEEK_END);
    std::vector<sock_filter> program(static_cast<std::size_t>(octets) /
                                     sizeof(sock_filter));
    if (::pread(memory.get(), program.data(), static_cast<std::size_t>(octets), 0) !=
        octets)
        return Error::from_errno("pread", "the seccomp filter");
    return program;
}

} // namespace

Result<Filter> Filter::compile(Role role)
{
    const Draft draft(::seccomp_init(default_action(role)));
    if (!draft)
        return Error{Errc::Unsupported, "libseccomp does not know this machine"};
    // A tree of comparisons rather than a list: a handful a call, not a hundred.
    ::seccomp_attr_set(draft.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    ::seccomp_attr_set(draft.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (auto done = fill(draft, role); !done)
        return done.error();
    auto program = program_of(draft);
    if (!program)
        return program.error();
    Filter filter;
    filter.program_ = std::move(*program);
    return filter;
}

Status Filter::apply() const
{
    sock_fprog program = {};
    program.len = static_cast<unsigned short>(program_.size());
    program.filter = const_cast<sock_filter*>(program_.data()); // only read
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
        return Done{};
    if (errno == EINVAL)
        return Error{Errc::Unsupported, "the kernel has no seccomp filters", errno};
    return Error::from_errno("prctl", "PR_SET_SECCOMP");
}

} // namespace sandbox
