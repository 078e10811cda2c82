#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver and messages that were delivered before."""

import fcntl
import hashlib
import os

from _deliver import Case, main

ONE = b"Message-ID: <one@example.org>\nSubject: one\n\nbody\n"
COPY = b"List-Id: x\n" + ONE
OTHER = b"Message-ID: <other@example.org>\n\nbody\n"


def offset_of(identifier):
    """Where in the lock's file the lock of that Message-ID is."""
    return int(hashlib.sha256(identifier).hexdigest()[:15], 16)


class Duplicates(Case):
    def check(self, setting, messages, expected):
        self.configure(f"[deliver]\n{setting}\n")
        for message in messages:
            self.assert_delivers(message)
        contents = sorted(self.content(name) for name in self.names())
        self.assertEqual(contents, sorted(expected))
        self.assertEqual(self.names("tmp"), [])

    def test_by_default_all_are_delivered(self):
        self.check("", [ONE, ONE], [ONE, ONE])
        self.assertEqual(sorted(os.listdir(self.maildir)), ["cur", "new", "tmp"])

    def test_the_second_one_is_dropped(self):
        self.check("duplicates = drop", [ONE, COPY, OTHER, ONE], [ONE, OTHER])

    def test_without_a_message_id_none_is_a_duplicate(self):
        bare = b"Subject: x\n\nbody\n"
        self.check("duplicates = drop", [bare, bare], [bare, bare])

    def test_by_octets_a_copy_is_another_message(self):
        self.check("duplicates = drop\nduplicate-rule = octets", [ONE, COPY, ONE], [ONE, COPY])

    def test_after_the_window_it_is_new(self):
        self.check("duplicates = drop", [ONE], [ONE])
        path = os.path.join(self.maildir, "avocet-delivered")
        with open(path, encoding="ascii") as file:
            _, key = file.read().split()
        self.write("Maildir/avocet-delivered", f"1000000000 {key}\n", 0o666)
        self.assert_delivers(ONE)
        self.assertEqual(len(self.names()), 2)

    def test_the_second_one_is_marked(self):
        self.check("duplicates = mark", [ONE, COPY], [ONE])
        (marked,) = self.names("cur")
        self.assertTrue(marked.endswith(":2,a"), marked)
        with open(os.path.join(self.maildir, "dovecot-keywords"), encoding="ascii") as file:
            self.assertEqual(file.read(), "0 $Duplicate\n")

    def test_of_many_at_the_same_moment_one_is_delivered(self):
        self.configure("[deliver]\nduplicates = drop\n")
        for number in range(8):
            message = b"Message-ID: <%d@x>\n\nx\n" % number
            processes = [self.start() for _ in range(8)]
            for process in processes:
                process.stdin.write(message)
                process.stdin.flush()
            for process in processes:
                process.stdin.close()
            for process in processes:
                self.assertEqual((process.wait(60), process.stderr.read()), (0, b""))
                process.stdout.close()
                process.stderr.close()
            self.assertEqual(len(self.names()), number + 1)

    def test_one_that_hangs_keeps_only_its_own_kind_waiting(self):
        self.configure("[deliver]\nduplicates = drop\n")
        self.assert_delivers(OTHER)
        with open(os.path.join(self.maildir, "avocet-delivered.lock"), "wb") as file:
            fcntl.lockf(file, fcntl.LOCK_EX, 1, offset_of(b"<one@example.org>"))
            self.assert_delivers(b"Message-ID: <third@example.org>\n\nbody\n")
            self.assert_defers(ONE, "-o", "deliver.time-limit=1s", says="out of time")
        self.assert_delivers(ONE)
        self.assertEqual(len(self.names()), 3)

    def test_one_that_was_not_delivered_is_no_duplicate(self):
        self.configure("[deliver]\nduplicates = drop\n")
        self.assert_delivers(OTHER)
        os.chmod(os.path.join(self.maildir, "new"), 0o500)
        self.assert_defers(ONE)
        os.chmod(os.path.join(self.maildir, "new"), 0o700)
        self.assert_delivers(ONE)
        self.assertEqual(len(self.names()), 2)


if __name__ == "__main__":
    main()
