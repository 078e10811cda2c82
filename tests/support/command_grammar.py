# SPDX-License-Identifier: ISC
"""Commands made from the grammar in commands.abnf, valid for what the client knows.

    maker = CommandMaker(random.Random(1), Known())
    command = maker.command("fetch")      # or maker.any_command()
    command.pieces                        # bytes, and WAIT for the server's "+"

What ABNF leaves open is bound here: strings in every form that the grammar has for them
(atom, quoted, literal, literal that does not wait, literal8), names of mailboxes that
there are and that there are not, message numbers and UIDs that exist, mod-sequences.
"""

import base64
import os
import re
from dataclasses import dataclass, field

from abnf import Abnf, Sentences

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "commands.abnf"), encoding="utf-8") as file:
    GRAMMAR = Abnf(file.read())

WAIT = object()  # a piece: here the client waits for a continuation request
ATOM_CHARS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&'+,-./:;<=>?@^_`|}~"
ATOM = re.compile(rb"[" + re.escape(ATOM_CHARS).encode() + rb"]+")
ASTRING = re.compile(rb"[" + re.escape(ATOM_CHARS + "]").encode() + rb"]+")
LARGEST_UID = 2**32 - 1
LARGEST_NUMBER64 = 2**63 - 1

WORDS = [b"", b"a", b"noon", b"Mooch", b"NIL", b"example", b"with space", b'"', b"back\\slash",
         b"x" * 200, b"{3}", b"(", b"%", b"]", b"*", b"+", b"two words \"quoted\""]  # fmt: skip
OCTETS = [b"Gr\xc3\xbc\xc3\x9fe", b"\xff\xfe", b"line\r\nline", b"\x01\x7f", b"\n"]  # in literals
KEYWORDS = "$Forwarded $MDNSent $Junk $NotJunk $Phishing $label1 Work later a b".split()
HEADERS = [b"From", b"to", b"SUBJECT", b"Received", b"Content-Type", b"Message-ID", b"X-None",
           b"Date", b"", b"a b", b"x:y", b"]"]  # fmt: skip
CHARSETS = [b"UTF-8", b"us-ascii", b"ISO-8859-1", b"KOI8-R", b"X-NONE", b"UTF-16"]
STANDING = ["INBOX", "Work", "Work{}Deep", "Lists", "Entwürfe", "A & B", "Sent"]
PASSING = ["New", "New{}Sub", "New{}Sub{}Sub", "Neu & alt", "日本語", "INBOX{}Sub", "Other"]
IMPOSSIBLE = ["", "{}", "a{}{}b", "{}New", "New{}", "x" * 300, "..", "a/b.c", "%", "*", "\"",
              "&", "with\\slash", "~", "New\x01"]  # fmt: skip
ENTRIES = ["/private/comment", "/shared/comment", "/PRIVATE/Comment", "/private/specialuse",
           "/shared/vendor/vendor.example/a", "/private/vendor/vendor.example/b/c",
           "/shared/admin"]  # fmt: skip
MESSAGES = [
    b"Subject: short\r\n\r\nshort\r\n",
    b"From: a@example\r\nTo: b@example\r\nSubject: two\r\n\r\n",
    b"no header at all",
    b"\r\n\r\n",
    b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    b"--x\r\n\r\none\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nin\r\n"
    b"--x--\r\n",
    b"Subject: 8-bit \xc3\xa4\r\n\r\n\xe4\r\n",
    b"Content-Transfer-Encoding: base64\r\nContent-Type: image/png\r\n\r\n/+AB\r\nAAA=\r\n",
    b"A: b\nbare\rends\n\n" + b"x" * 1000,
    b"{5}\r\n",
]


@dataclass
class Command:
    word: str  # the rule: "fetch"; "uid" for all UID forms
    tag: str
    pieces: list  # bytes and WAIT; the first begins with the tag, the last ends with CRLF
    mailboxes: list  # the names in it, as Unicode

    def octets(self):
        return b"".join(piece for piece in self.pieces if piece is not WAIT)

    def waits(self):
        return WAIT in self.pieces


@dataclass
class Known:
    """What the client knows: what its next commands may name."""

    separator: str = "."
    enabled: set = field(default_factory=set)
    selected: str = None  # the mailbox, as Unicode
    uids: list = field(default_factory=list)  # by message number; None: not known
    uid_validity: int = 1
    mod_sequences: list = field(default_factory=lambda: [1])
    email_ids: list = field(default_factory=list)

    def sends_utf8(self):
        return bool(self.enabled & {"IMAP4REV2", "UTF8=ACCEPT"})


def modified_utf7(name):
    """RFC 3501 §5.1.3"""

    def encoded(run):
        if run[0] == "&":
            return "&-"
        digits = base64.b64encode(run[0].encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
        return f"&{digits.decode()}-"

    return re.sub(r"&|[^\x20-\x7e]+", encoded, name)


class CommandMaker:
    """`mailboxes` are those that are named more often than others. Each maker has habits,
    so that dialogues differ: one stays in a mailbox, another uses no NOTIFY."""

    def __init__(self, random, known, mailboxes=STANDING):
        self.random = random
        self.known = known
        self.mailboxes = mailboxes
        self.avoided = {"notify"} if random.random() < 0.7 else set()
        if random.random() < 0.5:
            self.avoided |= {"select", "examine", "close", "unselect"}
        self.tags = 0
        self.named = []
        bindings = {
            name.removeprefix("make_").replace("_", "-"): self._bound(getattr(self, name))
            for name in dir(self)
            if name.startswith("make_")
        }
        self.sentences = Sentences(GRAMMAR, random, bindings)

    @staticmethod
    def _bound(method):
        return lambda _: method()

    # Commands

    def words(self):
        """The rules of the commands that are valid now."""
        words = sorted(GRAMMAR.names_in("command-auth"))
        if self.known.selected is not None:
            # Most of what there is to combine is in these.
            words += sorted(GRAMMAR.names_in("command-select"))
            if not self.known.uids:
                words.remove("replace")  # no number is valid
            words += ["fetch", "search", "store", "uid", "uid", "uid", "uid"]
            words = [word for word in words if word not in self.avoided]
        else:
            words += ["select"] * 14 + ["examine"] * 2 + ["enable"] * 3
        return words + ["append", "list", "list", "status"]

    def any_command(self):
        return self.command(self.random.choice(self.words()))

    def command(self, word):
        self.tags += 1
        tag = self.random.choice(["a", "A.", "]", "$t;", "0", "x-'"]) + str(self.tags)
        self.named = []
        pieces = self.sentences.make(word)
        pieces[0] = tag.encode() + b" " + pieces[0]
        if pieces[-1] is WAIT:
            pieces.append(b"")
        pieces[-1] += b"\r\n"
        return Command(word, tag, pieces, self.named)

    # Strings. RFC 9051 §4.3

    def often(self, chance):
        return self.random.random() < chance

    def number_text(self, value):
        zeros = "0" * self.random.randint(1, 3) if self.often(0.05) else ""
        return (zeros + str(value)).encode()

    def as_literal(self, octets, eight=False):
        length = self.number_text(len(octets))
        if self.often(0.5):
            return [b"~" * eight + b"{" + length + b"+}\r\n" + octets]
        return [b"~" * eight + b"{" + length + b"}\r\n", WAIT, octets]

    def may_be_quoted(self, octets):
        if re.search(rb"[\x00\r\n]", octets):
            return False
        if octets.isascii():
            return True
        try:
            return self.known.sends_utf8() and bool(octets.decode("utf-8"))
        except UnicodeDecodeError:
            return False

    def as_string(self, octets):
        if self.may_be_quoted(octets) and self.often(0.7):
            return [b'"' + re.sub(rb'(["\\])', rb"\\\1", octets) + b'"']
        return self.as_literal(octets)

    def as_astring(self, octets):
        if ASTRING.fullmatch(octets) and self.often(0.6):
            return [octets]
        return self.as_string(octets)

    def some_octets(self):
        return self.random.choice(OCTETS if self.often(0.15) else WORDS)

    def make_string(self):
        return self.as_string(self.some_octets())

    def make_nstring(self):
        return [b"nil"] if self.often(0.2) else self.make_string()

    def make_astring(self):
        return self.as_astring(self.some_octets())

    def make_atom(self):
        length = self.random.randint(1, 12)
        return "".join(self.random.choice(ATOM_CHARS) for _ in range(length)).encode()

    def make_flag_keyword(self):
        return self.make_atom() if self.often(0.05) else self.random.choice(KEYWORDS).encode()

    def make_header_fld_name(self):
        name = self.random.choice(OCTETS) if self.often(0.05) else self.random.choice(HEADERS)
        return self.as_astring(name)

    def make_quota_root_name(self):
        return self.as_astring(self.random.choice([b"user", b"user", b"", b"#user", b"No root"]))

    def make_search_charset(self):
        if "UTF8=ACCEPT" in self.known.enabled:
            return b""
        charset = self.random.choice(CHARSETS)
        return b"charset " + (b'"' + charset + b'"' if self.often(0.3) else charset) + b" "

    def make_objectid(self):
        ids = self.known.email_ids + ["Mabc", "-_", "0", "NIL", "M" * 255]
        return self.random.choice(ids).encode()

    def make_entry(self):
        return self.as_astring(self.random.choice(ENTRIES).encode())

    # Messages

    def message(self):
        if self.often(0.03):
            return b""  # cancels the command: RFC 3502
        return self.random.choice(MESSAGES)

    def make_literal(self):
        return self.as_literal(self.message())

    def make_literal8(self):
        octets = self.message()
        return self.as_literal(octets + b"\0\xff\0" * self.often(0.3), eight=True)

    def make_url_astring(self):
        uid = self.random.choice([uid for uid in self.known.uids if uid] or [1])
        mailbox = self.random.choice(["INBOX", "Work", "Nothing", "Entw%C3%BCrfe"])
        validity = self.random.choice(["", f";UIDVALIDITY={self.known.uid_validity}"])
        rest = self.random.choice(["", "/;SECTION=TEXT", "/;SECTION=1.MIME", "/;PARTIAL=0.10",
                                   "/;SECTION=HEADER.FIELDS%20(TO)"])  # fmt: skip
        url = f"/{mailbox}{validity}/;UID={uid}{rest}"
        if self.often(0.2):
            url = self.random.choice(["", "imap://example/INBOX/;UID=1", "/INBOX", "http://x", "]"])
        return self.as_astring(url.encode())

    # Mailboxes

    def mailbox_name(self):
        name = self.random.choice(self.mailboxes)
        chance = self.random.random()
        passing = {"create", "delete", "rename"} & set(self.sentences.stack)
        if chance < (0.8 if passing else 0.2):
            name = self.random.choice(PASSING)
        elif chance > 0.95:
            name = self.random.choice(IMPOSSIBLE)
        name = name.replace("{}", self.known.separator)
        if name == "INBOX":
            return "".join(self.random.choice((c, c.lower())) for c in name)
        return name

    def on_the_wire(self, name):
        return name.encode() if self.known.sends_utf8() else modified_utf7(name).encode()

    def make_mailbox(self):
        self.named.append(self.mailbox_name())
        return self.as_astring(self.on_the_wire(self.named[-1]))

    def make_list_mailbox(self):
        pattern = self.on_the_wire(self.mailbox_name())
        pattern = self.random.choice([b"*", b"%", pattern, pattern[:2] + b"%", b"%" + pattern[-2:],
                                      b"*" + pattern[1:], b"", b"%.%", b"*%*"])  # fmt: skip
        is_plain = ASTRING.fullmatch(pattern.replace(b"%", b"x").replace(b"*", b"x"))
        return [pattern] if is_plain and self.often(0.6) else self.as_string(pattern)

    # Numbers

    def make_number(self):
        return self.number_text(self.random.choice([0, 1, 10, 100, 2**32 - 1]))

    def make_number64(self):
        return self.number_text(self.random.choice([0, 1, 17, 1000, 2**32, LARGEST_NUMBER64]))

    def make_nz_number64(self):
        return str(self.random.choice([1, 2, 64, 5000, 2**32, LARGEST_NUMBER64])).encode()

    def make_part_number(self):
        return str(self.random.choice([1, 1, 1, 2, 2, 3, 4, 17, 2**32 - 1])).encode()

    def make_mod_sequence_value(self):
        known = self.random.choice(self.known.mod_sequences)
        some = [1, known, known, max(1, known - 1), known + 1, LARGEST_NUMBER64]
        return str(self.random.choice(some)).encode()

    def make_mod_sequence_valzer(self):
        return b"0" if self.often(0.1) else self.make_mod_sequence_value()

    # Message numbers and UIDs

    def counts_uids(self):
        """Whether the numbers that come next are UIDs."""
        stack = self.sentences.stack
        return "uid-search-key" in stack or ("uid" in stack and "search-key" not in stack)

    def some_uid(self):
        uids = [uid for uid in self.known.uids if uid]
        if uids and self.often(0.8):
            return self.random.choice(uids)
        return self.random.choice([1, 2, 3, 5, 9, 1000, LARGEST_UID])

    def seq_number(self):
        if self.often(0.15):
            return "*"
        if self.counts_uids():
            return str(self.some_uid())
        return str(self.random.randint(1, len(self.known.uids)))

    def make_seq_number(self):
        if not self.counts_uids() and not self.known.uids:
            return b"1"  # there is none: the caller has to know
        return self.seq_number().encode()

    def make_sequence_set(self):
        """sequence-set = (seq-number / seq-range / "$") ["," sequence-set]"""
        if self.often(0.08) or (not self.counts_uids() and not self.known.uids):
            return b"$"
        members = []
        while not members or self.often(0.3):
            first = self.seq_number()
            members.append(first if self.often(0.5) else f"{first}:{self.seq_number()}")
        if self.often(0.2):
            members = ["1:*"]
        return ",".join(members).encode()

    def ascending(self, count, largest):
        return sorted(self.random.sample(range(1, largest + 1), count))

    def make_known_uids(self):
        first, last = sorted((self.some_uid(), self.some_uid()))
        some = [f"{first}:{last}", str(first), "1:100", f"1:{LARGEST_UID}"]
        return self.random.choice(some).encode()

    def make_seq_match_data(self):
        """RFC 7162: as many numbers as UIDs, ascending, no "*"."""
        count = self.random.randint(1, 6)
        numbers, uids = self.ascending(count, 12), self.ascending(count, 40)
        if self.often(0.3):
            return f"({numbers[0]}:{numbers[0] + 3} {uids[0]}:{uids[0] + 3})".encode()
        return f"({','.join(map(str, numbers))} {','.join(map(str, uids))})".encode()

    def make_uidvalidity(self):
        return str(self.random.choice([self.known.uid_validity] * 3 + [1, LARGEST_UID])).encode()

    # What is only for those who have enabled it

    def make_select_params(self):
        if "QRESYNC" not in self.known.enabled:
            return b" (CONDSTORE)"
        return self.sentences.expand_rule("select-params")

    def make_fetch_modifiers(self):
        if "QRESYNC" in self.known.enabled and "uid" in self.sentences.stack:
            return self.sentences.expand_rule("fetch-modifiers")
        return [b" (", *self.sentences.expand("changed-since"), b")"]

    def make_go_ahead(self):
        return [b"\r\n", WAIT]
