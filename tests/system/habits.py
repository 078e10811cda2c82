# SPDX-License-Identifier: ISC
"""What clients do that no grammar says: they announce nothing, wait for nothing, try
again, and die in the middle of a sentence. A good server lives with it."""

import base64
import os
import socket
import struct
import unittest

from imap_client import ImapClient, Literal
from server import IMAPD, PASSWORD, USER, ServerTest, data, eventually, on_the_wire


class Pipelined(ServerTest):
    """Many APPENDs sent at once, and the client is gone before it has read an answer.
    What has arrived whole is stored, whatever way it came; the rest is not."""

    WHOLE = 50

    def configure(self, site):
        site.make_folder()
        site.make_folder(".Work")

    def sent(self, between=b""):
        message = on_the_wire(data("plain.eml"))
        one = b"a APPEND Work {%d+}\r\n%s\r\n" % (len(message), message)
        return (one + between) * self.WHOLE + one[: len(one) // 2]

    def assert_stored(self):
        top = os.path.join(self.site.maildir(), ".Work")

        def names():
            return [n for part in ("new", "cur") for n in os.listdir(os.path.join(top, part))]

        eventually(lambda: len(names()) >= self.WHOLE, "the messages are there")
        eventually(lambda: self.server.family() <= self.before, "the session ends")
        self.assertEqual(len(names()), self.WHOLE)
        self.assertEqual(os.listdir(os.path.join(top, "tmp")), [])

    def setUp(self):
        super().setUp()
        self.before = self.server.family()

    def test_closed(self):
        client = self.client()
        client.send(self.sent())
        client.close()
        self.assert_stored()

    def test_reset(self):
        client = self.client()
        client.send(self.sent())
        sock = client.transport.socket
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        self.assert_stored()

    def test_closed_over_tls(self):
        client = self.tls_client()
        client.send(self.sent())
        client.close()
        self.assert_stored()

    def test_closed_over_tls_and_compressed(self):
        client = self.tls_client()
        client.compress()
        client.send(self.sent())
        client.close()
        self.assert_stored()

    def test_sent_with_the_login(self):
        client = self.client(login=False)
        client.send(b'a LOGIN ann "secret with \\"quotes\\""\r\n' + self.sent())
        client.close()
        self.assert_stored()

    def test_with_commands_between_that_nobody_hears_the_answers_of(self):
        big = b"Subject: big\r\n\r\n" + b"0123456789abcde\r\n" * 100_000
        client = self.client()
        client.command("APPEND INBOX", Literal(big)).ok()
        client.command("SELECT INBOX").ok()
        client.send(self.sent(b"b FETCH 1 BODY.PEEK[]\r\nc IDLE\r\nDONE\r\n"))
        client.close()
        self.assert_stored()

    def test_stdio(self):
        self.site.config["mail"]["location"] = self.site.maildir()
        client = ImapClient.pipe([IMAPD, "--stdio", "-c", self.site.write()])
        client.send(self.sent())
        process = client.transport.process
        process.stdout.close()
        process.stdin.close()
        process.wait(60)
        self.assert_stored()


class SecondTries(ServerTest):
    """An exchange that fails or is cancelled ends nothing but itself."""

    SECRET = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    WRONG = base64.b64encode(f"\0{USER}\0wrong".encode()).decode()

    def try_everything(self, client):
        def exchange(command, *lines):
            client.line(f"a {command}")
            for line in lines:
                self.assertEqual(client.next().name, "+", command)
                client.line(line)
            return client.next().name

        encoded = base64.b64encode(USER.encode()).decode()
        self.assertEqual(exchange("AUTHENTICATE PLAIN", "*"), "BAD")
        self.assertEqual(exchange("AUTHENTICATE PLAIN", self.WRONG), "NO")
        self.assertEqual(exchange("AUTHENTICATE LOGIN", "*"), "BAD")
        self.assertEqual(exchange("AUTHENTICATE LOGIN", encoded, "*"), "BAD")
        self.assertEqual(exchange("AUTHENTICATE LOGIN", encoded, encoded), "NO")
        self.assertEqual(exchange(f"AUTHENTICATE PLAIN {self.WRONG}"), "NO")
        self.assertEqual(exchange("AUTHENTICATE X-NONE"), "NO")
        self.assertEqual(exchange("NOOP"), "OK")
        self.assertEqual(exchange("AUTHENTICATE PLAIN", self.SECRET), "OK")
        client.command("SELECT INBOX").ok()

    def test_in_the_clear(self):
        self.try_everything(self.client(login=False))

    def test_over_tls(self):
        self.try_everything(self.tls_client(login=False))


class Capability(ServerTest):
    """Clients ask for CAPABILITY only if they were not told, and a proxy swallows untagged
    lines: so it stands in the greeting and in the tagged OK. RFC 9051 §7.1"""

    def assert_told(self, connect):
        client = connect(login=False)
        self.assertEqual(client.greeting.code, "CAPABILITY")
        self.assertEqual(
            client.greeting.code_data, client.command("CAPABILITY").one("CAPABILITY").data
        )
        answers = [client.login(USER, PASSWORD)]
        for command in f"AUTHENTICATE PLAIN {SecondTries.SECRET}", "AUTHENTICATE LOGIN":
            client = connect(login=False)
            client.line(f"t1 {command}")
            if command.endswith("LOGIN"):
                for text in USER, PASSWORD:
                    self.assertEqual(client.next().name, "+")
                    client.line(base64.b64encode(text.encode()))
            answers.append(client.finish("t1").ok())
        for answer in answers:
            self.assertEqual(answer.tagged.code, "CAPABILITY")
            self.assertEqual(answer.untagged, [])
            self.assertEqual(
                answer.tagged.code_data, client.command("CAPABILITY").one("CAPABILITY").data
            )

    def test_in_the_clear(self):
        self.assert_told(self.client)

    def test_over_tls(self):
        self.assert_told(self.tls_client)


if __name__ == "__main__":
    unittest.main()
