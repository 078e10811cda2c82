#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A session is killed in the middle of what it does. Whoever comes next finds every message
that was acknowledged, no UID that means another message, and the index as the disk is.

    crashes.py [--seed N] [--crashes N] [--show]
"""

import argparse
import os
import random
import sys
import tempfile
import unittest

SUPPORT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support")
sys.path.insert(0, SUPPORT)

from mailbox_picture import Command, Impossible, numbers, set_text  # noqa: E402
from random_session import FLAGS, FOLDERS, Session, Site  # noqa: E402
from server import IMAPD, TROUBLE  # noqa: E402


class Victim(Session):
    """Sends many commands at once, reads a few answers, and is killed."""

    def changes(self):
        """One command that changes something on disk; by UID, since nothing is read."""
        known = [e.uid for e in self.picture.entries if e.uid]
        word = self.random.choice(["APPEND", "STORE", "COPY", "MOVE", "EXPUNGE"])
        if word == "APPEND" or not known:
            return self.append()
        uids = self.random.sample(known, min(len(known), self.random.choice([1, 3, 8])))
        if word == "STORE":
            flags = self.random.choice([*FLAGS, "\\Deleted"])
            if flags == "\\Deleted":
                self.doom(uids)
            arguments = f"{self.random.choice('+-')}FLAGS.SILENT ({flags})"
        elif word == "EXPUNGE":
            arguments = ""
        else:
            arguments = self.random.choice(FOLDERS) or "INBOX"
        text = f"UID {word} {set_text(uids)} {arguments}".rstrip()
        self.start(text, Command("UID " + word, then=self.note_copies))

    def doom(self, uids):
        """\\Deleted may go with any EXPUNGE."""
        for uid in uids:
            self.site.doomed.add(self.site.contents[self.picture.uid_validity, uid])

    def note_copies(self, response):
        """COPYUID, tagged or not: what was announced must stay so."""
        if response.code != "COPYUID":
            return
        validity, source, target = response.code_data
        for uid, copy in zip(numbers(source), numbers(target)):
            name = self.site.contents.get((self.picture.uid_validity, uid))
            if name:
                self.site.learn(validity, copy, name)

    def die(self, responses):
        """Takes so many answers and then kills it, whatever it is doing."""
        while responses > 0 and self.in_flight:
            response = self.client.next()
            command = self.in_flight[0]
            if response.tag == command.tag:
                self.in_flight.pop(0)
                if response.name == "BAD":
                    raise Impossible(f"{response.raw!r}")
            if command.then and response.name == "OK":
                if command.word != "APPEND" or response.tag:
                    command.then(response)
            responses -= 1
        process = self.client.transport.process
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
        self.stderr.close()
        self.client = None


class Crash:
    def __init__(self, seed, show=False):
        self.random = random.Random(seed)
        self.scratch = tempfile.TemporaryDirectory(prefix="avocet-crashes-")
        self.site = Site(self.scratch.name, self.random, show)
        for _ in range(15):
            self.site.maildir.deliver(self.random.choice(FOLDERS))
        # One that is there all the time, and sees it all happen.
        self.witness = Session(self.site, "witness", "qresync", self.random)
        self.witness.open("")

    def once(self):
        victim = Victim(self.site, "victim", self.random.choice(["plain", "qresync"]), self.random)
        victim.open(self.random.choice(FOLDERS))
        victim.ask_for_unknown()
        self.check(victim)
        for _ in range(12):
            victim.changes()
        victim.die(self.random.randrange(40))
        maildir = self.site.maildir
        if self.random.random() < 0.2:
            maildir.delete_index()
        for folder in FOLDERS:
            for _ in range(max(0, 5 - len(maildir.names(folder)))):
                maildir.deliver(folder)
        self.witness.run("NOOP", Command("NOOP"))
        self.witness.ask_for_unknown()
        self.witness.compare(maildir.truth(""))
        after = Session(self.site, "after", "condstore", self.random)
        for folder in FOLDERS:
            after.open(folder)
            self.check(after)
            after.compare(maildir.truth(folder))
            self.site.check_uid_list(folder)
            self.keep_small(after)
        self.site.check_nothing_lost()
        after.close()

    def check(self, session):
        """All of it as FETCH tells it, against what is known of each UID."""
        if session.picture.entries:
            items = "(UID FLAGS ENVELOPE RFC822.SIZE)"
            command = Command("FETCH", by_number=True, asks_mod_sequence=False)
            session.run(f"FETCH 1:* {items}", command)

    def keep_small(self, session):
        entries = session.picture.entries
        if len(entries) > 40:
            uids = [e.uid for e in entries[:20]]
            for uid in uids:
                name = self.site.contents[session.picture.uid_validity, uid]
                self.site.doomed.add(name)
            session.run(
                f"UID STORE {set_text(uids)} +FLAGS (\\Deleted)", Command("UID STORE")
            )
            session.run(f"UID EXPUNGE {set_text(uids)}", Command("UID EXPUNGE"))

    def close(self):
        self.witness.close()
        if TROUBLE.search(self.site.stderr()):
            raise Impossible(self.site.stderr()[-4000:])

    def report(self):
        for line in self.witness.dialogue[-20:]:
            print("# " + line[:400])
        print("# " + self.site.stderr()[-3000:].replace("\n", "\n# "), flush=True)


def run(seed, crashes, show=False):
    scene = Crash(seed, show)
    try:
        for _ in range(crashes):
            scene.once()
        scene.close()
    except BaseException:
        scene.report()
        print(f"# seed {seed}", flush=True)
        if scene.witness.client:
            scene.witness.client.transport.process.kill()
            scene.witness.client.close()
        raise
    finally:
        scene.scratch.cleanup()


class Crashes(unittest.TestCase):
    def setUp(self):
        if not os.path.exists(IMAPD):
            self.skipTest("imapd is not built")

    def test_nothing_is_lost_and_no_uid_given_twice(self):
        for seed in range(1, 4):
            with self.subTest(seed=seed):
                run(seed, crashes=8)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--crashes", type=int, default=20)
    arguments.add_argument("--show", action="store_true")
    options = arguments.parse_args()
    run(options.seed, options.crashes, options.show)
    print(f"seed {options.seed}: {options.crashes} crashes")


if __name__ == "__main__":
    main()
