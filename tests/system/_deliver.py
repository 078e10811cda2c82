# SPDX-License-Identifier: ISC
"""What the tests of deliver share: a home in a temporary directory, and deliver run
with it by somebody who is not root."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.geteuid() == 0
# Whom we deliver as when the tests run as root: permissions mean nothing to root.
PLAIN_UID = pwd.getpwnam("nobody").pw_uid if ROOT else os.geteuid()
PLAIN_GID = pwd.getpwnam("nobody").pw_gid if ROOT else os.getegid()

DELIVERED, UNKNOWN_USER, TRY_AGAIN = 0, 67, 75

MESSAGE = b"From: ann@example.org\nSubject: one\n\nbody\n"


def build_directory():
    """Where the programs are: --build DIR, or AVOCET_BUILD."""
    if "--build" in sys.argv:
        at = sys.argv.index("--build")
        os.environ["AVOCET_BUILD"] = os.path.abspath(sys.argv[at + 1])
        del sys.argv[at : at + 2]
    if "AVOCET_BUILD" not in os.environ:
        sys.exit("usage: deliver_*.py --build DIR")
    return os.environ["AVOCET_BUILD"]


BUILD = build_directory()


def eventually(condition, seconds=30):
    """Waits until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("it does not come")
        time.sleep(0.01)


def main():
    unittest.main()


def drop():
    """For Popen's preexec_fn: be the plain user, if we are root."""
    if ROOT:
        os.setgroups([])
        os.setresgid(PLAIN_GID, PLAIN_GID, PLAIN_GID)
        os.setresuid(PLAIN_UID, PLAIN_UID, PLAIN_UID)


def why_no_strace():
    """Why no process can be traced here; None if one can."""
    if not shutil.which("strace"):
        return "strace is not installed"
    probe = subprocess.run(["strace", "-qq", "true"], capture_output=True, check=False)
    return None if probe.returncode == 0 else "no ptrace here"


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.mkdtemp(prefix="deliver-")
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        os.chmod(cls.scratch, 0o755)
        # A copy: the plain user need not be able to reach the build directory.
        cls.program = os.path.join(cls.scratch, "deliver")
        shutil.copy(os.path.join(BUILD, "deliver", "deliver"), cls.program)
        os.chmod(cls.program, 0o755)

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="home-", dir=self.scratch)
        if ROOT:
            os.chown(self.home, PLAIN_UID, PLAIN_GID)
        self.maildir = os.path.join(self.home, "Maildir")
        self.users = os.path.join(self.home, "users")
        self.configuration = self.write(
            "imapd.conf", f"[mail]\nlocation = ~/Maildir\n[auth]\npasswd-file = {self.users}\n"
        )

    def configure(self, text):
        """Adds `text` to the configuration."""
        with open(self.configuration, "a", encoding="utf-8") as file:
            file.write(text)

    def user(self, name, extra=""):
        """A user with the plain user's uid, whose home is ours."""
        with open(self.users, "a", encoding="ascii") as file:
            file.write(f"{name}:{{PLAIN}}x:{PLAIN_UID}:{PLAIN_GID}::{self.home}::{extra}\n")

    def write(self, name, text, mode=0o644):
        """A file in the home, readable for all."""
        path = os.path.join(self.home, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def environment(self, extra=None):
        kept = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
        return {**kept, "PATH": os.environ["PATH"], "HOME": self.home, **(extra or {})}

    def command(self, *arguments, configuration=None):
        return [self.program, "-c", configuration or self.configuration, *arguments]

    def start(self, *arguments, env=None, before=None, as_root=False, **popen):
        """deliver with its standard input on a pipe."""

        def prepare():
            if before:
                before()
            if not as_root:
                drop()

        popen.setdefault("args", self.command(*arguments))
        popen.setdefault("stdin", subprocess.PIPE)
        return subprocess.Popen(
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment(env),
            cwd="/",
            preexec_fn=prepare,
            **popen,
        )

    def popen(self, command, descriptor, as_root=False, env=None, **options):
        """A program that has `descriptor` for standard input, output and error."""
        return subprocess.Popen(
            command,
            stdin=descriptor,
            stdout=descriptor,
            stderr=descriptor,
            env=self.environment(env),
            cwd="/",
            preexec_fn=None if as_root else drop,
            **options,
        )

    def run_plainly(self, *command):
        """Runs a program as the plain user; its status."""
        return subprocess.run(command, preexec_fn=drop, check=False).returncode

    def deliver(self, message, *arguments, **options):
        """Runs deliver to its end: its status, and what it wrote to standard error."""
        process = self.start(*arguments, **options)
        try:
            out, err = process.communicate(message, timeout=120)
        finally:
            process.kill()
        self.assertEqual(out, b"")
        return process.returncode, err.decode()

    def assert_delivers(self, message, *arguments, **options):
        status, err = self.deliver(message, *arguments, **options)
        self.assertEqual((status, err), (DELIVERED, ""))

    def assert_defers(self, message, *arguments, code="4.", says="", **options):
        status, err = self.deliver(message, *arguments, **options)
        self.assertEqual(status, TRY_AGAIN, err)
        self.assertTrue(err.startswith(code), err)
        self.assertIn(" deliver: ", err)
        self.assertIn(says, err)
        self.assertEqual(err.count("\n"), 1, err)

    def names(self, directory="new", folder=""):
        path = os.path.join(self.maildir, folder, directory)
        return sorted(os.listdir(path)) if os.path.isdir(path) else []

    def content(self, name, folder=""):
        with open(os.path.join(self.maildir, folder, "new", name), "rb") as file:
            return file.read()

    def only_message(self, folder=""):
        names = self.names(folder=folder)
        self.assertEqual(len(names), 1, names)
        self.assertEqual(self.names("tmp", folder), [])
        return self.content(names[0], folder)

    def assert_nothing_visible(self, leftovers=0):
        self.assertEqual(self.names("new"), [])
        self.assertEqual(self.names("cur"), [])
        self.assertEqual(len(self.names("tmp")), leftovers)
