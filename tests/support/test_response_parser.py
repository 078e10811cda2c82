# SPDX-License-Identifier: ISC
"""What the strict response parser takes and what it refuses."""

import unittest

from response_parser import BadResponse, parse

ENVELOPE = (
    b'("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev1 WG mtg summary and minutes" '
    b'(("Terry Gray" NIL "gray" "cac.washington.edu"))'
    b'(("Terry Gray" NIL "gray" "cac.washington.edu"))'
    b'(("Terry Gray" NIL "gray" "cac.washington.edu"))'
    b'((NIL NIL "imap" "cac.washington.edu"))'
    b'((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) '
    b'NIL NIL "<B27397-0100000@cac.washington.edu>")'
).replace(b'"))((NIL', b'")) ((NIL').replace(b'"))(("T', b'")) (("T')
PLAIN = b'("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 3028 92)'

ACCEPTED = [
    b"* OK hello",
    b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello",
    b"* BYE gone",
    b"a1 OK done",
    b"a1 NO [TRYCREATE] no such mailbox",
    b"a.[1] BAD what",
    b"+ idling",
    b"+ ",
    b"+ cGFzcw==",
    b"+ [ALERT] go on",
    b"* CAPABILITY IMAP4rev1 IDLE LITERAL+",
    b"* ENABLED",
    b"* ENABLED CONDSTORE",
    b"* ENABLED QRESYNC UTF8=ACCEPT",
    b"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded)",
    b"* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited",
    b"* OK [PERMANENTFLAGS ()] None",
    b"* OK [UIDVALIDITY 3857529045] UIDs valid",
    b"* OK [UIDNEXT 4392] Predicted next UID",
    b"* OK [UNSEEN 12] Message 12 is first unseen",
    b"* OK human text that ends in {5}",
    b"a OK [APPENDUID 38505 3955] APPEND completed",
    b"a OK [COPYUID 38505 304,319:320 3956:3958] Done",
    b"a NO [BADCHARSET (UTF-8 US-ASCII)] no",
    b"* 0 EXISTS",
    b"* 5 RECENT",
    b"* 44 EXPUNGE",
    b'* LIST (\\Noselect) "/" ~/Mail/foo',
    b'* LIST () NIL INBOX',
    b'* LIST (\\HasNoChildren \\Sent) "." "Sent Items"',
    b'* LIST () "\\\\" {3}\r\na b',
    b'* LIST () "/" a%b'.replace(b"a%b", b'"a%b"'),
    b'* LIST (\\NonExistent) "/" "Foo" ("CHILDINFO" ("SUBSCRIBED"))',
    b'* LSUB () "." #news.comp.mail.mime',
    b"* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)",
    b"* STATUS INBOX ()",
    b"* SEARCH",
    b"* SEARCH 2 3 6",
    b"* SEARCH 2 5 6 (MODSEQ 917162500)",
    b'* ESEARCH (TAG "A282") UID MIN 2 COUNT 3',
    b'* ESEARCH (TAG "a1") MIN 2 MODSEQ 917162488',
    b'* ESEARCH (TAG "b") UID ALL 2,10:11',
    b'* ESEARCH (TAG "b")',
    b"* OK [HIGHESTMODSEQ 715194045007] Highest",
    b"* OK [NOMODSEQ] none",
    b"* OK [CLOSED] left",
    b"a OK [MODIFIED 7,9] failed",
    b'* NAMESPACE (("" "/")) NIL NIL',
    b'* NAMESPACE (("" "/")("#mh/" "/")) (("~" "/")) NIL',
    b'* ID ("name" "Avocet" "version" NIL)',
    b"* ID NIL",
    b"* VANISHED (EARLIER) 41,43:116",
    b"* VANISHED 405,407,410,425",
    b"* 12 FETCH (FLAGS (\\Seen \\Recent) UID 4827313)",
    b"* 12 FETCH (FLAGS () RFC822.SIZE 44827)",
    b'* 12 FETCH (INTERNALDATE " 7-Jul-1996 02:44:25 -0700")',
    b"* 12 FETCH (ENVELOPE " + ENVELOPE + b")",
    b"* 12 FETCH (BODY " + PLAIN + b")",
    b'* 12 FETCH (BODYSTRUCTURE (' + PLAIN + PLAIN + b' "MIXED" ("BOUNDARY" "x") NIL NIL))',
    b'* 1 FETCH (BODY ("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 342 ' + ENVELOPE + b" "
    + PLAIN + b" 7))",
    b'* 1 FETCH (BODY ("IMAGE" "GIF" NIL "<i@d>" "a" "BASE64" 0))',
    b'* 1 FETCH (BODY ("TEXT" {3}\r\nx\xff, NIL NIL NIL "7BIT" 0 0))',
    b"* 1 FETCH (BODY[] {5}\r\na\r\nb\xff)",
    b"* 1 FETCH (BODY[1.2.HEADER.FIELDS (From {2}\r\nTo)]<0> NIL)",
    b'* 1 FETCH (BODY[]<9223372036854775807> "" BINARY[]<4294967296> "")',
    b'* 1 FETCH (BODY[TEXT] "" BODY[1.MIME] {0}\r\n)',
    b"* 1 FETCH (BINARY[1] ~{2}\r\n\0a)",
    b"* 1 FETCH (MODSEQ (624140003))",
]

REFUSED = [
    b'* 1 FETCH (BODY ({4}\r\nTEXT "PLAIN" NIL NIL NIL "7BIT" 0 0))',
    b'* 1 FETCH (BODY ("MESSAGE" {6}\r\nRFC822 NIL NIL NIL "7BIT" 342 ' + ENVELOPE + b" "
    + PLAIN + b" 7))",
    b"*  OK two spaces",
    b"* OK",
    b"* OK ",
    b"* OK [ALERT]",
    b"* OK [ALERT]text",
    b"* OK [ALERT 1] argument",
    b"* OK [NOSUCHCODE] text",
    b"* OK caf\xc3\xa9",
    b"* OK a\0b",
    b"* OK a\rb",
    b"* PREAUTH late",
    b"a+ OK tag",
    b"a1 BYE tagged",
    b"a1  OK two spaces",
    b"a1",
    b"+",
    b"+cGFz",
    b"* CAPABILITY IDLE",
    b"* CAPABILITY IMAP4rev1 IDLE idle",
    b"* FLAGS (\\Recent)",
    b"* FLAGS (\\Seen \\seen)",
    b"* FLAGS (\\Seen  \\Draft)",
    b"* FLAGS (\\*)",
    b"* FLAGS (\\Whatever)",
    b"* OK [UIDNEXT 0] no",
    b"* OK [UIDNEXT 4294967296] no",
    b"* OK [UIDVALIDITY 012] no",
    b"* -1 EXISTS",
    b"* 4294967296 EXISTS",
    b"* 0 EXPUNGE",
    b"* 1 EXISTS ",
    b'* LIST () "/" a%b',
    b'* LIST () / INBOX',
    b'* LIST () "//" INBOX',
    b'* LIST (\\Noselect \\Marked) "/" x',
    b'* LIST (\\HasChildren \\HasNoChildren) "/" x',
    b'* LIST (\\Sent \\Sent) "/" x',
    b'* LIST () "/" "caf\xc3\xa9"',
    b'* LIST () "/" ""x',
    b'* LIST () "/" "a\\b"',
    b"* STATUS INBOX (MESSAGES)",
    b"* STATUS INBOX (MESSAGES 1 MESSAGES 1)",
    b"* STATUS INBOX (UIDNEXT 0)",
    b"* STATUS INBOX (NOVEL 1)",
    b"* SEARCH ",
    b"* SEARCH 0",
    b"* SEARCH (MODSEQ 5)",
    b"* SEARCH 2 (MODSEQ 0)",
    b"* SEARCH 2 (MODSEQ 5) 3",
    b"* ENABLED CONDSTORE condstore",
    b'* ESEARCH (TAG "b") ALL 2,*',
    b'* ESEARCH (TAG "b") ALL',
    b'* ESEARCH (TAG "b") MIN 0',
    b'* ESEARCH (TAG "b") COUNT 1 COUNT 1',
    b"* OK [HIGHESTMODSEQ 0] no",
    b"* OK [HIGHESTMODSEQ 9223372036854775808] no",
    b"* OK [CLOSED 1] no",
    b"a OK [MODIFIED] no",
    b"* VANISHED",
    b"* VANISHED (EARLIER)",
    b"* VANISHED 1:*",
    b"* VANISHED (LATER) 1",
    b"* 1 FETCH (MODSEQ 5)",
    b"* 1 FETCH (MODSEQ (0))",
    b"* SEARCH 1  2",
    b"* NAMESPACE NIL NIL",
    b'* ID ("name")',
    b"* 1 FETCH ()",
    b"* 1 FETCH (UID 0)",
    b"* 1 FETCH (UID 1 UID 1)",
    b"* 1 FETCH (UID 1 )",
    b"* 0 FETCH (UID 1)",
    b"* 1 FETCH UID 1",
    b'* 12 FETCH (INTERNALDATE "7-Jul-1996 02:44:25 -0700")',
    b'* 12 FETCH (INTERNALDATE "17-Jul-1996 24:44:25 -0700")',
    b"* 1 FETCH (BODY[] {3}\r\na\0b)",
    b"* 1 FETCH (BODY[] {3+}\r\nabc)",
    b"* 1 FETCH (BODY[MIME] NIL)",
    b"* 1 FETCH (BODY[0] NIL)",
    b"* 1 FETCH (BODY[HEADER.FIELDS ()] NIL)",
    b"* 1 FETCH (BODY.PEEK[] NIL)",
    b'* 1 FETCH (BODY[] "a\xff")',
    b"* 1 FETCH (BODY " + PLAIN.replace(b"3028 92", b"3028") + b")",
    b"* 1 FETCH (BODY " + PLAIN.replace(b'("CHARSET" "US-ASCII")', b"()") + b")",
    b"* 1 FETCH (BODY " + PLAIN.replace(b' "US-ASCII"', b"") + b")",
    b"* 1 FETCH (BODY " + PLAIN.replace(b'"7BIT"', b"NIL") + b")",
    b"* 1 FETCH (BODY " + PLAIN[:-1] + b" NIL))",
    b"* 1 FETCH (BODY (" + PLAIN + b" " + PLAIN + b' "MIXED"))',
    b"* 1 FETCH (BODY (" + PLAIN + b'"MIXED"))',
    b'* 1 FETCH (BODY ("IMAGE" "GIF" NIL NIL NIL "BASE64" 0 1))',
    b'* 1 FETCH (BODY ("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 342))',
    b"* 1 FETCH (ENVELOPE " + ENVELOPE.replace(b" NIL NIL \"<B", b" () NIL \"<B") + b")",
    b"* 1 FETCH (ENVELOPE " + ENVELOPE.replace(b')("John', b') ("John') + b")",
    b"* 1 FETCH (ENVELOPE " + ENVELOPE[:-1] + b" NIL))",
    b"* XLIST () NIL INBOX",
    b"",
]


class Lists(unittest.TestCase):
    pass


def add(kind, number, line):
    def accepted(self):
        self.assertEqual(len(parse(line + b"\r\n")), 1)

    def refused(self):
        with self.assertRaises(BadResponse):
            parse(line + b"\r\n")

    test = accepted if kind == "accepts" else refused
    setattr(Lists, f"test_{kind}_{number:03} {line[:50]!r}", test)


for index, entry in enumerate(ACCEPTED):
    add("accepts", index, entry)
for index, entry in enumerate(REFUSED):
    add("refuses", index, entry)


class Responses(unittest.TestCase):
    def test_values_are_what_was_sent(self):
        (response,) = parse(b"* 12 FETCH (FLAGS (\\Seen) BODY[1]<5> {4}\r\na\r\nb)\r\n")
        self.assertEqual(response.number, 12)
        self.assertEqual(response.data, {"FLAGS": ["\\Seen"], "BODY[1]<5>": b"a\r\nb"})

    def test_several_responses_follow_each_other(self):
        names = [r.name for r in parse(b"* 1 EXISTS\r\n* 1 RECENT\r\na OK x\r\n")]
        self.assertEqual(names, ["EXISTS", "RECENT", "OK"])

    def test_refuses_a_bare_line_feed(self):
        with self.assertRaises(BadResponse):
            parse(b"* 1 EXISTS\n")

    def test_refuses_a_response_cut_short(self):
        for cut in (b"* 1 EXI", b"* 1 FETCH (BODY[] {9}\r\nabc", b"* 1 FETCH (BODY[] {2}\r\nab"):
            with self.assertRaises(BadResponse):
                parse(cut)

    def test_the_first_response_is_a_greeting(self):
        self.assertEqual(parse(b"* PREAUTH hi\r\n", greeted=False)[0].name, "PREAUTH")
        for other in (b"* 1 EXISTS\r\n", b"+ x\r\n", b"a OK x\r\n"):
            with self.assertRaises(BadResponse):
                parse(other, greeted=False)

    def test_utf8_only_when_enabled(self):
        line = '* LIST () "/" "Entwürfe"\r\n'.encode()
        self.assertEqual(parse(line, utf8=True)[0].data["name"], "Entwürfe".encode())
        with self.assertRaises(BadResponse):
            parse(b'* LIST () "/" "\xff"\r\n', utf8=True)
        for extension in (b"IMAP4rev2", b"UTF8=ACCEPT"):
            parse(b"* ENABLED CONDSTORE " + extension + b"\r\n" + line)
        with self.assertRaises(BadResponse):
            parse(b"* ENABLED CONDSTORE\r\n" + line)


if __name__ == "__main__":
    unittest.main()
