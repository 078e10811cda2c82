# SPDX-License-Identifier: ISC
"""The other ways in than our own listeners: a super-server (--inetd), a listening socket
passed as systemd passes it, one connection passed so, and a pipe (--stdio). Through each
the same dialogue: log in, select, idle, a push, fetch."""

import os
import shutil
import signal
import socket
import subprocess
import unittest

from imap_client import ImapClient, Literal
from server import (
    IMAPD,
    PASSWORD,
    TROUBLE,
    USER,
    Server,
    Site,
    data,
    eventually,
    free_ports,
    on_the_wire,
)


class Doors(unittest.TestCase):
    def setUp(self):
        if not os.path.exists(IMAPD):
            self.skipTest("imapd is not built")
        self.site = Site()
        self.addCleanup(self.site.remove)
        self.site.make_folder()
        self.config = self.site.write()
        self.port = free_ports(1)[0]

    def dialogue(self, client):
        """From SELECT to LOGOUT on a Maildir that holds nothing yet."""
        self.assertEqual(client.command("SELECT INBOX").ok().one("EXISTS").number, 0)
        client.idle()
        self.site.drop(data("plain.eml"), "1700000001.M1P1.example")
        client.until("EXISTS", 1, timeout=15)
        client.until("RECENT", 1, timeout=15)
        client.done()
        got = client.command("UID FETCH 1 (FLAGS RFC822.SIZE BODY.PEEK[])").ok().fetched()
        whole = on_the_wire(data("plain.eml"))
        self.assertEqual(got[1]["BODY[]"], whole)
        self.assertEqual(got[1]["RFC822.SIZE"], len(whole))
        self.assertEqual(got[1]["FLAGS"], ["\\Recent"])
        client.command("APPEND INBOX (\\Seen)", Literal(data("two.eml"))).ok()
        self.assertEqual(client.command("UID SEARCH SEEN").ok().one("SEARCH").data, [2])
        client.command("LOGOUT").ok().one("BYE")
        self.assertTrue(client.at_end())
        client.close()

    def connect(self):
        def connected():
            try:
                return ImapClient.tcp("127.0.0.1", self.port)
            except ConnectionRefusedError:
                return None

        client = eventually(connected, "something listens")
        self.addCleanup(client.close)
        return client

    def start(self, argv):
        with open(self.site.path("log"), "ab") as log:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

        def stop():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

        self.addCleanup(stop)
        return process

    def log(self):
        with open(self.site.path("log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def assert_clean(self):
        self.assertNotRegex(self.log(), TROUBLE)

    # --stdio

    def test_stdio_on_a_pipe(self):
        with open(self.site.path("log"), "ab") as log:
            config = self.site.config
            config["mail"]["location"] = self.site.maildir()
            argv = [IMAPD, "--stdio", "-e", "-c", self.site.write()]
            client = ImapClient.pipe(argv, stderr=log)
        self.assertEqual(client.greeting.name, "PREAUTH")
        self.dialogue(client)
        self.assertEqual(client.transport.process.returncode, 0)
        self.assert_clean()

    def test_stdio_ends_when_the_client_does(self):
        self.site.config["mail"]["location"] = self.site.maildir()
        client = ImapClient.pipe([IMAPD, "--stdio", "-c", self.site.write()])
        client.command("SELECT INBOX").ok()
        client.idle()
        client.close()
        self.assertEqual(client.transport.process.returncode, 0)

    def test_stdio_on_a_socket(self):
        ours, theirs = socket.socketpair()
        self.site.config["mail"]["location"] = self.site.maildir()
        process = subprocess.Popen(
            [IMAPD, "--stdio", "-c", self.site.write()], stdin=theirs, stdout=theirs
        )
        theirs.close()
        from imap_client import SocketTransport

        self.dialogue(ImapClient(SocketTransport(ours)))
        self.assertEqual(process.wait(20), 0)

    # --inetd

    def inetd(self, *options):
        program = shutil.which("inetd", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not program or os.getuid() != 0:
            self.skipTest("no openbsd-inetd, or not root")
        with open(self.site.path("inetd.conf"), "w", encoding="utf-8") as file:
            file.write(
                f"127.0.0.1:{self.port} stream tcp nowait root {IMAPD} imapd --inetd "
                f"{' '.join(options)} -c {self.config}\n"
            )
        return self.start([program, "-i", self.site.path("inetd.conf")])

    def test_inetd(self):
        self.inetd()
        client = self.connect()
        self.assertEqual(client.greeting.name, "OK")
        self.assertIn("CAPABILITY", client.greeting.code)
        client.login(USER, PASSWORD)
        self.dialogue(client)
        self.assert_clean()

    def test_inetd_starttls_and_a_second_client(self):
        self.inetd()
        client = self.connect()
        client.starttls(self.site.certificate)
        client.login(USER, PASSWORD)
        other = self.connect()
        other.login(USER, PASSWORD)
        other.command("LOGOUT").ok()
        self.dialogue(client)
        self.assert_clean()

    def test_inetd_leaves_no_process_behind(self):
        server = self.inetd()

        def children():
            with open(f"/proc/{server.pid}/task/{server.pid}/children", "rb") as file:
                return file.read().split()

        client = self.connect()
        client.login(USER, PASSWORD)
        self.assertTrue(children())
        client.close()
        eventually(lambda: not children(), "imapd has gone")
        self.assert_clean()

    def test_inetd_writes_nothing_but_imap_to_the_client(self):
        # A super-server's descriptor 2 is the client's socket too.
        with open(self.config, "a", encoding="utf-8") as file:
            file.write("[nonsense]\nkey = value\n")
        self.inetd()
        try:
            client = self.connect()
        except Exception as gone:  # noqa: BLE001
            self.assertIn("ended after b''", str(gone))
            return
        self.assertEqual(client.greeting.name, "BYE")

    # Sockets as systemd passes them

    def activate(self, *options):
        program = shutil.which("systemd-socket-activate")
        if not program:
            self.skipTest("no systemd-socket-activate")
        return self.start([program, "-l", f"127.0.0.1:{self.port}", *options])

    def test_listener_passed_by_systemd(self):
        process = self.activate(IMAPD, "-e", "-c", self.config)
        client = self.connect()
        client.login(USER, PASSWORD)
        self.dialogue(client)
        other = self.connect()
        other.login(USER, PASSWORD)
        os.killpg(process.pid, signal.SIGTERM)
        other.until("BYE", timeout=15)
        self.assertEqual(process.wait(20), 0)
        self.assert_clean()

    def test_tls_listener_passed_by_systemd(self):
        self.activate("--fdname=imaps", IMAPD, "-e", "-c", self.config)

        def connected():
            try:
                return ImapClient.tls("127.0.0.1", self.port, self.site.certificate)
            except ConnectionRefusedError:
                return None

        client = eventually(connected, "something listens")
        client.login(USER, PASSWORD)
        self.dialogue(client)
        self.assert_clean()

    def test_connection_passed_by_systemd(self):
        self.activate("--accept", "--inetd", IMAPD, "--inetd", "-c", self.config)
        client = self.connect()
        client.login(USER, PASSWORD)
        self.dialogue(client)
        self.assert_clean()

    # Our own, told that it is ready

    def test_tells_the_service_manager_that_it_is_ready(self):
        path = self.site.path("notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(path)
            notify.settimeout(20)
            server = Server(self.site, env={**os.environ, "NOTIFY_SOCKET": path})
            try:
                self.assertIn(b"READY=1", notify.recv(4096))
                server.wait_ready()
            finally:
                server.stop()


if __name__ == "__main__":
    unittest.main()
