# SPDX-License-Identifier: ISC
"""Who may include whom: lib/LAYERS against every #include of ours, and what the built
programs are linked with."""

import glob
import os
import re
import subprocess
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("AVOCET_BUILD", os.path.join(SOURCE, "build"))

# A session's handlers and its fetch program live in rooms of their own, on its line.
ON_THE_LINE_OF = {"imapd/commands": "imapd/session", "imapd/fetch": "imapd/session"}
OPENSSL = re.compile(r"<openssl/(ssl|tls1|bio)\.h>")
OPENSSL_ROOMS = ("lib/tls", "imapd/login")


def layers():
    allowed = {}
    with open(os.path.join(SOURCE, "lib", "LAYERS"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("#") or not line.strip():
                continue
            rooms, _, may = line.partition(":")
            for room in rooms.split():
                allowed[room] = set(may.split())
    return allowed


def sources():
    for top in ("lib", "imapd", "deliver"):
        for pattern in ("**/*.cc", "**/*.h"):
            for path in sorted(glob.glob(f"{SOURCE}/{top}/{pattern}", recursive=True)):
                yield os.path.relpath(path, SOURCE)


def room_of(path):
    """As in LAYERS: `imap` for lib/imap, `imapd/session`, `deliver`; None for main."""
    parts = path.split("/")
    if parts[0] == "lib":
        return parts[1]
    if parts[0] == "deliver":
        return "deliver"
    return "/".join(parts[:2]) if len(parts) > 2 else None


def includes(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = re.match(r'\s*#\s*include\s+([<"][^>"]+[>"])', line)
            if match:
                yield number, match[1]


class Layers(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.allowed = layers()
        self.lib_rooms = {room for room in self.allowed if "/" not in room} - {"deliver"}
        self.program_rooms = {
            room.removeprefix("imapd/") for room in self.allowed if "/" in room
        } | {"commands", "fetch"}

    def test_every_room_is_in_layers(self):
        rooms = {room_of(path) for path in sources()} - {None}
        rooms = {ON_THE_LINE_OF.get(room, room) for room in rooms}
        self.assertEqual(rooms - set(self.allowed), set())

    def test_layers_has_no_circle(self):
        seen = set()
        for room, may in self.allowed.items():
            self.assertLessEqual(may, seen, f"{room} includes a room that stands below it")
            seen.add(room)

    def test_each_include_is_allowed(self):
        wrong = []
        for path in sources():
            room = room_of(path)
            line = ON_THE_LINE_OF.get(room, room)
            for number, target in includes(path):
                other = target.strip('<>"').split("/")[0]
                if "/" not in target or not target.startswith('"'):
                    continue
                if other in self.lib_rooms and room is not None:
                    if other != line and other not in self.allowed[line]:
                        wrong.append(f"{path}:{number}: {target}")
                elif other in self.program_rooms and path.startswith(("lib", "deliver")):
                    wrong.append(f"{path}:{number}: {target}")
        self.assertEqual(wrong, [])

    def test_ours_are_included_by_room(self):
        wrong = []
        for path in sources():
            for number, target in includes(path):
                if target.startswith('"') and "/" not in target:
                    if not re.match(r"imapd/[^/]+$|deliver/", path):
                        wrong.append(f"{path}:{number}: {target}")
        self.assertEqual(wrong, [])

    def test_only_the_login_process_knows_tls(self):
        wrong = []
        for path in sources():
            for number, target in includes(path):
                if OPENSSL.match(target) and not path.startswith(OPENSSL_ROOMS):
                    wrong.append(f"{path}:{number}: {target}")
        self.assertEqual(wrong, [])

    def test_headers_that_the_style_refuses(self):
        wrong = []
        for path in sources():
            for number, target in includes(path):
                if target in ("<iostream>", "<regex>", "<filesystem>", "<thread>"):
                    wrong.append(f"{path}:{number}: {target}")
        self.assertEqual(wrong, [])


class Linked(unittest.TestCase):
    def libraries(self, program):
        path = os.path.join(BUILD, program)
        if not os.path.exists(path):
            self.skipTest(f"{program} is not built")
        listing = subprocess.run(
            ["readelf", "-d", path], check=True, capture_output=True, text=True
        )
        return re.findall(r"\(NEEDED\).*\[(.*?)\]", listing.stdout)

    def refuse(self, program, *names):
        for library in self.libraries(program):
            self.assertFalse(library.startswith(names), library)

    def test_imapd_is_without_libssl(self):
        self.refuse("imapd/imapd", "libssl")

    def test_imapd_login_has_no_index_and_no_crypt(self):
        self.refuse("imapd/imapd-login", "liblmdb", "libcrypt.", "libpam")

    def test_deliver_has_neither_index_nor_tls(self):
        self.refuse("deliver/deliver", "liblmdb", "libssl", "libcrypto", "libpam")


if __name__ == "__main__":
    unittest.main()
