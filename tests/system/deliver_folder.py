#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver -m: into which folder, and what happens when it cannot be used."""

import os

from _deliver import MESSAGE, Case, main


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
