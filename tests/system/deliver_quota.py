#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver and quotas: what is refused, how, and what maildirsize says afterwards."""

import os
import unittest

from _deliver import MESSAGE, PLAIN_UID, ROOT, TRY_AGAIN, Case, eventually, main

REFUSED = 77
SIZE = len(MESSAGE)


class Quota(Case):
    def usage(self):
        """The definition, and the sums of maildirsize."""
        with open(os.path.join(self.maildir, "maildirsize"), encoding="ascii") as file:
            definition, *lines = file.read().split("\n")
        amounts = [[int(word) for word in line.split()] for line in lines if line]
        return definition, sum(a[0] for a in amounts), sum(a[1] for a in amounts)

    def test_what_is_delivered_is_added_up(self):
        self.configure("[quota]\nmessages = 10\n")
        self.assert_delivers(MESSAGE)
        self.assert_delivers(MESSAGE, "-m", "Lists")
        self.assertEqual(self.usage(), ("", 2 * SIZE, 2))

    def test_without_a_limit_there_is_no_file(self):
        self.assert_delivers(MESSAGE)
        self.assertFalse(os.path.exists(os.path.join(self.maildir, "maildirsize")))

    def test_a_limit_may_be_reached_not_exceeded(self):
        self.configure(f"[quota]\nstorage = {2 * SIZE}\n")
        self.assert_delivers(MESSAGE)
        self.assert_delivers(MESSAGE)
        self.assert_defers(MESSAGE, code="4.2.2")
        self.assertEqual(len(self.names()), 2)
        self.assertEqual(self.names("tmp"), [])

    def test_it_bounces_where_that_is_wanted(self):
        self.configure("[quota]\nmessages = 1\n[deliver]\nquota-full = bounce\n")
        self.assert_delivers(MESSAGE)
        self.assertEqual(
            self.deliver(MESSAGE), (REFUSED, "5.2.2 deliver: the mailbox is full\n")
        )
        self.assertEqual(len(self.names()), 1)

    def test_the_definition_in_the_maildir_counts_first(self):
        self.configure("[quota]\nmessages = 1\n")
        self.assert_delivers(MESSAGE)
        self.write("Maildir/maildirsize", f"3C\n{SIZE} 1\n", 0o666)
        self.assert_delivers(MESSAGE)
        self.assert_delivers(MESSAGE)
        self.assertEqual(self.usage(), ("3C", 3 * SIZE, 3))
        self.assert_defers(MESSAGE, code="4.2.2")

    def test_a_user_has_his_own(self):
        self.configure("[quota]\nmessages = 1\n")
        self.user("ann", "userdb_quota_rule=*:messages=2")
        self.assert_delivers(MESSAGE, "-d", "ann")
        self.assert_delivers(MESSAGE, "-d", "ann")
        self.assert_defers(MESSAGE, "-d", "ann", code="4.2.2")

    def test_mail_that_somebody_removed_is_found_out(self):
        self.configure("[quota]\nmessages = 1\n")
        self.assert_delivers(MESSAGE)
        os.unlink(os.path.join(self.maildir, "new", self.names()[0]))
        path = os.path.join(self.maildir, "maildirsize")
        os.utime(path, (1_000_000_000, 1_000_000_000))
        self.assert_delivers(MESSAGE)

    @unittest.skipUnless(ROOT, "a file of somebody else's needs root")
    def test_a_file_that_cannot_be_read_keeps_nothing_out(self):
        self.assert_delivers(MESSAGE)
        self.write("Maildir/maildirsize", "1C\n1 1\n", 0)
        self.assert_delivers(MESSAGE)


class Warning(Case):
    def setUp(self):
        super().setUp()
        self.told = os.path.join(self.home, "told")
        program = self.write("warn", f'#!/bin/sh\necho "$*" >>{self.told}\n', 0o755)
        self.configure(
            "[quota]\nmessages = 4\n[deliver]\nquota-warning = 75\n"
            f"quota-warning-command = {program}\n"
        )
        self.user("ann")

    def read(self):
        if not os.path.exists(self.told):
            return ""
        with open(self.told, encoding="ascii") as file:
            return file.read()

    def test_the_message_that_passes_the_mark_warns(self):
        for _ in range(2):
            self.assert_delivers(MESSAGE, "-d", "ann")
        self.assertEqual(self.read(), "")
        self.assert_delivers(MESSAGE, "-d", "ann")
        eventually(lambda: self.read() == "ann 75\n")
        self.assert_delivers(MESSAGE, "-d", "ann")
        self.assertEqual(self.read(), "ann 75\n")

    @unittest.skipUnless(ROOT, "becoming another user needs root")
    def test_it_finds_the_user_s_surroundings(self):
        # To run deliver, say, as somebody whose home is not root's.
        program = f'#!/bin/sh\necho "$HOME $LOGNAME $(id -u)" >>{self.told}\n'
        self.write("warn", program, 0o755)
        for _ in range(3):
            env = {"HOME": "/root", "LOGNAME": "root"}
            self.assert_delivers(MESSAGE, "-d", "ann", as_root=True, env=env)
        eventually(lambda: self.read() == f"{self.home} ann {PLAIN_UID}\n")

    def test_a_program_that_hangs_keeps_nobody_waiting(self):
        self.write("warn", f"#!/bin/sh\ntouch {self.told}\nexec sleep 1000\n", 0o755)
        for _ in range(4):
            self.assert_delivers(MESSAGE, "-d", "ann")
        eventually(lambda: os.path.exists(self.told))
        status, _ = self.deliver(MESSAGE, "-d", "ann")
        self.assertEqual(status, TRY_AGAIN)


if __name__ == "__main__":
    main()
