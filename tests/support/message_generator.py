# SPDX-License-Identifier: ISC
"""Messages for tests, made from a seed: well-formed ones, each with what a server must say
of it, and damaged ones of which only the octets are known.

    for message in generate(seed=1, count=2000): message.octets, message.root
"""

import base64
import binascii
import quopri
import random
from dataclasses import dataclass, field as attribute

from message_fields import (
    DATES,
    IDS,
    LANGUAGES,
    SUBJECTS,
    WILD_ADDRESSES,
    WILD_DISPOSITIONS,
    WILD_ENCODINGS,
    WILD_TYPES,
    Fields,
    field,
    unfolded,
)

ADDRESS_FIELDS = ["from", "sender", "reply-to", "to", "cc", "bcc"]
LINES = [
    b"", b"text", b"Dear Ann,", b".", b"..", b"From here on", b">From there", b"--", b"--x",
    b"-- ",
    b" --b001", b"-b001", b"x--b001--", b"--B001", b"A: b", b"trailing space ", b"tab\t",
    b"8-bit \xe4", b"utf-8 \xc3\xa4", b"=", b"=3D", b"bare\rCR", b"\rfirst",
    b"* 1 FETCH (FLAGS ())", b"x" * 998, b"begin 644 file.txt", b"{5}",
]  # fmt: skip
TEXT_TYPES = [(b"text", b"plain"), (b"text", b"html"), (b"TEXT", b"Plain")]
OTHER_TYPES = [
    (b"application", b"octet-stream"), (b"image", b"gif"), (b"message", b"delivery-status"),
    (b"x-own", b"x.y+z"), (b"message", b"external-body"),
]  # fmt: skip

# For damaged ones.
WILD_FIELDS = [
    (b"Content-Type", WILD_TYPES),
    (b"Content-Disposition", WILD_DISPOSITIONS),
    (b"Content-Transfer-Encoding", WILD_ENCODINGS),
    (b"Subject", SUBJECTS),
    (b"Date", DATES),
    (b"Content-Language", [b"", b",", b"en;x", b"(c)"]),
    (b"Content-ID", [b"", b"x\0y", b"\r", b"a\n b"]),
]
WILD_LINES = [
    b"no colon\n", b": no name\n", b" continues nothing\n", b"a b: c\n", b"X:\0\n", b"Subject\n",
    b"\r\r\n", b"Subject: \0 and \r\n", b"\xe4: \xf6\n",
]  # fmt: skip
ENCODED = [
    b"QUJD", b"QQ==", b"QUI=", b"Q", b"=", b"===", b"!", b"\n", b" ", b"\r", b"=4", b"=4\n", b"=\n",
    b"= \n", b"=41", b"=zz", b"x \t\n", b"\xe4", b"=0A", b"=00", b"QUJDRA", b"\0", b"=\r", b"-",
]  # fmt: skip
BOUNDARIES = [b"b", b"bb", b"b--", b"--", b"", b" ", b"b b", b"c", b"--b", b"b" * 70, b"b" * 1100]
SMALL_PARTS = [
    b"\nbody", b"", b"\n", b"A: b\n", b"Content-Type: message/rfc822\n\nSubject: x",
    b"Content-Type: message/rfc822\n\n", b"Content-Type: text/x\n\n--b\n--bb--\n",
]  # fmt: skip
TO_PUT_IN = [b"\n", b"\r", b"\r\n", b"\0", b"--", b"\n--b001\n", b":", b"\xff", b"\n\n", b'"', b"("]


def wire(octets):
    """RFC 9051 §4.3 and `CHAR8`: what a client sees of a file's octets."""
    return with_line_ends(octets).replace(b"\0", b"\x80")


def with_line_ends(octets):
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@dataclass
class Part:
    """A part and what must be said of it; octets have LF. `decoded` is what BINARY gives,
    None where the encoding is not known."""

    type: bytes = b"text"
    subtype: bytes = b"plain"
    parameters: list = attribute(default_factory=list)
    id: bytes = None
    description: bytes = None
    encoding: bytes = b"7bit"
    md5: bytes = None
    disposition: tuple = None
    language: object = None
    location: bytes = None
    header: bytes = b""
    body: bytes = b""
    decoded: bytes = b""
    children: list = attribute(default_factory=list)
    envelope: dict = None


@dataclass
class Message:
    name: str
    octets: bytes
    root: Part = None  # None if it is damaged


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.fields = Fields(self.random)
        self.boundaries = 0

    def pick(self, choices):
        return self.random.choice(choices)

    def one_in(self, n):
        return self.random.randrange(n) == 0

    # Header fields

    def envelope_fields(self):
        """Fields and the ENVELOPE that they make."""
        fields, envelope = [], {}
        for name, choices in [("date", DATES), ("subject", SUBJECTS), ("in-reply-to", IDS),
                              ("message-id", IDS)]:  # fmt: skip
            envelope[name] = None
            if not self.one_in(6):
                value = self.pick(choices)
                fields.append(field(self.spelling(name.title().encode()), value))
                envelope[name] = unfolded(value)
        for name in ADDRESS_FIELDS:
            envelope[name] = None
            if self.one_in(1 if name == "from" else 3):
                value, meaning = self.fields.addresses()
                fields.append(field(self.spelling(name.title().encode()), value))
                envelope[name] = meaning
        for name in ("sender", "reply-to"):  # RFC 3501 §7.4.2
            envelope[name] = envelope[name] or envelope["from"]
        return fields, envelope

    def spelling(self, name):
        if self.one_in(8):
            return self.pick([name.upper(), name.lower(), name + b" ", name + b"\t"])
        return name

    def other_fields(self):
        received = b"Received: from a by b\n\tfor c; " + self.pick(DATES) + b"\n"
        fields = [received] * self.pick([0, 1, 3])
        if self.one_in(20):
            fields.append(b"X-Long: " + b"x" * 5000 + b"\n")
        if self.one_in(20):
            fields += [b"X-Many-%d: y\n" % i for i in range(200)]
        if self.one_in(6):
            fields.append(self.pick([b"X-8bit: \xe4\n", b"X-Empty:\n", b"X-Blank: \n \n\tx\n",
                                     b"subject-like: Subject: no\n", b"X:no space\n"]))  # fmt: skip
        return fields

    def content_fields(self, part):
        """The fields of `part`, which is filled in from them."""
        made, meaning = self.fields, {}
        optional = [
            ("id", b"Content-ID", lambda: self.pick(IDS)),
            ("description", b"Content-Description", lambda: self.pick(SUBJECTS[1:])),
            ("md5", b"Content-MD5", lambda: b"Q2hlY2sgSW50ZWdyaXR5IQ=="),
            ("location", b"Content-Location", lambda: b"http://example.com/a%20b"),
        ]
        fields = []
        for name, title, value in optional:
            if self.one_in(5):
                meaning[name] = value()
                fields.append(field(self.spelling(title), meaning[name]))
                setattr(part, name, unfolded(meaning[name]))
        if self.one_in(4):
            kind = self.pick([b"inline", b"attachment", b"x-other"])
            written, pairs = made.parameters((b"filename", b"size"))
            fields.append(field(b"Content-Disposition", made.cfws() + kind + written))
            part.disposition = kind, pairs or None
        if self.one_in(6):
            value, part.language = self.pick(LANGUAGES)
            fields.append(field(b"Content-Language", value))
        return fields

    def type_field(self, part, written=b""):
        cfws = self.fields.cfws
        value = cfws() + part.type + cfws() + b"/" + cfws() + part.subtype + written + cfws()
        return field(self.spelling(b"Content-Type"), value)

    # Parts

    def text(self):
        """Lines, the last of which may have no end; no CR at the end, which the LF of a
        boundary would join."""
        lines = [self.pick(LINES) for _ in range(self.random.randrange(8))]
        octets = b"\n".join(lines) + self.pick([b"", b"\n"])
        return octets.rstrip(b"\r")

    def leaf(self, part):
        """Type, encoding and body of a part without parts. Gives its fields."""
        is_text = self.one_in(2)
        part.type, part.subtype = self.pick(TEXT_TYPES if is_text else OTHER_TYPES)
        written, part.parameters = self.fields.parameters()
        if is_text and not self.one_in(3):
            charset = self.pick([b"utf-8", b"ISO-8859-1", b"x-none"])
            quote = self.pick([b"", b'"'])
            written = b"; charset=" + quote + charset + quote + written
            part.parameters.insert(0, (b"charset", charset))
        elif is_text:  # RFC 2045 §5.2
            part.parameters.append((b"charset", b"us-ascii"))
        fields = [self.type_field(part, written)]
        encoding = self.pick([None, None, b"7bit", b"8bit", b"binary", b"base64", b"BASE64",
                              b"quoted-printable", b"x-uuencode", b"x-own"])  # fmt: skip
        if encoding:
            part.encoding = encoding
            value = encoding + self.pick([b"", b" ", b" (c)"])
            fields.append(field(b"Content-Transfer-Encoding", value))
        self.fill(part)
        return fields

    def fill(self, part):
        """Body and decoded body, by the encoding."""
        encoding = part.encoding.lower()
        if encoding == b"base64":
            part.decoded = self.random.randbytes(self.random.randrange(200))
            part.body = base64.encodebytes(part.decoded) + self.pick([b"", b"\n"])
        elif encoding == b"quoted-printable":
            source = self.text().replace(b"\r", b"")
            part.body = quopri.encodestring(source)
            part.decoded = with_line_ends(source)
        elif encoding.startswith(b"x-"):
            lines = [binascii.b2a_uu(self.random.randbytes(45)) for _ in range(3)]
            part.body = b"begin 644 a\n" + b"".join(lines) + b"`\nend\n"
            part.decoded = None
        else:
            part.body = self.text()
            if self.one_in(10):
                part.body = b"NUL \0 here\n" + part.body
            part.decoded = with_line_ends(part.body)

    def boundary(self):
        """As written in the field, and as it is."""
        self.boundaries += 1
        name = b"b%03d" % (self.boundaries % 1000)
        more = self.pick([b"", b" '()+_,-./:=? x", b"=_" + b"y" * 64])
        if not more and self.one_in(2):
            return self.pick([(name, name), (b'"' + name + b'\\x"', name + b"x")])
        return b'"' + name + more + b'"', name + more

    def multipart(self, part, levels):
        part.type, part.subtype = b"multipart", self.pick(
            [b"mixed", b"mixed", b"alternative", b"related", b"digest", b"x-own", b"Mixed"]
        )
        written, part.parameters = self.fields.parameters((b"type", b"start"))
        spelled, boundary = self.boundary()
        written = b"; boundary=" + spelled + written
        part.parameters.insert(0, (b"boundary", boundary))
        count = self.pick([1, 2, 2, 3]) if levels > 1 or not self.one_in(40) else 60
        part.children = [self.part(levels - 1, part.subtype == b"digest") for _ in range(count)]
        padding = self.pick([b"", b"", b" ", b"\t "])
        preamble = self.pick([b"", b"", b"\n", b"This is MIME.\n", b"--\n--x\n"])
        delimiter = b"--" + boundary + padding + b"\n"
        body = preamble + delimiter
        body += (b"\n" + delimiter).join(child.header + child.body for child in part.children)
        body += b"\n--" + boundary + b"--" + padding
        epilogue = self.pick([b"", b"\n", b"\nepilogue\n", b"\n--\n--" + boundary[:2]])
        part.body = body + epilogue
        part.decoded = with_line_ends(part.body)
        return [self.type_field(part, written)]

    def embedded(self, part, levels):
        message = self.message(levels - 1)
        part.children = [message]
        part.body = message.header + message.body
        part.decoded = with_line_ends(part.body)

    def part(self, levels, in_digest=False, fields=()):
        """`fields` stand in its header, too."""
        part = Part()
        fields = [*fields, *self.content_fields(part)]
        kind = self.random.randrange(4) if levels > 0 else 0
        if kind == 3:
            fields += self.multipart(part, levels)
        elif kind == 2:
            part.type, part.subtype = b"message", b"rfc822"
            if not in_digest or self.one_in(2):  # RFC 2046 §5.1.5
                fields.append(self.type_field(part))
            self.embedded(part, levels)
        elif in_digest or not self.one_in(5):
            fields += self.leaf(part)
        else:
            part.parameters = [(b"charset", b"us-ascii")]
            self.fill(part)
        self.finish_header(part, fields)
        return part

    def finish_header(self, part, fields):
        """RFC 2046 §5.1.1: without a body the empty line may be missing, too."""
        self.random.shuffle(fields)
        part.header = b"".join(fields)
        if part.body or part.children or not self.one_in(3):
            part.header += b"\n"

    def message(self, levels):
        fields, envelope = self.envelope_fields()
        part = self.part(levels, fields=fields + self.other_fields())
        part.envelope = envelope
        return part

    def line_ends(self, octets):
        style = self.pick(["lf", "lf", "crlf", "mixed"])
        if style == "lf":
            return octets
        if style == "crlf":
            return octets.replace(b"\n", b"\r\n")
        return b"".join(
            line + self.pick([b"\n", b"\r\n"]) for line in octets.split(b"\n")[:-1]
        ) + octets.rpartition(b"\n")[2]  # fmt: skip

    def well_formed(self, number):
        root = self.message(self.pick([0, 1, 2, 2, 3, 4] + [12] * (number % 40 == 0)))
        return Message(f"well-formed {number}", self.line_ends(root.header + root.body), root)

    # Damage

    def wild_fields(self):
        fields = []
        for name in ADDRESS_FIELDS:
            if self.one_in(2):
                fields.append(field(name.title().encode(), self.pick(WILD_ADDRESSES)))
        for name, choices in WILD_FIELDS:
            for _ in range(self.pick([0, 1, 1, 1, 2])):
                fields.append(field(self.spelling(name), self.pick(choices)))
        fields += [self.pick(WILD_LINES) for _ in range(self.pick([0, 0, 1, 2]))]
        self.random.shuffle(fields)
        return b"".join(fields)

    def encoded_damage(self, part):
        """A body that its encoding does not fit."""
        part.encoding = self.pick([b"base64", b"quoted-printable"])
        part.body = b"".join(self.pick(ENCODED) for _ in range(self.random.randrange(20)))
        part.header = b"Content-Transfer-Encoding: " + part.encoding + b"\n\n"
        return part.header + part.body

    def boundary_trouble(self, levels=3):
        """Boundaries that are missing, empty, alike, prefixes of each other."""
        boundary = self.pick(BOUNDARIES)
        shown = self.pick([b"boundary=" + boundary, b'boundary="' + boundary + b'"', b"x=y",
                           b"boundary*0=" + boundary[:1] + b"; boundary*1=" + boundary[1:],
                           b"boundary*=''" + boundary])  # fmt: skip
        body = self.text()
        for _ in range(self.random.randrange(4)):
            is_deeper = levels and self.one_in(2)
            inner = self.boundary_trouble(levels - 1) if is_deeper else self.pick(SMALL_PARTS)
            before = self.pick([b"--", b"--", b"--", b"-", b" --"])
            line = before + boundary + self.pick([b"", b"", b"x", b" \t"])
            line = self.pick([line, line, line, b"--b", b"--bb", b"--"])
            body += self.pick([b"", b"\n", b"\n", b"\n\n"]) + line + b"\n" + inner
        end = b"\n--" + boundary
        body += self.pick([b"", end + b"--", end + b"--\nafter\n", end + b"-", end + b"--x\n"])
        kind = self.pick([b"mixed", b"digest"])
        return b"Content-Type: multipart/" + kind + b"; " + shown + b"\n\n" + body

    def broken(self, octets):
        """Some octets changed, lost, doubled, put in."""
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randrange(len(octets) + 1)
            kind = self.random.randrange(5)
            if kind == 0:
                octets = octets[:at]
            elif kind == 1:
                octets = octets[:at] + octets[at + self.random.randrange(30) :]
            elif kind == 2:
                octets = octets[:at] + self.pick(TO_PUT_IN) + octets[at:]
            elif kind == 3:
                octets = octets[:at] + octets[at : at + 200] + octets[at:]
            else:
                octets = octets[:at] + self.random.randbytes(1) + octets[at + 1 :]
        return octets

    def damaged(self, number):
        kind = self.random.randrange(5)
        if kind == 0:
            octets = self.wild_fields() + b"\n" + self.text()
        elif kind == 1:
            octets = self.wild_fields() + self.boundary_trouble()
        elif kind == 2:
            octets = self.boundary_trouble()
        elif kind == 3:
            octets = self.encoded_damage(Part())
        else:
            root = self.message(self.pick([1, 2, 3]))
            octets = self.broken(root.header + root.body)
        octets = self.line_ends(octets)
        if self.one_in(4):
            octets = self.broken(octets)
        return Message(f"damaged {number}", octets)


MULTIPART = b"Content-Type: multipart/mixed; boundary=b"
MESSAGE = b"Content-Type: message/rfc822"
SMALL = [
    b"", b"\n", b"\r\n", b"\r", b"\0", b"\n\n", b"\r\r\n", b"x", b"A: b", b"A: b\n", b"A: b\r\n",
    b"A: b\r", b"A: b\n\n", b"A: b\r\n\r\n", b"A: b\n\r\n", b"A: b\n\nx", b"A: b\r\rx",
    b"\nno header", b" \n\nx", b":\n\nx", b"Subject: x\n y\n", b"Subject: x\n \n\ny",
    b"Subject: x\n\t", b"Subject:", b"Subject", b"From ann\nA: b\n\nx", b"\0" * 100, b"\r" * 100,
    b"\n" * 100, b"\r\n" * 50, b"-" * 100, b"--\n--\n", b"\xef\xbb\xbfSubject: x\n\ny",
    MULTIPART, MULTIPART + b"\n\n", MULTIPART + b"\n\n--b", MULTIPART + b"\n\n--b--",
    MULTIPART + b"\n\n--b\n", MULTIPART + b"\n\n--b\n--b--",
    MESSAGE, MESSAGE + b"\n\n", MESSAGE + b"\n\n\n", MESSAGE + b"\n\n\nx",
]  # fmt: skip


def generate(seed, count):
    """`count` messages: small ones, then two of three well-formed."""
    generator = Generator(seed)
    messages = [Message(f"small {i}", octets) for i, octets in enumerate(SMALL)]
    while len(messages) < count:
        number = len(messages)
        make = generator.damaged if number % 3 == 0 else generator.well_formed
        messages.append(make(number))
    return messages[:count]


# Giants, by the size of what is large in them.


def long_line(octets):
    return b"X-Long: " + b"x" * octets + b"\nSubject: after it\n\nbody\n"


def many_lines(count):
    return b"".join(b"X-%d: y\n" % i for i in range(count)) + b"Subject: last\n\nbody\n"


def many_parts(count):
    return (b"Content-Type: multipart/mixed; boundary=b\n\n"
            + b"".join(b"--b\n\npart %d\n" % i for i in range(count)) + b"--b--\n")  # fmt: skip


def nested(depth):
    head = b"Content-Type: multipart/mixed; boundary=b%dx\n\n--b%dx\n"
    return (b"".join(head % (i, i) for i in range(depth)) + b"\nleaf\n"
            + b"".join(b"--b%dx--\n" % i for i in reversed(range(depth))))  # fmt: skip


def nested_messages(depth):
    return b"Content-Type: message/rfc822\n\n" * depth + b"Subject: innermost\n\nbody\n"
