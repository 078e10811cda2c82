# SPDX-License-Identifier: ISC
"""SCRAM, by clients that are not ours (GNU SASL's) and by one that is, and bound to TLS in
each of the ways there are."""

import base64
import hashlib
import hmac
import shutil
import socket
import ssl
import subprocess
import unittest

from imap_client import ImapClient, SocketTransport, tls_context
from server import IMAPD, PASSWORD, USER, ServerTest, mail_account


def encoded(octets):
    return base64.b64encode(octets).decode()


def stored(password, scheme):
    return subprocess.run(
        [IMAPD, "--password", "--scheme", scheme],
        input=password + "\n", capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip


class Scram:
    """A client's side of an exchange, RFC 5802 §3."""

    def __init__(self, user, password, digest="sha256", header="n,,", binding=b""):
        self.password, self.digest = password.encode(), digest
        self.header, self.binding = header, binding
        self.bare = f"n={user},r={encoded(hashlib.sha256(user.encode()).digest())}"

    def mac(self, key, text):
        return hmac.new(key, text, self.digest).digest()

    def first(self):
        return (self.header + self.bare).encode()

    def final(self, server_first):
        parts = dict(part.split("=", 1) for part in server_first.split(","))
        salted = hashlib.pbkdf2_hmac(
            self.digest, self.password, base64.b64decode(parts["s"]), int(parts["i"])
        )
        client_key = self.mac(salted, b"Client Key")
        bound = encoded(self.header.encode() + self.binding)
        unproved = f"c={bound},r={parts['r']}"
        whole = f"{self.bare},{server_first},{unproved}".encode()
        signature = self.mac(hashlib.new(self.digest, client_key).digest(), whole)
        self.verifier = self.mac(self.mac(salted, b"Server Key"), whole)
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        return f"{unproved},p={encoded(proof)}".encode()


class ScramTest(ServerTest):
    def configure(self, site):
        site.make_folder()
        site.config["auth"]["mechanisms"] = "SCRAM-SHA-256 SCRAM-SHA-1 PLAIN"
        for user, scheme in (("keys", "SCRAM-SHA-256"), ("old", "SCRAM-SHA-1")):
            site.add_user(user, PASSWORD)
            site.make_folder(user=user)
            site.users[user] = site.users[user].replace(
                "{PLAIN}" + PASSWORD, stored(PASSWORD, scheme)
            )
        site.write()

    def exchange(self, client, mechanism, scram):
        """The tagged line that ends it."""
        client.line(f"x AUTHENTICATE {mechanism} {encoded(scram.first())}")
        response = client.next()
        if response.name != "+":
            return response
        client.line(encoded(scram.final(self.challenge(response))))
        response = client.next()
        if response.name != "+":
            return response
        self.assertEqual(self.challenge(response), "v=" + encoded(scram.verifier))
        client.line("")
        return client.next()

    def challenge(self, response):
        return base64.b64decode(response.text).decode()

    def client_with(self, version):
        context = tls_context(self.site.certificate)
        context.maximum_version = version
        sock = socket.create_connection(("127.0.0.1", self.site.tls_port), 20)
        wrapped = context.wrap_socket(sock, server_hostname="localhost")
        client = ImapClient(SocketTransport(wrapped))
        self.addCleanup(client.close)
        return client, wrapped

    def test_is_told_and_works_from_every_kind_of_stored_password(self):
        for user, mechanism, digest in (
            (USER, "SCRAM-SHA-256", "sha256"),
            (USER, "SCRAM-SHA-1", "sha1"),
            ("keys", "SCRAM-SHA-256", "sha256"),
            ("old", "SCRAM-SHA-1", "sha1"),
        ):
            with self.subTest(user=user, mechanism=mechanism):
                client = self.client(login=False)
                told = client.command("CAPABILITY").ok().one("CAPABILITY").data
                self.assertIn("AUTH=" + mechanism, told)
                self.assertNotIn(f"AUTH={mechanism}-PLUS", told)
                done = self.exchange(client, mechanism, Scram(user, PASSWORD, digest))
                self.assertEqual((done.tag, done.name), ("x", "OK"))
                client.command("SELECT INBOX").ok()

    def test_keys_serve_those_who_send_the_password_too(self):
        client = self.client(login=False)
        client.login("keys", PASSWORD)

    def test_refuses_the_wrong_and_the_unknown_alike(self):
        for user, password in (("keys", "wrong"), ("nobody", PASSWORD), ("old", PASSWORD)):
            with self.subTest(user=user):
                client = self.client(login=False)
                done = self.exchange(client, "SCRAM-SHA-256", Scram(user, password))
                self.assertEqual((done.tag, done.name), ("x", "NO"))
                self.assertEqual(done.code, "AUTHENTICATIONFAILED")

    def test_plus_binds_to_the_end_point_and_with_tls_1_2_to_the_handshake(self):
        certificate = ssl.PEM_cert_to_DER_cert(open(self.site.certificate).read())
        end_point = hashlib.sha256(certificate).digest()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.subTest(version=version):
                client, _ = self.client_with(version)
                told = client.command("CAPABILITY").ok().one("CAPABILITY").data
                self.assertIn("AUTH=SCRAM-SHA-256-PLUS", told)
                scram = Scram("keys", PASSWORD, "sha256", "p=tls-server-end-point,,", end_point)
                done = self.exchange(client, "SCRAM-SHA-256-PLUS", scram)
                self.assertEqual(done.name, "OK")
        client, wrapped = self.client_with(ssl.TLSVersion.TLSv1_2)
        scram = Scram("keys", PASSWORD, "sha256", "p=tls-unique,,",
                      wrapped.get_channel_binding("tls-unique"))  # fmt: skip
        self.assertEqual(self.exchange(client, "SCRAM-SHA-256-PLUS", scram).name, "OK")

    def test_whoever_is_bound_elsewhere_or_was_told_otherwise_is_refused(self):
        for header, binding, mechanism in (
            ("p=tls-server-end-point,,", b"x" * 32, "SCRAM-SHA-256-PLUS"),
            ("p=tls-unique,,", b"x" * 32, "SCRAM-SHA-256-PLUS"),
            ("y,,", b"", "SCRAM-SHA-256"),  # RFC 5802 §6: somebody hid -PLUS from it
        ):
            with self.subTest(header=header):
                client, _ = self.client_with(ssl.TLSVersion.TLSv1_3)
                scram = Scram("keys", PASSWORD, "sha256", header, binding)
                self.assertEqual(self.exchange(client, mechanism, scram).name, "NO")

    def test_gnu_sasl(self):
        gsasl = shutil.which("gsasl")
        if gsasl is None:
            self.skipTest("gsasl is not installed")
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"):
            for password, status in ((PASSWORD, 0), ("wrong", 1)):
                with self.subTest(mechanism=mechanism, password=password):
                    result = subprocess.run(
                        [gsasl, "--imap", f"--connect=127.0.0.1:{self.site.port}",
                         "--hostname=localhost", f"--x509-ca-file={self.site.certificate}",
                         "--starttls", f"--mechanism={mechanism}", "--authentication-id=keys",
                         f"--password={password}",
                         "--no-cb" if mechanism == "SCRAM-SHA-256" else "--verbose"],
                        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                        check=False,
                    )  # fmt: skip
                    self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        log = self.server.log_text()
        self.assertRegex(log, r"login ip=127.0.0.1 id=\w+ user=keys method=SCRAM-SHA-256-PLUS")


class PlainIsOff(ServerTest):
    def configure(self, site):
        site.make_folder()
        site.config["auth"]["mechanisms"] = "SCRAM-SHA-256"

    def test_login_is_off_with_it(self):
        client = self.client(login=False)
        told = client.command("CAPABILITY").ok().one("CAPABILITY").data
        self.assertIn("LOGINDISABLED", told)
        self.assertIn("AUTH=SCRAM-SHA-256", told)
        self.assertNotIn("AUTH=PLAIN", told)
        client.command(f"LOGIN {USER} secret").expect("NO")
        client.command("AUTHENTICATE PLAIN").expect("NO")


class PasswordTool(ServerTest):
    def test_makes_entries_and_tries_them_out(self):
        for scheme in ("ARGON2ID", "SCRAM-SHA-256", "CRYPT", "SSHA512"):
            entry = stored("tea and toast", scheme)
            self.assertTrue(entry.startswith("{" + scheme + "}"), entry)
            uid, gid = mail_account()
            self.site.users["bob"] = f"bob:{entry}:{uid}:{gid}::/nowhere::"
            self.site.write()
            for password, status in (("tea and toast", 0), ("tea", 1)):
                result = subprocess.run(
                    [IMAPD, "-c", self.site.path("imapd.conf"), "--verify", "bob"],
                    input=password, capture_output=True, text=True, check=False,
                )  # fmt: skip
                self.assertEqual(result.returncode, status, result.stderr)
                self.assertIn("bob", result.stdout + result.stderr)

    def test_does_not_show_what_is_typed(self):
        import os
        import pty

        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(IMAPD, [IMAPD, "--password", "--scheme", "SSHA256"])
        seen = b""
        for _ in range(2):
            while not seen.endswith(b": "):
                seen += os.read(terminal, 100)
            os.write(terminal, b"tea and toast\n")
            seen += os.read(terminal, 1)
        while True:
            try:
                more = os.read(terminal, 1000)
            except OSError:  # Linux: the other side has been closed
                break
            if not more:
                break
            seen += more
        self.assertEqual(os.waitpid(pid, 0)[1], 0, seen)
        os.close(terminal)
        self.assertIn(b"{SSHA256}", seen)
        self.assertNotIn(b"toast", seen)


if __name__ == "__main__":
    unittest.main()
