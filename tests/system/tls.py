# SPDX-License-Identifier: ISC
"""TLS at both doors, what is announced before and after it, and nothing smuggled across
STARTTLS."""

import socket
import ssl
import unittest

from imap_client import ImapClient, SocketTransport, tls_context
from server import PASSWORD, USER, ServerTest, data


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


if __name__ == "__main__":
    unittest.main()
