# SPDX-License-Identifier: ISC
"""Many clients that log in at the same moment, over TLS, and what each had to wait."""

import dataclasses
import socket
import threading
import time

from imap_client import ImapClient, SocketTransport, tls_context
from server import USER

PATIENCE = 120


@dataclasses.dataclass
class Outcome:
    seconds: list  # from connect(2) to the tagged OK, of those who got in
    failures: list  # what the others got to see
    clients: list  # who got in and stays connected

    def close(self):
        for client in self.clients:
            client.close()


def one_login(port, context, password, user=USER):
    sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wrapped = context.wrap_socket(sock, server_hostname="localhost")
    client = ImapClient(SocketTransport(wrapped), timeout=PATIENCE)
    client.login(user, password)
    return client


def log_in(site, password, count):
    """`count` logins that begin together; they stay logged in."""
    context = tls_context(site.certificate)
    outcome = Outcome([], [], [])
    together = threading.Barrier(count)

    def run():
        together.wait()
        start = time.perf_counter()
        try:
            client = one_login(site.tls_port, context, password)
        except Exception as error:  # noqa: BLE001  whatever it is, it is reported
            outcome.failures.append(repr(error))
        else:
            outcome.seconds.append(time.perf_counter() - start)
            outcome.clients.append(client)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome
