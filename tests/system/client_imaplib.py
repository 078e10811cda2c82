# SPDX-License-Identifier: ISC
"""Python's imaplib: what scripts do, over TLS, STARTTLS, in the clear and --stdio."""

import imaplib
import re
import time
import unittest

from _client import ClientTest
from imap_client import tls_context
from server import IMAPD, PASSWORD, USER, data, on_the_wire


class Imaplib(ClientTest):
    def configure(self, site):
        site.make_folder()
        site.make_folder(".Work")
        for i, name in enumerate(("plain.eml", "two.eml", "multipart.eml")):
            site.drop(data(name), f"170000000{i}.M{i}P1.example")

    def secure(self):
        mail = imaplib.IMAP4_SSL(
            "localhost", self.site.tls_port,
            ssl_context=tls_context(self.site.certificate), timeout=30,
        )  # fmt: skip
        self.addCleanup(mail.shutdown)
        return mail

    def logged_in(self):
        mail = self.secure()
        self.ok(mail.login(USER, PASSWORD))
        return mail

    def ok(self, answer):
        self.assertEqual(answer[0], "OK", answer)
        return answer[1]

    def test_capabilities_come_without_asking(self):
        self.assertIn("IMAP4REV1", self.secure().capabilities)

    def test_wrong_passwords_then_the_right_one(self):
        mail = self.secure()
        for _ in range(2):
            with self.assertRaisesRegex(imaplib.IMAP4.error, "AUTHENTICATIONFAILED"):
                mail.login(USER, "wrong")
        with self.assertRaises(imaplib.IMAP4.error):
            mail.authenticate("PLAIN", lambda _: b"\0ann\0wrong")
        with self.assertRaisesRegex(imaplib.IMAP4.error, "cancelled"):
            mail.authenticate("PLAIN", lambda _: None)
        self.ok(mail.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode()))
        self.assertEqual(mail.state, "AUTH")

    def test_starttls(self):
        mail = imaplib.IMAP4("localhost", self.site.port, timeout=30)
        self.addCleanup(mail.shutdown)
        self.ok(mail.starttls(tls_context(self.site.certificate)))
        self.ok(mail.login(USER, PASSWORD))
        self.assertEqual(self.ok(mail.select()), [b"3"])

    def test_stdio(self):
        self.site.config["mail"]["location"] = self.site.maildir()
        mail = imaplib.IMAP4_stream(f"{IMAPD} --stdio -c {self.site.write()}")
        self.assertEqual(mail.state, "AUTH")
        self.assertEqual(self.ok(mail.select(readonly=True)), [b"3"])
        self.assertEqual(mail.logout()[0], "BYE")
        mail.process.wait(30)

    def test_folders(self):
        mail = self.logged_in()
        self.ok(mail.create("Work.2026"))
        self.ok(mail.subscribe("Work.2026"))
        self.assertIn(b'"." Work.2026', b" ".join(self.ok(mail.list())))
        self.assertIn(b"Work.2026", b" ".join(self.ok(mail.lsub())))
        self.ok(mail.rename("Work.2026", "Work.2025"))
        self.assertRegex(self.ok(mail.status("INBOX", "(MESSAGES UIDNEXT)"))[0],
                         rb"INBOX \(MESSAGES 3 UIDNEXT 4\)")  # fmt: skip
        self.ok(mail.unsubscribe("Work.2026"))
        self.ok(mail.delete("Work.2025"))
        self.assertEqual(mail.delete("Work.2025")[0], "NO")
        self.assertEqual(self.ok(mail.namespace()), [b'(("" ".")) NIL NIL'])
        self.assertEqual(mail.getquotaroot("INBOX")[0], "OK")

    def test_messages(self):
        mail = self.logged_in()
        self.assertEqual(self.ok(mail.select()), [b"3"])
        self.assertEqual(self.ok(mail.search(None, "SUBJECT", "lunch")), [b"1 2"])
        self.assertEqual(self.ok(mail.search("UTF-8", "UNSEEN")), [b"1 2 3"])
        got = self.ok(mail.fetch("2", "(UID BODY.PEEK[])"))
        self.assertEqual(got[0][1], on_the_wire(data("two.eml")))
        whole = b""
        while True:  # in slices, as one who has little memory does
            got = self.ok(mail.fetch("3", f"BODY.PEEK[]<{len(whole)}.100>"))
            slice_ = got[0][1]
            whole += slice_
            if len(slice_) < 100:
                break
        self.assertEqual(whole, on_the_wire(data("multipart.eml")))
        self.assertEqual(self.ok(mail.store("1:2", "+FLAGS", r"(\Seen $Label1)"))[0],
                         rb"1 (FLAGS (\Seen \Recent $Label1))")  # fmt: skip
        self.ok(mail.copy("1:2", "Work"))
        self.ok(mail.uid("MOVE", "3", "Work"))
        self.ok(mail.store("1", "+FLAGS.SILENT", r"\Deleted"))
        self.assertEqual(self.ok(mail.expunge()), [b"3", b"1"])  # 3 was the MOVE's
        self.ok(mail.noop())
        self.ok(mail.check())
        self.ok(mail.close())
        self.assertEqual(self.ok(mail.select("Work")), [b"3"])
        self.ok(mail.unselect())

    def test_append(self):
        mail = self.logged_in()
        message = on_the_wire(data("multipart.eml"))
        when = imaplib.Time2Internaldate(time.gmtime(1700000000))
        answer = self.ok(mail.append("Work", r"(\Seen)", when, message))
        self.assertRegex(answer[0], rb"\[APPENDUID \d+ 1\]")
        self.assertEqual(mail.append("Nowhere", None, None, message)[0], "NO")
        self.ok(mail.select("Work"))
        got = self.ok(mail.fetch("1", "(FLAGS INTERNALDATE BODY.PEEK[])"))
        self.assertEqual(got[0][1], message)
        whole = got[0][0] + got[1]
        self.assertIn(rb"\Seen", whole)
        told = imaplib.Internaldate2tuple(re.search(rb'INTERNALDATE "[^"]*"', whole)[0])
        self.assertEqual(int(time.mktime(told)), 1700000000)

    def test_utf8(self):
        mail = self.logged_in()
        self.ok(mail.enable("UTF8=ACCEPT"))
        self.ok(mail.create('"Füße"'))
        names = [entry.rpartition(b" ")[2] for entry in self.ok(mail.list())]
        self.assertIn('"Füße"'.encode(), names)
        # Its APPEND puts "UTF8 (" into the message itself, so that is left out here.
        self.assertEqual(self.ok(mail.select('"Füße"')), [b"0"])


if __name__ == "__main__":
    unittest.main()
