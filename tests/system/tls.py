# SPDX-License-Identifier: ISC
"""TLS at both doors, what is announced before and after it, and nothing smuggled across
STARTTLS."""

import base64
import os
import signal
import socket
import ssl
import subprocess
import unittest

from imap_client import ImapClient, SocketTransport, tls_context
from server import PASSWORD, USER, ServerTest, data, eventually, make_certificate


class Tls(ServerTest):
    def configure(self, site):
        site.make_folder()
        site.drop(data("plain.eml"), "1700000000.M0P1.example")
        site.config["login"]["cleartext"] = "never"

    def capabilities(self, client):
        return client.command("CAPABILITY").ok().one("CAPABILITY").data

    def test_implicit_tls(self):
        client = self.tls_client()
        self.assertEqual(client.transport.socket.version(), "TLSv1.3")
        client.command("SELECT INBOX").ok()

    def test_tls_1_2(self):
        context = tls_context(self.site.certificate)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        sock = socket.create_connection(("127.0.0.1", self.site.tls_port), 20)
        wrapped = context.wrap_socket(sock, server_hostname="localhost")
        client = ImapClient(SocketTransport(wrapped))
        self.addCleanup(client.close)
        client.login(USER, PASSWORD)

    def test_starttls(self):
        client = self.client(login=False)
        before = self.capabilities(client)
        self.assertIn("STARTTLS", before)
        self.assertIn("LOGINDISABLED", before)
        self.assertNotIn("AUTH=PLAIN", before)
        client.starttls(self.site.certificate)
        after = self.capabilities(client)
        self.assertNotIn("STARTTLS", after)
        self.assertNotIn("LOGINDISABLED", after)
        self.assertIn("AUTH=PLAIN", after)
        client.command("STARTTLS").expect("BAD")
        answer = client.login(USER, PASSWORD)
        self.assertIn("IMAP4rev1", answer.code("CAPABILITY"))
        client.command("SELECT INBOX").ok()
        client.command("STARTTLS").expect("BAD")

    def test_no_password_is_taken_in_the_clear(self):
        client = self.client(login=False)
        answer = client.command(f"LOGIN {USER} secret").expect("NO")
        self.assertEqual(answer.tagged.code, "PRIVACYREQUIRED")
        client.command("AUTHENTICATE PLAIN").expect("NO")

    def test_nothing_is_smuggled_across_starttls(self):
        # What stands behind STARTTLS in the same packet was sent in the clear, by
        # whomever: it is never answered. RFC 9051 §6.2.1
        client = self.client(login=False)
        sock = client.transport.socket
        sock.sendall(b"a STARTTLS\r\nb NOOP\r\nc CAPABILITY\r\n")
        self.assertEqual(client.next().tag, "a")
        wrapped = tls_context(self.site.certificate).wrap_socket(
            sock, server_hostname="localhost"
        )
        client.transport = SocketTransport(wrapped)
        client.line("d NOOP")
        response = client.next()
        self.assertEqual((response.tag, response.name), ("d", "OK"))

    def test_half_a_command_is_not_completed_after_starttls(self):
        client = self.client(login=False)
        sock = client.transport.socket
        sock.sendall(b"a STARTTLS\r\nb LOGIN ")
        self.assertEqual(client.next().tag, "a")
        wrapped = tls_context(self.site.certificate).wrap_socket(
            sock, server_hostname="localhost"
        )
        client.transport = SocketTransport(wrapped)
        client.line("d NOOP")
        self.assertEqual(client.next().tag, "d")

    def test_cleartext_behind_the_ok_of_starttls_ends_the_connection(self):
        client = self.client(login=False)
        client.command("STARTTLS").ok()
        sock = client.transport.socket
        sock.sendall(b"b CAPABILITY\r\n")
        try:
            answer = sock.recv(1000)
        except ConnectionResetError:
            answer = b""
        self.assertIn(answer[:1], (b"", b"\x15"))  # an alert of TLS, if anything

    def test_commands_sent_with_the_login_are_carried_out(self):
        client = self.tls_client(login=False)
        password = PASSWORD.replace('"', '\\"')
        client.send(f'a LOGIN {USER} "{password}"\r\nb SELECT INBOX\r\nc NOOP\r\n'.encode())
        tags = []
        while len(tags) < 3:
            response = client.next()
            if response.tag:
                tags.append((response.tag, response.name))
        self.assertEqual(tags, [("a", "OK"), ("b", "OK"), ("c", "OK")])

    def test_authenticate_plain_in_all_forms(self):
        import base64

        secret = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
        client = self.tls_client(login=False)
        client.command(f"AUTHENTICATE PLAIN {secret}").ok()  # RFC 4959
        client = self.tls_client(login=False)
        client.line("a authenticate plain")
        self.assertEqual(client.next().name, "+")
        client.line(secret)
        response = client.next()
        self.assertEqual((response.tag, response.name), ("a", "OK"))
        client = self.tls_client(login=False)
        client.line("a AUTHENTICATE LOGIN")
        self.assertEqual(client.next().name, "+")
        client.line(base64.b64encode(USER.encode()))
        self.assertEqual(client.next().name, "+")
        client.line(base64.b64encode(PASSWORD.encode()))
        self.assertEqual(client.next().name, "OK")

    def test_login_with_literals(self):
        client = self.tls_client(login=False)
        client.send(f"a LOGIN {{{len(USER)}}}\r\n")
        self.assertEqual(client.next().name, "+")
        client.send(f"{USER} {{{len(PASSWORD)}}}\r\n")
        self.assertEqual(client.next().name, "+")
        client.send(f"{PASSWORD}\r\n")
        self.assertEqual(client.next().name, "OK")

    def test_a_large_message_through_the_pump(self):
        from imap_client import Literal

        big = b"Subject: big\r\n\r\n" + b"0123456789abcde\r\n" * 200_000
        client = self.tls_client()
        client.command("APPEND INBOX", Literal(big)).ok()
        client.command("SELECT INBOX").ok()
        for _ in range(3):
            got = client.command("FETCH 2 BODY.PEEK[]").ok().fetched()[2]
            self.assertEqual(got["BODY[]"], big)

    def test_close_notify_ends_the_session(self):
        client = self.tls_client()
        client.command("SELECT INBOX").ok()
        before = len(self.server.family())
        client.transport.socket.unwrap().close()
        self.assert_settled(before - 1, 1000)


class ScannerTest(ServerTest):
    def s_client(self, *options, said="Q\n"):
        result = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.site.tls_port}", *options],
            input=said, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return result.stdout + result.stderr


class SClient(ScannerTest):
    """What `openssl s_client` has to say, as a scanner would ask it."""

    def configure(self, site):
        site.make_folder()
        self.other = make_certificate(site.directory, "other")
        site.config["tls mail.example.org"] = {
            "certificate": self.other[0],
            "private-key": self.other[1],
        }

    def test_versions(self):
        for option, version in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
            self.assertIn(f"New, {version}", self.s_client(option))
        for option in ("-tls1", "-tls1_1"):
            told = self.s_client(option, "-cipher", "ALL:@SECLEVEL=0")
            self.assertIn("Cipher is (NONE)", told)

    def test_what_is_older_than_tls_gets_no_further(self):
        ssl_2 = b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + b"\x07\x00\xc0" * 7 + bytes(16)
        ssl_3 = bytes.fromhex("16030000 2d 01000029 0300") + bytes(32)
        ssl_3 += bytes.fromhex("00 0002 0005 01 00")
        for hello in (ssl_2, ssl_3):
            with socket.create_connection(("127.0.0.1", self.site.tls_port), 20) as sock:
                sock.sendall(hello)
                answer = sock.recv(1000)  # an alert, if anything
                self.assertNotEqual(answer[:1], b"\x16")
                self.assertEqual(sock.recv(1000), b"")

    def test_compression_and_early_data_are_not_to_be_had(self):
        self.assertIn("Compression: NONE", self.s_client("-tls1_2", "-comp"))
        told = self.s_client("-tls1_3", "-ign_eof", said="a LOGOUT\n")
        self.assertIn("Max Early Data: 0", told)

    def test_a_client_that_says_what_it_speaks_speaks_imap(self):
        self.assertIn("No ALPN negotiated", self.s_client())
        for offered in ("imap", "h2,imap", "imap,http/1.1"):
            self.assertIn("ALPN protocol: imap", self.s_client("-alpn", offered), offered)
        # A browser that was led astray is not let on: RFC 7301 §3.2
        self.assertIn("no application protocol", self.s_client("-alpn", "h2,http/1.1"))
        name = ("-servername", "mail.example.org")
        self.assertIn("ALPN protocol: imap", self.s_client("-alpn", "imap", *name))

    def test_no_renegotiation(self):
        # RFC 5746 is spoken, so that nobody can put his own words in front; and then the
        # client's wish is refused.
        process = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.site.tls_port}", "-tls1_2"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.addCleanup(process.stdout.close)
        told = []
        # The greeting first: it would come in the middle of the handshake.
        while not told or not told[-1].startswith("* OK"):
            told.append(process.stdout.readline())
            self.assertNotEqual(told[-1], "")
        out, _ = process.communicate("R\nQ\n", timeout=60)
        self.assertIn("Secure Renegotiation IS supported\n", told)
        self.assertIn("no renegotiation", out)

    def test_tickets(self):
        path = self.site.path("session")
        self.assertIn("New, TLSv1.2", self.s_client("-tls1_2", "-sess_out", path))
        self.assertIn("Reused, TLSv1.2", self.s_client("-tls1_2", "-sess_in", path))
        # Another certificate, another process, another key: the ticket is worth nothing.
        self.reload(1)
        self.assertIn("New, TLSv1.2", self.s_client("-tls1_2", "-sess_in", path))

    def test_tickets_of_tls_1_3(self):
        context = tls_context(self.site.certificate)

        def connect(session=None):
            sock = socket.create_connection(("127.0.0.1", self.site.tls_port), 20)
            wrapped = context.wrap_socket(sock, server_hostname="localhost", session=session)
            with ImapClient(SocketTransport(wrapped)) as client:
                client.command("NOOP").ok()  # the ticket comes after the handshake
                return wrapped.session_reused, wrapped.session

        reused, session = connect()
        self.assertFalse(reused)
        self.assertTrue(session.has_ticket)
        reused, session = connect(session)
        self.assertTrue(reused)
        self.reload(1)
        self.assertFalse(connect(session)[0])

    def subject(self, *options):
        return self.s_client(*options).partition("subject=")[2].splitlines()[0]

    def test_the_name_picks_the_certificate(self):
        self.assertIn("other", self.subject("-servername", "mail.example.org"))
        self.assertNotIn("other", self.subject("-servername", "localhost"))
        self.assertNotIn("other", self.subject("-noservername"))

    def reload(self, count):
        self.server.signal(signal.SIGHUP)
        eventually(lambda: self.server.log_text().count(": reloaded ") >= count, "it reloads")

    def test_new_certificates_are_for_new_clients_and_old_clients_stay(self):
        client = self.tls_client()
        client.command("SELECT INBOX").ok()
        fresh = make_certificate(self.site.directory, "fresh")
        self.site.config["tls"] = {"certificate": fresh[0], "private-key": fresh[1]}
        self.site.write()
        self.reload(1)
        self.assertIn("fresh", self.subject("-noservername"))
        client.command("NOOP").ok()
        # What is wrong changes nothing.
        os.truncate(fresh[1], 10)
        self.server.signal(signal.SIGHUP)
        eventually(lambda: "not-reloaded" in self.server.log_text(), "it refuses")
        self.assertIn("fresh", self.subject("-noservername"))
        client.command("NOOP").ok()


class Rsa(ScannerTest):
    """With a key that all kinds of ciphers are possible with, and a certificate whose
    issuer clients do not know."""

    def configure(self, site):
        super().configure(site)
        root, middle, leaf = (site.path(name) for name in ("root", "middle", "leaf"))
        self.root = root + ".pem"
        extensions = site.path("extensions")
        with open(extensions, "w", encoding="ascii") as file:
            file.write("[authority]\nbasicConstraints=critical,CA:TRUE\n"
                       "[server]\nsubjectAltName=DNS:localhost\n")  # fmt: skip
        for name, issuer, kind in ((root, root, "authority"), (middle, root, "authority"),
                                   (leaf, middle, "server")):  # fmt: skip
            subprocess.run(
                ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj",
                 f"/CN={os.path.basename(name)}", "-out", name + ".csr", "-keyout", name + ".key"],
                check=True, capture_output=True,
            )  # fmt: skip
            signer = ["-signkey", root + ".key"] if name == issuer else [
                "-CA", issuer + ".pem", "-CAkey", issuer + ".key", "-set_serial", "5"]  # fmt: skip
            subprocess.run(
                ["openssl", "x509", "-req", "-in", name + ".csr", *signer, "-days", "2",
                 "-extfile", extensions, "-extensions", kind, "-out", name + ".pem"],
                check=True, capture_output=True,
            )  # fmt: skip
        with open(site.path("chain.pem"), "wb") as chain:
            for path in (leaf + ".pem", middle + ".pem"):
                with open(path, "rb") as file:
                    chain.write(file.read())
        site.config["tls"] = {"certificate": site.path("chain.pem"), "private-key": leaf + ".key"}

    def test_no_cipher_without_forward_secrecy_and_none_that_is_broken(self):
        refused = ["kRSA", "aNULL", "eNULL", "RC4", "3DES", "EXPORT", "PSK", "SEED", "IDEA",
                   "CAMELLIA", "kDHE", "AES128-SHA", "AES256-GCM-SHA384",
                   "ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA"]  # fmt: skip
        for ciphers in refused:
            told = self.s_client("-tls1_2", "-cipher", f"{ciphers}:@SECLEVEL=0")
            self.assertRegex(told, "Cipher is \\(NONE\\)|no cipher match|[Nn]o ciphers", ciphers)
        for taken in ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305"):
            self.assertIn(f"Cipher is {taken}", self.s_client("-tls1_2", "-cipher", taken))

    def test_the_chain_is_sent(self):
        told = self.s_client("-CAfile", self.root, "-showcerts", "-servername", "localhost")
        self.assertEqual(told.count("BEGIN CERTIFICATE"), 2)
        self.assertIn("Verify return code: 0 (ok)", told)


class CloseNotify(ServerTest):
    """Whoever cuts a connection off cannot make it look like its end."""

    def ragged_client(self):
        sock = socket.create_connection(("127.0.0.1", self.site.tls_port), 20)
        wrapped = tls_context(self.site.certificate).wrap_socket(
            sock, server_hostname="localhost", suppress_ragged_eofs=False
        )
        client = ImapClient(SocketTransport(wrapped))
        self.addCleanup(client.close)
        return client

    def assert_ends_well(self, client):
        client.transport.socket.settimeout(20)
        self.assertEqual(client.transport.socket.recv(1), b"")  # else ssl.SSLEOFError

    def test_after_logout(self):
        client = self.ragged_client()
        client.command("LOGOUT").ok()
        self.assert_ends_well(client)
        client = self.ragged_client()
        client.login(USER, PASSWORD)
        client.command("LOGOUT").ok()
        self.assert_ends_well(client)

    def test_after_bye(self):
        before, after = self.ragged_client(), self.ragged_client()
        after.login(USER, PASSWORD)
        self.server.signal(signal.SIGTERM)
        for client in (before, after):
            client.until("BYE", timeout=15)
            self.assert_ends_well(client)
        self.assertEqual(self.server.process.wait(20), 0)


class ClientCertificates(ServerTest):
    def configure(self, site):
        site.make_folder()
        site.add_user("ann@example.org", "unused")
        site.make_folder(user="ann@example.org")
        site.config["auth"]["mechanisms"] = "EXTERNAL PLAIN"
        self.authority = make_certificate(site.directory, "authority")
        site.config["tls"]["client-ca"] = self.authority[0]
        self.issued = {
            email: self.issue(site, email, self.authority)
            for email in ("ann@example.org", "eve@example.org")
        }

    def issue(self, site, email, authority):
        """Paths of a certificate for `email` and its key."""
        name = site.path("client-" + email)
        subprocess.run(
            ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-subj", "/CN=Somebody", "-out", name + ".csr", "-keyout", name + ".key"],
            check=True, capture_output=True,
        )  # fmt: skip
        with open(name + ".ext", "w", encoding="ascii") as file:
            file.write(f"subjectAltName=email:{email}\nextendedKeyUsage=clientAuth\n")
        subprocess.run(
            ["openssl", "x509", "-req", "-in", name + ".csr", "-CA", authority[0],
             "-CAkey", authority[1], "-set_serial", "7", "-days", "2",
             "-extfile", name + ".ext", "-out", name + ".pem"],
            check=True, capture_output=True,
        )  # fmt: skip
        return name + ".pem", name + ".key"

    def connect(self, certificate=None):
        context = tls_context(self.site.certificate)
        if certificate:
            context.load_cert_chain(*certificate)
        sock = socket.create_connection(("127.0.0.1", self.site.tls_port), 20)
        self.addCleanup(sock.close)
        client = ImapClient(
            SocketTransport(context.wrap_socket(sock, server_hostname="localhost"))
        )
        self.addCleanup(client.close)
        return client

    def test_who_shows_one_is_who_it_says(self):
        client = self.connect(self.issued["ann@example.org"])
        self.assertIn("AUTH=EXTERNAL", client.command("CAPABILITY").ok().one("CAPABILITY").data)
        client.command("AUTHENTICATE EXTERNAL =").ok()
        client.command("SELECT INBOX").ok()
        self.assertRegex(self.server.log_text(), "user=ann@example.org method=EXTERNAL")

    def test_a_user_who_is_not_there_and_somebody_elses_name(self):
        client = self.connect(self.issued["eve@example.org"])
        client.command("AUTHENTICATE EXTERNAL =").expect("NO")
        ann = base64.b64encode(b"ann@example.org").decode()
        client.command(f"AUTHENTICATE EXTERNAL {ann}").expect("NO")

    def test_who_shows_none_goes_on_with_a_password(self):
        client = self.connect()
        told = client.command("CAPABILITY").ok().one("CAPABILITY").data
        self.assertNotIn("AUTH=EXTERNAL", told)
        client.command("AUTHENTICATE EXTERNAL =").expect("NO")
        client.login(USER, PASSWORD)

    def test_one_that_somebody_else_has_issued_ends_the_connection(self):
        forger = make_certificate(self.site.directory, "forger")
        forged = self.issue(self.site, "ann@example.org", forger)
        with self.assertRaises((ssl.SSLError, OSError, EOFError, AssertionError)):
            self.connect(forged).command("NOOP").ok()
        self.assertIn("tls-failed", self.server.log_text())


if __name__ == "__main__":
    unittest.main()
