# SPDX-License-Identifier: ISC
"""Bad input and bad luck: garbage, endless lines, literals without end, clients that
vanish, Maildirs that are damaged. The server answers or says BYE, and nothing is left:
no process, no descriptor, and it still serves the next client."""

import os
import random
import socket
import ssl
import time
import unittest

from imap_client import Literal, tls_context
from server import PASSWORD, USER, ServerTest, data, mail_account

CHUNK = b"x" * (1 << 20)
ENDLESS = 1 << 28  # octets; a gigabyte takes longer and shows nothing else


class Hostile(ServerTest):
    def configure(self, site):
        site.make_folder()
        for i, name in enumerate(("plain.eml", "two.eml", "short.eml")):
            site.drop(data(name), f"170000000{i}.M{i}P1.example")
        site.config["limits"] = {"literal": "1M"}

    def setUp(self):
        super().setUp()
        with self.client() as client:  # what is made once is made now
            client.command("SELECT INBOX").ok()
            client.command("LOGOUT").ok()
        with self.tls_client() as client:
            client.command("LOGOUT").ok()
        self.settle()
        self.family = len(self.server.family())
        self.descriptors = self.server.descriptors()

    def settle(self):
        last, since = None, time.monotonic()
        while time.monotonic() - since < 0.5:
            now = (len(self.server.family()), self.server.descriptors())
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(0.02)

    def tearDown(self):
        # Whoever came before, the next client is served, and nothing has been left.
        for client in self.clients:
            client.close()
        with self.client() as client:
            client.command("SELECT INBOX").ok()
            client.command("LOGOUT").ok()
        self.assert_settled(self.family, self.descriptors)
        super().tearDown()

    def raw(self):
        sock = socket.create_connection(("127.0.0.1", self.site.port), 20)
        self.addCleanup(sock.close)
        return sock

    def until_closed(self, sock):
        """All that comes until the server closes; fails if it does not in 30 s."""
        sock.settimeout(30)
        out = b""
        while True:
            try:
                chunk = sock.recv(65536)
            except ConnectionResetError:
                return out
            if not chunk:
                return out
            out += chunk

    def largest_memory(self):
        """Of all processes, in KiB; what ASan reserves does not count."""
        largest = 0
        for pid in self.server.family():
            try:
                with open(f"/proc/{pid}/status", encoding="utf-8") as file:
                    for line in file:
                        if line.startswith("VmRSS:"):
                            largest = max(largest, int(line.split()[1]))
            except OSError:
                continue
        return largest

    # Before login

    def test_garbage_before_login(self):
        random.seed(1)
        for _ in range(20):
            sock = self.raw()
            try:
                sock.sendall(random.randbytes(5000) + b"\r\n" * 30)
            except OSError:
                pass
            sock.close()

    def test_garbage_is_answered_and_then_bye(self):
        sock = self.raw()
        try:
            for _ in range(100):
                sock.sendall(b"\x00\xff\x80 garbage\r\n")
        except OSError:
            pass
        answer = self.until_closed(sock)
        self.assertIn(b"* BYE", answer)

    def test_http_before_login(self):
        sock = self.raw()
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        sock.shutdown(socket.SHUT_WR)
        self.until_closed(sock)

    def test_a_line_without_end_before_login(self):
        sock = self.raw()
        sock.sendall(b"a NOOP ")
        sent = 0
        try:
            while sent < ENDLESS:
                sock.sendall(CHUNK)
                sent += len(CHUNK)
            sock.sendall(b"\r\n")
        except OSError:
            pass  # it has hung up on us, which is an answer too
        self.assertLess(self.largest_memory(), 200_000)
        sock.close()

    def test_a_literal_over_the_limit_before_login_is_refused_before_it_is_sent(self):
        client = self.client(login=False)
        client.line("a LOGIN {1000000000}")
        answer = client.next()
        self.assertIn(answer.name, ("BAD", "NO", "BYE"))

    def test_a_huge_non_synchronising_literal_before_login(self):
        sock = self.raw()
        sock.sendall(b"a LOGIN {1073741824+}\r\n")
        try:
            for _ in range(ENDLESS // len(CHUNK)):
                sock.sendall(CHUNK)
        except OSError:
            pass
        self.assertLess(self.largest_memory(), 200_000)
        sock.close()

    def oversized(self):
        """What to send, and what the first answer begins with."""
        yield "a tag", b"t" * 5000 + b" NOOP\r\n", b"* BAD"
        yield "a command word", b"a " + b"X" * 5000 + b"\r\n", b"a BAD"
        yield "a line", b"a NOOP " + b"x" * 100_000 + b"\r\n", b"a BAD"
        yield "a quoted string", b'a LOGIN "' + b"x" * 20_000 + b'" y\r\n', b"a BAD"
        yield "a literal", b"a LOGIN {1025}\r\n", b"a BAD"
        yield "a literal's size", b"a LOGIN {" + b"9" * 500 + b"}\r\n", b"a BAD"
        yield "a literal that does not wait", b"a LOGIN {60000+}\r\n" + b"x" * 60_000 + b" y\r\n", \
            b"a BAD"
        yield "many literals", b"a ID (" + b"{0+}\r\n {0+}\r\n " * 5000 + b")\r\n", b"a BAD"
        yield "arguments", b"a LOGIN" + b" x" * 4000 + b"\r\n", b"a BAD"
        yield "spaces", b"a LOGIN" + b" " * 4000 + b"\r\n", b"a BAD"
        yield "an ID list", b"a ID (" + b'"k" "v" ' * 2000 + b")\r\n", b"a BAD"
        yield "an ID list without end", b"a ID (" + b"(" * 8000 + b"\r\n", b"a BAD"
        yield "an initial response", b"a AUTHENTICATE PLAIN " + b"A" * 50_000 + b"\r\n", b"a BAD"
        yield "a mechanism", b"a AUTHENTICATE " + b"A" * 5000 + b"\r\n", b"a NO"
        yield "a NUL", b"a LOGIN x\0y z\r\n", b"a BAD"
        yield "bare CRs", b"a NOOP" + b"\r" * 5000 + b"\n", b"a BAD"

    def test_too_much_of_anything_before_login(self):
        for what, octets, answer in self.oversized():
            with self.subTest(what):
                sock = self.raw()
                sock.settimeout(20)
                lines = sock.makefile("rb")
                lines.readline()  # the greeting
                sock.sendall(octets)
                self.assertEqual(lines.readline()[: len(answer)], answer)
                sock.sendall(b"z NOOP\r\n")
                self.assertIn(b"z OK NOOP completed\r\n", iter(lines.readline, b""))
                self.assertLess(self.largest_memory(), 200_000)
                lines.close()
                sock.close()

    def test_a_response_to_a_challenge_that_is_too_long(self):
        client = self.client(login=False)
        for octets in (b"A" * 30_000, b"A" * 2_000_000, b"\0" * 10):
            client.line("a AUTHENTICATE PLAIN")
            self.assertEqual(client.next().name, "+")
            client.line(octets)
            response = client.next()
            self.assertEqual((response.tag, response.name), ("a", "BAD"))
        client.login(USER, PASSWORD)

    def test_a_client_hello_in_fragments_and_one_that_is_too_long(self):
        sent = []
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = tls_context(self.site.certificate)
        client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            client.do_handshake()
        hello = outgoing.read()
        # One octet a record, which RFC 8446 §5.1 allows: an answer, or a refusal.
        for octet in hello[5:]:
            sent.append(hello[:3] + b"\x00\x01" + bytes([octet]))
        alert, handshake, closed = b"\x15", b"\x16", b""
        too_long = b"\x16\x03\x01\x40\x00\x01\xff\xff\xff" + bytes(16380)
        nothing = b"\x16\x03\x01\x00\x00" * 2000
        for octets, answers in ((b"".join(sent), (handshake, alert)),
                                (too_long, (alert, closed)), (nothing, (alert, closed))):  # fmt: skip
            with socket.create_connection(("127.0.0.1", self.site.tls_port), 20) as sock:
                sock.sendall(octets)
                try:
                    self.assertIn(sock.recv(1), answers)
                except ConnectionResetError:
                    self.assertIn(closed, answers)

    def test_nothing_of_the_mailbox_before_login(self):
        client = self.client(login=False)
        for command in ("SELECT INBOX", "LIST \"\" *", "IDLE", "APPEND INBOX",
                        "FETCH 1 FLAGS", "UID FETCH 1 FLAGS", "STATUS INBOX (MESSAGES)"):  # fmt: skip
            client.command(command).expect("BAD")

    def test_garbage_instead_of_a_tls_handshake(self):
        for octets in (b"a LOGIN ann secret\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 70000, b""):
            sock = socket.create_connection(("127.0.0.1", self.site.tls_port), 20)
            try:
                sock.sendall(octets)
                sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            self.until_closed(sock)
            sock.close()

    def test_old_tls_is_refused(self):
        context = ssl.create_default_context(cafile=self.site.certificate)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with socket.create_connection(("127.0.0.1", self.site.tls_port), 20) as sock:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(sock, server_hostname="localhost")

    def test_wrong_passwords_are_refused_and_the_right_one_taken(self):
        client = self.client(login=False)
        for command in (f"LOGIN {USER} wrong", "LOGIN nobody x", "AUTHENTICATE PLAIN AGEAYg==",
                        "LOGIN root \"\"", "LOGIN ../../etc x"):  # fmt: skip
            answer = client.command(command)
            answer.expect("NO")
        client.login(USER, PASSWORD)

    def test_a_cancelled_exchange_and_another_try(self):
        client = self.client(login=False)
        client.line("a AUTHENTICATE PLAIN")
        self.assertEqual(client.next().name, "+")
        client.line("*")
        self.assertEqual(client.next().name, "BAD")
        client.line("b AUTHENTICATE PLAIN")
        self.assertEqual(client.next().name, "+")
        client.line("!!! no base64")
        self.assertEqual(client.next().name, "BAD")
        client.login(USER, PASSWORD)

    # After login

    def test_unknown_and_broken_commands(self):
        client = self.client()
        for command in ("XYZZY", "SELECT", "FETCH 1 (", "UID", "STORE 1", "SEARCH (", "\"",
                        "LIST \"", "SELECT {", "SELECT {5", "FETCH 1:99999999999 FLAGS"):  # fmt: skip
            client.command(command).expect("BAD")
        client.command("SELECT INBOX").ok()

    def test_a_line_without_end_after_login(self):
        client = self.client()
        client.command("SELECT INBOX").ok()
        sock = client.transport.socket
        sock.settimeout(20)
        try:
            sock.sendall(b"a SEARCH SUBJECT ")
            for _ in range(ENDLESS // len(CHUNK)):
                sock.sendall(CHUNK)
        except OSError:
            pass
        self.assertLess(self.largest_memory(), 200_000)

    def test_a_literal_over_the_limit_is_refused_before_it_is_sent(self):
        client = self.client()
        client.line("a APPEND INBOX {1048577}")
        response = client.next()
        self.assertEqual((response.tag, response.name), ("a", "NO"))
        client.command("NOOP").ok()
        client.command("APPEND INBOX", Literal(b"x" * 1048576)).ok()

    def test_a_literal_without_end(self):
        client = self.client()
        client.line("a APPEND INBOX {1000000}")
        self.assertEqual(client.next().name, "+")
        client.send(b"half of it")
        client.close()
        with self.client() as other:
            answer = other.command("STATUS INBOX (MESSAGES)").ok()
            self.assertEqual(answer.one("STATUS").data["MESSAGES"], 3)
        self.assertEqual(os.listdir(os.path.join(self.site.maildir(), "tmp")), [])

    def test_too_many_literals_in_one_command(self):
        client = self.client()
        client.send(b"a SEARCH")
        try:
            for _ in range(5000):
                client.send(b" SUBJECT {100000+}\r\n" + b"x" * 100000)
        except OSError:
            pass
        self.assertLess(self.largest_memory(), 400_000)

    def test_deep_nesting(self):
        client = self.client()
        client.command("SELECT INBOX").ok()
        depth = 20000
        tag = client.start("SEARCH " + "(" * depth + "ALL" + ")" * depth)
        response = client.next()
        self.assertIn(response.name, ("BAD", "BYE", "NO"), tag)

    def test_disconnects_in_the_middle_of_anything(self):
        beginnings = [
            b"", b"a", b"a LOGIN ann {5}\r\n", b"a LOGIN ann {50+}\r\nx", b"a AUTHENTICATE PLAIN\r\n",
            b"a STARTTLS\r\n",
        ]  # fmt: skip
        for octets in beginnings:
            sock = self.raw()
            sock.sendall(octets)
            sock.close()
        logged_in = [
            "IDLE", "SELECT INBOX", "FETCH 1:* BODY[]", "UID FETCH 1:* (BODYSTRUCTURE)",
            "SEARCH TEXT x", "EXPUNGE", "STORE 1 FLAGS (\\Seen)", "LIST \"\" *", "LOGOUT",
            "APPEND INBOX {20+}\r\nhalf",
        ]  # fmt: skip
        for command in logged_in:
            client = self.client()
            client.command("SELECT INBOX").ok()
            client.line(f"z {command}")
            client.close()

    def test_a_client_that_reads_nothing(self):
        big = b"Subject: big\r\n\r\n" + b"0123456789abcde\n" * 60000
        with self.client() as client:
            client.command("APPEND INBOX", Literal(big)).ok()
        client = self.client()
        client.command("SELECT INBOX").ok()
        for _ in range(20):
            client.start("FETCH 4 BODY.PEEK[]")
        time.sleep(0.3)
        client.close()

    # The Maildir

    def own(self, path):
        os.chown(path, *mail_account())

    def test_a_maildir_without_cur(self):
        for part in ("cur", "tmp"):
            path = os.path.join(self.site.maildir(), part)
            for name in os.listdir(path):
                os.unlink(os.path.join(path, name))
            os.rmdir(path)
        client = self.client()
        client.command("SELECT INBOX").ok()
        client.command("APPEND INBOX", Literal(data("short.eml"))).ok()

    def test_no_maildir_at_all(self):
        os.rename(self.site.maildir(), self.site.path("gone"))
        client = self.client()
        answer = client.command("SELECT INBOX").ok()
        self.assertEqual(answer.one("EXISTS").number, 0)

    def test_an_unreadable_file(self):
        path = os.path.join(self.site.maildir(), "cur", "1700000009.M9P1.example:2,")
        with open(path, "wb") as file:
            file.write(data("plain.eml"))
        os.chmod(path, 0)  # and root's, so that nobody else can open it
        client = self.client()
        count = client.command("SELECT INBOX").ok().one("EXISTS").number
        self.assertIn(count, (3, 4))
        answer = client.command("FETCH 1:* (UID RFC822.SIZE BODY.PEEK[] ENVELOPE)")
        if os.getuid() == 0:
            self.assertEqual(answer.tagged.name, "NO")
            self.assertEqual(len([n for n, got in answer.fetched().items() if "BODY[]" in got]), 3)
        client.command("SEARCH BODY noon")
        client.command("NOOP").ok()

    def test_what_is_no_message(self):
        top = self.site.maildir()
        os.mkdir(os.path.join(top, "new", "directory"))
        os.mkfifo(os.path.join(top, "cur", "1700000008.M8P1.example:2,"))
        os.symlink("/etc/shadow", os.path.join(top, "new", "1700000007.M7P1.example"))
        os.symlink("nowhere", os.path.join(top, "cur", "1700000006.M6P1.example:2,S"))
        open(os.path.join(top, "new", ".hidden"), "wb").close()
        client = self.client()
        count = client.command("SELECT INBOX").ok().one("EXISTS").number
        for number in range(1, count + 1):
            client.command(f"FETCH {number} (RFC822.SIZE ENVELOPE BODY.PEEK[TEXT]<0.100>)")
        client.command("NOOP").ok()

    def test_files_that_are_damaged(self):
        top = self.site.maildir()
        for name, octets in (
            ("dovecot-uidlist", b"garbage\n\x00\xff"),
            ("dovecot-keywords", b"\xff\xfe 99 x\n-1 y\n"),
            ("subscriptions", b"\xff\n\n..\n/etc\n" + b"x" * 100000),
            ("imapd-index.mdb", b"this is no database" * 1000),
        ):
            path = os.path.join(top, name)
            if os.path.exists(path):
                os.unlink(path)
            with open(path, "wb") as file:
                file.write(octets)
            self.own(path)
        client = self.client()
        self.assertEqual(client.command("SELECT INBOX").ok().one("EXISTS").number, 3)
        client.command("LSUB \"\" *").ok()
        client.command("LIST \"\" *").ok()
        client.command("FETCH 1:* (FLAGS UID BODY.PEEK[])").ok()

    def test_a_message_that_vanishes_and_one_that_shrinks(self):
        client = self.client()
        client.command("SELECT INBOX").ok()
        client.command("FETCH 1:* (ENVELOPE BODYSTRUCTURE RFC822.SIZE)").ok()
        cur = os.path.join(self.site.maildir(), "cur")
        for name in os.listdir(cur):
            if name.startswith("1700000000"):
                os.unlink(os.path.join(cur, name))
            if name.startswith("1700000001"):
                os.truncate(os.path.join(cur, name), 10)
        for number in (1, 2, 3):
            try:
                client.command(f"FETCH {number} BODY.PEEK[]")
            except Exception:  # noqa: BLE001  a literal cut short drops the connection
                client = self.client()
                client.command("SELECT INBOX").ok()
        client.command("NOOP").ok()


if __name__ == "__main__":
    unittest.main()
