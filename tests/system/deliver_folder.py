#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver -m: into which folder, and what happens when it cannot be used."""

import os

from _deliver import MESSAGE, UNKNOWN_USER, Case, main


class Folder(Case):
    def check(self, wanted, directory, **options):
        self.assert_delivers(MESSAGE, "-m", wanted, **options)
        self.assertEqual(self.only_message(directory), MESSAGE)
        if directory:
            self.assertEqual(self.names(), [])

    def test_a_missing_folder_is_made(self):
        self.check("Lists", ".Lists")
        self.assertTrue(os.path.exists(os.path.join(self.maildir, ".Lists", "maildirfolder")))

    def test_an_existing_folder_is_used(self):
        self.assert_delivers(MESSAGE, "-m", "Lists")
        self.assert_delivers(MESSAGE, "-m", "Lists")
        self.assertEqual(len(self.names(folder=".Lists")), 2)

    def test_levels(self):
        self.check("Lists.avocet", ".Lists.avocet")

    def test_inbox_in_any_case(self):
        self.check("inBox", "")

    def test_an_empty_name_is_inbox(self):
        self.check("", "")

    def test_a_name_outside_ascii_is_stored_in_utf_7(self):
        self.check("Entwürfe", ".Entw&APw-rfe")

    def test_the_other_separator(self):
        path = self.write("slash.conf", "[mail]\nlocation = ~/Maildir\nseparator = /\n")
        command = self.command("-m", "Lists/avocet", configuration=path)
        self.assert_delivers(MESSAGE, args=command)
        self.assertEqual(self.only_message(".Lists.avocet"), MESSAGE)


class Settings(Case):
    def test_a_folder_is_not_made_without_autocreate(self):
        self.configure("[deliver]\nautocreate = no\n")
        self.assert_delivers(MESSAGE, "-m", "Lists")
        self.assertEqual(self.only_message(), MESSAGE)

    def test_a_folder_that_is_made_is_subscribed_to(self):
        self.assert_delivers(MESSAGE, "-m", "A.B", "-o", "deliver.autosubscribe=yes")
        with open(os.path.join(self.maildir, "subscriptions"), encoding="ascii") as file:
            self.assertEqual(file.read(), "A.B\n")

    def test_a_setting_of_the_command_line(self):
        command = self.command("-o", f"mail.location={self.home}/Other")
        self.assert_delivers(MESSAGE, args=command)
        self.maildir = os.path.join(self.home, "Other")
        self.assertEqual(self.only_message(), MESSAGE)

    def test_a_setting_in_dovecot_s_words(self):
        command = self.command("-o", f"mail_location=maildir:{self.home}/Other")
        self.assert_delivers(MESSAGE, args=command)
        self.maildir = os.path.join(self.home, "Other")
        self.assertEqual(self.only_message(), MESSAGE)

    def test_a_setting_that_is_not_known(self):
        for setting in ("plugin/quota=maildir", "mail.location", "mail.separator=x"):
            self.assert_defers(MESSAGE, "-o", setting, code="4.3.5", says=setting)


class Extension(Case):
    """Where `ann+lists@` goes. The folder is there unless a test says otherwise."""

    FROM_POSTFIX = {"EXTENSION": "lists", "USER": "ann"}

    def setUp(self):
        super().setUp()
        self.user("ann")
        self.user("ann@example.org")
        for part in ("cur", "new", "tmp"):
            self.make(f"Maildir/.Lists/{part}")

    def make(self, path):
        self.assertEqual(self.run_plainly("mkdir", "-p", os.path.join(self.home, path)), 0)

    def in_folder(self, *arguments, folder=".Lists", **options):
        self.assert_delivers(MESSAGE, *arguments, **options)
        self.assertTrue(self.only_message(folder).endswith(MESSAGE))

    def test_from_the_environment(self):
        self.in_folder(env=self.FROM_POSTFIX)

    def test_from_the_user(self):
        self.in_folder("-d", "ann+lists@example.org")

    def test_from_the_final_address(self):
        self.in_folder("-d", "ann", "-r", "ann+lists@example.net")

    def test_not_from_the_environment_of_somebody_else(self):
        self.in_folder("-d", "ann", env=self.FROM_POSTFIX, folder="")

    def test_the_option_wins(self):
        self.in_folder("-d", "ann+lists", "-m", "Other", folder=".Other")

    def test_another_delimiter(self):
        self.in_folder("-d", "ann-lists", "-o", "deliver.delimiter=+-")

    def test_no_folder_of_that_name(self):
        self.in_folder("-d", "ann+shop", folder="")
        self.assertFalse(os.path.exists(os.path.join(self.maildir, ".shop")))

    def test_a_folder_that_may_be_made(self):
        self.configure("[deliver]\nextension = create\nextension-pattern = shop*\n")
        self.in_folder("-d", "ann+shops", folder=".shops")
        self.in_folder("-d", "ann+other", folder="")

    def test_an_extension_that_is_a_path(self):
        self.configure("[deliver]\nextension = create\n")
        self.in_folder(env={"EXTENSION": "../../x"}, folder="")

    def test_switched_off(self):
        self.configure("[deliver]\nextension = off\n")
        self.in_folder(env=self.FROM_POSTFIX, folder="")
        self.assertEqual(self.deliver(MESSAGE, "-d", "ann+lists")[0], UNKNOWN_USER)


class FallsBackToInbox(Case):
    def check(self, wanted):
        self.assert_delivers(MESSAGE, "-m", wanted)
        self.assertEqual(self.only_message(), MESSAGE)

    def test_from_a_name_with_a_slash(self):
        self.check("../../etc")
        self.assertEqual(sorted(os.listdir(self.maildir)), ["cur", "new", "tmp"])

    def test_from_empty_levels(self):
        self.check("a..b")

    def test_from_a_leading_dot(self):
        self.check(".Lists")

    def test_from_octets_that_are_not_utf_8(self):
        self.check(b"\xff\xfe")

    def test_from_a_name_that_is_too_long(self):
        self.check("x" * 300)

    def test_from_a_file_in_the_way(self):
        self.assert_delivers(MESSAGE, "-m", "Other")
        with open(os.path.join(self.maildir, ".Lists"), "w", encoding="ascii"):
            pass
        self.check("Lists")

    def test_from_a_folder_that_is_not_ours(self):
        self.assert_delivers(MESSAGE, "-m", "Lists")
        os.chmod(os.path.join(self.maildir, ".Lists"), 0)
        self.check("Lists")


if __name__ == "__main__":
    main()
