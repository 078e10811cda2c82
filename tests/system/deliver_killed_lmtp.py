#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver --lmtp, its processes killed before each of their system calls in turn, from the
end of the message on: who was told 250 has it, everybody else can be tried again, and half a
message is never seen. AVOCET_EVERY_CALL=1 takes every call; else it is every fifth, and those
by which a message is made safe and told of."""

import collections
import contextlib
import os
import re
import shutil
import signal
import smtplib
import subprocess
import unittest

from _deliver import MESSAGE, PLAIN_GID, PLAIN_UID, ROOT, main, why_no_strace
from _lmtp import RECEIVED, LmtpCase, on_the_wire, read

USERS = ("ann", "bob")
STEP = 1 if os.environ.get("AVOCET_EVERY_CALL") else 5
ALWAYS = ("fsync", "sendmsg", "sendto")


@unittest.skipIf(why_no_strace(), why_no_strace())
class Killed(LmtpCase):
    as_root = False

    def setUp(self):
        super().setUp()
        os.chmod(self.home, 0o755)
        for number, user in enumerate(USERS):
            home = os.path.join(self.home, user)
            os.mkdir(home)
            # As root each has a uid, and so a courier, of his own.
            uid = PLAIN_UID - number if self.as_root else PLAIN_UID
            if ROOT:
                os.chown(home, uid, PLAIN_GID)
            with open(self.users, "a", encoding="ascii") as file:
                file.write(f"{user}:{{PLAIN}}x:{uid}:{PLAIN_GID}::{home}::\n")

    def transact_traced(self, message, *strace):
        """One message for all, of which the end is sent under strace: who has heard
        250."""
        process, client = self.on_standard_input(as_root=self.as_root)
        client.mail("s@example.org")
        for user in USERS:
            client.rcpt(user)
        client.putcmd("DATA")
        client.getreply()
        client.send(on_the_wire(message))
        pids = [process.pid, *children(process.pid)]
        attach = [word for pid in pids for word in ("-p", str(pid))]
        tracer = subprocess.Popen(
            ["strace", "-f", "-o", self.trace, "-s", "20", *strace, *attach],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        for _ in pids:
            self.assertIn("attached", tracer.stderr.readline())
        # The message may not have been read to its end when the first one is killed.
        with contextlib.suppress(smtplib.SMTPServerDisconnected):
            client.send(b".\r\n")
        told = {user for user in USERS if is_accepted(client)}
        client.close()
        tracer.stderr.read()
        tracer.stderr.close()
        tracer.wait(60)  # when the last of them is gone
        process.wait(60)
        return told

    @property
    def trace(self):
        return os.path.join(self.home, "trace")

    def calls(self, message):
        """(name, how many of that name) of all calls that any of the processes makes."""
        self.assertEqual(self.transact_traced(message), set(USERS))
        most = collections.Counter()
        counts = collections.defaultdict(collections.Counter)
        with open(self.trace, encoding="utf-8", errors="replace") as file:
            for line in file:
                match = re.match(r"(\d+) +(\w+)\(", line)
                if match:
                    counts[match[1]][match[2]] += 1
        for each in counts.values():
            most |= each
        self.assertGreater(sum(most.values()), 40)
        return [(name, n + 1) for name, count in most.items() for n in range(count)]

    def clear(self):
        for user in USERS:
            shutil.rmtree(os.path.join(self.home, user, "Maildir"))

    def files(self, user, directory):
        path = os.path.join(self.home, user, "Maildir", directory)
        if not os.path.isdir(path):
            return []
        return [read(os.path.join(path, name)) for name in os.listdir(path)]

    def check(self, message):
        calls = self.calls(message)
        self.clear()
        outcomes = collections.Counter()
        taken = [call for i, call in enumerate(calls) if i % STEP == 0 or call[0] in ALWAYS]
        for name, number in taken:
            inject = f"--inject={name}:signal=SIGKILL:when={number}"
            told = self.transact_traced(message, inject)
            after_kill = {user: len(self.files(user, "new")) for user in USERS}
            for user in USERS:
                self.assertLessEqual(after_kill[user], 1, (name, number))
                outcomes[user in told, after_kill[user]] += 1
            # The mail server has it for the others still, and tries again.
            _, client = self.on_standard_input(as_root=self.as_root)
            left = [user for user in USERS if user not in told]
            if left:
                _, done = self.transact(client, left, message)
                self.assertEqual({code for code, _ in done}, {250})
            client.quit()
            for user in USERS:
                stored = self.files(user, "new")
                wanted = after_kill[user] + (user in left)
                self.assertEqual(len(stored), wanted, (name, number, user))
                self.assertGreaterEqual(wanted, 1, (name, number, user))
                trace = b"Return-Path: <s@example.org>\nDelivered-To: %s\n" % user.encode()
                for octets in stored:
                    whole = RECEIVED.sub(b"", octets, count=1) == trace + message
                    self.assertTrue(whole, (name, number, user))
                self.assertLessEqual(len(self.files(user, "tmp")), 1)
            # Nothing of the spool either, which is here.
            self.assertEqual(set(os.listdir(self.home)), {*USERS, "imapd.conf", "users", "trace"})
            self.clear()
        # Told and there; not told and not there; not told though it is there: all come.
        self.assertEqual(set(outcomes), {(True, 1), (False, 0), (False, 1)})

    def test_a_message_in_memory(self):
        self.check(MESSAGE)


@unittest.skipUnless(ROOT, "needs root")
class KilledAsRoot(Killed):
    as_root = True

    def test_a_message_in_memory(self):
        self.check(MESSAGE + (b"y" * 76 + b"\n") * 4000)  # which is more than that


def is_accepted(client):
    try:
        return client.sock is not None and client.getreply()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(each) for each in file.read().split()]


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    main()
