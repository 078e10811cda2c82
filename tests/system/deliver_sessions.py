#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Sixteen deliverers into one Maildir while IMAP sessions read, flag and expunge it:
every Message-ID once, none lost. AVOCET_DELIVERIES says how many in all."""

import concurrent.futures
import os
import re
import sys
import threading
import unittest

from _deliver import BUILD, Case, main

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from imap_client import ImapClient  # noqa: E402

IMAPD = os.path.join(BUILD, "imapd", "imapd")
DELIVERERS = 16
DELIVERIES = int(os.environ.get("AVOCET_DELIVERIES", "800"))
SETPRIV = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]


def identifiers(answer):
    """UID to Message-ID, of a FETCH of ENVELOPE."""
    found = {}
    for items in answer.fetched().values():
        if "UID" in items and "ENVELOPE" in items:
            found[items["UID"]] = items["ENVELOPE"]["message-id"]
    return found


@unittest.skipUnless(os.path.exists(IMAPD), "imapd is not built")
class WhileSessionsWork(Case):
    def setUp(self):
        super().setUp()
        self.finished = threading.Event()
        self.assert_delivers(b"Message-ID: <first@x>\n\nx\n")

    def session(self):
        command = [IMAPD, "--stdio", "-c", self.configuration]
        if os.geteuid() == 0:
            command = SETPRIV + command
        client = ImapClient.pipe(command, env=self.environment(), timeout=300)
        client.command("SELECT INBOX").ok()
        return client

    def deliver_all(self):
        def one_after_the_other(deliverer):
            for number in range(DELIVERIES // DELIVERERS):
                message = b"Message-ID: <%d.%d@x>\n\nx\n" % (deliverer, number)
                self.assertEqual(self.deliver(message), (0, ""))

        with concurrent.futures.ThreadPoolExecutor(DELIVERERS) as pool:
            list(pool.map(one_after_the_other, range(DELIVERERS)))

    def flag(self):
        with self.session() as client:
            while not self.finished.is_set():
                client.command("UID STORE 1:* +FLAGS.SILENT (\\Flagged)")
                client.command("UID STORE 1:* -FLAGS.SILENT (\\Flagged)")

    def read_and_expunge(self):
        """Expunges what it has read, now and then; gives the Message-IDs of those."""
        expunged = []
        with self.session() as client:
            while not self.finished.is_set():
                read = identifiers(client.command("UID FETCH 1:* (UID ENVELOPE)").ok())
                some = sorted(read)[::3]
                if not some:
                    continue
                uids = ",".join(map(str, some))
                client.command(f"UID STORE {uids} +FLAGS.SILENT (\\Deleted)").ok()
                client.command(f"UID EXPUNGE {uids}").ok()
                left = identifiers(client.command("UID FETCH 1:* (UID ENVELOPE)").ok())
                self.assertEqual(set(left) & set(some), set())
                expunged += [read[uid] for uid in some]
        return expunged

    def test_each_message_is_there_once(self):
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            flagging = pool.submit(self.flag)
            expunging = pool.submit(self.read_and_expunge)
            try:
                self.deliver_all()
            finally:
                self.finished.set()
            flagging.result()
            expunged = expunging.result()
        with self.session() as client:
            left = identifiers(client.command("UID FETCH 1:* (UID ENVELOPE)").ok())
        seen = [text(identifier) for identifier in [*expunged, *left.values()]]
        wanted = {"<first@x>"} | {
            f"<{d}.{n}@x>" for d in range(DELIVERERS) for n in range(DELIVERIES // DELIVERERS)
        }
        self.assertGreater(len(expunged), 0)
        self.assertEqual(len(seen), len(wanted))
        self.assertEqual(set(seen), wanted)
        self.assertEqual(self.names("tmp"), [])


def text(value):
    found = value.decode() if isinstance(value, bytes) else str(value)
    return re.search(r"<.*>", found)[0]


if __name__ == "__main__":
    main()
