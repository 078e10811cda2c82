#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver -d: whose mail it is, with and without root."""

import os
import pwd
import subprocess
import unittest

from _deliver import MESSAGE, PLAIN_GID, PLAIN_UID, ROOT, UNKNOWN_USER, Case, main


class WithoutRoot(Case):
    def test_ones_own_name(self):
        me = pwd.getpwuid(PLAIN_UID).pw_name
        with open(self.users, "w", encoding="ascii") as file:
            file.write(f"{me}:{{PLAIN}}x:{PLAIN_UID}:{PLAIN_GID}::{self.home}::\n")
        self.assert_delivers(MESSAGE, "-d", me)
        self.assertEqual(self.only_message(), b"Delivered-To: %s\n" % me.encode() + MESSAGE)

    def test_somebody_else(self):
        self.assert_defers(MESSAGE, "-d", "root", says="root")
        self.assertFalse(os.path.exists(self.maildir))

    def test_somebody_else_of_the_passwd_file(self):
        with open(self.users, "w", encoding="ascii") as file:
            file.write(f"bob:{{PLAIN}}x:{PLAIN_UID + 1}:{PLAIN_GID}::{self.home}::\n")
        self.assert_defers(MESSAGE, "-d", "bob", says="uid")

    def test_a_virtual_user_of_the_same_uid(self):
        with open(self.users, "w", encoding="ascii") as file:
            file.write(f"bob@example.org:{{PLAIN}}x:{PLAIN_UID}:{PLAIN_GID}::{self.home}::\n")
        self.assert_delivers(MESSAGE, "-d", "bob@example.org")
        self.assertEqual(len(self.names()), 1)

    def test_a_passwd_file_that_cannot_be_read(self):
        self.write("users", "", mode=0)
        self.assert_defers(MESSAGE, "-d", "bob@example.org", says=self.users)

    def test_a_passwd_file_that_is_not_there(self):
        # It may be in the middle of being replaced: nobody is unknown now.
        self.assert_defers(MESSAGE, "-d", "bob@example.org", says=self.users)

    def test_nobody_at_all(self):
        with open(self.users, "w", encoding="ascii"):
            pass
        status, err = self.deliver(MESSAGE, "-d", "no-such-user@example.org")
        self.assertEqual(status, UNKNOWN_USER)
        self.assertTrue(err.startswith("5.1.1 deliver: "), err)
        self.assertIn("no-such-user", err)


@unittest.skipUnless(ROOT, "becoming another user needs root")
class WithRoot(Case):
    def setUp(self):
        super().setUp()
        self.user(f"bob:{{PLAIN}}x:{PLAIN_UID}:{PLAIN_GID}::{self.home}::")

    def user(self, line):
        with open(self.users, "w", encoding="ascii") as file:
            file.write(line + "\n")

    def test_it_becomes_the_user(self):
        self.assert_delivers(MESSAGE, "-d", "bob", as_root=True)
        self.assertEqual(self.only_message(), b"Delivered-To: bob\n" + MESSAGE)
        for path in (self.maildir, os.path.join(self.maildir, "new", self.names()[0])):
            status = os.stat(path)
            self.assertEqual((status.st_uid, status.st_gid), (PLAIN_UID, PLAIN_GID))

    def test_it_has_given_up_its_rights(self):
        os.mkdir(self.maildir, 0o700)  # root's
        self.assert_defers(MESSAGE, "-d", "bob", as_root=True)

    def test_an_unknown_user(self):
        status, err = self.deliver(MESSAGE, "-d", "no-such-user", as_root=True)
        self.assertEqual(status, UNKNOWN_USER)
        self.assertTrue(err.startswith("5.1.1 deliver: "), err)

    @unittest.skipIf(os.path.exists("/etc/avocet"), "this machine is configured")
    def test_an_unknown_user_where_nothing_is_configured(self):
        command = [self.program, "-d", "no-such-user"]
        self.assertEqual(self.deliver(MESSAGE, args=command, as_root=True)[0], UNKNOWN_USER)

    def test_accounts_that_cannot_be_asked_for(self):
        # As in the moment when somebody replaces /etc/passwd: nobody is unknown now.
        path = self.write("other.conf", "[mail]\nlocation = /tmp/%u\n[auth]\npasswd-file =\n")
        command = self.command("-d", "daemon", configuration=path)
        without = 'mount -t tmpfs none /etc && exec "$@"'
        if subprocess.run(
            ["unshare", "-m", "sh", "-c", without, "sh", "true"], check=False
        ).returncode:
            self.skipTest("no mounts here")
        args = ["unshare", "-m", "sh", "-c", without, "sh", *command]
        self.assert_defers(MESSAGE, args=args, as_root=True, says="daemon")

    def test_a_name_that_is_a_path(self):
        path = self.write("other.conf", f"[mail]\nlocation = {self.home}/%u\n")
        command = self.command("-d", "../../etc/bob", configuration=path)
        status, _ = self.deliver(MESSAGE, args=command, as_root=True)
        self.assertEqual(status, UNKNOWN_USER)
        self.assertFalse(os.path.exists("/etc/bob"))

    def test_an_account_of_the_system(self):
        # `nobody` has no home: the location says where.
        path = self.write(
            "other.conf",
            f"[mail]\nlocation = {self.home}/%u\n[auth]\npasswd-file =\n",
        )
        command = self.command("-d", "nobody", configuration=path)
        self.assert_delivers(MESSAGE, args=command, as_root=True)
        self.maildir = os.path.join(self.home, "nobody")
        self.assertEqual(len(self.names()), 1)

    def test_an_account_in_other_letters(self):
        # Senders do not keep case, and Postfix hands on what they wrote. imapd(8) takes such
        # names of the passwd-file, too.
        text = f"[mail]\nlocation = {self.home}/%u\n[auth]\npasswd-file =\n"
        path = self.write("other.conf", text)
        for name in ("Nobody", "NOBODY+lists"):
            command = self.command("-d", name, configuration=path)
            self.assert_delivers(MESSAGE, args=command, as_root=True)
        self.maildir = os.path.join(self.home, "nobody")
        self.assertEqual(len(self.names()), 2)

    def test_root_gets_no_mail(self):
        self.user("root:{PLAIN}x:0:0::/root::")
        self.assert_defers(MESSAGE, "-d", "root", as_root=True)
        self.user("")
        self.assert_defers(MESSAGE, "-d", "root", as_root=True)

    def test_a_broken_line_of_the_passwd_file(self):
        self.user(f"bob:{{PLAIN}}x:no-such-account:{PLAIN_GID}::{self.home}::")
        self.assert_defers(MESSAGE, "-d", "bob", as_root=True)


if __name__ == "__main__":
    main()
