# SPDX-License-Identifier: ISC
"""SMTP AUTH by a real Postfix that asks imapd, with `smtpd_sasl_type = dovecot`."""

import os
import smtplib
import socket
import stat
import unittest

import postfix
from server import PASSWORD, USER, ServerTest

SETTINGS = """
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {path}
smtpd_sasl_security_options = noanonymous
"""


class Asked(ServerTest):
    def configure(self, site):
        site.make_folder()
        self.path = site.path("auth")
        site.config["auth"]["socket"] = self.path
        site.config["auth"]["mechanisms"] = "PLAIN LOGIN SCRAM-SHA-256"
        if os.getuid() == 0 and postfix.why_not() is not None:
            site.config["auth"]["socket-user"] = "nobody"
        site.users["relay"] = f":{USER}:relay:{{PLAIN}}Harrier9:protocols=smtp"
        site.users["reader"] = f":{USER}:reader:{{PLAIN}}Merlin9:protocols=imap"
        site.write()


class Socket(Asked):
    def dialogue(self):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(sock.close)
        sock.settimeout(20)
        sock.connect(self.path)
        return sock, sock.makefile("r", encoding="ascii")

    @staticmethod
    def greeting(lines):
        greeting = []
        while not greeting or greeting[-1] != "DONE\n":
            greeting.append(lines.readline())
        return greeting

    def test_greets_and_answers(self):
        sock, lines = self.dialogue()
        greeting = self.greeting(lines)
        self.assertEqual(greeting[0], "VERSION\t1\t2\n")
        self.assertIn("MECH\tPLAIN\tplaintext\n", greeting)
        sock.sendall(b"VERSION\t1\t1\nCPID\t1\nAUTH\t1\tLOGIN\tservice=smtp\n")
        self.assertEqual(lines.readline(), "CONT\t1\tVXNlcm5hbWU6\n")
        sock.sendall(b"CANCEL\t1\nAUTH\t2\tPLAIN\tservice=smtp\trip=192.0.2.7\tresp=AGEAYg==\n")
        self.assertEqual(lines.readline(), "FAIL\t2\n")
        self.assertRegex(self.server.log_text(), r"login-failed ip=192\.0\.2\.7 id=\w+ user=a ")
        sock.sendall(b"VERSION\t9\t9\n")
        self.assertEqual(lines.readline(), "")
        sock, lines = self.dialogue()
        self.greeting(lines)
        sock.sendall(b"x" * (32 * 1024 + 1) + b"\n")
        self.assertEqual(lines.readline(), "")

    def test_belongs_to_one_user(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)

    def test_imap_clients_are_served_beside_it(self):
        self.dialogue()
        self.client().command("SELECT INBOX").ok()


@unittest.skipUnless(postfix.why_not() is None, postfix.why_not())
class SmtpAuth(Asked):
    def setUp(self):
        super().setUp()
        settings = SETTINGS.format(path=self.path)
        self.postfix = postfix.Postfix(self.site.directory, "/bin/true", settings)
        self.addCleanup(self.postfix.stop)

    def smtp(self):
        smtp = smtplib.SMTP("127.0.0.1", self.postfix.port, "test.example", 30)
        self.addCleanup(smtp.close)
        smtp.ehlo()
        return smtp

    def test_the_users_of_imap_may_send(self):
        smtp = self.smtp()
        self.assertEqual(set(smtp.esmtp_features["auth"].split()),
                         {"PLAIN", "LOGIN", "SCRAM-SHA-256"})  # fmt: skip
        for mechanism in ("PLAIN", "LOGIN"):
            with self.subTest(mechanism=mechanism):
                smtp = self.smtp()
                smtp.user, smtp.password = USER, PASSWORD
                method = getattr(smtp, "auth_" + mechanism.lower())
                self.assertEqual(smtp.auth(mechanism, method)[0], 235)
        self.assertRegex(self.server.log_text(), "authenticated ip=127.0.0.1 .*service=smtp")

    def test_nobody_else(self):
        for user, password in ((USER, "wrong"), ("nobody", PASSWORD), (USER, "Merlin9")):
            with self.subTest(user=user), self.assertRaises(smtplib.SMTPAuthenticationError):
                self.smtp().login(user, password)

    def test_a_password_for_sending_only(self):
        self.assertEqual(self.smtp().login(USER, "Harrier9")[0], 235)
        client = self.client(login=False)
        client.command(f"LOGIN {USER} Harrier9").expect("NO")
        client.command(f"LOGIN {USER} Merlin9").ok()


if __name__ == "__main__":
    unittest.main()
