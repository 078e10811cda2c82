# SPDX-License-Identifier: ISC
"""What holds for every message, tried on generated ones: sizes and octets agree, parts are
where BODYSTRUCTURE says, BINARY is the decoded part, and of a well-formed message all that
is told is what was put into it. Every octet goes through the strict parser, which lets no
NUL pass outside literal8."""

import os
import random
import unittest

from message_checks import (
    KNOWN_ENCODINGS,
    Layout,
    MessagesBox,
    decoded,
    fetch_each,
    header_of,
    parts_of_message,
    pipelined,
    section_items,
)
from message_fields import fields_of
from message_generator import (
    generate,
    long_line,
    many_lines,
    many_parts,
    nested,
    nested_messages,
    wire,
    with_line_ends,
)
from server import IMAPD

SEED = int(os.environ.get("AVOCET_SEED", "1"))
COUNT = int(os.environ.get("AVOCET_MESSAGES", "2000"))
WHOLE = "(RFC822.SIZE BODYSTRUCTURE ENVELOPE BODY BODY.PEEK[] BODY.PEEK[HEADER] BODY.PEEK[TEXT])"
EXTENSIONS = {"md5", "disposition", "language", "location"}


def fetch_all(client, items, count, step=200, first=1):
    fetched = {}
    starts = range(first, count + 1, step)
    commands = [f"FETCH {at}:{min(at + step - 1, count)} {items}" for at in starts]
    for answer in pipelined(client, commands, 2):
        fetched.update(answer.ok().fetched())
    return fetched


def without_extensions(structure):
    """What BODY tells of it."""
    kept = {name: value for name, value in structure.items() if name not in EXTENSIONS}
    if "parts" in kept:
        kept.pop("parameters", None)
        kept["parts"] = [without_extensions(part) for part in kept["parts"]]
    if "body" in kept:
        kept["body"] = without_extensions(kept["body"])
    return kept


def expected_structure(part):
    """BODYSTRUCTURE of a part that was generated."""
    expected = {"type": part.type, "subtype": part.subtype}
    if part.type == b"multipart":
        expected["parts"] = [expected_structure(child) for child in part.children]
        expected["parameters"] = part.parameters or None
    else:
        body = wire(part.body)
        expected.update(parameters=part.parameters or None, id=part.id, md5=part.md5,
                        description=part.description, encoding=part.encoding,
                        octets=len(body))  # fmt: skip
        if part.children:
            expected["envelope"] = part.children[0].envelope
            expected["body"] = expected_structure(part.children[0])
        if part.children or part.type.lower() == b"text":
            expected["lines"] = body.count(b"\r\n")
    expected.update(disposition=part.disposition, language=part.language, location=part.location)
    return expected


def generated_parts(root, prefix=""):
    """(path, part) in the order and with the numbers of `parts_of_message`."""
    children = root.children if root.type == b"multipart" else [root]
    for number, part in enumerate(children, 1):
        yield from generated_below(part, f"{prefix}{number}")


def generated_below(part, path):
    yield path, part
    if part.type == b"multipart":
        yield from generated_parts(part, path + ".")
    elif part.children:
        yield from generated_parts(part.children[0], path + ".")


@unittest.skipUnless(os.path.exists(IMAPD), "imapd is not built")
class MessageProperties(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.messages = generate(SEED, COUNT)
        cls.box = MessagesBox(message.octets for message in cls.messages)
        cls.addClassCleanup(cls.box.remove)
        cls.client = cls.box.client()
        cls.addClassCleanup(cls.client.close)
        cls.items = fetch_all(cls.client, WHOLE, COUNT)
        wanted = [(n, list(section_items(cls.items[n]["BODYSTRUCTURE"]))) for n in cls.items]
        for number, sections in fetch_each(cls.client, wanted).items():
            cls.items[number].update(sections)

    def each(self):
        """(number, message, what was fetched of it)."""
        for number, message in enumerate(self.messages, 1):
            yield number, message, self.items[number]

    def explain(self, message):
        return f"{message.name}, seed {SEED}: {message.octets[:3000]!r}"

    def test_the_size_is_that_of_the_octets_and_they_are_those_of_the_file(self):
        for _, message, items in self.each():
            self.assertEqual(items["BODY[]"], wire(message.octets), self.explain(message))
            self.assertEqual(items["RFC822.SIZE"], len(items["BODY[]"]), self.explain(message))

    def test_header_and_text_make_the_whole(self):
        for _, message, items in self.each():
            header = items["BODY[HEADER]"]
            self.assertEqual(header, header_of(items["BODY[]"]), self.explain(message))
            self.assertEqual(header + items["BODY[TEXT]"], items["BODY[]"], self.explain(message))

    def test_parts_are_where_their_boundaries_are(self):
        for _, message, items in self.each():
            try:
                Layout(with_line_ends(message.octets), items)
            except AssertionError as error:
                self.fail(f"{error}\n{items['BODYSTRUCTURE']}\n{self.explain(message)}")

    def test_body_is_bodystructure_without_extensions(self):
        for _, message, items in self.each():
            expected = without_extensions(items["BODYSTRUCTURE"])
            self.assertEqual(items["BODY"], expected, self.explain(message))

    def test_the_structure_of_a_well_formed_message_is_what_was_put_in(self):
        for _, message, items in self.each():
            if message.root:
                expected = expected_structure(message.root)
                self.assertEqual(items["BODYSTRUCTURE"], expected, self.explain(message))

    def test_the_envelope_of_a_well_formed_message_is_what_was_put_in(self):
        for _, message, items in self.each():
            if message.root:
                self.assertEqual(items["ENVELOPE"], message.root.envelope, self.explain(message))

    def test_the_parts_of_a_well_formed_message_are_what_was_put_in(self):
        for _, message, items in self.each():
            for path, part in generated_parts(message.root) if message.root else ():
                body, header = items[f"BODY[{path}]"], items[f"BODY[{path}.MIME]"]
                self.assertEqual(body, wire(part.body), f"{path} of {self.explain(message)}")
                self.assertEqual(header, wire(part.header), f"{path} of {self.explain(message)}")

    def test_slices_join_to_the_whole(self):
        chance = random.Random(SEED)
        wanted, cuts = [], {}
        for number, _, items in self.each():
            path = chance.choice(list(parts_of_message(items["BODYSTRUCTURE"])))[0]
            cuts[number] = [(name, slices(chance, len(items[f"BODY[{name}]"])))
                            for name in ("", path)]  # fmt: skip
            asked = [f"BODY.PEEK[{name}]<{at}.{octets}>"
                     for name, pieces in cuts[number] for at, octets in pieces]  # fmt: skip
            wanted.append((number, asked))
        fetched = fetch_each(self.client, wanted)
        for number, message, items in self.each():
            for name, pieces in cuts[number]:
                joined = b"".join(fetched[number][f"BODY[{name}]<{at}>"] for at, _ in pieces)
                self.assertEqual(joined, items[f"BODY[{name}]"], self.explain(message))

    def test_header_fields_are_those_that_are_named(self):
        names = [b"subject", b"content-type", b"to", b"x-8bit", b"a"]
        listed = b" ".join(names).decode().upper()
        fetched = fetch_all(self.client, f"(BODY.PEEK[HEADER.FIELDS ({listed})] "
                            f"BODY.PEEK[HEADER.FIELDS.NOT ({listed})])", COUNT)  # fmt: skip
        for number, message, items in self.each():
            header = items["BODY[HEADER]"]
            end = b"\r\n" if header.endswith(b"\n\r\n") or header == b"\r\n" else b""
            fields = fields_of(header[: len(header) - len(end)])
            for suffix, is_wanted in [("", True), (".NOT", False)]:
                expected = b"".join(raw for name, raw in fields if (name in names) == is_wanted)
                self.assertEqual(fetched[number][f"BODY[HEADER.FIELDS{suffix} ({listed})]"],
                                 expected + end, self.explain(message))  # fmt: skip

    def test_binary_is_the_decoded_part(self):
        wanted = []
        for number, _, items in self.each():
            parts = parts_of_message(items["BODYSTRUCTURE"])
            known = ["", *(path for path, part in parts if is_known(part))]
            asked = [f"BINARY.{what}[{path}]" for path in known for what in ("PEEK", "SIZE")]
            wanted.append((number, asked))
        fetched = fetch_each(self.client, wanted)
        for number, message, items in self.each():
            octets = with_line_ends(message.octets)
            self.assertEqual(fetched[number]["BINARY[]"], octets, self.explain(message))
            self.assertEqual(fetched[number]["BINARY.SIZE[]"], len(octets))
            places = Layout(octets, items).places
            for path, part in parts_of_message(items["BODYSTRUCTURE"]):
                if not is_known(part):
                    continue
                start, end = places[path]
                encoding = b"" if "parts" in part or "body" in part else part["encoding"]
                expected = decoded(octets[start:end], encoding)
                told = f"{path} of {self.explain(message)}"
                self.assertEqual(fetched[number][f"BINARY[{path}]"], expected, told)
                self.assertEqual(fetched[number][f"BINARY.SIZE[{path}]"], len(expected), told)
            for path, part in generated_parts(message.root) if message.root else ():
                if part.decoded is not None:
                    self.assertEqual(fetched[number][f"BINARY[{path}]"], part.decoded, path)

    def test_an_encoding_that_nobody_knows_is_refused(self):
        commands = [f"FETCH {number} BINARY.{what}[{path}]"
                    for number, _, items in self.each()
                    for path, part in parts_of_message(items["BODYSTRUCTURE"]) if not is_known(part)
                    for what in ("PEEK", "SIZE")]  # fmt: skip
        self.assertTrue(commands)
        for command, answer in zip(commands, pipelined(self.client, commands)):
            answer.expect("NO")
            self.assertEqual((answer.tagged.code, answer.fetched()), ("UNKNOWN-CTE", {}), command)

    def test_answers_are_the_same_without_an_index_and_nothing_is_written(self):
        """Each item is asked for alone: what is kept for one must not differ from what is
        made for another."""
        before = self.box.stored()
        self.assertEqual(before, [message.octets for message in self.messages])
        for item in ("ENVELOPE", "BODY", "BODYSTRUCTURE", "RFC822.SIZE", "BODY.PEEK[HEADER]"):
            self.box.delete_index()
            client = self.box.client()
            for answers in (fetch_all(client, item, COUNT), fetch_all(client, item, COUNT)):
                for number, message, items in self.each():
                    name = item.replace(".PEEK", "")
                    self.assertEqual(answers[number][name], items[name], self.explain(message))
            client.close()
        self.assertEqual(self.box.stored(), before)


def is_known(part):
    return "parts" in part or "body" in part or part["encoding"].lower() in KNOWN_ENCODINGS


def slices(chance, size):
    """(offset, octets) that cover `size` octets and a little more."""
    cuts = sorted({0, *(chance.randrange(size + 1) for _ in range(4))})
    return [(at, max(1, end - at)) for at, end in zip(cuts, [*cuts[1:], size + 10])]


GIANTS = {
    "a header line of a megabyte": long_line(1 << 20),
    "100,000 header lines": many_lines(100000),
    "1,000 parts": many_parts(1000),
    "more parts than the bound": many_parts(12000),
    "50 levels": nested(50),
    "more levels than the bound": nested(400),
    "50 messages in each other": nested_messages(50),
    "more of them than the bound": nested_messages(400),
    "a subject that is longer than the bound": b"Subject: " + b"x" * (3 << 20) + b"\n\nbody\n",
    "100,000 addresses": b"To: " + b"a@b, " * 100000 + b"\n\nbody\n",
    "quotes that nothing closes": b"To: " + b'"a ' * 200000 + b"\n\nbody\n",
}


@unittest.skipUnless(os.path.exists(IMAPD), "imapd is not built")
class Giants(unittest.TestCase):
    """Messages that are large in one way."""

    def setUp(self):
        self.box = MessagesBox(GIANTS.values())
        self.addCleanup(self.box.remove)

    def test_sizes_octets_and_parts_agree(self):
        client = self.box.client()
        self.addCleanup(client.close)
        for number, (name, octets) in enumerate(GIANTS.items(), 1):
            with self.subTest(name):
                items = fetch_all(client, WHOLE, number, first=number)[number]
                self.assertEqual(items["RFC822.SIZE"], len(wire(octets)))
                sections = list(section_items(items["BODYSTRUCTURE"]))[:2500]
                items.update(fetch_each(client, [(number, sections)])[number])
                self.assertEqual(items["BODY[]"], wire(octets))
                if len(sections) < 2500:
                    Layout(with_line_ends(octets), items)

    def test_the_envelope_is_the_same_before_and_after_the_structure(self):
        client = self.box.client()
        self.addCleanup(client.close)
        before = fetch_all(client, "ENVELOPE", len(GIANTS))
        fetch_all(client, "BODYSTRUCTURE", len(GIANTS))
        self.assertEqual(fetch_all(client, "ENVELOPE", len(GIANTS)), before)

    def test_a_line_takes_no_more_than_linear_time(self):
        # Looked through again for each 64 KiB of it, as it once was, it takes minutes
        # rather than a second, and the client does not wait so long.
        box = MessagesBox([long_line(24 << 20)])
        self.addCleanup(box.remove)
        client = box.client()
        self.addCleanup(client.close)
        items = fetch_all(client, "ENVELOPE", 1)[1]
        self.assertEqual(items["ENVELOPE"]["subject"], b"after it")

    def test_the_last_part_and_the_deepest_are_there(self):
        client = self.box.client()
        self.addCleanup(client.close)
        number = list(GIANTS).index("1,000 parts") + 1
        items = client.command(f"FETCH {number} BODY.PEEK[1000]").ok().fetched()[number]
        self.assertEqual(items["BODY[1000]"], b"part 999")
        number = list(GIANTS).index("50 levels") + 1
        path = ".".join(["1"] * 50)
        items = client.command(f"FETCH {number} BODY.PEEK[{path}]").ok().fetched()[number]
        self.assertEqual(items[f"BODY[{path}]"], b"leaf")
