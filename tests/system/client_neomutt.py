# SPDX-License-Identifier: ISC
"""neomutt on a terminal: its header cache kept up to date by CONDSTORE and QRESYNC, and
IDLE. What it asked for, and what it was told, is read off the wire."""

import os
import re
import unittest

from _client import ClientTest
from imap_client import Literal
from recorder import Recorder
from server import USER, data, eventually
from terminal import Terminal

MUTTRC = """\
set imap_user="{user}"
set imap_pass="secret"
set folder="{url}"
set spoolfile="+INBOX"
set header_cache="{home}/cache/"
set certificate_file="{certificate}"
set ssl_starttls=no
set ssl_force_tls=no
set imap_qresync={qresync}
set imap_condstore=yes
set imap_idle=yes
set imap_deflate={deflate}
set timeout=1
set mail_check=1
set sleep_time=0
set wait_key=no
set move=no
set delete=yes
set quit=yes
set confirmappend=no
set confirmcreate=no
"""


class Neomutt(ClientTest):
    def configure(self, site):
        site.add_user(USER, "secret")  # our quotes would have to be quoted again
        site.make_folder()
        site.make_folder(".Work")
        for i, name in enumerate(("plain.eml", "two.eml", "multipart.eml")):
            site.drop(data(name), f"170000000{i}.M{i}P1.example")

    def setUp(self):
        super().setUp()
        self.need("neomutt")
        self.home = self.site.path("mutt")
        os.makedirs(os.path.join(self.home, "cache"))

    def record(self):
        recorder = self.enterContext(Recorder(self.site.port))
        self.write_muttrc(f"imap://localhost:{recorder.port}/")
        return recorder

    def write_muttrc(self, url, qresync="yes", deflate="no"):
        with open(os.path.join(self.home, "muttrc"), "w", encoding="utf-8") as file:
            file.write(
                MUTTRC.format(user=USER, url=url, home=self.home, qresync=qresync,
                              deflate=deflate, certificate=self.site.certificate)
            )  # fmt: skip

    def neomutt(self, keys=""):
        """neomutt on INBOX; `keys` as its command `push` takes them."""
        argv = ["neomutt", "-n", "-F", os.path.join(self.home, "muttrc")]
        argv += ["-e", f'push "{keys}"'] if keys else []
        return Terminal(argv, {"HOME": self.home, "LC_ALL": "C"})

    def visit(self, keys=""):
        """Opens INBOX, does `keys` and leaves; gives what was on the screen."""
        with self.neomutt(keys + "<exit>") as terminal:
            self.assertEqual(terminal.wait(), 0, terminal.shown)
        return terminal.shown

    def headers_fetched(self, dialogue):
        """The UIDs of the messages whose headers went over the wire."""
        return [
            r.data["UID"] for r in dialogue.responses()
            if r.name == "FETCH" and any(i.startswith("BODY[HEADER") for i in r.data)
        ]  # fmt: skip

    def other_client(self):
        client = self.client(login=False)
        client.login(USER, "secret")
        client.command("SELECT INBOX").ok()
        return client

    def test_the_header_cache_is_brought_up_to_date_by_qresync(self):
        recorder = self.record()
        self.assertIn(b"Two bodies and a picture", self.visit())
        self.assertEqual(self.headers_fetched(recorder.dialogues[-1]), [1, 2, 3])

        self.visit()  # nothing is new, and HIGHESTMODSEQ says so
        self.assertNotIn(b"FETCH", recorder.dialogues[-1].client)

        other = self.other_client()
        other.command("STORE 1 +FLAGS (\\Flagged)").ok()
        other.command("STORE 2 +FLAGS (\\Deleted)").ok()
        other.command("EXPUNGE").ok()
        other.command("APPEND INBOX", Literal(data("short.eml"))).ok()
        shown = self.visit()
        self.assertIn(b"Two bodies and a picture", shown)  # from the cache
        self.assertIn(b"Short", shown)
        self.assertNotIn(b"Re: Lunch", shown)
        self.assertRegex(shown, rb"1 +N? *!")  # the mark of a flagged message
        self.assertRegex(recorder.dialogues[-1].client,
                         rb"UID FETCH 1:3 \(FLAGS\) \(CHANGEDSINCE \d+ VANISHED\)")  # fmt: skip
        told = recorder.dialogues[-1].responses()
        self.assertEqual([r.raw for r in told if r.name == "VANISHED"],
                         [b"* VANISHED (EARLIER) 2\r\n"])  # fmt: skip
        # It asks anew for what stood behind the one that vanished, but for no more.
        self.assertEqual(self.headers_fetched(recorder.dialogues[-1]), [3, 4])

    def test_the_header_cache_is_brought_up_to_date_by_condstore(self):
        recorder = self.record()
        self.write_muttrc(f"imap://localhost:{recorder.port}/", qresync="no")
        self.visit()
        other = self.other_client()
        other.command("STORE 3 +FLAGS (\\Flagged)").ok()
        other.command("APPEND INBOX", Literal(data("short.eml"))).ok()
        shown = self.visit()
        self.assertIn(b"Short", shown)
        said = recorder.dialogues[-1].client
        self.assertRegex(said, rb"UID FETCH 1:3 \(FLAGS\) \(CHANGEDSINCE \d+\)")
        self.assertNotIn(b"QRESYNC", said)
        self.assertEqual(self.headers_fetched(recorder.dialogues[-1]), [4])

    def test_the_cache_outlives_our_index(self):
        recorder = self.record()
        self.visit()
        for name in os.listdir(self.site.maildir()):
            if name.startswith("imapd-index.mdb"):
                os.unlink(os.path.join(self.site.maildir(), name))
        self.visit()
        self.assertIn(b"CHANGEDSINCE", recorder.dialogues[-1].client)
        self.assertEqual(self.headers_fetched(recorder.dialogues[-1]), [])

    def test_a_message_that_arrives_in_idle_is_shown(self):
        recorder = self.record()
        with self.neomutt() as terminal:
            dialogue = recorder.until(lambda d: d.server.endswith(b"+ idling\r\n"), "IDLE")
            self.site.drop(data("short.eml"), "1700000010.M0P1.example")
            recorder.until(lambda d: b"+ idling\r\n* 4 EXISTS\r\n" in d.server, "the push")
            terminal.until(b"Short")
            recorder.until(lambda d: d.client.count(b" IDLE\r\n") >= 2, "IDLE again")
            other = self.other_client()
            other.command("STORE 1 +FLAGS (\\Deleted)").ok()
            other.command("EXPUNGE").ok()
            recorder.until(lambda d: b"* VANISHED 1\r\n" in d.server, "the expunge")
            terminal.until(b"Msgs:3")
            terminal.type("x")
            self.assertEqual(terminal.wait(), 0)
        self.assertEqual(self.headers_fetched(dialogue), [1, 2, 3, 4])

    def test_reading_deleting_copying_and_filing(self):
        recorder = self.record()
        self.visit("<display-message><exit>"  # the first one is read
                   "<next-entry><copy-message>=Work<enter>"
                   "<last-entry><save-message>=Work<enter>"
                   "<first-entry><flag-message><sync-mailbox>")  # fmt: skip
        client = self.other_client()
        self.assertEqual(client.command("UID FETCH 1:* FLAGS").ok().fetched()[1]["FLAGS"],
                         ["\\Flagged", "\\Seen"])  # fmt: skip
        self.assertEqual(client.command("UID SEARCH ALL").ok().one("SEARCH").data, [1, 2])
        client.command("SELECT Work").ok()
        found = client.command("FETCH 1:* ENVELOPE").ok().fetched()
        subjects = [item["ENVELOPE"]["subject"] for item in found.values()]
        self.assertEqual(subjects, [b"Re: Lunch on Friday", b"Two bodies and a picture"])
        recorder.responses()

    def test_over_tls_and_compressed_if_it_can(self):
        self.write_muttrc(f"imaps://localhost:{self.site.tls_port}/", deflate="yes")
        self.assertIn(b"Two bodies and a picture", self.visit())
        log = eventually(lambda: re.search(r"logout .*", self.server.log_text()), "logout")
        self.assertIn("user=ann", log[0])
        self.assertRegex(self.server.log_text(), r"login .*tls=\"?TLSv1.3")


if __name__ == "__main__":
    unittest.main()
