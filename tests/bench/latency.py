#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""From delivery to `* n EXISTS`: p50 and p99 of 200 deliveries, by rename() and by
deliver, beside Debian's Dovecot with its own delivery agent if that is installed.

    latency.py [COUNT]         AVOCET_BUILD names the build; an optimised one, please

With rename() the clock runs from just before the call, with a delivery agent from the
moment at which the file is in new/. It stops when the client has read the line.
"""

import os
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "support"), HERE]

import dovecot  # noqa: E402
from arrival import Arrivals  # noqa: E402
from imap_client import ImapClient  # noqa: E402
from server import PASSWORD, USER, Server, Site, data  # noqa: E402


PAUSE = 0.06  # between deliveries, so that none is part of a burst


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


def report(name, seconds):
    ms = [value * 1000 for value in seconds]
    print(
        f"{name:28} p50 {statistics.median(ms):8.3f} ms   p99 {percentile(ms, 99):8.3f} ms   "
        f"max {max(ms):8.3f} ms",
        flush=True,
    )
    return statistics.median(ms)


def by_rename(site, client, count):
    new = os.path.join(site.maildir(), "new")
    taken = []
    for i in range(count):
        name = f"{1700000000 + i}.M{i}P1.bench"
        temporary = os.path.join(site.maildir(), "tmp", name)
        with open(temporary, "wb") as file:
            file.write(data("plain.eml"))
            os.fchown(file.fileno(), *site.account)
        time.sleep(PAUSE)
        start = time.perf_counter()
        os.rename(temporary, os.path.join(new, name))
        client.until("EXISTS", timeout=30)
        taken.append(time.perf_counter() - start)
    return taken


def by_agent(site, client, count, argv):
    arrivals = Arrivals(os.path.join(site.maildir(), "new"))
    taken = []
    for _ in range(count):
        moment = []
        watching = threading.Thread(target=lambda: moment.append(arrivals.wait()))
        watching.start()
        agent = subprocess.Popen(argv, stdin=subprocess.PIPE)
        agent.stdin.write(data("plain.eml"))
        agent.stdin.close()
        client.until("EXISTS", timeout=30)
        end = time.perf_counter()
        watching.join()
        if agent.wait() != 0 or not moment[0]:
            sys.exit(f"{argv[0]} failed")
        taken.append(max(0.0, end - moment[0][1]))
        time.sleep(PAUSE)
    arrivals.close()
    return taken


def idling(site, password):
    client = ImapClient.tls("127.0.0.1", site.tls_port, site.certificate)
    client.login(USER, password)
    client.command("SELECT INBOX").ok()
    client.idle()
    return client


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    site = Site()
    server = None
    try:
        site.make_folder()
        server = Server(site).wait_ready()
        client = idling(site, PASSWORD)
        ours = report("avocet, rename", by_rename(site, client, count))
        argv = [os.path.join(os.environ.get("AVOCET_BUILD", "build"), "deliver", "deliver")]
        argv += ["-c", site.path("imapd.conf"), "-d", USER]
        ours_agent = report("avocet, deliver", by_agent(site, client, count, argv))
        client.close()
        server.stop()
    finally:
        site.remove()
    if dovecot.why_not():
        print(f"no comparison: {dovecot.why_not()}")
        return
    with dovecot.Dovecot() as other:
        client = idling(other, other.password)
        theirs = report("dovecot, rename", by_rename(other, client, min(count, 40)))
        agent = report("dovecot, dovecot-lda", by_agent(other, client, min(count, 40), other.lda()))
        client.close()
    print(f"{'ratio at p50, rename':28} {theirs / ours:8.0f}")
    print(f"{'ratio at p50, delivery':28} {agent / ours_agent:8.0f}")


if __name__ == "__main__":
    main()
