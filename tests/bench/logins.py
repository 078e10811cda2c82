#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A burst of logins over TLS, 500 at once: how long each had to wait, and what a login
costs, beside Debian's Dovecot if that is installed.

    logins.py [COUNT]          AVOCET_BUILD names the build; an optimised one, please

The clock runs from connect(2) to the tagged OK of LOGIN. The clients share the machine
with the server: their handshakes are in the time, and not in the CPU time, which is that
of the server's processes alone.
"""

import os
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "support"), HERE]

import burst  # noqa: E402
import dovecot  # noqa: E402
from server import PASSWORD, Server, Site  # noqa: E402


def cpu_seconds(server):
    """Of the server's processes, none of which ends in a burst; /proc/PID/stat counts in
    hundredths of a second, which is more than most of them take."""
    total = 0
    for pid in server.family():
        try:
            with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        except OSError:
            continue
    return total / 1e9


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


def measure(name, site, server, password, count):
    burst.log_in(site, password, 1).close()  # what is made once is made before
    time.sleep(0.5)
    before, start = cpu_seconds(server), time.perf_counter()
    outcome = burst.log_in(site, password, count)
    elapsed = time.perf_counter() - start
    cpu = cpu_seconds(server) - before
    outcome.close()
    told = outcome.seconds or [float("nan")]
    print(
        f"{name:8} {len(outcome.seconds)} in, {len(outcome.failures)} refused in {elapsed:.2f} s   "
        f"p50 {statistics.median(told):.2f} s   p95 {percentile(told, 95):.2f} s   "
        f"max {max(told):.2f} s   {cpu * 1000 / count:.2f} ms CPU a login",
        flush=True,
    )
    for text in sorted(set(outcome.failures))[:5]:
        print(f"         {text}")
    return outcome


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    site = Site()
    try:
        site.make_folder()
        site.config["limits"] = {"connections-per-user": count + 10,
                                 "connections-per-address": count + 10}  # fmt: skip
        server = Server(site).wait_ready()
        outcome = measure("avocet", site, server, PASSWORD, count)
        server.stop()
    finally:
        site.remove()
    if dovecot.why_not():
        print(f"no comparison: {dovecot.why_not()}")
    else:
        with dovecot.Dovecot(connections=count + 10) as other:
            measure("dovecot", other, other, other.password, count)
    sys.exit(1 if outcome.failures or max(outcome.seconds) > 5 else 0)


if __name__ == "__main__":
    main()
