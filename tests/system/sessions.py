#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Several sessions and other programs at one Maildir, at random: every client's picture,
made from its responses alone, is always possible, and in the end all are the truth.

    sessions.py [--seed N] [--rounds N] [--show]

A round is a while of everybody doing something at once, and then quiet: after a NOOP
all pictures must be equal to what is on disk. Whoever was away comes back and must be told
exactly what it missed. The seed decides who does what; how it falls out in time is up to
the kernel, which is why a failure may need more than one run to come again.
"""

import argparse
import os
import random
import sys
import tempfile
import time
import unittest

SUPPORT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "support")
sys.path.insert(0, SUPPORT)

from imap_client import ImapClient  # noqa: E402
from mailbox_picture import Command, Impossible  # noqa: E402
from random_session import FOLDERS, Session, Site  # noqa: E402
from server import IMAPD, TROUBLE  # noqa: E402

KINDS = ["plain", "condstore", "qresync", "qresync", "rev2", "notify", "notify+qresync"]


class Run:
    def __init__(self, seed, show=False):
        self.random = random.Random(seed)
        self.scratch = tempfile.TemporaryDirectory(prefix="avocet-sessions-")
        self.site = Site(self.scratch.name, self.random, show)
        self.index_was_deleted = False
        count = self.random.choice([2, 3, 4])
        kinds = self.random.sample(KINDS, count)
        self.sessions = [
            Session(self.site, f"{n}:{kind}", kind, self.random) for n, kind in enumerate(kinds)
        ]

    def other_programs(self):
        maildir = self.site.maildir
        folder = self.random.choice(FOLDERS)
        pick = self.random.random()
        if pick < 0.45 and len(maildir.names(folder)) < 40:
            maildir.deliver(folder)
        elif pick < 0.75:
            maildir.flag(folder)
        elif pick < 0.9:
            maildir.remove(folder)
        elif pick < 0.94:
            self.index_was_deleted = True
            maildir.delete_index()
        elif pick < 0.96:
            maildir.rename(FOLDERS[1])
        elif pick < 0.965:
            maildir.storm(folder)

    def round(self, steps):
        for _ in range(steps):
            for session in self.sessions:
                if session.client and self.random.random() < 0.7:
                    session.finish()
                    if session.picture.notify or session.idling:
                        session.look(0)
                    session.act()
                if self.random.random() < 0.3:
                    self.other_programs()
            away = self.random.choice(self.sessions)
            if away.client and away.folder is not None and self.random.random() < 0.03:
                away.hang_up()
        self.rest()

    def rest(self):
        for session in self.sessions:
            if session.client:
                session.rest()
        for folder in FOLDERS:
            here = [s for s in self.sessions if s.client and s.folder == folder]
            back = [s for s in self.sessions if s.away and s.away[0] == folder]
            if not here:
                here = self.sessions[:0]
            self.settle(folder, here)
            if not os.path.exists(
                os.path.join(self.site.maildir.folder(folder), "dovecot-uidlist")
            ):
                continue
            for session in back:
                # Somebody else must have looked, or it brings in what is new itself.
                session.come_back(self.site.maildir.truth(folder), self.index_was_deleted)
                self.settle(folder, [session])
        self.site.check_nothing_lost()
        for session in self.sessions:
            if session.client is None and not session.away:
                session.connect()
        self.index_was_deleted = False

    def settle(self, folder, sessions):
        """What everybody there believes is the truth."""
        for session in sessions:
            session.run("NOOP", Command("NOOP"))
        if not sessions:
            with open(os.path.join(self.site.directory, "stderr"), "ab") as log:
                argv = [IMAPD, "--stdio", "-e", "-c", self.site.config]
                with ImapClient.pipe(argv, stderr=log) as client:
                    client.command(f"STATUS {self.site.maildir.name_of(folder) or 'INBOX'} (MESSAGES)").ok()
        for session in sessions:
            session.run("NOOP", Command("NOOP"))
        truth = self.site.maildir.truth(folder)
        for session in sessions:
            session.compare(truth)
            session.ask_for_unknown()
            session.compare(truth)
            session.look(0)
        self.site.check_uid_list(folder)

    def close(self):
        for session in self.sessions:
            if session.client:
                session.rest()
                session.close()
        if TROUBLE.search(self.site.stderr()):
            raise Impossible(self.site.stderr()[-4000:])

    def abandon(self):
        for session in self.sessions:
            if session.client:
                session.client.transport.process.kill()
                session.client.close()
                session.stderr.close()

    def report(self):
        """The end of every dialogue, for whoever has to find out."""
        for session in self.sessions:
            print(f"# {session.name} in {session.folder!r}")
            for line in session.dialogue[-150:]:
                print("#   " + line[:400])
        print("# " + self.site.stderr()[-3000:].replace("\n", "\n# "), flush=True)


def run(seed, rounds, steps=30, show=False):
    game = Run(seed, show)
    try:
        for number in range(rounds):
            game.round(steps)
            if show:
                print(f"# round {number} is over", flush=True)
        game.close()
    except BaseException:
        game.report()
        print(f"# seed {seed}", flush=True)
        game.abandon()
        raise
    finally:
        game.scratch.cleanup()


class Sessions(unittest.TestCase):
    def setUp(self):
        if not os.path.exists(IMAPD):
            self.skipTest("imapd is not built")


def a_run_of(seed):
    return lambda self: run(seed, rounds=5)


for each in range(1, 13):
    setattr(Sessions, f"test_seed_{each:02}", a_run_of(each))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--seeds", type=int, default=1, help="so many, one after the other")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--steps", type=int, default=30)
    arguments.add_argument("--show", action="store_true")
    options = arguments.parse_args()
    for seed in range(options.seed, options.seed + options.seeds):
        started = time.monotonic()
        run(seed, options.rounds, options.steps, options.show)
        print(f"seed {seed}: {time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
