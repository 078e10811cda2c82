# SPDX-License-Identifier: ISC
"""What a client's picture of its mailbox may conclude from responses, and what not."""

import unittest

from mailbox_picture import Command, Picture
from response_parser import parse


def response(line):
    return parse(line + b"\r\n")[0]


def picture_of(*lines, **kind):
    picture = Picture(**kind)
    for line in lines:
        picture.take(response(line), Command("NOOP"))
    return picture


class Vanished(unittest.TestCase):
    def test_which_of_several_without_a_uid_has_gone_is_not_known(self):
        picture = picture_of(
            b"* 4 EXISTS",
            b"* 1 FETCH (UID 5 FLAGS (\\Draft) MODSEQ (9))",
            b"* 2 FETCH (FLAGS (\\Seen) UID 8 MODSEQ (9))",
            qresync=True,
        )
        for number, flags in (3, b"\\Answered"), (4, b"\\Flagged"):
            line = b"* %d FETCH (FLAGS (%s))" % (number, flags)
            picture.take(response(line), Command("FETCH", asks_mod_sequence=False))
        picture.take(response(b"* VANISHED 11"), Command("NOOP"))
        self.assertEqual([entry.uid for entry in picture.entries], [5, 8, None])
        self.assertEqual(
            [entry.flags for entry in picture.entries],
            [frozenset({"\\Draft"}), frozenset({"\\Seen"}), None],
        )

    def test_the_only_one_without_a_uid_between_two_has_gone(self):
        picture = picture_of(
            b"* 4 EXISTS",
            b"* 1 FETCH (UID 5 FLAGS () MODSEQ (9))",
            b"* 3 FETCH (UID 8 FLAGS () MODSEQ (9))",
            qresync=True,
        )
        line = b"* 4 FETCH (FLAGS (\\Seen))"
        picture.take(response(line), Command("FETCH", asks_mod_sequence=False))
        picture.take(response(b"* VANISHED 7"), Command("NOOP"))
        self.assertEqual([entry.uid for entry in picture.entries], [5, 8, None])
        self.assertEqual(picture.entries[2].flags, frozenset({"\\Seen"}))


if __name__ == "__main__":
    unittest.main()
