# SPDX-License-Identifier: ISC
"""The grammar of commands is whole: it has every command and capability that imapd has,
and what is made from it has every alternative and every form of a string."""

import os
import random
import re
import unittest

from abnf import Abnf, Sentences
from command_grammar import GRAMMAR, WAIT, CommandMaker, Known, modified_utf7
from mutation import Mutator, announced

IMAPD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "imapd")
ROOTS = ("command-auth", "command-select", "command-once")

# Capability to the rule that has what it adds; None where it adds nothing to a command.
CAPABILITIES = {
    "IMAP4rev1": "status-att",
    "IMAP4rev2": "enabled-capability",
    "SASL-IR": None,
    "ID": "id",
    "ENABLE": "enable",
    "IDLE": "idle",
    "NAMESPACE": "namespace",
    "CHILDREN": "return-option",
    "LIST-EXTENDED": "list-select-opts",
    "LIST-STATUS": "status-option",
    "STATUS=SIZE": "status-att",
    "SPECIAL-USE": "list-select-base-opt",
    "CREATE-SPECIAL-USE": "create-params",
    "UNSELECT": "unselect",
    "COMPRESS=DEFLATE": "compress",
    "QUOTA": "getquota",
    "QUOTA=RES-STORAGE": "resource-name",
    "QUOTA=RES-MESSAGE": "resource-name",
    "METADATA": "setmetadata",
    "NOTIFY": "notify",
    "UIDPLUS": "uid-expunge",
    "MOVE": "move",
    "ESEARCH": "search-return-opts",
    "SEARCHRES": "search-return-opt",
    "CONDSTORE": "condstore-param",
    "QRESYNC": "qresync-param",
    "MULTIAPPEND": "append",
    "BINARY": "section-binary",
    "UTF8=ACCEPT": "utf8-literal",
    "CATENATE": "cat-part",
    "REPLACE": "replace",
    "SAVEDATE": "fetch-att",
    "OBJECTID": "fetch-att",
    "PREVIEW": "preview-mod",
}


def source(*path):
    with open(os.path.join(IMAPD, *path), encoding="utf-8") as file:
        return file.read()


def reachable():
    waiting, seen = list(ROOTS), set()
    while waiting:
        name = waiting.pop()
        if name not in seen and name in GRAMMAR.rules:
            seen.add(name)
            waiting += GRAMMAR.names_in(name)
    return seen


def makers():
    """One for a client that has enabled nothing, one for a client that has everything."""
    for enabled in (set(), {"CONDSTORE", "QRESYNC", "IMAP4REV2", "UTF8=ACCEPT"}):
        known = Known(enabled=enabled, selected="INBOX", uids=[3, 4, None, 9])
        yield CommandMaker(random.Random(len(enabled)), known)


class Grammar(unittest.TestCase):
    def test_every_command_of_imapd(self):
        # What a build for tests has beyond the commands is none of a client's.
        table = re.sub(r"#if.*?#endif", "", source("commands", "table.cc"), flags=re.S)
        rows = re.findall(r'\{"([A-Z]+)", .*, (no_uid|uid_too), ', table)
        self.assertGreater(len(rows), 30)
        for word, uid in rows:
            self.assertIn(word.lower(), reachable())
            if uid == "uid_too":
                names = GRAMMAR.names_in("uid")
                self.assertTrue({word.lower(), "uid-" + word.lower()} & names, word)

    def test_every_capability_of_imapd(self):
        text = source("session", "capability.cc")
        for token in re.findall(r'^    "([^"]+)",', text, re.M):
            self.assertIn(token, CAPABILITIES)
            if CAPABILITIES[token]:
                self.assertIn(CAPABILITIES[token], reachable(), token)

    def test_every_rule_is_for_something(self):
        self.assertEqual(set(GRAMMAR.rules) - reachable(), set(ROOTS) - reachable())

    def test_every_alternative_is_made(self):
        made, missed = set(), []
        for maker in makers():
            words = [name for root in ROOTS for name in sorted(GRAMMAR.names_in(root))]
            for word in words:
                for _ in range(500):
                    maker.command(word)
            made |= maker.sentences.taken
        maker.sentences.taken = made
        for root in ROOTS:
            for name in GRAMMAR.names_in(root):
                missed += maker.sentences.never_taken(name)
        self.assertEqual(missed, [])

    def test_every_form_of_a_string(self):
        for maker in makers():
            forms = set()
            for _ in range(500):
                command = maker.command("select")
                argument = command.octets().split(b" ", 2)[2]
                forms.add(argument[:1] if argument[:1] in b'"{' else b"atom")
                forms.add(b"waits" if WAIT in command.pieces else b"does not")
            self.assertEqual(forms, {b'"', b"{", b"atom", b"waits", b"does not"})

    def test_8bit_is_quoted_only_after_enable(self):
        plain, enabled = makers()
        for maker, expected in ((plain, False), (enabled, True)):
            octets = b"".join(maker.command("create").octets() for _ in range(500))
            self.assertEqual(bool(re.search(rb'"[^"\r\n]*[\x80-\xff]', octets)), expected)

    def test_a_seed_decides(self):
        first, second = (
            [maker.any_command().octets() for _ in range(200)]
            for maker in (CommandMaker(random.Random("x"), Known()) for _ in range(2))
        )
        self.assertEqual(first, second)

    def test_modified_utf7(self):
        for name, wire in (("A & B", "A &- B"), ("Entwürfe", "Entw&APw-rfe"), ("", ""),
                           ("台北", "&U,BTFw-"), ("~peter/日本語", "~peter/&ZeVnLIqe-")):  # fmt: skip
            self.assertEqual(modified_utf7(name), wire)

    def test_what_literals_a_server_may_wait_for(self):
        self.assertEqual(announced(b"a X {5}\r\n{7+}\r\nb {x}\r\n~{11}"), 23)
        self.assertEqual(announced(b"a {5} b\r\n"), 0)

    def test_mutations_are_many(self):
        mutator = Mutator(random.Random(1))
        made = {mutator.mutate(b"a1 APPEND INBOX (\\Seen) {3}\r\nabc\r\n") for _ in range(1000)}
        self.assertGreater(len(made), 600)


class Reader(unittest.TestCase):
    def sentences(self, text, count=300):
        maker = Sentences(Abnf(text), random.Random(1), {"bound": lambda _: b"!"})
        return {b"".join(maker.make("a")).lower() for _ in range(count)}

    def test_notation(self):
        for text, expected in (
            ('a = "x" / "y" ; "z"\n', {b"x", b"y"}),
            ('a = "x"\n   / "y"\n\na =/ "z"\n', {b"x", b"y", b"z"}),
            ('a = "x" ["y" / "z"]\n', {b"x", b"xy", b"xz"}),
            ('a = 1*2("x" / "y")\n', {b"x", b"y", b"xx", b"xy", b"yx", b"yy"}),
            ('a = 2b %x2E\nb = %x41-42\n', {b"aa.", b"ab.", b"ba.", b"bb."}),
            ("a = %x41.42 bound\n", {b"ab!"}),
            ('a = "\\;" ";"\n', {b"\\;;"}),
        ):
            self.assertEqual(self.sentences(text), expected, text)

    def test_recursion_ends(self):
        for text in self.sentences('a = "(" a a ")" / b\nb = c\nc = "x" / a a\n', 50):
            self.assertLess(len(text), 100000)

    def test_any_case(self):
        maker = Sentences(Abnf('a = "x"\n'), random.Random(1), {})
        self.assertEqual({maker.make("a")[0] for _ in range(50)}, {b"x", b"X"})

    def test_what_is_refused(self):
        for text in ('a = "x" )\n', 'a = <prose>\n', 'a = "x"\na = "y"\n', 'a = ("x"\n'):
            with self.assertRaises((ValueError, IndexError), msg=text):
                Abnf(text)


if __name__ == "__main__":
    unittest.main()
