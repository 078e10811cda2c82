# SPDX-License-Identifier: ISC
"""SIGTERM says BYE to all, SIGHUP reads certificate and configuration anew and drops
nobody, and what is wrong with a configuration is said at once."""

import hashlib
import os
import shutil
import signal
import ssl
import subprocess
import unittest

from imap_client import ImapClient
from server import (
    IMAPD,
    PASSWORD,
    USER,
    ServerTest,
    Site,
    data,
    eventually,
    free_ports,
    is_alive,
    make_certificate,
)


class Signals(ServerTest):
    def configure(self, site):
        site.make_folder()
        site.drop(data("plain.eml"), "1700000000.M0P1.example")

    def fingerprint(self):
        """Of the certificate that the server shows now."""
        pem = ssl.get_server_certificate(("127.0.0.1", self.site.tls_port), timeout=20)
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()

    def test_sigterm_says_bye_to_all(self):
        idling, waiting, outside = self.tls_client(), self.client(), self.client(login=False)
        idling.command("SELECT INBOX").ok()
        idling.idle()
        waiting.command("SELECT INBOX").ok()
        self.server.signal(signal.SIGTERM)
        for client in (idling, waiting, outside):
            client.until("BYE", timeout=15)
            self.assertTrue(client.at_end(15))
        self.assertEqual(self.server.process.wait(20), 0)

    def test_sigterm_in_the_middle_of_a_literal(self):
        client = self.client()
        client.line("a APPEND INBOX {1000}")
        self.assertEqual(client.next().name, "+")
        client.send(b"half")
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.process.wait(20), 0)

    def test_sighup_keeps_sessions_and_takes_the_new_certificate(self):
        client = self.tls_client()
        client.command("SELECT INBOX").ok()
        client.idle()
        old = self.fingerprint()
        certificate, key = make_certificate(self.site.directory, "renewed")
        shutil.move(certificate, self.site.certificate)
        shutil.move(key, self.site.key)
        self.server.signal(signal.SIGHUP)
        eventually(lambda: self.fingerprint() != old, "the new certificate is shown")
        self.site.drop(data("two.eml"), "1700000001.M1P1.example")
        client.until("EXISTS", 2, timeout=15)
        client.done()
        new = self.tls_client()
        new.command("SELECT INBOX").ok()

    def test_sighup_takes_new_listeners_and_users(self):
        client = self.client()
        port = free_ports(1)[0]
        self.site.config["imapd"]["listen"] += f" 127.0.0.1:{port}"
        self.site.add_user("bob", "pass")
        self.server.signal(signal.SIGHUP)

        def connected():
            try:
                return ImapClient.tcp("127.0.0.1", port)
            except OSError:
                return None

        other = eventually(connected, "the new listener")
        other.login("bob", "pass")
        other.close()
        client.command("NOOP").ok()

    def test_sighup_with_a_broken_configuration_goes_on_with_the_old(self):
        client = self.client()
        with open(self.site.path("imapd.conf"), "a", encoding="utf-8") as file:
            file.write("[nonsense]\nkey = value\n")
        self.server.signal(signal.SIGHUP)
        eventually(lambda: "nonsense" in self.server.log_text(), "a complaint in the log")
        client.command("NOOP").ok()
        with self.client() as other:
            other.command("LOGOUT").ok()
        self.site.write()

    def test_the_login_process_is_unprivileged(self):
        if os.getuid() != 0:
            self.skipTest("not root")
        client = self.tls_client()
        client.command("SELECT INBOX").ok()
        privileged = []
        for pid in self.server.family() - {self.server.process.pid}:
            with open(f"/proc/{pid}/status", encoding="utf-8") as file:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in file)
            if "0" in status["Uid"].split() or int(status["CapEff"], 16):
                privileged.append((pid, status["Name"], status["Uid"]))
        self.assertEqual(privileged, [])

    def test_a_login_process_that_dies_is_replaced(self):
        def login_processes():
            found = set()
            for pid in self.server.family() - {self.server.process.pid}:
                try:
                    with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                        if file.read().strip().startswith("imapd-login"):
                            found.add(pid)
                except OSError:
                    continue
            return found

        client = self.client()
        victims = login_processes()
        self.assertTrue(victims)
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not any(map(is_alive, victims)), "they die")

        def served():
            try:
                with self.client() as other:
                    return other.command("NOOP").ok()
            except Exception:  # noqa: BLE001  until the next one is there
                return None

        eventually(served, "a new client is served")
        client.command("NOOP").ok()


class Configuration(unittest.TestCase):
    def setUp(self):
        if not os.path.exists(IMAPD):
            self.skipTest("imapd is not built")
        self.site = Site()
        self.addCleanup(self.site.remove)

    def check(self):
        return subprocess.run(
            [IMAPD, "--check", "-c", self.site.path("imapd.conf")],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def test_a_good_one(self):
        done = self.check()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_bad_one_is_named_by_file_and_line(self):
        with open(self.site.path("imapd.conf"), "a", encoding="utf-8") as file:
            file.write("[imapd]\nlisten = nowhere\n")
        done = self.check()
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("imapd.conf:", done.stdout + done.stderr)
        self.assertIn("listen", done.stdout + done.stderr)

    def test_imapd_does_not_start_with_a_bad_one(self):
        with open(self.site.path("imapd.conf"), "a", encoding="utf-8") as file:
            file.write("[login]\ncleartext = maybe\n")
        done = subprocess.run(
            [IMAPD, "-e", "-c", self.site.path("imapd.conf")],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("cleartext", done.stderr)

    def test_password_schemes(self):
        import crypt

        hashes = {
            "sha512": "{SHA512-CRYPT}" + crypt.crypt("pass", crypt.METHOD_SHA512),
            "blowfish": "{BLF-CRYPT}" + crypt.crypt("pass", crypt.METHOD_BLOWFISH),
            "crypt": "{CRYPT}" + crypt.crypt("pass", crypt.METHOD_SHA256),
            "yescrypt": "{CRYPT}$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7",
        }
        from server import Server, mail_account

        uid, gid = mail_account()
        for name, stored in hashes.items():
            home = self.site.path("home", name)
            os.makedirs(home)
            os.chown(home, uid, gid)
            self.site.users[name] = f"{name}:{stored}:{uid}:{gid}::{home}::"
        server = Server(self.site).wait_ready()
        self.addCleanup(server.stop)
        for name in ("sha512", "blowfish", "crypt"):
            with ImapClient.tcp("127.0.0.1", self.site.port) as client:
                client.login(name, "pass")
        with ImapClient.tcp("127.0.0.1", self.site.port) as client:
            client.command("LOGIN yescrypt pass").expect("NO")
            client.command(f"LOGIN {USER} pass").expect("NO")
            client.login(USER, PASSWORD)


if __name__ == "__main__":
    unittest.main()
