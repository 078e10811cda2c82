#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What a real Postfix makes of deliver's exit statuses and of its replies by LMTP, read
from Postfix's log."""

import ctypes.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from _deliver import BUILD, MESSAGE, PLAIN_GID, PLAIN_UID, eventually, main
from _lmtp import LmtpCase, messages

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
os.environ["AVOCET_BUILD"] = BUILD  # postfix.py looks for the server as well

import postfix  # noqa: E402


class WithPostfix(LmtpCase):
    @classmethod
    def start_postfix(cls, command, settings="", **more):
        top = tempfile.mkdtemp(dir=cls.scratch)
        os.chmod(top, 0o755)
        # Nothing is tried again unless a test wants it.
        server = postfix.Postfix(top, command, settings, retry="1000s", **more)
        cls.addClassCleanup(server.stop)
        return server

    def fate(self, server, recipient, since=0):
        """(status, enhanced status code) of the first attempt for `recipient` in what
        the log has after so many characters."""
        pattern = re.compile(rf"to=<{re.escape(recipient)}>.* dsn=([\d.]+), status=(\w+)")
        try:
            match = eventually_found(lambda: pattern.search(server.log(), since))
        except AssertionError:
            self.fail(server.log()[since:])
        return match[2], match[1]


def eventually_found(find):
    found = []
    eventually(lambda: found.append(find()) or found[-1])
    return found[-1]


def read_line(path):
    """The first line that somebody has written there; None before."""
    try:
        with open(path, encoding="ascii") as file:
            line = file.readline()
    except FileNotFoundError:
        return None
    return line if line.endswith("\n") else None


def read_all(path):
    try:
        with open(path, encoding="ascii") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def state_of(pid):
    """As in proc(5); None for a process that has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            state = file.read().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in "ZX" else state


BIG = MESSAGE + b"x" * 900 + b"\n" + (b"y" * 76 + b"\n") * 2000


class LocalDelivery(WithPostfix):
    """local(8)'s mailbox_command is a script that each test writes."""

    postfix_settings = ""
    local_options = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = os.path.join(cls.scratch, "script")
        cls.account = postfix.SystemUser(os.path.join(cls.scratch, "account"))
        cls.addClassCleanup(cls.account.remove)
        cls.server = cls.start_postfix(
            cls.script, cls.postfix_settings, local=cls.local_options
        )

    def setUp(self):
        super().setUp()
        os.chmod(self.home, 0o755)
        os.chown(self.home, self.account.uid, self.account.gid)

    def send(self, line, message=MESSAGE, extension=""):
        """`line` of shell delivers; $D is deliver with its configuration. Gives the
        recipient, and how much of the log is older than this."""
        with open(self.script, "w", encoding="ascii") as file:
            file.write(
                # The leak checker waits for ever where strace is before it.
                f"#!/bin/sh\nexport HOME={self.home} ASAN_OPTIONS=detect_leaks=0\n"
                f'D="{self.program} -c {self.configuration}"\n'
                f"{line}\n"
            )
        os.chmod(self.script, 0o755)
        recipient = f"{self.account.name}{extension}@mx.example"
        since = len(self.server.log())
        self.server.send("s@example.org", recipient, message)
        return recipient, since

    def check(self, line, expected, message=MESSAGE, extension="", left=0):
        """How Postfix takes it; and that there is a message if and only if it was sent,
        and at most `left` files in tmp/."""
        recipient, since = self.send(line, message, extension)
        fate = self.fate(self.server, recipient, since)
        self.assertEqual(fate, expected, self.server.log()[since:])
        stored = self.stored()
        self.assertEqual(len(stored["new"] + stored["cur"]), expected[0] == "sent", stored)
        self.assertLessEqual(len(stored["tmp"]), left)

    def stored(self):
        """The files of all folders by their directory, `new` and so on."""
        found = {"new": [], "cur": [], "tmp": []}
        for directory, _, names in os.walk(self.maildir):
            if os.path.basename(directory) in found:
                found[os.path.basename(directory)] += [os.path.join(directory, n) for n in names]
        return found

    def as_account(self, *command):
        account = self.account

        def become():
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)

        return subprocess.run(command, preexec_fn=become, check=False).returncode

    def mount(self, options):
        """A file system of the test's own for a Maildir."""
        if self.as_account("mkdir", "-p", self.maildir):
            self.fail("no Maildir")
        owner = f"uid={self.account.uid},gid={self.account.gid},mode=700"
        command = ["mount", "-t", "tmpfs", "-o", f"{owner},{options}", "none", self.maildir]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            self.skipTest("no mounts here")
        self.addCleanup(subprocess.run, ["umount", self.maildir], check=True)


@unittest.skipIf(postfix.why_not(), postfix.why_not())
class Local(LocalDelivery):
    """Each row of the table in deliver(1)."""

    postfix_settings = "recipient_delimiter = +\n"

    def test_0_is_sent(self):
        self.check("exec $D", ("sent", "2.0.0"))
        (stored,) = messages(self.maildir)
        self.assertTrue(stored.startswith(b"Return-Path: "), stored)
        self.assertTrue(stored.endswith(b"\n\nbody\n"), stored)

    def test_the_extension_in_the_environment(self):
        self.assertEqual(self.as_account("mkdir", "-p", f"{self.maildir}/.Lists/cur"), 0)
        self.check("exec $D", ("sent", "2.0.0"), extension="+lists")
        self.assertEqual(len(messages(self.maildir, ".Lists")), 1)

    def test_65_for_what_is_no_mail_bounces(self):
        # Postfix itself writes a header before everything: somebody else has to.
        self.check("printf '\\177ELF\\0' | $D", ("bounced", "5.6.0"))

    def test_67_bounces(self):
        self.write("users", "")
        self.check("exec $D -d no-such-user", ("bounced", "5.1.1"))

    def test_75_for_a_broken_configuration_defers(self):
        self.configure("nonsense\n")
        self.check("exec $D", ("deferred", "4.3.5"))

    def test_75_for_a_file_size_limit_defers(self):
        self.check("ulimit -f 16; exec $D", ("deferred", "4.3.1"), BIG)

    def test_75_for_a_quota_defers(self):
        self.configure("[quota]\nstorage = 100\n")
        self.check("exec $D", ("deferred", "4.2.2"))

    def test_77_for_a_quota_bounces(self):
        self.configure("[quota]\nstorage = 100\n[deliver]\nquota-full = bounce\n")
        self.check("exec $D", ("bounced", "5.2.2"))

    @unittest.skipUnless(ctypes.util.find_library("magic"), "libmagic is not installed")
    def test_77_for_a_policy_bounces(self):
        self.configure("[policy]\nrefuse-types = application/pdf\n")
        pdf = b"Subject: a text\n\n%PDF-1.4\n%\n"
        self.check("exec $D", ("bounced", "5.7.1"), pdf)

    def test_a_death_by_a_signal_defers(self):
        self.check("kill -KILL $$", ("deferred", "4.3.0"))


@unittest.skipIf(postfix.why_not(), postfix.why_not())
class Places(LocalDelivery):
    """Status 75 wherever a Maildir cannot be written."""

    def test_no_maildir(self):
        self.check("exec $D", ("sent", "2.0.0"))

    def test_no_home(self):
        self.check("HOME=/no/such/home exec $D", ("deferred", "4.2.0"))

    def test_a_home_that_is_no_longer_the_user_s(self):
        os.chown(self.home, 0, 0)
        self.check("exec $D", ("deferred", "4.2.0"))

    def test_a_maildir_of_somebody_else_s(self):
        for directory in ("", "tmp", "new", "cur"):
            os.mkdir(os.path.join(self.maildir, directory), 0o700)
        self.check("exec $D", ("deferred", "4.2.0"))

    def test_a_maildir_without_the_right_to_write(self):
        self.assertEqual(self.as_account("mkdir", "-m", "500", self.maildir), 0)
        self.check("exec $D", ("deferred", "4.2.0"))

    def test_a_file_system_that_is_read_only(self):
        self.mount("size=1m")
        self.check("exec $D", ("sent", "2.0.0"))
        subprocess.run(["mount", "-o", "remount,ro", self.maildir], check=True)
        recipient, since = self.send("exec $D")
        self.assertEqual(self.fate(self.server, recipient, since), ("deferred", "4.2.0"))
        self.assertEqual(len(messages(self.maildir)), 1)

    def test_a_file_system_that_is_full_and_then_has_room(self):
        self.mount("size=64k")
        self.check("exec $D", ("deferred", "4.3.1"), BIG)
        subprocess.run(["mount", "-o", "remount,size=4m", self.maildir], check=True)
        self.server.flush()
        eventually(lambda: messages(self.maildir))
        (stored,) = messages(self.maildir)
        self.assertTrue(stored.endswith(BIG[len(MESSAGE) :]))

    def test_a_file_system_without_inodes(self):
        self.mount("size=1m,nr_inodes=5")  # four are the Maildir itself
        self.check("exec $D", ("sent", "2.0.0"))
        recipient, since = self.send("exec $D")
        self.assertEqual(self.fate(self.server, recipient, since), ("deferred", "4.3.1"))
        self.assertEqual(len(messages(self.maildir)), 1)

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_the_quota_of_a_file_system(self):
        # Few kernels can give one to a file system of a test's: the error is enough.
        inject = "--inject=fsync,fdatasync:error=EDQUOT"
        self.check(f"exec strace -qq -o /dev/null {inject} $D", ("deferred", "4.2.2"))


@unittest.skipIf(postfix.why_not(), postfix.why_not())
class Writer(LocalDelivery):
    """What is half of a message, or none."""

    def test_an_empty_input_defers(self):
        self.check("exec $D </dev/null", ("deferred", "4.2.0"))

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_local_that_dies_defers(self):
        # deliver is stopped once it knows its parent, and local(8) killed, with more of
        # the message to come than a pipe holds.
        tell = os.path.join(self.home, "pids")
        calls = "?alarm,setitimer"
        stop = f"strace -D -o {tell}.trace --trace={calls} --inject={calls}:signal=SIGSTOP:when=1"
        line = f"echo $PPID $$ >{tell}; exec {stop} $D 2>{tell}.err"
        recipient, since = self.send(line, BIG)
        local, deliver = map(int, eventually_found(lambda: read_line(tell)).split())
        # Or the account could not be removed.
        self.addCleanup(lambda: state_of(deliver) and os.kill(deliver, signal.SIGKILL))
        # Stopped for its tracer it is at other times, too: what strace has seen counts.
        eventually(lambda: "stopped by SIGSTOP" in read_all(f"{tell}.trace"))
        os.kill(local, signal.SIGKILL)
        eventually(lambda: state_of(local) is None)
        # strace may have it stopped before the signal does: once is not enough.
        eventually(lambda: state_of(deliver) is None or os.kill(deliver, signal.SIGCONT))
        said = read_line(f"{tell}.err")
        self.assertTrue(said.startswith("4.2.0 deliver: the process that started us"), said)
        self.assertIn(recipient, self.server.queue())
        self.assertNotRegex(self.server.log()[since:], "status=(sent|bounced)")
        self.assertEqual(self.stored(), {"new": [], "cur": [], "tmp": []})


@unittest.skipIf(postfix.why_not(), postfix.why_not())
class Limits(LocalDelivery):
    """Limits of Postfix's own, much below what anybody has."""

    postfix_settings = "command_time_limit = 25s\n"
    local_options = " -o message_size_limit=16384 -o mailbox_size_limit=16384"

    def test_mailbox_size_limit(self):
        # Postfix has no larger message for us than the limit: a file is one.
        self.write("big", BIG.decode())
        line = 'test "$(ulimit -H -f)" = 32 || exit 1; '
        self.check(f"{line} exec $D -p {self.home}/big", ("deferred", "4.3.1"))

    def test_a_message_below_mailbox_size_limit(self):
        self.check("exec $D", ("sent", "2.0.0"))

    def test_time_limit_comes_before_command_time_limit(self):
        os.mkfifo(os.path.join(self.home, "hangs"), 0o644)
        os.chmod(os.path.join(self.home, "hangs"), 0o644)
        line = f"exec $D -o deliver.time-limit=1s -p {self.home}/hangs"
        self.check(line, ("deferred", "4.2.0"))


@unittest.skipIf(postfix.why_not(), postfix.why_not())
class NoProgram(WithPostfix):
    """A deliver that is not there. See contrib/postfix/main.cf."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = postfix.SystemUser(os.path.join(cls.scratch, "account"))
        cls.addClassCleanup(cls.account.remove)

    def check(self, command, expected):
        server = self.start_postfix(command)
        recipient = f"{self.account.name}@mx.example"
        server.send("s@example.org", recipient, MESSAGE)
        self.assertEqual(self.fate(server, recipient), expected, server.log())

    def test_by_itself_defers(self):
        self.check("/nonexistent/deliver", ("deferred", "4.3.0"))

    def test_in_a_shell_bounces(self):
        self.check('exec /nonexistent/deliver -m "$EXTENSION"', ("bounced", "5.3.0"))

    def test_looked_for_first_defers(self):
        self.check("test -x /nonexistent/deliver && exec /nonexistent/deliver; exit 75",
                   ("deferred", "4.3.0"))  # fmt: skip


@unittest.skipIf(postfix.why_not(), postfix.why_not())
class Lmtp(WithPostfix):
    def test_recipients_with_different_outcomes(self):
        path = os.path.join(self.home, "lmtp")
        self.configure(f"listen = {path}\nuser = local-part\n")
        homes = {}
        for user in ("ann", "bob", "full"):
            homes[user] = os.path.join(self.home, user)
            os.mkdir(homes[user])
            os.chown(homes[user], PLAIN_UID, PLAIN_GID)
            extra = "userdb_quota_rule=*:bytes=10" if user == "full" else ""
            with open(self.users, "a", encoding="ascii") as file:
                file.write(f"{user}:{{PLAIN}}x:{PLAIN_UID}:{PLAIN_GID}::{homes[user]}::{extra}\n")
        os.chmod(self.home, 0o755)
        self.spawn(stdin=subprocess.DEVNULL, as_root=True)
        self.at(path).quit()
        server = self.start_postfix("/nonexistent", f"local_transport = lmtp:unix:{path}\n")
        recipients = [f"{user}@mx.example" for user in ("ann", "bob", "full", "eve")]
        server.send("s@example.org", recipients, MESSAGE)
        fates = {r.split("@")[0]: self.fate(server, r) for r in recipients}
        self.assertEqual(
            fates,
            {
                "ann": ("sent", "2.1.5"),
                "bob": ("sent", "2.1.5"),
                "full": ("deferred", "4.2.2"),
                "eve": ("bounced", "5.1.1"),
            },
        )
        for user in ("ann", "bob"):
            (stored,) = messages(os.path.join(homes[user], "Maildir"))
            self.assertTrue(
                stored.startswith(b"Return-Path: <s@example.org>\nDelivered-To: " + user.encode()),
                stored,
            )


if __name__ == "__main__":
    main()
