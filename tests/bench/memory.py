#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Private memory of an idle plaintext connection, with 200 of them, beside Debian's
Dovecot if that is installed: Private_Clean + Private_Dirty of the processes that exist
because of the connections, over their number.

    memory.py [CONNECTIONS]    AVOCET_BUILD names the build; an optimised one, please
"""

import os
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "support"), HERE]

import dovecot  # noqa: E402
from imap_client import ImapClient  # noqa: E402
from server import PASSWORD, USER, Server, Site, data  # noqa: E402


def private_kib(pid):
    total = 0
    with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as file:
        for line in file:
            if line.startswith(("Private_Clean:", "Private_Dirty:")):
                total += int(line.split()[1])
    return total


def measure(name, site, server, password, count):
    """KiB per connection: all new processes together, over the connections."""
    first = idle(site, password)  # what is made once is made before we look
    time.sleep(0.5)
    before = server.family()
    clients = [idle(site, password) for _ in range(count)]
    time.sleep(2)  # a session gives memory back after a second of silence
    each = [private_kib(pid) for pid in server.family() - before]
    per_connection = sum(each) / count
    print(
        f"{name:10} {per_connection:8.0f} KiB private a connection   "
        f"({len(each)} processes, median {statistics.median(each):.0f} KiB)",
        flush=True,
    )
    for client in [first, *clients]:
        client.close()
    return per_connection


def idle(site, password):
    client = ImapClient.tcp("127.0.0.1", site.port)
    client.login(USER, password)
    client.command("SELECT INBOX").ok()
    client.command("FETCH 1:* (FLAGS ENVELOPE)").ok()
    client.idle()
    return client


def fill(site):
    site.make_folder()
    for i in range(100):
        site.drop(data("plain.eml"), f"{1700000000 + i}.M{i}P1.bench")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    site = Site()
    try:
        site.config["limits"] = {"connections-per-user": count + 10,
                                 "connections-per-address": count + 10}  # fmt: skip
        fill(site)
        server = Server(site).wait_ready()
        ours = measure("avocet", site, server, PASSWORD, count)
        server.stop()
    finally:
        site.remove()
    if dovecot.why_not():
        print(f"no comparison: {dovecot.why_not()}")
        return
    with dovecot.Dovecot(connections=count + 10) as other:
        for i in range(100):
            other.drop(data("plain.eml"), f"{1700000000 + i}.M{i}P1.bench")
        theirs = measure("dovecot", other, other, other.password, count)
    print(f"{'ratio':10} {theirs / ours:8.1f}")


if __name__ == "__main__":
    main()
