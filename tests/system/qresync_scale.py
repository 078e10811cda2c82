#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A QRESYNC client that was away for very many changes: what it is told is right, and no
longer than it need be, whether or not the index is still the same. RFC 7162 §3.2.5, §5.

    qresync_scale.py [--messages N]    prints what it costs
"""

import argparse
import os
import random
import re
import sys
import tempfile
import time
import unittest

SUPPORT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support")
sys.path.insert(0, SUPPORT)

from imap_client import ImapClient  # noqa: E402
from mailbox_picture import numbers, words  # noqa: E402
from outside import Maildir  # noqa: E402
from server import IMAPD  # noqa: E402


class Scene:
    def __init__(self, directory, messages):
        self.random = random.Random(messages)
        self.maildir = Maildir(os.path.join(directory, "Maildir"), self.random)
        self.config = os.path.join(directory, "imapd.conf")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f"[mail]\nlocation = {self.maildir.path}\n[mailboxes]\n")
            file.writelines(f"{use} =\n" for use in "drafts sent junk trash archive".split())
        self.paths = {}  # by UID, which are in the order of delivery
        for uid in range(1, messages + 1):
            base = f"{1767225600 + uid}.M{uid}P1.example"
            self.paths[uid] = os.path.join(self.maildir.path, "cur", base + ":2,S")
            with open(self.paths[uid], "wb") as file:
                file.write(b"Subject: x\n\nx\n")
        self.log = open(os.path.join(directory, "stderr"), "ab")

    def client(self):
        client = ImapClient.pipe(
            [IMAPD, "--stdio", "-e", "-c", self.config], stderr=self.log, timeout=200
        )
        client.command("ENABLE QRESYNC").ok()
        return client

    def change(self, count):
        """Removes every second of the first `count`, and flags a tenth of the others, in
        bits; a session that looks in between makes as many mod-sequences of it."""
        with self.client() as other:
            other.command("SELECT INBOX").ok()
            for first in range(1, count, max(1, count // 50)):
                for uid in range(first, min(first + count // 50, count + 1)):
                    if uid % 2:
                        os.unlink(self.paths.pop(uid))
                    elif uid % 10 == 0:
                        target = self.paths[uid].replace(":2,S", ":2,FS")
                        os.rename(self.paths[uid], target)
                        self.paths[uid] = target
                other.command("NOOP").ok()

    def come_back(self, validity, since, more=""):
        """(UIDs that have vanished, flags by UID, octets of VANISHED, KB of memory)."""
        with self.client() as client:
            answer = client.command(f"SELECT INBOX (QRESYNC ({validity} {since}{more}))").ok()
            vanished, octets = set(), 0
            for response in answer.all("VANISHED"):
                assert response.data["earlier"], response
                vanished |= set(numbers(response.data["uids"]))
                octets += len(response.raw)
            flags = {r.data["UID"]: words(r.data["FLAGS"]) for r in answer.all("FETCH")}
            with open(f"/proc/{client.transport.process.pid}/status") as file:
                memory = int(re.search(r"VmHWM:\s+(\d+)", file.read())[1])
        return vanished, flags, octets, memory


def run(messages, tell):
    with tempfile.TemporaryDirectory(prefix="avocet-scale-") as directory:
        scene = Scene(directory, messages)
        with scene.client() as client:
            opened = client.command("SELECT INBOX").ok()
            validity, since = opened.code("UIDVALIDITY"), opened.code("HIGHESTMODSEQ")
            nothing = client.command(f"SELECT INBOX (QRESYNC ({validity} {since}))").ok()
            assert not nothing.all("VANISHED") and not nothing.all("FETCH")
        changed = messages // 2
        scene.change(changed)
        gone = set(range(1, changed + 1, 2))
        flagged = set(range(10, changed + 1, 10))
        there = set(range(1, messages + 1)) - gone

        def check(what, since, more="", vanished=gone, fetched=flagged):
            started = time.monotonic()
            told, flags, octets, memory = scene.come_back(validity, since, more)
            tell(f"{what}: {octets} octets of VANISHED for {len(told)} UIDs, "
                 f"{len(flags)} FETCH, {time.monotonic() - started:.2f} s, {memory} KB")  # fmt: skip
            assert told == vanished, f"{what}: {len(told)} vanished, not {len(vanished)}"
            assert set(flags) == fetched, f"{what}: {len(flags)} FETCH, not {len(fetched)}"
            for uid in fetched:
                assert flags[uid] == {"\\Seen"} | ({"\\Flagged"} if uid in flagged else set())

        check("remembered", since)
        check("with all UIDs known", since, f" 1:{messages}")
        check("some UIDs known", since, " 1:100", set(range(1, 100, 2)), set(range(10, 101, 10)))
        numbered = f" 1:{messages} ({changed // 2} {changed})"
        check("with numbers", since, numbered, set())
        scene.maildir.delete_index()
        check("made anew", since, fetched=there)
        check("made anew, some UIDs known", since, " 1:100",
              set(range(1, 100, 2)), set(range(2, 101, 2)))  # fmt: skip
        check("made anew, with numbers", since, numbered, set(), there)
        scene.log.close()


class QresyncScale(unittest.TestCase):
    def setUp(self):
        if not os.path.exists(IMAPD):
            self.skipTest("imapd is not built")

    def test_thousands_of_changes(self):
        run(8_000, lambda line: print("# " + line, flush=True))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--messages", type=int, default=20_000)
    run(arguments.parse_args().messages, print)


if __name__ == "__main__":
    main()
