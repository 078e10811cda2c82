# SPDX-License-Identifier: ISC
"""Header fields for generated messages, each with what it means: the value as it is
written, folds and comments and all, and what ENVELOPE or BODYSTRUCTURE must make of it.
RFC 5322, RFC 2045, RFC 2047, RFC 2231. Lines end with LF here; whoever writes the message
chooses its line ends."""

import re


def unfolded(value):
    """RFC 5322 §2.2.3: the line ends go, and the white space in front."""
    return value.replace(b"\n", b"").lstrip(b" \t")


COMMENTS = [b"(c)", b"(a (nested) one)", b"()", b"(quoted \\) paren)", b'(with "quotes, @ <")']
LOCAL_PARTS = [  # as written, what it is
    (b"ann", b"ann"),
    (b"j.r.bell", b"j.r.bell"),
    (b"a+tag!#$%&'*/=?^_`{|}~", b"a+tag!#$%&'*/=?^_`{|}~"),
    (b'"a b"', b"a b"),
    (b'"q\\"uo\\\\te"', b'q"uo\\te'),
    (b'"a@b,c;d<e>"', b"a@b,c;d<e>"),
    (b'"a"."b"', b"a.b"),
    (b"a . b", b"a.b"),
    (b"a .\n b", b"a.b"),
]
DOMAINS = [
    (b"example.com", b"example.com"),
    (b"x", b"x"),
    (b"[192.0.2.1]", b"[192.0.2.1]"),
    (b"[IPv6:2001:db8::1]", b"[IPv6:2001:db8::1]"),
    (b"example . com", b"example.com"),
    (b"xn--bcher-kva.example", b"xn--bcher-kva.example"),
]
PHRASES = [
    ([b"Ann"], b"Ann"),
    ([b"Ann", b"Bell"], b"Ann Bell"),
    ([b"Joe", b"Q.", b"Public"], b"Joe Q. Public"),
    ([b'"Bell, Ann"'], b"Bell, Ann"),
    ([b'"say \\"hi\\" \\\\o/"'], b'say "hi" \\o/'),
    ([b"Ann", b'"B."', b"Bell"], b"Ann B. Bell"),
    ([b"=?utf-8?q?=C3=84nn?="], b"=?utf-8?q?=C3=84nn?="),
    ([b"=?iso-8859-1?b?xG5u?=", b"=?x?q?b?="], b"=?iso-8859-1?b?xG5u?= =?x?q?b?="),
    ([b"=?utf-8?q?=C3?=", b"=?broken"], b"=?utf-8?q?=C3?= =?broken"),
    ([b"J\xf6rg"], b"J\xf6rg"),
    ([b"J\xc3\xb6rg", b"\xe2\x82\xac"], b"J\xc3\xb6rg \xe2\x82\xac"),
]
SUBJECTS = [
    b"",
    b"Hello",
    b"Re: Hello, \"world\" \\ (no comment)",
    b"=?utf-8?q?caf=C3=A9?= =?utf-8?b?4oKs?=",
    b"=?utf-8?q?broken",
    b"=?utf-8?b?!!!?= =?nonsense?q?x?= =??q??=",
    b"=?utf-8?q?=ZZ=4?= =?utf-8?x?abc?=",
    b"folded\n here and\n\there",
    b"\n starts on the next line",
    b"two  spaces   inside",
    b"8-bit \xe4\xf6\xfc",
    b"utf-8 \xc3\xa4 and broken \xc3",
    b"{5}",
    b"NIL",
    b"%s%n * ( )",
    b"word " * 300 + b"end",
]
DATES = [
    b"Fri, 21 Nov 1997 09:55:06 -0600",
    b"21 Nov 97 09:55:06 GMT",
    b"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600",
    b"1 Jan 2000 00:00 Z",
    b"Fri,\n 21\n Nov\n 1997\n 09:55:06\n -0600",
    b"Tue, 30 Feb 2038 25:61:61 +9999",
    b"21-Nov-1997",
    b"yesterday",
    b"Wednesday, 09-Nov-94 08:49:37 EST",
    b"Fri Nov 21 09:55:06 1997",
]
IDS = [b"<1@example.com>", b"<a b@c>", b"<1@x>\n <2@y> <3@z>", b"1234", b"<\"q q\"@[x]>"]
LANGUAGES = [(b"en", [b"en"]), (b"de, fr", [b"de", b"fr"]), (b"mi,\n en-NZ", [b"mi", b"en-NZ"])]

# Values that no grammar allows, or that readers of grammars are known to fall over.
WILD_ADDRESSES = [
    b"", b",", b",,,", b"<>", b"Foo <>", b"<", b">", b"@", b"(", b")", b'"', b"\\", b":", b";",
    b"Ann Bell", b"a@b c@d", b"a b@c d", b'"open <a@b>, c@d', b"(open a@b", b"a@[open, b@c",
    b"Foo <a@b", b"Foo a@b>", b"<<a@b>>", b"a@b@c", b"Outer: Inner: a@b;;", b"G: a@b", b"G:;;",
    b"a@b; c@d", b"<@x,@y>", b"<@x:>", b'""', b'"" <a@b>', b'""@x', b"a..b@c", b".a@b", b"a.@b",
    b"=?utf-8?q?a@b?= <c@d>", b"=?utf-8?q?Bell,?= Ann <a@b>", b"\xff\xfe <\xe4@\xf6>",
    b"undisclosed-recipients:;", b"Undisclosed recipients: ;", b"<a@b>, \"B\" <c@d>, ;,,", b"NIL",
    b"a@b (x) (y)", b"(only)", b"a(x)b@c", b"a@b <c@d>", b"<a@b> Ann", b"\\\"a\\\" <b@c>",
]  # fmt: skip
WILD_TYPES = [
    b"", b"/", b"text", b"text/", b"/plain", b"text plain", b"text/plain/x", b"TEXT/HTML",
    b"text/plain charset=x", b"text/plain; charset", b"text/plain; charset=", b"text/plain;;;",
    b'text/plain; charset="', b"text/plain; =x", b'text/plain; name="a\nb"',
    b"text/plain; name=a b; c=d", b"text/plain; name=a[1].txt; x=(c)", b"\"text\"/plain",
    b"multipart/mixed", b"multipart/mixed; boundary=", b'multipart/mixed; boundary=""',
    b"multipart/mixed; boundary=\"  \"", b"multipart/digest", b"message/rfc822",
    b"message/delivery-status", b"message/partial; number=1; total=2; id=x", b"message/global",
    b"message/external-body; access-type=x", b"x-unknown/x", b"text/plain; name*0=a; name*2=b",
    b"text/plain; name*=utf-8'%C3", b"text/plain; name*1=b", b"text/plain; name*0*=x; name*0=y",
    b"text/plain; name*00=a; name*01=b", b"text/plain; *=x; *0=y; a**=z",
    b"text/plain (c) ; (c) name (c) = (c) x", b"t\xe4xt/pl\xe4in; n\xe4me=\xe4", b"a\0b/c\0d",
    b"text/plain; name=a=b=c; name=twice", b"text/plain; charset=\"utf-8",
]  # fmt: skip
WILD_ENCODINGS = [
    b"", b"BASE64", b"Quoted-Printable", b"uuencode", b"x-uue", b"base64 (c)", b"\"base64\"",
    b"7-bit", b"8bit; x=y", b"none", b"\xe4", b"quoted printable", b"binary",
]  # fmt: skip
WILD_DISPOSITIONS = [
    b"", b"inline", b"attachment; filename", b"attachment; filename=\"a\\\"", b"; filename=x",
    b"\"attachment\"; filename=x", b"attachment filename=x", b"attachment;\n\tfilename*=%E4",
]  # fmt: skip


class Fields:
    """Makes values. `value, meaning = fields.mailbox()`."""

    def __init__(self, random):
        self.random = random

    def pick(self, choices):
        return self.random.choice(choices)

    def one_in(self, n):
        return self.random.randrange(n) == 0

    def space(self):
        """White space, folded or not: at least one."""
        return self.pick([b" ", b" ", b"  ", b"\t", b"\n ", b" \n\t"])

    def cfws(self):
        """[CFWS]: nothing most of the time."""
        if not self.one_in(4):
            return b""
        return self.pick([b"", self.space()]) + self.pick(COMMENTS) + self.pick([b"", b"\n "])

    # Addresses

    def phrase(self):
        """A display name with white space and comments between its words."""
        words, meaning = self.pick(PHRASES)
        gaps = [self.space() + self.pick([b"", b"", b"(c) "]) for _ in words[1:]]
        value = words[0] + b"".join(gap + word for gap, word in zip(gaps, words[1:]))
        return value, meaning

    def mailbox(self):
        """(value, (name, route, local part, domain))."""
        local, local_meaning = self.pick(LOCAL_PARTS)
        domain, domain_meaning = self.pick(DOMAINS)
        kind = self.random.randrange(4)
        if kind == 0:
            return local + b"@" + domain, (None, None, local_meaning, domain_meaning)
        if kind == 1:
            name, meaning = self.pick([(b"(Ann Bell)", b"Ann Bell"), (b"( A (B) )", b"A (B)")])
            value = local + b"@" + domain + self.space() + name
            return value, (meaning, None, local_meaning, domain_meaning)
        name, name_meaning = self.phrase() if kind == 2 else (b"", None)
        route = self.pick([b"@a.example,@b.example", b"@a"]) if self.one_in(6) else None
        value = name + self.pick([b"", b" "]) + self.cfws() + b"<" + self.cfws()
        value += (route + b":" if route else b"") + local + b"@" + domain
        value += self.cfws() + b">" + self.cfws()
        return value, (name_meaning, route, local_meaning, domain_meaning)

    def addresses(self, most=4):
        """A list, with groups and the empty elements of RFC 5322 §4.4 in it."""
        values, meanings = [], []
        for _ in range(self.random.randint(1, most)):
            if self.one_in(8):
                values.append(self.pick([b"", b" ", b" (c) "]))
            if not self.one_in(6):
                value, meaning = self.mailbox()
                values.append(value)
                meanings.append(meaning)
                continue
            name, meaning = self.phrase()
            members = [self.mailbox() for _ in range(self.random.randrange(3))]
            values.append(name + b":" + self.cfws() + b", ".join(v for v, _ in members) + b";")
            meanings.append((None, None, meaning, None))
            meanings.extend(m for _, m in members)
            meanings.append((None, None, None, None))
        between = self.pick([b",", b", ", b",\n ", b" ,\n\t"])
        return between.join(values), meanings

    # MIME

    def parameter(self, name):
        """([pieces as written], (name, value) as BODYSTRUCTURE has it): RFC 2231 §6 wants
        continuations joined, charset and percents left as they are."""
        kind = self.random.randrange(6)
        equals = self.cfws() + b"=" + self.cfws()
        if kind == 0:
            return [name + equals + b"report-1.txt"], (name, b"report-1.txt")
        if kind == 1:
            return [name + equals + b'"a b; c=d (e)"'], (name, b"a b; c=d (e)")
        if kind == 2:
            return [name + equals + b'"q\\"uo\\\\te"'], (name, b'q"uo\\te')
        if kind == 3:
            value = self.pick([b"utf-8'en'%C3%84.txt", b"iso-8859-1''%e4", b"''x", b"x''%41%zz"])
            return [name + b"*" + equals + value], (name + b"*", value)
        if kind == 4:
            pieces = [name + b"*%d" % i + equals + b'"part %d "' % i for i in range(12)]
            meaning = name, b"".join(b"part %d " % i for i in range(12))
        else:
            pieces = [name + b"*0*=utf-8''%C3", name + b"*1*=%84", name + b'*2="100%.txt"']
            meaning = name + b"*", b"utf-8''%C3%84100%25.txt"
        self.random.shuffle(pieces)  # RFC 2231 §3: their order does not matter
        return pieces, meaning

    def parameters(self, names=(b"name", b"x-mac-type", b"format")):
        """(`; …` as written, list of pairs)."""
        written, meanings = b"", []
        for name in names:
            if not self.one_in(3):
                continue
            pieces, meaning = self.parameter(name)
            for piece in pieces:
                written += self.cfws() + b";" + self.pick([b" ", b"", b"\n\t"]) + piece
            meanings.append(meaning)
        return written, meanings


def field(name, value):
    """A field as a line. RFC 5322 lets the value begin right after the colon."""
    return name + b":" + (b"" if value.startswith(b"\n") else b" ") + value + b"\n"


def fields_of(header):
    """[(lower-case name or None, octets)] of a header in wire form, written apart from
    lib/mime on purpose: lines, continuations, the name before the colon."""
    fields = []
    for line in re.findall(rb"[^\n]*\n|[^\n]+", header):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] = fields[-1][0], fields[-1][1] + line
            continue
        name = re.match(rb"([^: \t\r\n](?:[^:\r\n]|\r(?!\n))*?)[ \t]*:", line)
        fields.append((name[1].lower() if name else None, line))
    return fields
