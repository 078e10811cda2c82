#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver and what messages really are, whatever they say."""

import ctypes.util
import unittest

from _deliver import MESSAGE, Case, main

NOT_MAIL, REFUSED = 65, 77
PDF = b"Subject: a text\nContent-Type: text/plain; name=a.txt\n\n%PDF-1.4\n%\n"


class NotMail(Case):
    def test_a_program_is_no_mail(self):
        status, err = self.deliver(b"\x7fELF\x02\x01\x01" + bytes(1000))
        self.assertEqual((status, err), (NOT_MAIL, "5.6.0 deliver: this is no mail\n"))
        self.assert_nothing_visible()

    def test_text_without_a_header_is(self):
        self.assert_delivers(b"just words\n")


@unittest.skipUnless(ctypes.util.find_library("magic"), "libmagic is not installed")
class Types(Case):
    def policy(self, text):
        self.configure(f"[policy]\n{text}\n")

    def test_refused(self):
        self.policy("refuse-types = application/pdf")
        status, err = self.deliver(PDF)
        self.assertEqual(status, REFUSED)
        self.assertEqual(err, "5.7.1 deliver: a part of it is application/pdf\n")
        self.assert_nothing_visible()
        self.assert_delivers(MESSAGE)

    def test_filed(self):
        self.policy("quarantine-types = application/*")
        self.assert_delivers(PDF)
        self.assertEqual(self.only_message(".Quarantine"), PDF)
        self.assertEqual(self.names(), [])

    def test_filed_elsewhere(self):
        self.policy("quarantine-types = application/pdf\nquarantine-folder = Held.Back")
        self.assert_delivers(PDF)
        self.assertEqual(self.only_message(".Held.Back"), PDF)

    def test_flagged(self):
        self.policy("flag-types = application/pdf")
        self.assert_delivers(PDF)
        (name,) = self.names("cur")
        self.assertTrue(name.endswith(":2,a"), name)
        self.assertEqual(self.names(), [])

    def test_the_declared_type_does_not_count(self):
        self.policy("refuse-types = application/pdf")
        self.assert_delivers(b"Content-Type: application/pdf\n\nwords of text\n")


if __name__ == "__main__":
    main()
