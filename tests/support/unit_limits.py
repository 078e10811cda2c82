#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Runs a program within what a unit of systemd allows, where no systemd runs: its
capabilities, its system calls, its umask, no new privileges.

    unit_limits.py UNIT PROGRAM [ARGUMENT...]
"""

import ctypes
import errno
import os
import subprocess
import sys

PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 38, 24
SCMP_ACT_ALLOW, SCMP_ACT_EPERM = 0x7FFF0000, 0x00050000 | errno.EPERM


def settings(path):
    """All values of each key, joined by a space as systemd does."""
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            key, sign, value = line.strip().partition("=")
            if sign and not key.startswith("#"):
                found[key] = f"{found.get(key, '')} {value}".strip()
    return found


def capability_numbers():
    """By name, from the kernel's own header."""
    numbers = {}
    with open("/usr/include/linux/capability.h", encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if words[:1] == ["#define"] and len(words) == 3 and words[2].isdigit():
                numbers[words[1]] = int(words[2])
    return numbers


def system_calls(words):
    """Names, with those of the sets that systemd-analyze knows."""
    calls = set()
    for word in words:
        if not word.startswith("@"):
            calls.add(word)
            continue
        told = subprocess.run(
            ["systemd-analyze", "--no-pager", "syscall-filter", word],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        lines = (line.strip() for line in told.stdout.splitlines()[1:])
        calls |= system_calls(line for line in lines if line and not line.startswith("#"))
    return calls


def drop_capabilities(libc, kept):
    numbers = capability_numbers()
    kept = {numbers[name] for name in kept}
    with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as file:
        last = int(file.read())
    for number in set(range(last + 1)) - kept:
        if libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0:
            sys.exit(f"cannot drop capability {number}")


def restrict_calls(names):
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(SCMP_ACT_EPERM))
    for name in names:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            library.seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 0)
    if library.seccomp_load(context) != 0:
        sys.exit("cannot load the filter")


def main():
    unit = settings(sys.argv[1])
    libc = ctypes.CDLL(None)
    calls = system_calls(unit["SystemCallFilter"].split())
    os.umask(int(unit["UMask"], 8))
    drop_capabilities(libc, unit["CapabilityBoundingSet"].split())
    if unit.get("NoNewPrivileges") == "yes":
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    restrict_calls(calls)
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
