# SPDX-License-Identifier: ISC
"""What must hold between the answers about one message: parts are where BODYSTRUCTURE says,
and as large. Written from RFC 2046, RFC 3501 §6.4.5 and RFC 2045 §6 alone, in another way
than lib/mime, so that a mistake would have to be made twice."""

import base64
import os
import re
import tempfile

from imap_client import ImapClient
from server import IMAPD

FIRST_ARRIVAL = 1767225600


class MessagesBox:
    """A Maildir with messages 1 … n, read ones, for `imapd --stdio`."""

    def __init__(self, octets_of_messages):
        self.temporary = tempfile.TemporaryDirectory(prefix="avocet-messages-")
        self.maildir = os.path.join(self.temporary.name, "Maildir")
        for part in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(self.maildir, part), mode=0o700)
        self.paths = []
        for number, octets in enumerate(octets_of_messages, 1):
            base = f"{FIRST_ARRIVAL + number}.M{number:06}P1.example:2,S"
            self.paths.append(os.path.join(self.maildir, "cur", base))
            with open(self.paths[-1], "wb") as file:
                file.write(octets)
        self.config = os.path.join(self.temporary.name, "imapd.conf")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f"[mail]\nlocation = {self.maildir}\n")

    def client(self, **options):
        argv = [IMAPD, "--stdio", "-e", "-c", self.config]
        client = ImapClient.pipe(argv, **options)
        client.command("EXAMINE INBOX").ok()
        return client

    def delete_index(self):
        for name in os.listdir(self.maildir):
            if name.startswith("imapd-index.mdb"):
                os.unlink(os.path.join(self.maildir, name))

    def stored(self):
        return [read(path) for path in self.paths]

    def remove(self):
        self.temporary.cleanup()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def lines_of(items, most=5000):
    """The items, divided so that no line is longer than so many octets or a little more."""
    line = ""
    for item in items:
        line += " " * bool(line) + item
        if len(line) > most:
            yield line
            line = ""
    if line:
        yield line


def pipelined(client, commands, window=8):
    """The answers to many commands, of which some are always under way: no more than a
    pipe holds, or both sides would wait for ever."""
    tags, answers = [], []
    for command in commands:
        tags.append(client.start(command))
        if len(tags) - len(answers) >= window:
            answers.append(client.finish(tags[len(answers)]))
    while len(answers) < len(tags):
        answers.append(client.finish(tags[len(answers)]))
    return answers


def fetch_each(client, wanted):
    """`wanted` is [(number, [items])]; gives number to items, as `fetched()`."""
    commands = [
        f"FETCH {number} ({some})" for number, items in wanted for some in lines_of(items)
    ]
    fetched = {number: {} for number, _ in wanted}
    for answer in pipelined(client, commands):
        for number, items in answer.ok().fetched().items():
            fetched[number].update(items)
    return fetched


def parts_of_message(structure, prefix=""):
    """(path, structure) of all parts, RFC 3501 §6.4.5: a message that is no multipart has
    one part, 1."""
    if "parts" in structure:
        yield from parts_of_multipart(structure, prefix)
    else:
        yield from part_and_below(structure, prefix + "1")


def parts_of_multipart(structure, prefix):
    for number, child in enumerate(structure["parts"], 1):
        yield from part_and_below(child, f"{prefix}{number}")


def part_and_below(structure, path):
    yield path, structure
    if "body" in structure:
        yield from parts_of_message(structure["body"], path + ".")
    elif "parts" in structure:
        yield from parts_of_multipart(structure, path + ".")


def section_items(structure):
    """All sections of all parts."""
    for path, part in parts_of_message(structure):
        yield from (f"BODY.PEEK[{path}]", f"BODY.PEEK[{path}.MIME]")
        if "body" in part:
            yield from (f"BODY.PEEK[{path}.HEADER]", f"BODY.PEEK[{path}.TEXT]")


class Layout:
    """Finds every part in the whole by its boundaries alone and compares with what was
    told. `octets` are the file's with CRLF, NULs as they are; `items` what FETCH gave.
    `places` are then from path to (start, end) of each part's body."""

    def __init__(self, octets, items):
        self.octets = octets
        self.seen = octets.replace(b"\0", b"\x80")
        self.items = items
        self.places = {}
        header = items["BODY[HEADER]"]
        self.message(items["BODYSTRUCTURE"], "", len(header), len(octets), header)

    def require(self, equal, path, what):
        if not equal:
            raise AssertionError(f"{what} of part {path}")

    def section(self, name):
        return self.items[f"BODY[{name}]"]

    def message(self, structure, prefix, start, end, header):
        """A message whose body is from `start` to `end`."""
        if "parts" in structure:
            self.multipart(structure, prefix, start, end)
            return
        self.require(self.section(prefix + "1.MIME") == header, prefix + "1", "MIME header")
        self.part(structure, prefix + "1", start, end)

    def part(self, part, path, start, end):
        body = self.section(path)
        self.places[path] = start, end
        seen = self.seen[start:end]
        self.require(body == seen, path, f"octets {body!r} are not {seen!r}:")
        if "parts" in part:
            self.multipart(part, path + ".", start, end)
            return
        self.require(part["octets"] == len(body), path, "size")
        if "lines" in part:
            self.require(part["lines"] == body.count(b"\r\n"), path, "lines")
        if "body" in part:
            header, text = self.section(path + ".HEADER"), self.section(path + ".TEXT")
            self.require(header + text == body, path, "HEADER and TEXT")
            self.require(header == header_of(body), path, "HEADER")
            self.message(part["body"], path + ".", start + len(header), end, header)

    def multipart(self, part, prefix, start, end):
        boundary = plain_boundary(part)
        line = re.compile(rb"(?<=\n)--" + re.escape(boundary) + rb"(--)?[^\n]*(?:\n|\Z)")
        at, count = start, 0
        while boundary:
            delimiter = line.search(self.seen, at, end)
            if not delimiter or delimiter[1]:
                break
            if delimiter.end() == len(self.octets) and not delimiter[0].endswith(b"\n"):
                break  # encapsulation := delimiter transport-padding CRLF body-part
            count += 1
            at = self.after_delimiter(part, f"{prefix}{count}", count, delimiter.end(), end)
        children = part["parts"]
        if count == 0:  # an empty part stands for those that are missing
            self.require(len(children) == 1, prefix, "number of parts")
            self.require(self.section(prefix + "1.MIME") == b"", prefix, "stand-in's header")
            self.part(children[0], prefix + "1", end, end)
            return
        self.require(len(children) == count, prefix, "number of parts")

    def after_delimiter(self, multipart, path, count, at, end):
        """Where the part ends that begins after a delimiter."""
        self.require(len(multipart["parts"]) >= count, path, "presence")
        header = self.section(path + ".MIME")
        start = at + len(header)
        seen = self.seen[at:start]
        self.require(header == seen, path, f"header {header!r} is not {seen!r}:")
        finish = start + len(self.section(path))
        if finish != end:
            boundary = b"--" + plain_boundary(multipart)
            rest = self.seen[finish : finish + len(boundary) + 2]
            # A delimiter's line end is its own, but not the one of the delimiter before.
            if not rest.startswith(b"\r\n" + boundary):
                self.require(finish == at and rest.startswith(boundary), path, "end")
        self.part(multipart["parts"][count - 1], path, start, finish)
        return finish


def plain_boundary(part):
    for name, value in part.get("parameters") or ():
        if name.lower() == b"boundary":
            return value[:1000]
    return b""


def header_of(octets):
    """Up to and with the first empty line, or all."""
    found = re.search(rb"(?:\A|(?<=\n))\r\n", octets)
    return octets[: found.end()] if found else octets


# RFC 2045 §6, of what is damaged too: lib/mime/encoding.h says what becomes of it.

KNOWN_ENCODINGS = {b"", b"7bit", b"8bit", b"binary", b"base64", b"quoted-printable"}


def decoded(octets, encoding):
    encoding = encoding.lower()
    if encoding == b"base64":
        # What is no digit is passed over; padding ends a piece, and another may follow.
        digits = re.sub(rb"[^A-Za-z0-9+/=]", b"", octets)
        return b"".join(base64_piece(piece) for piece in digits.split(b"="))
    if encoding == b"quoted-printable":
        return QUOTED_PRINTABLE.sub(quoted_printable_piece, octets)
    return octets


def base64_piece(digits):
    octets = len(digits) * 6 // 8
    return base64.b64decode(digits + b"A" * (-len(digits) % 4))[:octets]


QUOTED_PRINTABLE = re.compile(
    rb"=([0-9A-Fa-f]{2})"
    rb"|=[ \t]*(?:\r?\n|\r?\Z)"  # a soft line break
    rb"|[ \t]+(\r?\n|\r?\Z)"  # RFC 2045 §6.7 (3): white space at the end of a line
)


def quoted_printable_piece(found):
    if found[1]:
        return bytes([int(found[1], 16)])
    return found[2] if (found[2] or b"").endswith(b"\n") else b""
