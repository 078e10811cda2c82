# SPDX-License-Identifier: ISC
"""Commands that are no longer what the grammar allows, or hardly."""

import re

OCTETS = [b"\0", b"\r", b"\n", b"\r\n", b'"', b"\\", b"{", b"}", b"(", b")", b" ", b"  ", b"*", b"%",
          b"~", b"+", b"<", b">", b"[", b"]", b",", b":", b"$", b"\x7f", b"\x80", b"\xff", b"\t",
          b"NIL", b"{3}\r\n", b"{3+}\r\n", b"~{2+}\r\n", b"{}", b"{-1}\r\n", b"&", b"0"]  # fmt: skip
NUMBERS = [b"0", b"-1", b"00", b"4294967295", b"4294967296", b"9223372036854775807",
           b"9223372036854775808", b"18446744073709551616", b"9" * 40, b""]  # fmt: skip
LENGTHS = [b"0", b"1", b"4096", b"4097", b"65536", b"65537", b"1048577", b"4294967296",
           b"9223372036854775808", b"9" * 30]  # fmt: skip
LONG = [b"(" * 3000, b"x" * 9000, b" " * 2000, b"1," * 5000, b"NOT " * 2000, b"%*" * 500,
        b"1." * 400, b"\\" * 3001, b"x" * 1100000]  # fmt: skip


class Mutator:
    def __init__(self, random):
        self.random = random
        self.before = b""  # the command before
        self.ways = [self.drop, self.insert, self.replace, self.repeat, self.truncate,
                     self.drop_token, self.repeat_token, self.swap_tokens, self.change_number,
                     self.change_length, self.change_length, self.break_line,
                     self.splice]  # fmt: skip

    def mutate(self, octets):
        whole = octets
        for _ in range(self.random.choice([1, 1, 1, 2, 3, 6])):
            octets = self.random.choice(self.ways)(octets)
        if self.random.random() < 0.01:
            octets = self.at_some_place(octets, self.random.choice(LONG))
        self.before = whole
        return octets

    def place(self, octets):
        return self.random.randint(0, len(octets))

    def stretch(self, octets):
        start = self.place(octets)
        return start, min(len(octets), start + self.random.choice([1, 1, 1, 2, 5, 40]))

    def at_some_place(self, octets, inserted):
        at = self.place(octets)
        return octets[:at] + inserted + octets[at:]

    def drop(self, octets):
        start, end = self.stretch(octets)
        return octets[:start] + octets[end:]

    def insert(self, octets):
        return self.at_some_place(octets, self.random.choice(OCTETS))

    def replace(self, octets):
        start, end = self.stretch(octets)
        return octets[:start] + self.random.choice(OCTETS) + octets[end:]

    def repeat(self, octets):
        start, end = self.stretch(octets)
        return octets[:end] + octets[start:end] * self.random.choice([1, 2, 30]) + octets[end:]

    def truncate(self, octets):
        return octets[: self.place(octets)]

    def drop_token(self, octets):
        tokens = octets.split(b" ")
        del tokens[self.random.randrange(len(tokens))]
        return b" ".join(tokens)

    def repeat_token(self, octets):
        tokens = octets.split(b" ")
        at = self.random.randrange(len(tokens))
        return b" ".join(tokens[:at] + [tokens[at]] + tokens[at:])

    def swap_tokens(self, octets):
        tokens = octets.split(b" ")
        one, other = (self.random.randrange(len(tokens)) for _ in range(2))
        tokens[one], tokens[other] = tokens[other], tokens[one]
        return b" ".join(tokens)

    def splice(self, octets):
        """The beginning of one command and the end of another."""
        return octets[: self.place(octets)] + self.before[self.place(self.before) :]

    def in_one_match(self, pattern, octets, replacement):
        found = list(re.finditer(pattern, octets))
        if not found:
            return self.insert(octets)
        match = self.random.choice(found)
        return octets[: match.start()] + replacement(match) + octets[match.end() :]

    def change_number(self, octets):
        return self.in_one_match(rb"\d+", octets, lambda _: self.random.choice(NUMBERS))

    def change_length(self, octets):
        """Of a literal: one more, one less, or something else altogether."""

        def changed(match):
            near = [b"%d" % (int(match[0]) + 1), b"%d" % max(0, int(match[0]) - 1)]
            return self.random.choice(near * 4 + LENGTHS)

        return self.in_one_match(rb"(?<=\{)\d+(?=\+?\}\r\n)", octets, changed)

    def break_line(self, octets):
        broken = self.random.choice([b"\r", b"\n", b"\r\r\n", b"\n\r", b"\0\r\n", b""])
        return self.in_one_match(rb"\r\n", octets, lambda _: broken)


def announced(octets):
    """What `octets` may have a server wait for: the octets of literals, all of them."""
    lengths = re.findall(rb"\{(\d+)\+?\}\r?\n", octets + b"\r\n")
    return sum(int(length) for length in lengths)
