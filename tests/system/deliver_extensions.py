#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The extensions of deliver --lmtp, each as its RFC has it: swaks where it speaks them, and
else a client that says what it is told to."""

import os
import re
import shutil
import socket
import subprocess
import unittest

from _deliver import PLAIN_GID, PLAIN_UID, ROOT, main
from _lmtp import RECEIVED, LmtpCase, messages, read

TRACE = b"Return-Path: <s@example.org>\nDelivered-To: %s\n"
MAIL = b"MAIL FROM:<s@example.org>"
EIGHT_BITS = "Subject: \u00e4\n\n\u00fc\n".encode()


class Dialogue(LmtpCase):
    """Each reply is looked at as RFC 2034 wants it."""

    limits = ""

    def setUp(self):
        super().setUp()
        self.configure(self.limits)
        for name in ("ann", "bob"):
            self.user(name)
        process, client = self.on_standard_input(as_root=ROOT)
        self.process, self.features = process, client.esmtp_features
        self.socket = client.sock
        self.input = client.sock.makefile("rb")
        self.addCleanup(self.input.close)

    def send(self, *lines):
        """All in one write."""
        self.socket.sendall(b"".join(line + b"\r\n" for line in lines))

    def send_raw(self, octets):
        self.socket.sendall(octets)

    def reply(self):
        """Code and enhanced status code; the latter is empty for 354."""
        line = self.input.readline().decode("ascii")
        match = re.fullmatch(r"(\d{3}) (?:(\d\.\d{1,3}\.\d{1,3}) )?\S.*\r\n", line)
        self.assertTrue(match, repr(line))
        code, enhanced = match[1], match[2] or ""
        if code == "354":
            self.assertEqual(enhanced, "")
        else:
            self.assertEqual(code[0], enhanced[:1], line)
        return f"{code} {enhanced}".strip()

    def expect(self, *replies):
        self.assertEqual([self.reply() for _ in replies], list(replies))

    def say(self, line, *replies):
        self.send(line)
        self.expect(*replies)

    def begin(self, *recipients):
        self.say(MAIL, "250 2.1.0")
        for recipient in recipients or (b"ann",):
            self.say(b"RCPT TO:<%s>" % recipient, "250 2.1.5")

    def assert_stored(self, *bodies, recipient=b"ann"):
        expected = sorted(TRACE % recipient + body for body in bodies)
        self.assertEqual(sorted(messages(self.maildir)), expected)

    def assert_ended(self):
        self.assertEqual(self.input.read(), b"")
        self.assertEqual(self.process.wait(60), 0)


class Lmtp(Dialogue):
    """RFC 2033."""

    def test_what_is_announced(self):
        wanted = {"pipelining", "enhancedstatuscodes", "8bitmime", "smtputf8", "chunking", "size"}
        self.assertEqual(set(self.features), wanted)

    def test_a_status_a_recipient(self):
        self.say(MAIL, "250 2.1.0")
        self.say(b"RCPT TO:<ann>", "250 2.1.5")
        self.say(b"RCPT TO:<eve>", "550 5.1.1")
        self.say(b"RCPT TO:<bob>", "250 2.1.5")
        self.say(b"DATA", "354")
        self.say(b"A: 1\r\n\r\nx\r\n.", "250 2.1.5", "250 2.1.5")
        self.say(b"NOOP", "250 2.0.0")  # and no reply more than that

    def test_no_recipient_no_data(self):
        # RFC 2033 4.2: 503, for DATA that follows a RCPT which failed.
        self.say(MAIL, "250 2.1.0")
        self.say(b"RCPT TO:<eve>", "550 5.1.1")
        self.say(b"DATA", "503 5.5.1")

    def test_there_is_no_smtp(self):
        for word in (b"EHLO me", b"HELO me", b"ETRN me", b"XCLIENT NAME=x", b""):
            self.say(word, "500 5.5.1")

    def test_the_other_commands(self):
        self.say(b"VRFY ann", "252 2.5.0")
        self.say(b"RSET", "250 2.0.0")
        self.say(b"QUIT", "221 2.0.0")
        self.assert_ended()


class Pipelining(Dialogue):
    """RFC 2920."""

    def test_a_transaction_in_two_writes(self):
        self.send(MAIL, b"RCPT TO:<ann>", b"RCPT TO:<eve>", b"DATA")
        self.expect("250 2.1.0", "250 2.1.5", "550 5.1.1", "354")
        self.send(b"A: 1\r\n\r\none\r\n.", MAIL, b"RCPT TO:<ann>", b"DATA")
        self.expect("250 2.1.5", "250 2.1.0", "250 2.1.5", "354")
        self.send(b"A: 2\r\n\r\ntwo\r\n.", b"QUIT")
        self.expect("250 2.1.5", "221 2.0.0")
        self.assert_ended()
        self.assert_stored(b"A: 1\n\none\n", b"A: 2\n\ntwo\n")

    def test_data_without_recipients_is_the_next_command(self):
        # RFC 2920 3.1: a client that has seen no 354 sends no message.
        self.send(MAIL, b"RCPT TO:<eve>", b"DATA", b"RSET", b"NOOP")
        self.expect("250 2.1.0", "550 5.1.1", "503 5.5.1", "250 2.0.0", "250 2.0.0")

    def test_an_error_drops_nothing_that_follows(self):
        self.send(b"NONSENSE", MAIL, b"MAIL FROM:<x", b"RCPT TO:<ann>", b"NOOP")
        self.expect("500 5.5.1", "250 2.1.0", "503 5.5.1", "250 2.1.5", "250 2.0.0")

    def test_octet_by_octet(self):
        for octet in MAIL + b"\r\nRCPT TO:<ann>\r\nDATA\r\n":
            self.send_raw(bytes([octet]))
        self.expect("250 2.1.0", "250 2.1.5", "354")
        for octet in b"A: 1\r\n\r\n..\r\n.\r\n":
            self.send_raw(bytes([octet]))
        self.expect("250 2.1.5")
        self.assert_stored(b"A: 1\n\n.\n")


class Cut(LmtpCase):
    """A client that is gone in the middle of anything."""

    DIALOGUE = (
        b"LHLO me\r\nMAIL FROM:<s@x>\r\nRCPT TO:<ann>\r\n"
        b"BDAT 9\r\nA: 1\r\n\r\nxBDAT 2\r\ny\nRSET\r\n"
        b"MAIL FROM:<s@x>\r\nRCPT TO:<ann>\r\nDATA\r\nA: 1\r\n\r\nx\r\n..\r\n.\r\n"
    )

    def test_half_a_dialogue_delivers_nothing(self):
        self.user("ann")
        path = os.path.join(self.home, "lmtp")
        self.configure(f"listen = {path}\n")
        self.spawn(stdin=subprocess.DEVNULL, as_root=ROOT)
        self.at(path).quit()
        for end in [*range(0, len(self.DIALOGUE), 3), len(self.DIALOGUE)]:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(60)
                client.connect(path)
                client.sendall(self.DIALOGUE[:end])
                client.shutdown(socket.SHUT_WR)
                while client.recv(4096):  # until the other side has seen it, and is done
                    pass
            self.assertEqual(len(messages(self.maildir)), end == len(self.DIALOGUE), end)
        self.assertEqual(self.names("tmp"), [])


class EightBits(Dialogue):
    """RFC 6152 and 6531."""

    def deliver(self, parameters, recipient=b"ann"):
        self.say(MAIL + parameters, "250 2.1.0")
        self.say(b"RCPT TO:<%s>" % recipient, "250 2.1.5")
        self.say(b"DATA", "354")
        self.say(EIGHT_BITS.replace(b"\n", b"\r\n") + b".", "250 2.1.5")

    def test_8bitmime_changes_nothing(self):
        self.deliver(b" BODY=8BITMIME")
        self.assert_stored(EIGHT_BITS)

    def test_nor_does_7bit(self):
        self.deliver(b" BODY=7BIT")
        self.assert_stored(EIGHT_BITS)

    def test_smtputf8(self):
        name = "\u00e4nn@\u00fc.example"
        with open(self.users, "ab") as file:
            file.write(f"{name}:{{PLAIN}}x:{PLAIN_UID}:{PLAIN_GID}::{self.home}::\n".encode())
        self.deliver(b" SMTPUTF8 BODY=8BITMIME", name.encode())
        self.assert_stored(EIGHT_BITS, recipient=name.encode())
        new = os.path.join(self.maildir, "new")
        field = RECEIVED.search(read(os.path.join(new, *os.listdir(new))))
        self.assertEqual(field[2], b"UTF8LMTP")

    def test_replies_are_in_ascii(self):
        # RFC 6531 3.7.4.2: to a client that has not asked for more.
        self.say(MAIL, "250 2.1.0")
        self.say("RCPT TO:<\u00e4@x>".encode(), "550 5.1.1")

    def test_parameters_that_are_none(self):
        for parameter in (b"BODY=BINARYMIME", b"BODY", b"BODY="):
            self.say(MAIL + b" " + parameter, "501 5.5.4")
        for parameter in (b"SMTPUTF8=YES", b"AUTH=<>", b"X"):
            self.say(MAIL + b" " + parameter, "555 5.5.4")


class Size(Dialogue):
    """RFC 1870."""

    limits = "size = 1K\n"

    def test_it_is_announced(self):
        self.assertEqual(self.features["size"], "1024")

    def test_what_is_said_to_be_too_large_is_not_sent(self):
        self.say(MAIL + b" SIZE=1025", "552 5.3.4")
        self.say(b"RCPT TO:<ann>", "503 5.5.1")
        self.say(MAIL + b" SIZE=1024", "250 2.1.0")

    def test_numbers_that_are_none(self):
        for number in (b"", b"x", b"-1", b"+1", b"1e3", b"9" * 21):
            self.say(MAIL + b" SIZE=" + number, "501 5.5.4")

    def test_what_is_larger_than_was_said(self):
        self.say(MAIL + b" SIZE=10", "250 2.1.0")
        self.say(b"RCPT TO:<ann>", "250 2.1.5")
        self.say(b"RCPT TO:<bob>", "250 2.1.5")
        self.say(b"DATA", "354")
        self.say(b"A: 1\r\n\r\n" + b"x" * 1024 + b"\r\n.", "552 5.3.4", "552 5.3.4")
        self.assert_stored()
        self.begin()
        self.say(b"DATA", "354")
        self.say(b"A: 1\r\n\r\nx\r\n.", "250 2.1.5")
        self.assert_stored(b"A: 1\n\nx\n")

    def test_chunks_together_are_too_large(self):
        self.begin()
        for _ in range(2):
            self.send_raw(b"BDAT 600\r\n" + b"x" * 600)
            self.expect("250 2.0.0")
        self.say(b"BDAT 0 LAST", "552 5.3.4")
        self.assert_stored()


class Chunking(Dialogue):
    """RFC 3030."""

    def chunk(self, octets, last=b""):
        self.send_raw(b"BDAT %d%s\r\n%s" % (len(octets), last, octets))

    def test_one_chunk(self):
        self.begin(b"ann", b"bob")
        self.chunk(b"A: 1\r\n\r\nx\r\n", b" LAST")
        self.expect("250 2.1.5", "250 2.1.5")

    def test_the_last_chunk_may_be_empty(self):
        self.begin()
        self.chunk(b"A: 1\r\n\r\nx\r\n")
        self.expect("250 2.0.0")
        self.say(b"BDAT 0 LAST", "250 2.1.5")
        self.assert_stored(b"A: 1\n\nx\n")

    def test_so_may_others(self):
        self.begin()
        self.say(b"BDAT 0", "250 2.0.0")
        self.chunk(b"A: 1\r\n\r\n")
        self.expect("250 2.0.0")
        self.say(b"BDAT 0", "250 2.0.0")
        self.chunk(b"x\r\n", b" last")
        self.expect("250 2.1.5")
        self.assert_stored(b"A: 1\n\nx\n")

    def test_dots_and_line_ends_mean_nothing(self):
        self.begin()
        whole = b"A: 1\r\n\r\n..\r\n.\r\nBDAT 5 LAST\r\nQUIT\r\nx\r"
        for octet in whole:
            self.chunk(bytes([octet]))
            self.expect("250 2.0.0")
        self.say(b"BDAT 0 LAST", "250 2.1.5")
        self.assert_stored(whole.replace(b"\r\n", b"\n"))

    def test_nothing_at_all_is_no_message(self):
        self.begin()
        self.say(b"BDAT 0 LAST", "451 4.2.0")
        self.assert_stored()

    def test_all_of_it_at_once(self):
        text = b"A: 1\r\n\r\n"
        self.send(MAIL, b"RCPT TO:<ann>", b"RCPT TO:<eve>", b"BDAT 8\r\n" + text + b"BDAT 0 LAST",
                  b"QUIT")  # fmt: skip
        self.expect("250 2.1.0", "250 2.1.5", "550 5.1.1", "250 2.0.0", "250 2.1.5", "221 2.0.0")
        self.assert_stored(b"A: 1\n\n")

    def test_a_bad_sequence_is_read_to_its_end(self):
        # RFC 3030 2: the octets follow whatever becomes of the command.
        self.chunk(b"QUIT\r\n", b" LAST")
        self.expect("503 5.5.1")
        self.say(MAIL, "250 2.1.0")
        self.say(b"RCPT TO:<eve>", "550 5.1.1")
        self.chunk(b"QUIT\r\n")
        self.expect("503 5.5.1")
        self.say(b"BDAT 0 LAST", "503 5.5.1")
        self.say(b"NOOP", "250 2.0.0")

    def test_no_data_between_chunks(self):
        self.begin()
        self.chunk(b"A: 1\r\n\r\n")
        self.expect("250 2.0.0")
        for command in (b"DATA", MAIL, b"RCPT TO:<bob>"):
            self.say(command, "503 5.5.1")
        self.say(b"BDAT 0 LAST", "250 2.1.5")
        self.say(b"BDAT 0 LAST", "503 5.5.1")  # the transaction is over
        self.assert_stored(b"A: 1\n\n")

    def test_rset_between_chunks(self):
        self.begin()
        self.chunk(b"A: 1\r\n\r\n")
        self.expect("250 2.0.0")
        self.say(b"RSET", "250 2.0.0")
        self.say(b"BDAT 0 LAST", "503 5.5.1")
        self.begin()
        self.chunk(b"B: 2\r\n\r\n", b" LAST")
        self.expect("250 2.1.5")
        self.assert_stored(b"B: 2\n\n")

    def test_a_size_that_is_none_ends_it(self):
        # Where the next command begins nobody can tell then.
        self.begin()
        self.say(b"BDAT x LAST", "501 5.5.4")
        self.assert_ended()

    def test_a_chunk_that_ends_early(self):
        self.begin()
        self.send_raw(b"BDAT 100 LAST\r\nA: 1\r\n\r\n")
        self.socket.shutdown(socket.SHUT_WR)
        self.assert_ended()
        self.assert_stored()

    def test_a_large_one(self):
        self.begin()
        line = b"y" * 76 + b"\r\n"
        self.chunk(b"A: 1\r\n\r\n")
        self.expect("250 2.0.0")
        for _ in range(4):
            self.chunk(line * 10_000)
            self.expect("250 2.0.0")
        self.chunk(line, b" LAST")
        self.expect("250 2.1.5")
        (stored,) = messages(self.maildir)
        body = b"A: 1\n\n" + b"y" * 76 + (b"\n" + b"y" * 76) * 40_000 + b"\n"
        self.assertTrue(stored == TRACE % b"ann" + body)


@unittest.skipUnless(shutil.which("swaks"), "swaks is not installed")
class Swaks(LmtpCase):
    def setUp(self):
        super().setUp()
        with open(self.users, "w", encoding="utf-8") as file:
            for name in ("ann@example.org", "\u00e4nn@example.org"):
                file.write(f"{name}:{{PLAIN}}x:{PLAIN_UID}:{PLAIN_GID}::{self.home}::\n")
        path = os.path.join(self.home, "lmtp")
        self.configure(f"listen = {path}\n")
        self.spawn(stdin=subprocess.DEVNULL, as_root=ROOT)
        self.at(path).quit()
        self.swaks = ["swaks", "--protocol", "LMTP", "--socket", path, "--from", "s@example.org"]

    def run_swaks(self, *arguments):
        done = subprocess.run(
            [*self.swaks, *arguments], capture_output=True, check=False, timeout=60
        )
        return done.returncode, done.stdout.decode()

    def test_a_dialogue(self):
        status, text = self.run_swaks("--to", "ann@example.org", "--body", "hello")
        self.assertEqual(status, 0, text)
        for line in ("LHLO", "250 2.1.0 OK", "250 2.1.5 OK", "250 2.1.5 Delivered",
                     "250-PIPELINING", "250-ENHANCEDSTATUSCODES", "250-8BITMIME",
                     "250-SMTPUTF8", "250-CHUNKING", "250 SIZE 0"):  # fmt: skip
            self.assertIn(line, text)
        self.assertIn(b"hello\n", messages(self.maildir)[0])

    def test_pipelining(self):
        status, text = self.run_swaks("--pipeline", "--to", "ann@example.org,ann@example.org")
        self.assertEqual(status, 0, text)
        self.assertEqual(len(messages(self.maildir)), 2)

    def test_somebody_unknown(self):
        status, text = self.run_swaks("--to", "eve@example.org")
        self.assertEqual(status, 24, text)
        self.assertIn("550 5.1.1", text)

    def test_one_of_two_unknown(self):
        status, text = self.run_swaks("--pipeline", "--to", "eve@example.org,ann@example.org")
        self.assertEqual(status, 0, text)
        self.assertIn("550 5.1.1", text)
        self.assertEqual(len(messages(self.maildir)), 1)


if __name__ == "__main__":
    main()
