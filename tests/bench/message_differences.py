# SPDX-License-Identifier: ISC
"""Where Avocet and Dovecot 2.3 answer differently on purpose: what differs, the section
that decides, and how such a difference is known. A rule looks at the message as well as at
the answers, so that it excuses only what it is meant for. Where a message breaks a grammar
the section is the one that it breaks; no RFC says what becomes of it then."""

import re
from collections import Counter, namedtuple
from dataclasses import dataclass

from message_fields import fields_of

ADDRESSES = {"from", "sender", "reply-to", "to", "cc", "bcc"}
CONTENT = {"id", "description", "encoding", "md5", "disposition", "language", "location"}
STRINGS = {"subject", "date", "in-reply-to", "message-id", "id", "description", "location", "md5"}
PLACEHOLDERS = (b"MISSING_MAILBOX", b"MISSING_DOMAIN", b"SYNTAX_ERROR", b"INVALID_ROUTE")

CFWS = rb"(?:\s|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\))*"
TOKEN = rb"[^\x00-\x20\x7f-\xff()<>@,;:\\\"/\[\]?=]+"
QUOTED = rb'"(?:[^"\\\x00\r\n]|\\[^\x00])*"'
PARAMETERS = (rb"(?:" + CFWS + rb";" + CFWS + TOKEN + CFWS + rb"=" + CFWS
              + rb"(?:" + TOKEN + rb"|" + QUOTED + rb"))*" + CFWS + rb"\Z")  # fmt: skip
TYPE = re.compile(CFWS + TOKEN + CFWS + rb"/" + CFWS + TOKEN + PARAMETERS, re.S)
DISPOSITION = re.compile(CFWS + TOKEN + PARAMETERS, re.S)
SECTION = re.compile(rb";" + CFWS + rb"(" + TOKEN + rb"?)\*(\d+)\*?" + CFWS + rb"=", re.S)
ONE_TOKEN = re.compile(CFWS + TOKEN + CFWS + rb"\Z", re.S)
LANGUAGE = CFWS + rb"[A-Za-z0-9-]+" + CFWS
LANGUAGES = re.compile(LANGUAGE + rb"(?:," + LANGUAGE + rb")*\Z", re.S)
BOUNDARY = re.compile(rb"[A-Za-z0-9'()+_,\-./:=? ]{0,69}[A-Za-z0-9'()+_,\-./:=?]\Z")
GRAMMAR = {"type": TYPE, "parameters": TYPE, "disposition": DISPOSITION,
           "encoding": ONE_TOKEN, "language": LANGUAGES}  # fmt: skip


@dataclass
class Difference:
    message: object
    path: str
    field: str
    ours: object
    theirs: object
    items: dict  # all that Avocet said of the message

    def __str__(self):
        return (f"{self.message.name}, part {self.path or '-'}, {self.field}:\n"
                f"    ours   {str(self.ours)[:600]}\n    theirs {str(self.theirs)[:600]}\n"
                f"    fields {self.values()}")  # fmt: skip

    def header(self):
        return self.items.get(f"BODY[{self.path}.MIME]" if self.path else "BODY[HEADER]") or b""

    def values(self):
        """The fields that it is about, as they stand there."""
        title = {"type": "type", "parts": "type", "parameters": "type", "presence": "type",
                 "encoding": "transfer-encoding"}.get(self.field, self.field)  # fmt: skip
        name = title if self.field not in CONTENT | set(GRAMMAR) else "content-" + title
        return field_values(self.header(), name.encode())


def field_values(header, name):
    fields = [raw for found, raw in fields_of(header) if found == name]
    return [raw.partition(b":")[2].removesuffix(b"\r\n") for raw in fields]


def squeezed(value):
    return b" ".join(value.split()) if isinstance(value, bytes) else value


def is_string(d):
    return d.field in STRINGS


def has_bare_cr(d):
    return any(b"\r" in value.replace(b"\r\n", b"") for value in d.values())


def has_placeholder(d):
    return d.field in ADDRESSES and any(
        part in PLACEHOLDERS for address in d.theirs or [] for part in address
    )


def breaks_grammar(d):
    """Whether the field cannot be made by its ABNF."""
    return d.field in GRAMMAR and any(not GRAMMAR[d.field].match(value) for value in d.values())


def pairs_of(d, value):
    """Parameters, of whichever of the two fields it is about."""
    if d.field == "parameters":
        return value or []
    return value[1] or [] if d.field == "disposition" and value else []


def has_parameters(d):
    return d.field in ("parameters", "disposition")


def sections_are_whole(value):
    """RFC 2231 §3 and §7: from 0 on, without gaps, each once; and a name in front of `*`."""
    if re.search(rb";" + CFWS + rb"(?:\*|" + TOKEN + rb"?\*\*)", value):
        return False
    sections = {}
    for name, number in SECTION.findall(value):
        sections.setdefault(name.lower(), []).append(number)
    return all(
        sorted(found, key=int) == [b"%d" % i for i in range(len(found))]
        for found in sections.values()
    )


def multiparts_above(d):
    """The parameters of the multiparts that hold the part, and of it."""
    structure, found = d.items["BODYSTRUCTURE"], []
    for number in [*map(int, d.path.split(".")), None] if d.path else [None]:
        while "body" in structure and number is not None:
            structure = structure["body"]
        if structure["type"].lower() == b"multipart":
            found.append(dict((n.lower(), v) for n, v in structure.get("parameters") or []))
            if number is not None and number <= len(structure["parts"]):
                structure = structure["parts"][number - 1]
    return found


def has_bad_boundary(d):
    about_parts = {"parts", "presence", "type", "octets", "lines"}
    return (d.field in about_parts or d.field.startswith("BODY")) and any(
        not BOUNDARY.match(parameters.get(b"boundary", b"")) for parameters in multiparts_above(d)
    )


def line_end_of_a_delimiter(d):
    if isinstance(d.ours, bytes) and d.field in ("BODY", "BODY.TEXT"):
        return d.theirs == d.ours + b"\r\n"
    more = {"octets": 2, "lines": 1}.get(d.field)
    return more is not None and d.theirs == d.ours + more


Intended = namedtuple("Intended", "title decided_by applies")

INTENDED = [
    Intended(
        "Unfolding takes the line end away and no white space (Dovecot: runs are one space)",
        "RFC 5322 §2.2.3; RFC 3501 §7.4.2",
        lambda d: is_string(d) and squeezed(d.ours) == squeezed(d.theirs) and not has_bare_cr(d),
    ),
    Intended(
        "NUL in a field is 0x80, a bare CR is kept in a literal (Dovecot: U+FFFD, nothing)",
        "RFC 9051 §9 CHAR8, literal; RFC 5322 §4.1 obs-NO-WS-CTL",
        lambda d: (is_string(d) or d.field in ("parameters", "type"))
        and b"\x80" in b"".join(d.values())
        or is_string(d) and has_bare_cr(d),
    ),
    Intended(
        "Empty elements, space and comments at dots in addresses are read (Dovecot: MISSING_…)",
        "RFC 5322 §4.4 obs-mbox-list, obs-local-part, obs-domain, obs-route",
        lambda d: has_placeholder(d) and d.message.root,
    ),
    Intended(
        "What is no address has an empty mailbox or host (Dovecot: MISSING_…, SYNTAX_ERROR)",
        "RFC 5322 §3.4 breached; RFC 3501 §7.4.2 has no such words",
        lambda d: has_placeholder(d) and not d.message.root,
    ),
    Intended(
        "After what is no address the list is read on (Dovecot: the rest is dropped)",
        "RFC 5322 §3.4 breached",
        lambda d: d.field in ADDRESSES and not d.message.root,
    ),
    Intended(
        "Content fields count where there is no Content-Type (Dovecot drops them)",
        "RFC 2045 §3, §5.2",
        lambda d: d.field in CONTENT and not field_values(d.header(), b"content-type"),
    ),
    Intended(
        "Of a Content field that is there twice the first is told (Dovecot: the last)",
        "RFC 2045 §3 entity-headers breached",
        lambda d: d.field in CONTENT | {"parameters"} and len(d.values()) > 1,
    ),
    Intended(
        "The type is told as it is written (Dovecot: of the plainest messages in lower case)",
        "RFC 2045 §5.1: case does not matter",
        lambda d: d.field == "type" and d.ours.lower() == d.theirs.lower(),
    ),
    Intended(
        "Parameters stay in their order (Dovecot: those with * behind the others)",
        "RFC 2045 §5.1: their order means nothing",
        lambda d: has_parameters(d)
        and Counter(pairs_of(d, d.ours)) == Counter(pairs_of(d, d.theirs)),
    ),
    Intended(
        "`name*` has no number (Dovecot leaves one from another parameter in it)",
        "RFC 2231 §4",
        lambda d: has_parameters(d)
        and not breaks_grammar(d)
        and Counter(pairs_of(d, d.ours))
        == Counter((re.sub(rb"\*\d+\*$", b"*", n), value) for n, value in pairs_of(d, d.theirs)),
    ),
    Intended(
        "Sections that are not numbered 0, 1, 2 …, or of no name, are told as far as they are",
        "RFC 2231 §3, §7 breached",
        lambda d: has_parameters(d) and not all(map(sections_are_whole, d.values())),
    ),
    Intended(
        "The line end before a delimiter is its own, also behind an inner multipart or message",
        "RFC 2046 §5.1.1 delimiter",
        line_end_of_a_delimiter,
    ),
    Intended(
        "A multipart without a boundary, or with a wrong one (Dovecot: any line with -- is one)",
        "RFC 2046 §5.1.1 boundary breached",
        has_bad_boundary,
    ),
    Intended(
        "A Content-Type without type and subtype is text/plain; of others what can be read is told",
        "RFC 2045 §5.1 breached, §5.2",
        lambda d: d.field in ("type", "parameters", "parts", "presence")
        and not all(map(TYPE.match, field_values(d.header(), b"content-type"))),
    ),
    Intended(
        "Of another Content field that breaks its grammar the first token is told",
        "RFC 2045 §6.1, RFC 2183 §2, RFC 3282 §2 breached",
        breaks_grammar,
    ),
]
