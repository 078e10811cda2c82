#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""How long a login takes while crowds of clients hold the server up, and what one of the
crowd costs: some that send an octet a second, some in the middle of a TLS handshake,
some that try wrong passwords; and a crowd twice as large as may wait for a login.

    crowds.py [COUNT]          AVOCET_BUILD names the build; an optimised one, please
"""

import os
import statistics
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "support"), HERE]

import burst  # noqa: E402
from imap_client import ImapClient, tls_context  # noqa: E402
from memory import private_kib  # noqa: E402
from server import PASSWORD, Server, Site  # noqa: E402
from slow_crowd import HALF_A_CLIENT_HELLO, SlowCrowd  # noqa: E402

LOGINS = 50


def logins(name, site):
    context = tls_context(site.certificate)
    taken = []
    for _ in range(LOGINS):
        start = time.perf_counter()
        client = burst.one_login(site.tls_port, context, PASSWORD)
        taken.append((time.perf_counter() - start) * 1000)
        client.close()
    print(f"{name:44} login p50 {statistics.median(taken):7.1f} ms   max {max(taken):7.1f} ms",
          flush=True)  # fmt: skip


def slow(name, site, server, port, count, octets):
    before = server.family()
    with SlowCrowd("127.0.0.1", port, count, octets) as crowd:
        time.sleep(2)
        new = server.family() - before
        each = sum(map(private_kib, new)) / max(1, len(new))
        logins(f"{crowd.left()} {name}, {each:.0f} KiB private each", site)
    time.sleep(1)


def guesses(site, count):
    ended = threading.Event()
    refused = []

    def guess(number):
        source = (f"127.0.{1 + number // 200}.{1 + number % 200}", 0)
        while not ended.is_set():
            try:
                client = ImapClient.tcp("127.0.0.1", site.port, source=source)
                while not ended.is_set():
                    client.command(f"LOGIN ann wrong{len(refused)}")
                    refused.append(number)
            except Exception:  # noqa: BLE001  ten failures end a connection
                continue

    threads = [threading.Thread(target=guess, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    time.sleep(5)
    logins(f"{count} guess passwords", site)
    ended.set()
    for thread in threads:
        thread.join()


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 450
    site = Site()
    try:
        site.make_folder()
        site.config["limits"] = {"connections-per-address": count + 10}
        server = Server(site).wait_ready()
        logins("nobody else", site)
        slow("send an octet a second", site, server, site.port, count,
             b"a LOGIN ann {90}\r\n" + b"x" * 90)  # fmt: skip
        slow("half-open TLS", site, server, site.tls_port, count, HALF_A_CLIENT_HELLO)
        guesses(site, min(count, 200))
        server.stop()
        site.config["limits"]["connections-before-login"] = count // 2
        server = Server(site).wait_ready()
        slow(f"say nothing, {count // 2} may", site, server, site.port, count, b"")
        server.stop()
    finally:
        site.remove()


if __name__ == "__main__":
    main()
