// SPDX-License-Identifier: ISC
#include "deliver/confine.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "sandbox/limits.h"

namespace deliver {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t architecture = 0; // confine() says no
#endif

constexpr long both[] = {
    SYS_read,        SYS_pread64,        SYS_write,       SYS_close,
    SYS_fstat,       SYS_lseek,          SYS_mmap,        SYS_munmap,
    SYS_mprotect,    SYS_mremap,         SYS_madvise,     SYS_brk,
    SYS_futex,       SYS_exit,           SYS_exit_group,  SYS_rt_sigreturn,
    SYS_getpid,      SYS_gettid,         SYS_getrandom,   SYS_clock_gettime,
    SYS_sigaltstack, SYS_rt_sigprocmask, SYS_sched_yield,
};

constexpr long clerks[] = {
#ifdef SYS_poll
    SYS_poll,
#endif
    SYS_ppoll,   SYS_readv,  SYS_writev,  SYS_recvfrom,
    SYS_recvmsg, SYS_sendto, SYS_sendmsg, SYS_memfd_create,
};

#if defined(__SANITIZE_ADDRESS__)
/// By which the sanitizers find out whether an address can be read. Without them every
/// object is a wrong one.
constexpr long sanitizers[] = {
#ifdef SYS_pipe
    SYS_pipe,
#endif
    SYS_pipe2,
};
#endif

constexpr std::uint32_t offset_of_number = offsetof(seccomp_data, nr);
constexpr std::uint32_t offset_of_architecture = offsetof(seccomp_data, arch);

sock_filter load(std::uint32_t offset)
{
    return {BPF_LD | BPF_W | BPF_ABS, 0, 0, offset};
}

sock_filter skip_unless_equal(std::uint32_t value)
{
    return {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value};
}

sock_filter give(std::uint32_t action)
{
    return {BPF_RET | BPF_K, 0, 0, action};
}

void allow(std::vector<sock_filter>& program, std::span<const long> calls)
{
    for (const long number : calls) {
        program.push_back(skip_unless_equal(static_cast<std::uint32_t>(number)));
        program.push_back(give(SECCOMP_RET_ALLOW));
    }
}

bool filter_calls(Confined who)
{
    std::vector<sock_filter> program = {
        load(offset_of_architecture),
        {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, architecture},
        give(SECCOMP_RET_KILL_PROCESS),
        load(offset_of_number),
    };
    allow(program, both);
#if defined(__SANITIZE_ADDRESS__)
    allow(program, sanitizers);
#endif
    if (who == Confined::Clerk)
        allow(program, clerks);
    program.push_back(give(SECCOMP_RET_ERRNO | EPERM));
    const sock_fprog filter = {static_cast<unsigned short>(program.size()),
                               program.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

bool limit(decltype(RLIMIT_CPU) resource, rlim_t most)
{
    const rlimit bound = {most, most};
    return ::setrlimit(resource, &bound) == 0;
}

} // namespace

bool can_confine()
{
    return architecture != 0 && ::prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}

bool confine(Confined who)
{
    constexpr rlim_t memory = rlim_t{512} << 20; // beside what is in use
    constexpr rlim_t seconds = 10;
    if (who == Confined::Examiner && !limit(RLIMIT_CPU, seconds))
        return false;
    return can_confine() && sandbox::limit_data(memory) && limit(RLIMIT_CORE, 0) &&
           filter_calls(who);
}

} // namespace deliver
