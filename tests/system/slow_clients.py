# SPDX-License-Identifier: ISC
"""Crowds of clients that are slow on purpose, or wrong again and again: the others are
served as if there were none, and the crowd is gone when its time to log in is over.

tests/bench/crowds.py has figures."""

import os
import signal
import socket
import threading
import time
import unittest

from imap_client import tls_context
from server import ServerTest, eventually
from slow_crowd import HALF_A_CLIENT_HELLO, SlowCrowd

CROWD = int(os.environ.get("AVOCET_CROWD", "100"))
LOGIN_TIME = 15
PROMPTLY = 5.0  # for the sanitizers' build, on a machine with other work


class SlowClients(ServerTest):
    def configure(self, site):
        site.make_folder()
        site.config["limits"] = {"login-time": LOGIN_TIME, "connections-per-address": CROWD + 10}

    def assert_served(self):
        for connect in (self.client, self.tls_client):
            start = time.monotonic()
            with connect() as client:
                client.command("SELECT INBOX").ok()
                client.command("LOGOUT").ok()
            self.assertLess(time.monotonic() - start, PROMPTLY)

    def silent_after_starttls(self):
        client = self.client(login=False)
        client.command("STARTTLS").ok()
        return client

    def test_crowds_that_take_all_the_time_there_is(self):
        plain = SlowCrowd("127.0.0.1", self.site.port, CROWD, b"a LOGIN ann {90}\r\n" + b"x" * 90)
        self.addCleanup(plain.close)
        tls = SlowCrowd("127.0.0.1", self.site.tls_port, CROWD, HALF_A_CLIENT_HELLO,
                        source="127.0.0.3")  # fmt: skip
        self.addCleanup(tls.close)
        silent = [self.silent_after_starttls() for _ in range(10)]
        self.assert_served()
        self.assertEqual((plain.left(), tls.left()), (CROWD, CROWD))
        self.assertGreater(len(self.server.family()), 2 * CROWD)
        for client in silent:
            self.assertTrue(client.at_end(LOGIN_TIME + 30))
        self.assertTrue(plain.wait_until_gone(LOGIN_TIME + 30))
        self.assertTrue(tls.wait_until_gone(LOGIN_TIME + 30))
        eventually(lambda: len(self.server.family()) == 2, "nothing is left", 30)
        self.assert_served()

    def test_a_flood_of_wrong_passwords(self):
        ended = threading.Event()
        refused = []

        def guess(number):
            source = (f"127.0.1.{number}", 0)
            while not ended.is_set():
                try:
                    with socket.create_connection(
                        ("127.0.0.1", self.site.port), 60, source
                    ) as sock:
                        sock.sendall(b"a LOGIN ann wrong%d\r\n" % len(refused))
                        while not ended.is_set():
                            answer = sock.recv(1000)
                            if not answer or b"\na NO" in b"\n" + answer:
                                refused.append(number)
                                break
                except OSError:
                    pass

        guessers = [threading.Thread(target=guess, args=(i + 1,)) for i in range(40)]
        for thread in guessers:
            thread.start()
        try:
            eventually(lambda: len(refused) >= 40, "each has been refused", 60)
            self.assert_served()
        finally:
            ended.set()
            for thread in guessers:
                thread.join()


class DeafClients(ServerTest):
    """They talk without end, and take no answer."""

    def configure(self, site):
        site.make_folder()
        site.config["limits"] = {"login-time": 5}

    def connect(self, port):
        """With little room for what it does not read."""
        sock = socket.socket()
        self.addCleanup(sock.close)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", port))
        return sock

    def deafen(self, sock):
        """Talks until nothing more is taken for a while."""
        sock.settimeout(0.5)
        try:
            for _ in range(1000):
                sock.sendall(b"a CAPABILITY\r\n" * 10_000)
        except OSError:  # TimeoutError is one
            return
        self.fail("the server buffers without end")

    def test_their_time_is_over_all_the_same(self):
        eventually(lambda: len(self.server.family()) == 2, "those at the start end")
        self.deafen(self.connect(self.site.port))
        context = tls_context(self.site.certificate)
        self.deafen(context.wrap_socket(self.connect(self.site.tls_port),
                                        server_hostname="localhost"))  # fmt: skip
        self.assertGreater(len(self.server.family()), 2)
        eventually(lambda: len(self.server.family()) == 2, "they are gone", 30)
        self.client().command("SELECT INBOX").ok()

    def test_nobody_waits_for_them_when_the_server_stops(self):
        self.deafen(self.connect(self.site.port))
        start = time.monotonic()
        self.server.signal(signal.SIGTERM)
        self.server.process.wait(30)
        self.assertLess(time.monotonic() - start, 5)


if __name__ == "__main__":
    unittest.main()
