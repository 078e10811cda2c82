#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver-lmtp.service: what it allows is enough."""

import os
import shutil
import sys
import unittest

from _deliver import BUILD, MESSAGE, PLAIN_GID, PLAIN_UID, ROOT, main
from _lmtp import LmtpCase, messages

UNIT = os.path.join(BUILD, "contrib", "deliver-lmtp.service")
LIMITS = os.path.join(os.path.dirname(__file__), "..", "support", "unit_limits.py")
CAP_KILL = 5


@unittest.skipUnless(ROOT, "only root has something to be taken away")
@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
@unittest.skipUnless(os.path.exists(UNIT), "the units are not built")
@unittest.skipUnless(
    os.path.exists("/usr/include/linux/capability.h"), "the kernel's headers are not installed"
)
class WithinTheUnit(LmtpCase):
    USERS = ("ann", "bob")

    def setUp(self):
        super().setUp()
        os.chmod(self.home, 0o777)  # the spool is in it, as in /var/tmp
        for number, user in enumerate(self.USERS):
            home = os.path.join(self.home, user)
            os.mkdir(home)
            os.chown(home, PLAIN_UID - number, PLAIN_GID)
            with open(self.users, "a", encoding="ascii") as file:
                file.write(f"{user}:{{PLAIN}}x:{PLAIN_UID - number}:{PLAIN_GID}::{home}::\n")
        self.process, self.client_ = self.on_standard_input()

    def spawn(self, *arguments, stdin, **options):
        command = [sys.executable, LIMITS, UNIT, self.program, "--lmtp", "-c", self.configuration]
        # To look for leaks the sanitizer needs calls that the unit does not allow.
        options["env"] = {"ASAN_OPTIONS": "detect_leaks=0"}
        process = self.popen([*command, *arguments], stdin, as_root=True, **options)
        self.addCleanup(self.finish, process)
        return process

    def test_it_delivers(self):
        large = MESSAGE + (b"y" * 76 + b"\n") * 4000
        for message in (MESSAGE, large):
            _, done = self.transact(self.client_, self.USERS, message)
            self.assertEqual([code for code, _ in done], [250, 250])
        for user in self.USERS:
            self.assertEqual(len(messages(os.path.join(self.home, user, "Maildir"))), 2)
        self.client_.quit()
        self.assertEqual(self.process.wait(60), 0)

    def test_it_can_end_a_courier_that_is_somebody_else(self):
        # Which its user may have stopped: nobody would ever be rid of it.
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            status = dict(line.split(":\t", 1) for line in file)
        self.assertTrue(int(status["CapEff"], 16) & 1 << CAP_KILL)


if __name__ == "__main__":
    main()
