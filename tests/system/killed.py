# SPDX-License-Identifier: ISC
"""COPY, MOVE and APPEND of several messages are whole or not at all, whatever system call
fails and wherever the session is killed. strace(1) makes both happen, at each of the
system calls that change a file."""

import collections
import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from imap_client import ImapClient, Literal
from response_parser import BadResponse
from server import IMAPD, data, on_the_wire

CHANGING = "linkat,renameat,renameat2,write,fsync,fdatasync"
REMOVING = "unlinkat"  # which no file system is too full for


@functools.cache
def can_trace():
    """Whether strace is there and may attach to another process of ours."""
    if not shutil.which("strace"):
        return False
    probe = subprocess.Popen(["sleep", "60"])
    try:
        return holds(attach(probe.pid, "write"))
    finally:
        probe.kill()
        probe.wait()


def attach(pid, calls, what=None, output="/dev/null"):
    """strace, when it has hold of the process, or has given up."""
    argv = ["strace", "-o", output, "-p", str(pid), "-e", f"trace={calls}"]
    argv += ["-e", f"inject={calls}:{what}"] if what else []
    strace = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True)
    for line in strace.stderr:
        if "attached" in line:
            break
    return strace


def holds(strace):
    held = strace.poll() is None
    let_go(strace)
    return held


def let_go(strace):
    if strace.poll() is None:
        strace.send_signal(signal.SIGINT)
    strace.wait(20)
    strace.stderr.close()


class Broken(unittest.TestCase):
    def setUp(self):
        if not can_trace():
            self.skipTest("strace is not there, or may not attach")
        self.directory = tempfile.mkdtemp(prefix="avocet-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def begin(self):
        """A fresh Maildir, and a session in it with three messages selected."""
        shutil.rmtree(self.path("Maildir"), ignore_errors=True)
        for folder in ("", ".A"):
            for part in ("cur", "new", "tmp"):
                os.makedirs(self.path("Maildir", folder, part))
        for i, name in enumerate(("plain.eml", "two.eml", "short.eml"), 1):
            with open(self.path("Maildir", "cur", f"170000000{i}.M1P1.x:2,S"), "wb") as file:
                file.write(data(name))
        client = self.session()
        client.command("STATUS A (MESSAGES)").ok()
        client.command("SELECT INBOX").ok()
        return client

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def session(self):
        config = self.path("imapd.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write(f"[mail]\nlocation = {self.path('Maildir')}\n")
        # The leak checker is a tracer itself, and strace is one already.
        options = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        with open(self.path("stderr"), "ab") as stderr:
            return ImapClient.pipe(
                [IMAPD, "--stdio", "-e", "-c", config],
                env={**os.environ, "ASAN_OPTIONS": options},
                stderr=stderr,
            )

    def counts(self, client):
        found = []
        for folder in ("INBOX", "A"):
            status = client.command(f"STATUS {folder} (MESSAGES)").ok().one("STATUS").raw
            found.append(int(re.search(rb"MESSAGES (\d+)", status)[1]))
        return tuple(found)

    def files(self):
        return tuple(len(os.listdir(self.path("Maildir", f, "cur"))) for f in ("", ".A"))

    def calls_made(self, command, calls):
        """How often the command makes each of these calls when nothing is broken."""
        client = self.begin()
        trace = self.path("trace")
        strace = attach(client.transport.process.pid, calls, output=trace)
        client.command(*command).ok()
        let_go(strace)
        client.close()
        with open(trace, encoding="ascii") as file:
            return collections.Counter(re.findall(r"^(\w+)\(", file.read(), re.MULTILINE))

    def broken(self, command, what):
        """Runs the command with the n-th call of a kind broken, for each kind and n. Gives
        how it was answered each time (None: not at all), and how many messages are in INBOX
        and A for the next session."""
        outcomes = []
        calls = CHANGING if what.startswith("error") else f"{CHANGING},{REMOVING}"
        made = self.calls_made(command, calls).items()
        for call, n in ((call, n) for call, count in made for n in range(1, count + 1)):
            client = self.begin()
            strace = attach(client.transport.process.pid, call, f"{what}:when={n}")
            try:
                tagged = client.command(*command).tagged
            except (BadResponse, OSError):  # it has gone
                tagged = None
            let_go(strace)
            client.close()
            with self.session() as other:
                counts = self.counts(other)
            with self.subTest(command=command[0], what=what, call=call, n=n):
                self.assertEqual(counts, self.files())
                self.assertFalse(os.path.exists(self.path("Maildir", ".A", "avocet-doomed")))
            outcomes.append((tagged, counts))
        return outcomes


class Killed(Broken):
    """The originals are three; a MOVE may leave all of them in both folders."""

    def test_a_copy_is_whole_or_not_there(self):
        seen = {counts for _, counts in self.broken(["COPY 1:3 A"], "signal=KILL")}
        self.assertEqual(seen, {(3, 0), (3, 3)})

    def test_a_move_is_whole_and_loses_nothing(self):
        seen = {counts for _, counts in self.broken(["MOVE 1:3 A"], "signal=KILL")}
        self.assertLessEqual(seen, {(3, 0), (3, 3), (0, 3)})
        self.assertGreaterEqual(seen, {(3, 0), (0, 3)})

    def test_an_append_of_several_is_whole_or_not_there(self):
        append = ["APPEND A", *self.messages()]
        seen = {counts for _, counts in self.broken(append, "signal=KILL")}
        self.assertEqual(seen, {(3, 0), (3, 2)})

    def messages(self):
        return [Literal(on_the_wire(data(name)), plus=True) for name in ("two.eml", "short.eml")]


class Full(Broken):
    """RFC 5530: the user's quota is the user's business, a full disk is not."""

    def refused(self, command, what, code):
        codes = set()
        for tagged, counts in self.broken([command], what):
            self.assertIn(counts, {(3, 0), (3, 3), (0, 3)})
            if tagged and tagged.name == "NO":
                self.assertEqual(counts, (3, 0))
                codes.add(tagged.code)
        self.assertEqual(codes, {code})

    def test_a_quota_of_the_file_system(self):
        self.refused("COPY 1:3 A", "error=EDQUOT", "OVERQUOTA")

    def test_a_full_disk(self):
        self.refused("MOVE 1:3 A", "error=ENOSPC", "UNAVAILABLE")


if __name__ == "__main__":
    unittest.main()
