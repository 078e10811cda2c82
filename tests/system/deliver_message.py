#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver: which octets are stored, under which name, with which fields added."""

import os
import pwd
import re
import socket
import stat
import unittest

from _deliver import MESSAGE, PLAIN_UID, Case, main

NAME = re.compile(r"(\d+)\.M(\d+)P(\d+)Q0R([0-9a-f]{16})\.([^,:/]+),S=(\d+),W=(\d+)\Z")


class Octets(Case):
    def check(self, message, expected=None):
        self.assert_delivers(message)
        self.assertEqual(self.only_message(), message if expected is None else expected)

    def test_a_message_is_stored_as_it_came(self):
        self.check(MESSAGE)

    def test_the_separator_line_is_taken_off(self):
        self.check(b"From ann@example.org  Mon Jan  1 00:00:00 2024\n" + MESSAGE, MESSAGE)

    def test_only_the_first_separator_line_is_taken_off(self):
        self.check(b"From a b\n" + MESSAGE + b"From c d\n", MESSAGE + b"From c d\n")

    def test_line_ends_are_kept(self):
        self.check(b"A: 1\r\nB: 2\n\r\nbare\rcr\r\nlf\n\r")

    def test_nul_and_8_bit_octets_are_kept(self):
        self.check(b"A: \xff\n\n" + bytes(range(256)) * 300)

    def test_a_missing_final_newline_stays_missing(self):
        self.check(b"A: 1\n\nno end")

    def test_a_header_without_body(self):
        self.check(b"Subject: x\n")

    def test_a_body_without_header(self):
        self.check(b"\nbody\n")

    def test_a_header_of_megabytes(self):
        self.check(b"A: " + b"x" * 3_000_000 + b"\n" + b"B: y\n" * 100_000 + b"\nbody\n")

    def test_a_message_that_arrives_octet_by_octet(self):
        process = self.start()
        for octet in b"From a b\n" + MESSAGE:
            process.stdin.write(bytes([octet]))
            process.stdin.flush()
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.only_message(), MESSAGE)

    def test_a_message_from_a_file(self):
        path = self.write("message", MESSAGE.decode())
        self.assert_delivers(b"", "-p", path)
        self.assertEqual(self.only_message(), MESSAGE)


class Fields(Case):
    def check(self, message, arguments, expected, env=None):
        self.assert_delivers(message, *arguments, env=env)
        self.assertEqual(self.only_message(), expected)

    def test_the_sender_and_the_recipient_are_added(self):
        self.check(
            MESSAGE,
            ["-f", "s@example.org", "-a", "o@example.net", "-r", "r@example.net"],
            b"Return-Path: <s@example.org>\nDelivered-To: r@example.net\n" + MESSAGE,
        )

    def test_the_original_recipient_stands_in(self):
        self.check(MESSAGE, ["-a", "o@example.net"], b"Delivered-To: o@example.net\n" + MESSAGE)

    def test_the_null_sender(self):
        self.check(MESSAGE, ["-f", ""], b"Return-Path: <>\n" + MESSAGE)

    def test_fields_that_are_there_are_not_added(self):
        message = b"Return-Path: <x@y>\nDelivered-To: z\n" + MESSAGE
        self.check(message, ["-f", "s@example.org", "-r", "r@example.net"], message)

    def test_fields_of_another_mailbox_do_not_count(self):
        # Forwarded: below the Received of the host that gives it to us is what others added.
        message = b"Received: by us\nReturn-Path: <x@y>\nDelivered-To: z\n" + MESSAGE
        added = b"Return-Path: <s@e>\nDelivered-To: r@e\n"
        self.check(message, ["-f", "s@e", "-r", "r@e"], added + message)

    def test_fields_that_stand_in_the_body_do_not_count(self):
        message = MESSAGE + b"Return-Path: <x@y>\n"
        self.check(message, ["-f", "s@e"], b"Return-Path: <s@e>\n" + message)

    def test_the_environment_is_the_last_resort(self):
        sender = {"SENDER": "env@example.org"}
        self.check(MESSAGE, [], b"Return-Path: <env@example.org>\n" + MESSAGE, sender)

    def test_the_environment_does_not_win_over_an_option(self):
        sender = {"SENDER": "env@example.org"}
        self.check(MESSAGE, ["-f", "s@e"], b"Return-Path: <s@e>\n" + MESSAGE, sender)

    def test_what_postfix_gives_is_stored_without_additions(self):
        message = (
            b"X-Original-To: ann\nDelivered-To: ann@example.net\n"
            b"Return-Path: <o'brien@example.org>\n" + MESSAGE
        )
        env = {"SENDER": "o_brien@example.org"}
        self.check(b"From o'brien@example.org  Mon Jan  1 00:00:00 2024\n" + message,
                   [], message, env)


class Names(Case):
    def test_the_name_tells_time_process_host_and_sizes(self):
        process = self.start()
        process.communicate(b"A: 1\r\nB: 2\n\nbody\n", timeout=60)
        self.assertEqual(process.returncode, 0)
        match = NAME.match(self.names()[0])
        self.assertIsNotNone(match, self.names())
        self.assertEqual(int(match[3]), process.pid)
        self.assertEqual(match[5], socket.gethostname()[:64])
        self.assertEqual(int(match[6]), 17)
        self.assertEqual(int(match[7]), 20)

    def test_the_sizes_count_the_fields_added(self):
        self.assert_delivers(MESSAGE, "-f", "a@b", "-r", "c@d")
        match = NAME.match(self.names()[0])
        stored = self.only_message()
        self.assertEqual(int(match[6]), len(stored))
        self.assertEqual(int(match[7]), len(stored) + stored.count(b"\n"))


class FirstDelivery(Case):
    def test_the_maildir_is_made_for_its_owner_only(self):
        def lax():
            os.umask(0)

        self.assert_delivers(MESSAGE, before=lax)
        for name in ("", "new", "cur", "tmp"):
            status = os.stat(os.path.join(self.maildir, name))
            self.assertEqual(stat.S_IMODE(status.st_mode), 0o700, name)
            self.assertEqual(status.st_uid, PLAIN_UID)
        status = os.stat(os.path.join(self.maildir, "new", self.names()[0]))
        self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)
        self.assertEqual(status.st_uid, PLAIN_UID)

    def test_no_other_file_is_made(self):
        self.assert_delivers(MESSAGE)
        self.assertEqual(sorted(os.listdir(self.maildir)), ["cur", "new", "tmp"])

    @unittest.skipIf(os.path.exists("/etc/avocet/imapd.conf"), "this machine is configured")
    def test_it_works_without_configuration(self):
        self.assert_delivers(MESSAGE, args=[self.program])
        self.assertEqual(self.only_message(), MESSAGE)

    def test_variables_in_the_location_are_replaced(self):
        configuration = self.write("other.conf", f"[mail]\nlocation = {self.home}/%u/mail\n")
        self.assert_delivers(MESSAGE, args=self.command(configuration=configuration))
        self.maildir = os.path.join(self.home, pwd.getpwuid(PLAIN_UID).pw_name, "mail")
        self.assertEqual(self.only_message(), MESSAGE)


if __name__ == "__main__":
    main()
