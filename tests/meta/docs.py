# SPDX-License-Identifier: ISC
"""The man pages are the contract: what the programs know is in them, and nothing else
is. And the house's rules that a program can check."""

import glob
import os
import re
import subprocess
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Units that are tested through something else, each with what that is.
UNTESTED = {
    "lib/config/kinds": "in config/server_keys, config/mail_keys and config/deliver_keys",
    "lib/index/environment": "through index/index",
    "lib/index/header": "through index/index, with files that are damaged",
    "lib/index/keys": "through index/record and index/write",
    "lib/index/ranges": "through index/write",
    "lib/index/read": "through index/index and index/write",
    "lib/ipc/auth": "in ipc/messages",
    "lib/ipc/login": "in ipc/messages",
    "lib/mailbox/annotate": "in protocol/metadata*, and its file in maildir/metadata",
    "lib/mailbox/both_locks": "through mailbox/move",
    "lib/mailbox/usual_names": "through mailbox/special_folders",
    "lib/maildir/uidlist_text": "through maildir/uidlist",
    "lib/sandbox/intruder": "it is a test's own: system/walls",
    "lib/mime/header_keeper": "through mime/structure",
    "lib/mime/lexer": "through mime/address and mime/parameters",
    "lib/mime/structure_bytes": "through mime/structure",
    "lib/mime/structure_parser": "through mime/structure",
}
PAGES = ("imapd.8", "imapd.conf.5", "imapd-passwd.5", "deliver.1", "imapd-index.5",
         "imapd-standards.7")  # fmt: skip


def read(*parts):
    with open(os.path.join(SOURCE, *parts), encoding="utf-8") as file:
        return file.read()


def files(*patterns):
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(SOURCE, pattern), recursive=True)):
            yield os.path.relpath(path, SOURCE)


def flags_documented(page):
    """Options in .It lines: {"c", "e", "-check"}."""
    items = re.findall(r"^\.It (Fl .*)", page, re.M)
    return {option for item in items for option in re.findall(r"Fl (\S+)", item)}


class Pages(unittest.TestCase):
    maxDiff = None

    def test_all_are_there(self):
        missing = [page for page in PAGES if not os.path.exists(f"{SOURCE}/man/{page}")]
        self.assertEqual(missing, [])

    def test_cross_references_of_ours_lead_somewhere(self):
        wrong = []
        for path in files("man/*.[1-8]"):
            for name, section in re.findall(r"^\.Xr (\S+) (\d)", read(path), re.M):
                if re.match(r"imapd|deliver", name):
                    if not os.path.exists(f"{SOURCE}/man/{name}.{section}"):
                        wrong.append(f"{path}: {name}({section})")
        self.assertEqual(wrong, [])


def add_page(page):
    def lint(self):
        path = os.path.join(SOURCE, "man", page)
        if not os.path.exists(path):
            self.fail("the page is not written")
        result = subprocess.run(
            ["mandoc", "-T", "lint", "-W", "warning", path],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.assertEqual(result.stdout + result.stderr, "")

    setattr(Pages, f"test_mandoc_has_nothing_to_say_on_{page}", lint)


for name in PAGES:
    add_page(name)


class Contract(unittest.TestCase):
    maxDiff = None

    def settings_known(self):
        """SECTION.KEY as lib/config declares them, read from its own table."""
        text = "".join(read(path) for path in files("lib/config/*.cc"))
        keys = set(re.findall(r'>\(\s*"([a-z]+)",\s*"([a-z0-9-]+)"\)', text))
        self.assertTrue(keys, "no table of settings found in lib/config")
        return {f"{section}.{key}" for section, key in keys}

    def test_every_setting_is_documented_and_none_else(self):
        section, documented = None, set()
        for line in read("man/imapd.conf.5").splitlines():
            heading = re.match(r"\.Ss Section ([a-z]+)$", line)
            if heading:
                section = heading[1]
            item = re.match(r"\.It Cm ([a-z0-9-]+) No =", line)
            if item and section:
                documented.add(f"{section}.{item[1]}")
        self.assertEqual(documented, self.settings_known())

    def options_known(self, *paths):
        text = "".join(read(path) for path in paths)
        letters = set()
        for short in re.findall(r'getopt(?:_long)?\([^"]*"([^"]+)"', text, re.S):
            letters |= set(re.sub(r"[^A-Za-z]", "", short))
        for short in re.findall(r'(?:short_options|options)\s*=\s*"([+:a-zA-Z]+)"', text):
            letters |= set(re.sub(r"[^A-Za-z]", "", short))
        longs = set(re.findall(r'\{"([a-z-]+)",\s*(?:no_|required_)', text))
        longs |= set(re.findall(r'== "--([a-z-]+)"', text))
        letters |= set(re.findall(r'== "-([a-zA-Z])"', text))
        return letters | {"-" + name for name in longs}

    def test_options_of_imapd(self):
        known = self.options_known(*files("imapd/*.cc"))
        self.assertEqual(flags_documented(read("man/imapd.8")), known)

    def test_options_of_deliver(self):
        known = self.options_known(*files("deliver/*.cc"))
        self.assertEqual(flags_documented(read("man/deliver.1")), known)

    def test_capabilities_are_in_the_standards_page(self):
        page = read("man/imapd-standards.7")
        text = read("imapd/session/capability.cc") + read("imapd/login/greeting.cc")
        strings = " ".join(re.findall(r'"([^"]*)"', re.sub(r"#include.*", "", text)))
        words = set(re.findall(r"[A-Z][A-Z0-9]+[A-Za-z0-9+=-]*", strings))
        self.assertIn("IMAP4rev1", words)
        missing = [word for word in sorted(words) if word not in page]
        self.assertEqual(missing, [])


class House(unittest.TestCase):
    maxDiff = None

    def test_every_unit_has_its_test(self):
        missing = []
        for path in files("lib/*/*.cc"):
            unit = path.removesuffix(".cc")
            test = f"tests/unit/{unit.removeprefix('lib/')}_test.cc"
            if unit not in UNTESTED and not os.path.exists(os.path.join(SOURCE, test)):
                missing.append(unit)
        self.assertEqual(missing, [])

    def test_every_unit_test_is_built(self):
        listing = read("tests/unit/meson.build")
        missing = [
            path
            for path in files("tests/unit/**/*_test.cc")
            if f"'{os.path.basename(path).removesuffix('_test.cc')}'" not in listing
        ]
        self.assertEqual(missing, [])

    def test_licence_on_the_first_line(self):
        wrong = []
        patterns = [
            f"{top}/**/*{end}"
            for top in ("lib", "imapd", "deliver", "tests", "contrib", "man")
            for end in (".cc", ".h", ".py", ".sh", ".8", ".7", ".5", ".1")
        ]
        for path in files(*patterns):
            head = "\n".join(read(path).splitlines()[:2])
            if "SPDX-License-Identifier: ISC" not in head:
                wrong.append(path)
        self.assertEqual(wrong, [])

    def test_no_file_is_too_long_to_read(self):
        """Beyond 600 lines the comment at its head says why it is "one thing"."""
        wrong = []
        for path in files("lib/**/*.[ch]*", "imapd/**/*.[ch]*", "deliver/*.[ch]*",
                          "tests/**/*.cc", "tests/**/*.py"):  # fmt: skip
            text = read(path)
            head = text.split("#include")[0].split("import ")[0]
            if text.count("\n") > 600 and "one thing" not in head:
                wrong.append(path)
        self.assertEqual(wrong, [])

    def test_no_line_is_wider_than_the_page(self):
        wrong = []
        for path in files("lib/**/*.[ch]*", "imapd/**/*.[ch]*", "deliver/*.[ch]*"):
            for number, line in enumerate(read(path).splitlines(), 1):
                if len(line) > 88:
                    wrong.append(f"{path}:{number}")
        self.assertEqual(wrong, [])

    def test_nothing_is_left_undone_in_the_source(self):
        wrong = []
        for path in files("lib/**/*.[ch]*", "imapd/**/*.[ch]*", "deliver/*.[ch]*"):
            for number, line in enumerate(read(path).splitlines(), 1):
                if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
                    wrong.append(f"{path}:{number}")
        self.assertEqual(wrong, [])

    def test_every_fuzz_harness_has_a_corpus_and_is_built(self):
        listing = read("tests/fuzz/meson.build")
        wrong = []
        for path in files("tests/fuzz/*.cc"):
            name = os.path.basename(path).removesuffix(".cc")
            if name == "replay":
                continue
            corpus = os.path.join(SOURCE, "tests/fuzz/corpus", name)
            if not os.path.isdir(corpus) or not os.listdir(corpus):
                wrong.append(f"{name}: no corpus")
            if f"'{name}'" not in listing:
                wrong.append(f"{name}: not in meson.build")
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
