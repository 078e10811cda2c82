# SPDX-License-Identifier: ISC
"""The tokens of IMAP responses: numbers, atoms, strings, flags, dates; and the words that
are defined. See
response_parser.py, which builds the responses from them.

Literals are pulled from the source when the grammar meets them, so human text that
ends in `{5}` is no trap.
"""

import re

NUMBER_MAX = 2**32 - 1
NUMBER64_MAX = 2**63 - 1
QUOTED = re.compile(rb'"((?:[\x01-\x09\x0b\x0c\x0e-\x21\x23-\x5b\x5d-\x7f]|\\["\\])*)"')
QUOTED_UTF8 = re.compile(rb'"((?:[^\x00\r\n"\\]|\\["\\])*)"')
ATOM = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\\]]+')
ASTRING = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\]+')
TEXT = re.compile(rb"[\x01-\x09\x0b\x0c\x0e-\x7f]+")
TEXT_UTF8 = re.compile(rb"[^\x00\r\n]+")
DATE_TIME = re.compile(
    rb'"([ 0-3]\d)-(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-(\d{4}) '
    rb'(\d\d):(\d\d):(\d\d) [+-](\d\d)(\d\d)"',
    re.I,
)
UID_SET = re.compile(rb"[1-9]\d*(?::[1-9]\d*)?(?:,[1-9]\d*(?::[1-9]\d*)?)*")

SYSTEM_FLAGS = {b"\\ANSWERED", b"\\FLAGGED", b"\\DELETED", b"\\SEEN", b"\\DRAFT"}
SELECTABILITY = {b"\\NONEXISTENT", b"\\NOSELECT", b"\\MARKED", b"\\UNMARKED"}
MAILBOX_ATTRIBUTES = SELECTABILITY | {
    b"\\" + word
    for word in b"NOINFERIORS HASCHILDREN HASNOCHILDREN SUBSCRIBED REMOTE ALL ARCHIVE "
    b"DRAFTS FLAGGED JUNK SENT TRASH IMPORTANT".split()
}
STATUS_ITEMS = {  # item: largest value, smallest value
    b"MESSAGES": (NUMBER_MAX, 0),
    b"RECENT": (NUMBER_MAX, 0),
    b"UIDNEXT": (NUMBER_MAX, 1),
    b"UIDVALIDITY": (NUMBER_MAX, 1),
    b"UNSEEN": (NUMBER_MAX, 0),
    b"DELETED": (NUMBER_MAX, 0),
    b"SIZE": (NUMBER64_MAX, 0),
    b"HIGHESTMODSEQ": (NUMBER64_MAX, 0),
    b"APPENDLIMIT": (NUMBER_MAX, 0),
    b"DELETED-STORAGE": (NUMBER64_MAX, 0),
}
BARE_CODES = set(
    b"ALERT PARSE READ-ONLY READ-WRITE TRYCREATE UIDNOTSTICKY UNAVAILABLE "
    b"AUTHENTICATIONFAILED AUTHORIZATIONFAILED EXPIRED PRIVACYREQUIRED CONTACTADMIN "
    b"NOPERM INUSE EXPUNGEISSUED CORRUPTION SERVERBUG CLIENTBUG CANNOT LIMIT OVERQUOTA "
    b"ALREADYEXISTS NONEXISTENT NOTSAVED HASCHILDREN CLOSED UNKNOWN-CTE NOMODSEQ "
    b"NOTIFICATIONOVERFLOW COMPRESSIONACTIVE USEATTR TOOBIG".split()
)
NUMBER_CODES = {b"UIDNEXT": 1, b"UIDVALIDITY": 1, b"UNSEEN": 1}


class BadResponse(Exception):
    """The server sent something that the grammar does not allow."""


class Incomplete(BadResponse):
    """The connection ended inside a response."""


class Source:
    """Bytes for the parser: `read(n)` gives up to n more, b"" at the end."""

    def __init__(self, read):
        self._read = read
        self._buffer = b""
        self.ended = False

    def _more(self):
        chunk = self._read(65536)
        if not chunk:
            self.ended = True
            raise Incomplete(f"the connection ended after {self._buffer[-200:]!r}")
        self._buffer += chunk

    def line(self):
        start = 0
        while True:
            at = self._buffer.find(b"\n", start)
            if at >= 0:
                line, self._buffer = self._buffer[: at + 1], self._buffer[at + 1 :]
                return line
            start = len(self._buffer)
            self._more()

    def take(self, count):
        chunks, have = [self._buffer], len(self._buffer)
        self._buffer = b""
        while have < count:
            self._more()
            chunks.append(self._buffer)
            have += len(self._buffer)
            self._buffer = b""
        whole = b"".join(chunks)
        self._buffer = whole[count:]
        return whole[:count]

    def pending(self):
        return bool(self._buffer)

    def take_rest(self):
        rest, self._buffer = self._buffer, b""
        return rest


class Tokens:
    """Parses one response after the other from a Source. `utf8` says whether 8-bit
    text is allowed, which it is only after ENABLE (RFC 9051, RFC 6855)."""

    def __init__(self, source, utf8=False):
        self.source = source
        self.utf8 = utf8
        self.greeted = False
        self._line = b""
        self._at = 0
        self._raw = []

    # Reading

    def fail(self, expected):
        here = self._line[self._at : self._at + 60]
        raise BadResponse(f"expected {expected} at {here!r} in {b''.join(self._raw)!r}")

    def _next_line(self):
        self._line = self.source.line()
        self._at = 0
        self._raw.append(self._line)
        if not self._line.endswith(b"\r\n"):
            self.fail("CRLF, not a bare LF")
        body = self._line[:-2]
        if b"\r" in body:
            self.fail("no bare CR")
        if b"\0" in body:
            self.fail("no NUL")

    def match(self, pattern):
        found = pattern.match(self._line, self._at, len(self._line) - 2)
        if found:
            self._at = found.end()
        return found

    def accept(self, token):
        """Takes `token`, in any case, if it is next."""
        end = self._at + len(token)
        if self._line[self._at : end].upper() == token.upper():
            self._at = end
            return True
        return False

    def expect(self, token):
        if not self.accept(token):
            self.fail(repr(token))

    def peek(self, token):
        return self._line[self._at : self._at + len(token)].upper() == token

    def space(self):
        self.expect(b" ")

    def end(self):
        if self._at != len(self._line) - 2:
            self.fail("CRLF")

    def listed(self, item, least=1):
        """"(" item *(SP item) ")"."""
        self.expect(b"(")
        items = []
        if least == 0 and self.accept(b")"):
            return items
        while True:
            items.append(item())
            if self.accept(b")"):
                return items
            self.space()

    # Tokens

    def number(self, largest=NUMBER_MAX, least=0):
        found = self.match(re.compile(rb"\d+"))
        if not found:
            self.fail("number")
        digits = found[0]
        if least > 0 and digits.startswith(b"0"):
            self.fail("nz-number: no leading 0")
        value = int(digits)
        if not least <= value <= largest:
            self.fail(f"number from {least} to {largest}, not {value}")
        return value

    def nz_number(self):
        return self.number(least=1)

    def number64(self):
        return self.number(NUMBER64_MAX)

    def atom(self):
        found = self.match(ATOM)
        if not found:
            self.fail("atom")
        return found[0]

    def quoted(self):
        found = self.match(QUOTED_UTF8 if self.utf8 else QUOTED)
        if not found:
            self.fail("quoted")
        if self.utf8:
            self.check_utf8(found[1])
        return re.sub(rb'\\(["\\])', rb"\1", found[1])

    def check_utf8(self, value):
        try:
            value.decode("utf-8")
        except UnicodeDecodeError:
            self.fail("UTF-8")

    def literal(self, eight=False):
        found = self.match(re.compile(rb"~?\{(\d+)\}"))
        if not found or self._at != len(self._line) - 2:
            self.fail("literal")
        if int(found[1]) > NUMBER64_MAX:
            self.fail("literal length within number64")
        value = self.source.take(int(found[1]))
        self._raw.append(value)
        if b"\0" in value and not eight:
            raise BadResponse(f"NUL in a literal of {len(value)} octets")
        self._next_line()
        return value

    def string(self):
        if self.peek(b'"'):
            return self.quoted()
        if self.peek(b"{"):
            return self.literal()
        return self.fail("string")

    def nstring(self):
        return None if self.accept(b"NIL") else self.string()

    def astring(self):
        found = self.match(ASTRING)
        return found[0] if found else self.string()

    def mailbox(self):
        name = self.astring()
        return b"INBOX" if name.upper() == b"INBOX" else name

    def text(self):
        found = self.match(TEXT_UTF8 if self.utf8 else TEXT)
        if not found:
            self.fail("text")
        return found[0].decode("utf-8")

    def flag(self, also=()):
        if self.accept(b"\\*"):
            if b"\\*" not in also:
                self.fail("flag; \\* is for PERMANENTFLAGS")
            return "\\*"
        if self.accept(b"\\"):
            name = b"\\" + self.atom()
            if name.upper() not in SYSTEM_FLAGS | set(also):
                self.fail(f"a flag that is defined, not {name!r}")
            return name.decode()
        return self.atom().decode()

    def flags(self, also=()):
        values = self.listed(lambda: self.flag(also), least=0)
        if len({value.upper() for value in values}) != len(values):
            self.fail("each flag once")
        return values

    def uid_set(self):
        found = self.match(UID_SET)
        if not found:
            self.fail("uid-set")
        for value in re.findall(rb"\d+", found[0]):
            if int(value) > NUMBER_MAX:
                self.fail("uniqueid")
        return found[0].decode()

    def date_time(self):
        found = self.match(DATE_TIME)
        if not found:
            self.fail("date-time")
        day, hour, minute, second = (int(found[i]) for i in (1, 4, 5, 6))
        if not (1 <= day <= 31 and hour < 24 and minute < 60 and second <= 60):
            self.fail("a date that exists")
        return found[0].decode().strip('"')
