# SPDX-License-Identifier: ISC
"""The units for systemd: they are right, they allow little, and what they allow is
enough, by running imapd within it."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

from imap_client import ImapClient, Literal
from server import (
    BUILD,
    IMAPD,
    PASSWORD,
    SOURCE,
    USER,
    Server,
    ServerTest,
    data,
    eventually,
    free_ports,
)

UNITS = ("imapd.service", "imapd-accept@.service")
# Tenths, of what systemd calls the exposure: 10 is everything. That imapd is root, becomes
# others, is on the network and reads and writes mail wherever it is makes 3.2 of it.
THRESHOLD = 32
LIMITS = os.path.join(SOURCE, "tests", "support", "unit_limits.py")


def unit(name):
    """As installed, but for the program of this build."""
    with open(os.path.join(BUILD, "contrib", name), encoding="utf-8") as file:
        lines = file.read().splitlines()
    program = os.path.abspath(IMAPD)
    return "\n".join(
        line if not line.startswith("Exec") or "/sbin/imapd" not in line
        else f"{line.partition('=')[0]}={program}{line.partition('/sbin/imapd')[2]}"
        for line in lines
    ) + "\n"  # fmt: skip


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
class Units(unittest.TestCase):
    def setUp(self):
        if not os.path.exists(os.path.join(BUILD, "contrib", UNITS[0])):
            self.skipTest("the units are not built")
        directory = tempfile.TemporaryDirectory(prefix="avocet-test-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        for name in UNITS:
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(unit(name))
        sockets = os.path.join(SOURCE, "contrib", "systemd")
        for name in filter(lambda name: name.endswith(".socket"), os.listdir(sockets)):
            shutil.copy(os.path.join(sockets, name), self.directory)

    def path(self, name):
        return os.path.join(self.directory, name)

    def analyze(self, *words):
        return subprocess.run(
            ["systemd-analyze", "--no-pager", *words], capture_output=True, text=True,
            check=False, timeout=120, env={**os.environ, "SYSTEMD_UNIT_PATH": self.directory + ":"},
        )  # fmt: skip

    def test_they_are_right(self):
        names = ["imapd.service", "imapd.socket", "imapd-tls.socket", "imapd-accept.socket"]
        told = self.analyze("verify", "--man=no", *map(self.path, names))
        ours = [line for line in told.stderr.splitlines() if "imapd" in line]
        self.assertEqual((told.returncode, ours), (0, []), told.stderr)

    def test_they_allow_little(self):
        for name in UNITS:
            told = self.analyze(
                "security", "--offline=true", f"--threshold={THRESHOLD}", self.path(name)
            )
            self.assertEqual(told.returncode, 0, told.stdout[-4000:])


@unittest.skipUnless(os.getuid() == 0, "only root has something to be taken away")
@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
@unittest.skipUnless(
    os.path.exists("/usr/include/linux/capability.h"), "the kernel's headers are not installed"
)
class WithinTheUnit(ServerTest):
    def configure(self, site):
        site.make_folder()
        # As in Postfix's queue: the socket's directory is closed to all but its owner.
        private = site.path("private")
        os.mkdir(private, 0o700)
        os.chown(private, pwd.getpwnam("nobody").pw_uid, -1)
        site.config["auth"]["socket"] = os.path.join(private, "auth")
        site.config["auth"]["socket-user"] = "nobody"

    def limited(self, name, *options):
        """imapd within that unit."""
        with open(self.site.path(name), "w", encoding="utf-8") as file:
            file.write(unit(name))
        program, config = os.path.abspath(IMAPD), self.site.path("imapd.conf")
        return [sys.executable, LIMITS, self.site.path(name), program, *options, "-c", config]

    def start_server(self, site):
        return Server(site, self.limited("imapd.service", "-e"))

    def use(self, client):
        client.command("APPEND INBOX", Literal(data("plain.eml"))).ok()
        client.command("SELECT INBOX").ok()
        client.idle()
        client.done()

    def test_it_serves(self):
        self.use(self.client())
        self.use(self.tls_client())
        self.assertNotIn("not-confined", self.server.log_text())

    def test_it_reloads_and_stops(self):
        client = self.client()
        self.server.signal(signal.SIGHUP)
        eventually(lambda: ": reloaded " in self.server.log_text(), "it reloads")
        self.use(self.client())
        self.server.signal(signal.SIGTERM)
        client.until("BYE", timeout=15)
        self.assertEqual(self.server.process.wait(20), 0)

    @unittest.skipUnless(shutil.which("systemd-socket-activate"), "no systemd-socket-activate")
    def test_one_connection_is_served(self):
        (port,) = free_ports(1)
        activator = subprocess.Popen(
            ["systemd-socket-activate", "--accept", "--inetd", "-l", f"127.0.0.1:{port}",
             "-E", "PATH", *self.limited("imapd-accept@.service", "--inetd")],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.addCleanup(activator.wait, 20)
        self.addCleanup(activator.terminate)

        def connected():
            try:
                return ImapClient.tcp("127.0.0.1", port)
            except ConnectionRefusedError:
                return None

        with eventually(connected, "something listens") as client:
            client.login(USER, PASSWORD)
            self.use(client)
            client.command("LOGOUT").ok()

    def test_another_server_can_ask(self):
        path = self.site.config["auth"]["socket"]
        self.assertEqual(os.stat(path).st_uid, pwd.getpwnam("nobody").pw_uid)
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(path)
            asking.settimeout(20)
            self.assertIn(b"VERSION\t1", asking.recv(4096))


if __name__ == "__main__":
    unittest.main()
