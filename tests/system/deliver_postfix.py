#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What a real Postfix makes of deliver's exit statuses and of its replies by LMTP, read
from Postfix's log."""

import os
import re
import shutil
import subprocess
import sys
import unittest

from _deliver import BUILD, MESSAGE, PLAIN_GID, PLAIN_UID, eventually, main
from _lmtp import LmtpCase, messages

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
os.environ["AVOCET_BUILD"] = BUILD  # postfix.py looks for the server as well

import postfix  # noqa: E402


class WithPostfix(LmtpCase):
    def start_postfix(self, command, settings=""):
        server = postfix.Postfix(self.scratch, command, settings)
        self.addCleanup(shutil.rmtree, server.top, ignore_errors=True)
        self.addCleanup(server.stop)
        return server

    def fate(self, server, recipient):
        """(status, enhanced status code) of the first attempt for `recipient`."""
        pattern = re.compile(rf"to=<{re.escape(recipient)}>.* dsn=([\d.]+), status=(\w+)")
        match = eventually_found(lambda: pattern.search(server.log()))
        return match[2], match[1]


def eventually_found(find):
    found = []
    eventually(lambda: found.append(find()) or found[-1])
    return found[-1]


@unittest.skipIf(postfix.why_not(), postfix.why_not())
class Local(WithPostfix):
    """Each row of the table in deliver(1), by local(8)'s mailbox_command."""

    def setUp(self):
        super().setUp()
        self.account = postfix.SystemUser(self.home)
        self.addCleanup(self.account.remove)
        os.chmod(self.home, 0o755)
        self.run = os.path.join(self.scratch, f"run-{os.path.basename(self.home)}")
        self.server = self.start_postfix(self.run, "recipient_delimiter = +\n")

    def check(self, line, expected, message=MESSAGE, extension=""):
        """`line` of shell delivers; $D is deliver with its configuration."""
        with open(self.run, "w", encoding="ascii") as file:
            file.write(f'#!/bin/sh\nD="{self.program} -c {self.configuration}"\n{line}\n')
        os.chmod(self.run, 0o755)
        recipient = f"{self.account.name}{extension}@mx.example"
        self.server.send("s@example.org", recipient, message)
        self.assertEqual(self.fate(self.server, recipient), expected, self.server.log())

    def test_0_is_sent(self):
        self.check("exec $D", ("sent", "2.0.0"))
        (stored,) = messages(self.maildir)
        self.assertTrue(stored.startswith(b"Return-Path: "), stored)
        self.assertTrue(stored.endswith(b"\n\nbody\n"), stored)

    def test_the_extension_in_the_environment(self):
        self.assertEqual(self.as_account("mkdir", "-p", f"{self.maildir}/.Lists/cur"), 0)
        self.check("exec $D", ("sent", "2.0.0"), extension="+lists")
        self.assertEqual(len(messages(self.maildir, ".Lists")), 1)

    def as_account(self, *command):
        account = self.account

        def become():
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)

        return subprocess.run(command, preexec_fn=become, check=False).returncode

    def test_67_bounces(self):
        self.write("users", "")
        self.check("exec $D -d no-such-user", ("bounced", "5.1.1"))

    def test_75_defers(self):
        self.assertEqual(self.as_account("mkdir", "-m", "500", self.maildir), 0)
        self.check("exec $D", ("deferred", "4.2.0"))

    def test_75_for_a_broken_configuration_defers(self):
        self.configure("nonsense\n")
        self.check("exec $D", ("deferred", "4.3.5"))

    def test_75_for_a_file_size_limit_defers(self):
        big = MESSAGE + b"x" * 900 + b"\n" + (b"y" * 76 + b"\n") * 2000
        self.check("ulimit -f 16; exec $D", ("deferred", "4.3.1"), big)

    def test_75_for_a_quota_defers(self):
        self.configure("[quota]\nstorage = 100\n")
        self.check("exec $D", ("deferred", "4.2.2"))

    def test_77_for_a_quota_bounces(self):
        self.configure("[quota]\nstorage = 100\n[deliver]\nquota-full = bounce\n")
        self.check("exec $D", ("bounced", "5.2.2"))

    def test_a_death_by_a_signal_defers(self):
        self.check("kill -KILL $$", ("deferred", "4.3.0"))
        self.assertEqual(messages(self.maildir), [])


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
