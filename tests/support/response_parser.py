# SPDX-License-Identifier: ISC
"""A strict parser of what an IMAP server sends, written from the ABNF alone: RFC 3501 §9
and RFC 9051 §9, with RFC 2342, 2971, 4315, 4731, 5161, 5256, 5258, 5464, 5530, 6154, 7162,
8438, 8474, 8514, 8970 and 9208 for what those add.

It raises BadResponse on every deviation, also on those that clients forgive. Where the
grammar leaves room for "future expansion" that a server must not use, it is refused.
Names follow the ABNF with '_' for '-'. The grammar is one thing, so it is one file.
"""

import re
from dataclasses import dataclass, field

from response_tokens import (
    BARE_CODES,
    MAILBOX_ATTRIBUTES,
    NUMBER64_MAX,
    NUMBER_CODES,
    SELECTABILITY,
    STATUS_ITEMS,
    BadResponse,
    Incomplete,
    Source,
    Tokens,
)

__all__ = ["BadResponse", "Incomplete", "Response", "ResponseParser", "Source", "parse"]

TAG = re.compile(rb'[^\x00-\x20\x7f-\xff(){%*"\\+]+')
BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")
EVENT_NAMES = set(
    "MESSAGENEW MESSAGEEXPUNGE FLAGCHANGE ANNOTATIONCHANGE MAILBOXNAME SUBSCRIPTIONCHANGE "
    "MAILBOXMETADATACHANGE SERVERMETADATACHANGE".split()
)
METADATA_ENTRY = re.compile(rb"/(?:private|shared)(?:/[ -$&-)+-.0-~]+)+$", re.I)
SECTION_PART = re.compile(rb"[1-9]\d*(?:\.[1-9]\d*)*")


@dataclass
class Response:
    """One response. `name` is upper case: OK NO BAD BYE PREAUTH, CAPABILITY, FETCH, …,
    or "+". `tag` is None if untagged. `number` is the message number of EXISTS, RECENT,
    EXPUNGE, FETCH. `data` is by kind; for FETCH a dict of item to value."""

    name: str
    tag: str = None
    number: int = None
    data: object = None
    code: str = None
    code_data: object = None
    text: str = None
    raw: bytes = field(default=b"", repr=False)


class ResponseParser(Tokens):
    """Parses one response after the other from a Source. The first must be a greeting."""

    # ENVELOPE and BODY

    def address(self):
        self.expect(b"(")
        parts = [self.nstring()]
        for _ in range(3):
            self.space()
            parts.append(self.nstring())
        self.expect(b")")
        return tuple(parts)

    def addresses(self):
        if self.accept(b"NIL"):
            return None
        self.expect(b"(")
        values = [self.address()]
        while not self.accept(b")"):
            values.append(self.address())
        return values

    def envelope(self):
        self.expect(b"(")
        value = {}
        parts = [
            ("date", self.nstring),
            ("subject", self.nstring),
            *((name, self.addresses) for name in "from sender reply-to to cc bcc".split()),
            ("in-reply-to", self.nstring),
            ("message-id", self.nstring),
        ]
        for i, (name, rule) in enumerate(parts):
            if i:
                self.space()
            value[name] = rule()
        self.expect(b")")
        return value

    def body_fld_param(self):
        if self.accept(b"NIL"):
            return None
        values = self.listed(self.string)
        if len(values) % 2:
            self.fail("an even number of strings in body-fld-param")
        return list(zip(values[::2], values[1::2]))

    def body_fld_dsp(self):
        if self.accept(b"NIL"):
            return None
        self.expect(b"(")
        kind = self.string()
        self.space()
        parameters = self.body_fld_param()
        self.expect(b")")
        return kind, parameters

    def body_fld_lang(self):
        return self.listed(self.string) if self.peek(b"(") else self.nstring()

    def body_extensions(self, value, first_name, first_rule):
        rules = [
            (first_name, first_rule),
            ("disposition", self.body_fld_dsp),
            ("language", self.body_fld_lang),
            ("location", self.nstring),
        ]
        for name, rule in rules:
            if not self.accept(b" "):
                return
            value[name] = rule()

    def body(self, extensible, depth=0):
        if depth > 500:
            self.fail("less nesting")
        self.expect(b"(")
        if self.peek(b"("):
            value = self.body_type_mpart(extensible, depth)
        else:
            value = self.body_type_1part(extensible, depth)
        self.expect(b")")
        return value

    def body_type_mpart(self, extensible, depth):
        parts = []
        while self.peek(b"("):
            parts.append(self.body(extensible, depth + 1))
        self.space()
        value = {"type": b"multipart", "subtype": self.string(), "parts": parts}
        if extensible:
            self.body_extensions(value, "parameters", self.body_fld_param)
        return value

    def body_type_1part(self, extensible, depth):
        as_quoted = self.peek(b'"')
        value = {"type": self.string()}
        self.space()
        subtype_as_quoted = self.peek(b'"')
        value["subtype"] = self.string()
        kind = value["type"].upper(), value["subtype"].upper()
        for name, rule in [
            ("parameters", self.body_fld_param),
            ("id", self.nstring),
            ("description", self.nstring),
            ("encoding", self.string),
            ("octets", self.number),
        ]:
            self.space()
            value[name] = rule()
        message = kind in ((b"MESSAGE", b"RFC822"), (b"MESSAGE", b"GLOBAL"))
        # media-subtype, of a text, is any string; that of media-message is spelt out.
        if (message or kind[0] == b"TEXT") and not as_quoted:
            self.fail("the type of media-text and media-message as quoted")
        if message and not subtype_as_quoted:
            self.fail("the subtype of media-message as quoted")
        if message:
            self.space()
            value["envelope"] = self.envelope()
            self.space()
            value["body"] = self.body(extensible, depth + 1)
        if message or kind[0] == b"TEXT":
            self.space()
            value["lines"] = self.number64()
        if extensible:
            self.body_extensions(value, "md5", self.nstring)
        return value

    # FETCH

    def section(self):
        """The part between the brackets, in one spelling: `1.2.HEADER.FIELDS (A B)`."""
        self.expect(b"[")
        value, part = b"", self.match(SECTION_PART)
        if part:
            value = part[0]
        if self.accept(b"]"):
            return value.decode()
        if part:
            self.expect(b".")
            value += b"."
        words = [b"HEADER.FIELDS.NOT", b"HEADER.FIELDS", b"HEADER", b"TEXT"]
        for word in words + ([b"MIME"] if part else []):
            if self.accept(word):
                break
        else:
            self.fail("section-msgtext")
        value += word
        if word.startswith(b"HEADER.FIELDS"):
            self.space()
            value += b" (" + b" ".join(self.listed(self.astring)) + b")"
        self.expect(b"]")
        return value.decode()

    def fetch_item(self):
        """One of msg-att: (item, value)."""
        simple = {
            b"FLAGS": lambda: self.flags((b"\\RECENT",)),
            b"ENVELOPE": self.envelope,
            b"INTERNALDATE": self.date_time,
            b"RFC822.SIZE": self.number64,
            b"RFC822.HEADER": self.nstring,
            b"RFC822.TEXT": self.nstring,
            b"RFC822": self.nstring,
            b"BODYSTRUCTURE": lambda: self.body(True),
            b"BODY": lambda: self.body(False),
            b"UID": self.nz_number,
            b"MODSEQ": lambda: self.parenthesised(lambda: self.number(NUMBER64_MAX, 1)),
            b"SAVEDATE": lambda: None if self.accept(b"NIL") else self.date_time(),
            b"PREVIEW": self.nstring,
            b"EMAILID": lambda: self.parenthesised(self.object_id),
            b"THREADID": lambda: (
                None if self.accept(b"NIL") else self.parenthesised(self.object_id)
            ),
        }
        found = self.match(re.compile(rb"[A-Za-z0-9.]+"))
        if not found:
            self.fail("msg-att")
        word = found[0].upper()
        if self.peek(b"["):
            return self.sectioned_item(word)
        if word not in simple:
            self.fail("msg-att")
        self.space()
        return word.decode(), simple[word]()

    def sectioned_item(self, word):
        if word == b"BODY":
            name = f"BODY[{self.section()}]"
            name += self.origin()
            self.space()
            return name, self.nstring()
        if word not in (b"BINARY", b"BINARY.SIZE"):
            self.fail("BODY[ or BINARY[")
        self.expect(b"[")
        part = self.match(SECTION_PART)
        name = f"{word.decode()}[{part[0].decode() if part else ''}]"
        self.expect(b"]")
        if word == b"BINARY.SIZE":
            self.space()
            return name, self.number()
        name += self.origin()
        self.space()
        return name, self.literal(eight=True) if self.peek(b"~{") else self.nstring()

    def origin(self):
        """["<" number ">"]. RFC 9051 has `number` here, but what a client asked for comes
        back (§7.5.2), and that is a number64 (`partial`)."""
        if not self.accept(b"<"):
            return ""
        value = f"<{self.number64()}>"
        self.expect(b">")
        return value

    def object_id(self):
        found = self.match(re.compile(rb"[A-Za-z0-9_-]{1,255}"))
        if not found:
            self.fail("objectid")
        return found[0].decode()

    def parenthesised(self, rule):
        self.expect(b"(")
        value = rule()
        self.expect(b")")
        return value

    def msg_att(self):
        items = {}
        for name, value in self.listed(self.fetch_item):
            if name in items:
                self.fail(f"{name} once")
            items[name] = value
        return items

    # Other data

    def capabilities(self):
        values = []
        while self.accept(b" "):
            values.append(self.atom().decode())
        upper = [value.upper() for value in values]
        if not {"IMAP4REV1", "IMAP4REV2"} & set(upper):
            self.fail("IMAP4rev1 or IMAP4rev2 among the capabilities")
        if len(set(upper)) != len(upper):
            self.fail("each capability once")
        return values

    def enabled(self):
        values = []
        while self.accept(b" "):
            values.append(self.atom().decode())
        if len({value.upper() for value in values}) != len(values):
            self.fail("each extension once")
        if any(value.upper() in ("IMAP4REV2", "UTF8=ACCEPT") for value in values):
            self.utf8 = True  # from here on: RFC 9051 section 4.3, RFC 6855 section 3
        return values

    def delimiter(self):
        if self.accept(b"NIL"):
            return None
        value = self.quoted()
        if len(value) != 1:
            self.fail("one character as the hierarchy delimiter")
        return value

    def mailbox_list(self):
        self.space()
        attributes = self.listed(self.mailbox_attribute, least=0)
        upper = {value.upper().encode() for value in attributes}
        if len(upper) != len(attributes) or len(upper & SELECTABILITY) > 1:
            self.fail("each attribute once, and one of selectability")
        if {b"\\HASCHILDREN", b"\\HASNOCHILDREN"} <= upper:
            self.fail("one of \\HasChildren and \\HasNoChildren")
        self.space()
        delimiter = self.delimiter()
        self.space()
        value = {"attributes": attributes, "delimiter": delimiter, "name": self.mailbox()}
        if self.accept(b" "):
            value["extended"] = dict(self.listed(self.list_extended_item, least=0))
        return value

    def mailbox_attribute(self):
        self.expect(b"\\")
        name = b"\\" + self.atom()
        if name.upper() not in MAILBOX_ATTRIBUTES:
            self.fail(f"a mailbox attribute that is defined, not {name!r}")
        return name.decode()

    def list_extended_item(self):
        tag = self.astring().decode()
        self.space()
        return tag, self.tagged_ext_val()

    def tagged_ext_val(self):
        if self.peek(b"("):
            return self.listed(self.tagged_ext_comp, least=0)
        found = self.match(re.compile(rb"[0-9:,*]+"))
        if not found:
            self.fail("tagged-ext-simple")
        return found[0].decode()

    def tagged_ext_comp(self):
        return self.listed(self.tagged_ext_comp) if self.peek(b"(") else self.astring()

    def status(self):
        self.space()
        name = self.mailbox()
        self.space()
        items = self.listed(self.status_item, least=0)
        if len({item for item, _ in items}) != len(items):
            self.fail("each STATUS item once")
        return {"name": name, **{item.decode(): value for item, value in items}}

    def status_item(self):
        item = self.atom().upper()
        self.space()
        if item == b"MAILBOXID":
            return item, self.parenthesised(self.object_id)
        if item == b"APPENDLIMIT" and self.accept(b"NIL"):
            return item, None
        if item not in STATUS_ITEMS:
            self.fail(f"a STATUS item that is defined, not {item!r}")
        return item, self.number(*STATUS_ITEMS[item])

    def namespace(self):
        return [self.namespace_group() for _ in range(3)]

    def namespace_group(self):
        self.space()
        if self.accept(b"NIL"):
            return None
        self.expect(b"(")
        groups = [self.namespace_descr()]
        while not self.accept(b")"):
            groups.append(self.namespace_descr())
        return groups

    def namespace_descr(self):
        self.expect(b"(")
        prefix = self.string()
        self.space()
        delimiter = self.delimiter()
        while self.accept(b" "):
            self.string()
            self.space()
            self.listed(self.string)
        self.expect(b")")
        return prefix, delimiter

    def id_params(self):
        self.space()
        if self.accept(b"NIL"):
            return None
        pairs = self.listed(lambda: (self.string(), self.space(), self.nstring()), least=0)
        if len(pairs) > 30:
            self.fail("at most 30 fields in ID")
        for name, _, value in pairs:
            if len(name) > 30 or len(value or b"") > 1024:
                self.fail("ID fields of at most 30, values of at most 1024 octets")
        return {name: value for name, _, value in pairs}

    def search(self):
        """SEARCH *(SP nz-number), RFC 7162 adds [SP "(MODSEQ" SP n ")"] to a number."""
        numbers = []
        while self.accept(b" "):
            if numbers and self.accept(b"(MODSEQ "):
                self.number(NUMBER64_MAX, 1)
                self.expect(b")")
                break
            numbers.append(self.nz_number())
        return numbers

    def esearch(self):
        value = {}
        if self.accept(b" (TAG "):
            value["TAG"] = self.string().decode()
            self.expect(b")")
        if self.accept(b" UID"):
            value["UID"] = True
        while self.accept(b" "):
            name = self.atom().decode().upper()
            self.space()
            rule = {"MIN": self.nz_number, "MAX": self.nz_number, "COUNT": self.number}
            rule.update(ALL=self.uid_set, MODSEQ=lambda: self.number(NUMBER64_MAX, 1))
            if name not in rule or name in value:
                self.fail("search-return-data that is defined, each once")
            value[name] = rule[name]()
        return value

    def vanished(self):
        earlier = self.accept(b" (EARLIER)")
        self.space()
        return {"earlier": earlier, "uids": self.uid_set()}

    def quota(self):
        self.space()
        root = self.astring()
        self.space()
        return root, self.listed(self.quota_resource, least=0)

    def quota_resource(self):
        name = self.atom().decode()
        self.space()
        usage = self.number64()
        self.space()
        return name, usage, self.number64()

    def quota_root(self):
        self.space()
        names = [self.mailbox()]
        while self.accept(b" "):
            names.append(self.astring())
        return names

    # METADATA, RFC 5464

    def entry(self):
        name = self.astring()
        if not METADATA_ENTRY.match(name):
            self.fail(f"a metadata entry, not {name!r}")
        return name

    def entry_value(self):
        name = self.entry()
        self.space()
        return name, self.literal(eight=True) if self.peek(b"~") else self.nstring()

    def metadata(self):
        self.space()
        name = self.mailbox()
        self.space()
        if self.peek(b"("):
            return name, dict(self.listed(self.entry_value))
        entries = [self.entry()]
        while self.accept(b" "):
            entries.append(self.entry())
        return name, entries

    def metadata_code(self):
        word = self.atom().upper()
        if word in (b"LONGENTRIES", b"MAXSIZE"):
            self.space()
            return word, self.number()
        if word not in (b"TOOMANY", b"NOPRIVATE"):
            self.fail("LONGENTRIES, MAXSIZE, TOOMANY or NOPRIVATE")
        return word

    # NOTIFY, RFC 5465

    def event_name(self):
        name = self.atom().decode()
        if name.upper() not in EVENT_NAMES:
            self.fail(f"an event that is defined, not {name!r}")
        return name

    # Status responses

    def resp_text(self, response):
        if self.accept(b"["):
            self.resp_text_code(response)
            self.expect(b"]")
            self.space()
        response.text = self.text()

    def resp_text_code(self, response):
        word = self.atom().upper()
        response.code = word.decode()
        if word in BARE_CODES:
            return
        if word == b"CAPABILITY":
            response.code_data = self.capabilities()
            return
        if word == b"BADCHARSET":
            if self.accept(b" "):
                response.code_data = self.listed(self.astring)
            return
        self.space()
        if word == b"PERMANENTFLAGS":
            response.code_data = self.flags((b"\\*",))
        elif word in NUMBER_CODES:
            response.code_data = self.nz_number()
        elif word == b"HIGHESTMODSEQ":
            response.code_data = self.number(NUMBER64_MAX, 1)
        elif word == b"MODIFIED":
            response.code_data = self.uid_set()
        elif word == b"APPENDUID":
            response.code_data = self.nz_number(), self.space() or self.uid_set()
        elif word == b"COPYUID":
            validity = self.nz_number()
            self.space()
            source = self.uid_set()
            self.space()
            response.code_data = validity, source, self.uid_set()
        elif word == b"MAILBOXID":
            response.code_data = self.parenthesised(self.object_id)
        elif word == b"APPENDLIMIT":
            response.code_data = self.number()
        elif word == b"BADURL":
            response.code_data = self.url_resp_text()
        elif word == b"METADATA":
            response.code_data = self.metadata_code()
        elif word == b"BADEVENT":
            response.code_data = self.listed(self.event_name)
        else:
            self.fail(f"a response code that is defined, not {word!r}")

    def url_resp_text(self):
        """RFC 4469 §5: any TEXT-CHAR except "]" and the backslash."""
        found = self.match(re.compile(rb"[\x01-\x09\x0b\x0c\x0e-\x5b\x5e-\x7f]+"))
        if not found:
            self.fail("url-resp-text")
        return found[0].decode()

    def response(self):
        """The next response. The first one must be a greeting."""
        self._raw = []
        self._next_line()
        if self.greeted and self.accept(b"+"):
            value = self.continue_req()
        elif self.accept(b"* "):
            value = self.untagged()
        elif self.greeted:
            value = self.tagged()
        else:
            self.fail("greeting")
        self.end()
        if not self.greeted and value.name not in ("OK", "PREAUTH", "BYE"):
            self.fail("greeting")
        self.greeted = True
        value.raw = b"".join(self._raw)
        return value

    def continue_req(self):
        self.space()
        value = Response("+")
        rest = self._line[self._at : -2]
        if BASE64.match(rest):
            value.text, self._at = rest.decode(), len(self._line) - 2
        else:
            self.resp_text(value)
        return value

    def tagged(self):
        found = self.match(TAG)
        if not found:
            self.fail("tag")
        self.space()
        word = self.atom().upper().decode()
        if word not in ("OK", "NO", "BAD"):
            self.fail("OK, NO or BAD")
        value = Response(word, tag=found[0].decode())
        self.space()
        self.resp_text(value)
        return value

    def untagged(self):
        found = self.match(re.compile(rb"\d+"))
        if found:
            self._at = found.start()
            return self.message_data()
        word = self.atom().upper().decode()
        value = Response(word)
        if word in ("OK", "NO", "BAD", "BYE") or (word == "PREAUTH" and not self.greeted):
            self.space()
            self.resp_text(value)
            return value
        rules = {
            "CAPABILITY": self.capabilities,
            "ENABLED": self.enabled,
            "FLAGS": lambda: self.space() or self.flags(),
            "LIST": self.mailbox_list,
            "LSUB": self.mailbox_list,
            "STATUS": self.status,
            "SEARCH": self.search,
            "ESEARCH": self.esearch,
            "NAMESPACE": self.namespace,
            "ID": self.id_params,
            "VANISHED": self.vanished,
            "QUOTA": self.quota,
            "QUOTAROOT": self.quota_root,
            "METADATA": self.metadata,
        }
        if word not in rules:
            self.fail("a response that is defined")
        value.data = rules[word]()
        return value

    def message_data(self):
        number = self.number()
        self.space()
        word = self.atom().upper().decode()
        if word in ("EXISTS", "RECENT"):
            return Response(word, number=number)
        if number == 0:
            self.fail("nz-number")
        if word == "EXPUNGE":
            return Response(word, number=number)
        if word != "FETCH":
            self.fail("EXISTS, RECENT, EXPUNGE or FETCH")
        self.space()
        return Response(word, number=number, data=self.msg_att())


def parse(data, greeted=True, utf8=False):
    """All responses in `data`, for tests of the parser itself."""
    rest = [data]
    parser = ResponseParser(Source(lambda _: rest.pop() if rest else b""), utf8)
    parser.greeted = greeted
    responses = []
    while rest or parser.source.pending():
        responses.append(parser.response())
    return responses
