# SPDX-License-Identifier: ISC
"""A session is a copy of the supervisor and of an attempt, which know everybody: nothing
of others is left in its memory. Whoever runs code of his own in a session can read that."""

import os
import re
import socket
import unittest

from server import USER, Server, ServerTest, eventually

MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \S+ *(.*)")
LARGEST = 1 << 30  # AddressSanitizer reserves terabytes, in which nothing is kept

# Short ones lie in the object itself, long ones in memory of their own.
SHORT, LONG = "prey-of-snarks", "a-victim-with-a-name-as-long-as.some@names.example"
IN_VAIN = "somebody-who-tries-in-vain"
SECRETS = {SHORT: "hunting of snarks", LONG: "with forks and hope", IN_VAIN: "a railway share"}
ADDRESSES = {SHORT: "127.77.101.1", LONG: "127.77.202.202", IN_VAIN: "127.77.103.203"}


def octets_of(pid):
    """What a process has in memory, in pieces."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
        mappings = [MAPPING.match(line) for line in file]
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end, name in (m.groups() for m in mappings if m):
            start, size = int(start, 16), int(end, 16) - int(start, 16)
            if size >= LARGEST:
                continue
            try:
                yield os.pread(memory.fileno(), size, start)
            except OSError:
                continue  # [vvar] and what of a file is beyond its end


class SessionMemory(ServerTest):
    def setUp(self):
        if os.getuid() != 0:
            self.skipTest("only root reads other processes' memory")
        super().setUp()

    def start_server(self, site):
        # AddressSanitizer would keep what calls that have returned had on their stacks.
        options = os.environ.get("ASAN_OPTIONS", "") + ":detect_stack_use_after_return=0"
        return Server(site, env={**os.environ, "ASAN_OPTIONS": options})

    def configure(self, site):
        site.make_folder()
        for name, secret in SECRETS.items():
            site.add_user(name, secret)
            site.make_folder(user=name)

    def log_in(self, name, password):
        """From an address of his own; gives the connection."""
        address = (ADDRESSES[name], 0)
        client = socket.create_connection(("127.0.0.1", self.site.port), 15, address)
        self.addCleanup(client.close)
        client.sendall(f'a LOGIN "{name}" "{password}"\r\n'.encode())
        return client

    def session_of_ours(self):
        before = self.server.family()
        client = self.client()
        client.command("NOOP").ok()
        sessions = [
            pid
            for pid in self.server.family() - before
            if "imapd-login" not in os.readlink(f"/proc/{pid}/exe")
        ]
        self.assertEqual(len(sessions), 1)
        return sessions[0]

    def test_it_has_nothing_of_others_in_it(self):
        for name in (SHORT, LONG):
            client = self.log_in(name, SECRETS[name])
            eventually(lambda got=client: b"a OK" in got.recv(4096), "logs in")
        self.log_in(IN_VAIN, "wrong")
        self.log_in(SHORT, "wrong").close()
        eventually(lambda: self.server.log_text().count("login-failed") == 2, "has failed")

        session = self.session_of_ours()
        needles = [
            text.encode()
            for about in (SECRETS.keys(), SECRETS.values(), ADDRESSES.values())
            for text in about
        ]
        found = {}
        is_read = False
        for octets in octets_of(session):
            is_read = is_read or USER.encode() in octets
            for needle in needles:
                if count := octets.count(needle):
                    found[needle] = found.get(needle, 0) + count
        self.assertTrue(is_read, "memory was looked at")
        self.assertEqual(found, {})


if __name__ == "__main__":
    unittest.main()
