#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A DKIM signature that was good on arrival is good on what deliver has stored, with the
canonicalization that allows no change at all."""

import os
import subprocess
import unittest

from _deliver import main
from _lmtp import LmtpCase, messages

# Debian's module, whichever python runs the tests.
PYTHON = "/usr/bin/python3"
SIGN = """
import dkim, sys
key = open(sys.argv[1], "rb").read()
message = sys.stdin.buffer.read()
sys.stdout.buffer.write(dkim.sign(message, b"sel", b"example.org", key,
    canonicalize=(b"simple", b"simple"), include_headers=[b"From", b"Subject", b"To"]))
"""
VERIFY = """
import dkim, sys
record = b"v=DKIM1; k=rsa; p=" + open(sys.argv[1], "rb").read()
good = dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda name, timeout=5: record)
sys.exit(0 if good else 1)
"""
MESSAGE = (
    b"From:  =?utf-8?q?=C3=A4nn?= <ann@example.org>\r\nSubject: a\r\n\tfolded  one \r\n"
    b"To: bob@example.org\r\n\r\n"
    b"trailing blanks  \t\r\n.\r\n..\r\nFrom the start\r\n\xc3\xa4 8 bits\r\n\r\n\r\nend\r\n\r\n"
)


def why_not():
    found = subprocess.run([PYTHON, "-c", "import dkim"], capture_output=True, check=False)
    return None if found.returncode == 0 else "python3-dkim is not installed"


@unittest.skipIf(not os.path.exists(PYTHON) or why_not(), "python3-dkim is not installed")
class Signature(LmtpCase):
    def setUp(self):
        super().setUp()
        self.user("ann")
        self.key = os.path.join(self.home, "key.pem")
        self.public = os.path.join(self.home, "key.pub")
        openssl = ["openssl", "genrsa", "-traditional", "-out", self.key, "2048"]
        subprocess.run(openssl, capture_output=True, check=True)
        openssl = ["openssl", "rsa", "-in", self.key, "-pubout"]
        text = subprocess.run(openssl, capture_output=True, check=True).stdout
        with open(self.public, "wb") as file:
            file.write(b"".join(text.splitlines()[1:-1]))
        signed = subprocess.run(
            [PYTHON, "-c", SIGN, self.key], input=MESSAGE, capture_output=True, check=True
        )
        self.signed = signed.stdout + MESSAGE
        self.assertTrue(self.verifies(self.signed))
        self.assertFalse(self.verifies(self.signed.replace(b"end\r\n", b"end \r\n")))

    def verifies(self, message):
        command = [PYTHON, "-c", VERIFY, self.public]
        return subprocess.run(command, input=message, check=False).returncode == 0

    def check(self):
        (stored,) = messages(self.maildir)
        self.assertIn(b"Return-Path: <s@example.org>\n", stored)
        self.assertTrue(self.verifies(stored.replace(b"\n", b"\r\n")), stored)

    def test_from_standard_input(self):
        local = self.signed.replace(b"\r\n", b"\n")
        self.assert_delivers(local, "-f", "s@example.org", "-r", "ann@example.org")
        self.check()

    def test_by_lmtp(self):
        _, client = self.on_standard_input()
        _, done = self.transact(client, ["ann"], self.signed.replace(b"\r\n", b"\n"))
        self.assertEqual([code for code, _ in done], [250])
        self.check()


if __name__ == "__main__":
    main()
