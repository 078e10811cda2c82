#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver, killed before each of its system calls in turn: nothing is lost, and half a
message is never seen. And which calls to sync it makes."""

import collections
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from _deliver import DELIVERED, MESSAGE, TRY_AGAIN, Case, drop, main, why_no_strace

LONG = MESSAGE + b"x" * 100_000 + b"\n"
# Gives a program the same addresses each time. A container may not allow it.
FIXED = ["setarch", "-R"]
if subprocess.run([*FIXED, "true"], capture_output=True, check=False).returncode != 0:
    FIXED = []


@unittest.skipIf(why_no_strace(), why_no_strace())
class Traced(Case):
    def traced(self, *arguments, strace=(), message=LONG):
        """Runs deliver under strace; its status and the trace. At the same addresses each
        time: the sanitizer reads the list of them, in as many pieces as it is long."""
        trace = os.path.join(self.home, "trace")
        with tempfile.TemporaryFile() as file:
            # A pipe gives its octets in as many pieces as its writer is quick.
            file.write(message)
            file.seek(0)
            process = subprocess.run(
                [*FIXED, "strace", "-qq", "-s", "300", "-o", trace, *strace,
                 *self.command(*arguments)],
                stdin=file,
                env=self.environment(),
                capture_output=True,
                preexec_fn=drop,
                check=False,
            )
        with open(trace, encoding="utf-8", errors="replace") as file:
            return process.returncode, file.read().splitlines()

    def calls(self, *arguments):
        """Every system call of a delivery as (name, how many of that name until then),
        from the moment on when it opens its configuration."""
        status, trace = self.traced(*arguments)
        self.assertEqual(status, DELIVERED)
        counts = collections.Counter()
        calls, begun = [], False
        for line in trace:
            match = re.match(r"(\w+)\(", line)
            if not match:
                continue
            counts[match[1]] += 1
            begun = begun or (match[1] == "openat" and self.configuration in line)
            if begun:
                calls.append((match[1], counts[match[1]]))
        self.assertGreater(len(calls), 20)
        return calls


class Killed(Traced):
    def messages(self):
        """The content of all that a client would see."""
        for directory, _, names in os.walk(self.maildir):
            if os.path.basename(directory) in ("new", "cur"):
                for name in names:
                    with open(os.path.join(directory, name), "rb") as file:
                        yield file.read()

    def check(self, *arguments):
        calls = self.calls(*arguments)
        shutil.rmtree(self.maildir)
        seen = 0
        for name, number in calls:
            injection = f"--inject={name}:signal=SIGKILL:when={number}"
            status, _ = self.traced(*arguments, strace=[injection])
            if name != "exit_group":
                self.assertEqual(status, -signal.SIGKILL, (name, number))
            after_kill = list(self.messages())
            self.assertLessEqual(len(after_kill), 1)
            seen += len(after_kill)
            # The mail server has it still, and tries again.
            self.assert_delivers(LONG, *arguments)
            messages = list(self.messages())
            self.assertEqual(len(messages), len(after_kill) + 1)
            for message in messages:
                self.assertEqual(message, LONG, (name, number))
            left = sum(len(names) for at, _, names in os.walk(self.maildir) if at[-4:] == "/tmp")
            self.assertLessEqual(left, 1)
            shutil.rmtree(self.maildir)
        self.assertGreater(seen, 0)  # there are calls after the message is visible
        self.assertLess(seen, len(calls))

    def test_the_first_delivery_into_inbox(self):
        self.check()

    def test_a_new_folder_and_a_quota(self):
        self.configure("[quota]\nmessages = 100\n[deliver]\nautosubscribe = yes\n")
        self.check("-m", "A.B")


class Closing(Traced):
    def test_what_close_says_of_the_message_counts_without_a_sync_too(self):
        # NFS tells of a full disk there and not before.
        relaxed = ("-o", "deliver.durability=relaxed")
        self.assert_delivers(MESSAGE)
        last = self.calls(*relaxed)
        count = max(number for name, number in last if name == "close")
        first = min(number for name, number in last if name == "close")
        statuses = set()
        for number in range(first, count + 1):
            before = len(self.names())
            status, _ = self.traced(
                *relaxed, strace=[f"--inject=close:error=EDQUOT:when={number}"]
            )
            self.assertEqual(len(self.names()) - before, status == DELIVERED, number)
            self.assertEqual(self.names("tmp"), [])
            statuses.add(status)
        self.assertEqual(statuses, {DELIVERED, TRY_AGAIN})


class Syncs(Traced):
    def syncs(self, *arguments):
        self.assert_delivers(MESSAGE)  # makes the Maildir, with syncs of its own
        status, trace = self.traced(*arguments)
        self.assertEqual(status, DELIVERED)
        wanted = re.compile(r"(f(?:data)?sync|rename\w*|link\w*|exit_group)\(")
        return [match[1].replace("data", "") for match in map(wanted.match, trace) if match]

    def test_strict_is_one_of_the_file_and_one_of_the_directory(self):
        self.assertEqual(self.syncs(), ["fsync", "renameat2", "fsync", "exit_group"])

    def test_relaxed_is_none(self):
        self.assertEqual(
            self.syncs("-o", "deliver.durability=relaxed"), ["renameat2", "exit_group"]
        )


if __name__ == "__main__":
    main()
