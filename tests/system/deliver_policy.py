#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver and what messages really are, whatever they say."""

import base64
import ctypes.util
import gzip
import io
import os
import re
import shutil
import struct
import tarfile
import unittest
import zipfile

from _deliver import BUILD, DELIVERED, MESSAGE, Case, main

NOT_MAIL, REFUSED = 65, 77
PDF = b"Subject: a text\nContent-Type: text/plain; name=a.txt\n\n%PDF-1.4\n%\n"


class NotMail(Case):
    def test_a_program_is_no_mail(self):
        status, err = self.deliver(b"\x7fELF\x02\x01\x01" + bytes(1000))
        self.assertEqual((status, err), (NOT_MAIL, "5.6.0 deliver: this is no mail\n"))
        self.assert_nothing_visible()

    def test_text_without_a_header_is(self):
        self.assert_delivers(b"just words\n")


@unittest.skipUnless(ctypes.util.find_library("magic"), "libmagic is not installed")
class Types(Case):
    def policy(self, text):
        self.configure(f"[policy]\n{text}\n")

    def test_refused(self):
        self.policy("refuse-types = application/pdf")
        status, err = self.deliver(PDF)
        self.assertEqual(status, REFUSED)
        self.assertEqual(err, "5.7.1 deliver: a part of it is application/pdf\n")
        self.assert_nothing_visible()
        self.assert_delivers(MESSAGE)

    def test_filed(self):
        self.policy("quarantine-types = application/*")
        self.assert_delivers(PDF)
        self.assertEqual(self.only_message(".Quarantine"), PDF)
        self.assertEqual(self.names(), [])

    def test_filed_elsewhere(self):
        self.policy("quarantine-types = application/pdf\nquarantine-folder = Held.Back")
        self.assert_delivers(PDF)
        self.assertEqual(self.only_message(".Held.Back"), PDF)

    def test_flagged(self):
        self.policy("flag-types = application/pdf")
        self.assert_delivers(PDF)
        (name,) = self.names("cur")
        self.assertTrue(name.endswith(":2,a"), name)
        self.assertEqual(self.names(), [])

    def test_the_declared_type_does_not_count(self):
        self.policy("refuse-types = application/pdf")
        self.assert_delivers(b"Content-Type: application/pdf\n\nwords of text\n")


def executable():
    """One of Windows', so small that it only looks like one."""
    head = b"MZ" + bytes(58) + struct.pack("<I", 64)
    return head + b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, 224, 0x102) + bytes(600)


def attached(octets, name="a.txt"):
    head = f"Subject: x\nContent-Type: text/plain; name={name}\n"
    return f"{head}Content-Transfer-Encoding: base64\n\n".encode() + base64.encodebytes(octets)


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)
    return file.getvalue()


def tarred(members, how):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=f"w:{how}") as archive:
        for name, octets in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(octets)
            archive.addfile(entry, io.BytesIO(octets))
    return file.getvalue()


def encrypted(archive):
    """A ZIP archive that says of its members that they are."""
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        parts = archive.split(signature)
        for i in range(1, len(parts)):
            octets = bytearray(parts[i])
            octets[at - 4] |= 1
            parts[i] = bytes(octets)
        archive = signature.join(parts)
    return archive


HARMLESS = {"a.txt": b"words of text\n", "b.txt": b"more of them\n"}
HARMFUL = {**HARMLESS, "c.txt": executable()}


def why_not():
    if not ctypes.util.find_library("magic"):
        return "libmagic is not installed"
    with open(os.path.join(BUILD, "deliver", "deliver"), "rb") as file:
        if b"libarchive.so.13" not in file.read():
            return "built without libarchive"
    return None


@unittest.skipIf(why_not(), why_not())
class Archives(Case):
    def setUp(self):
        super().setUp()
        programs = "application/x-dosexec application/vnd.microsoft.portable-executable"
        self.configure(f"[policy]\nrefuse-types = {programs}\n")

    def assert_refuses(self, message):
        status, err = self.deliver(message)
        self.assertEqual(status, REFUSED, err)
        self.assertIn("5.7.1 deliver: a part of it is application/", err)
        self.assert_nothing_visible()

    def test_each_kind(self):
        for archive in (
            zipped(HARMFUL),
            zipped(HARMFUL, zipfile.ZIP_STORED),
            *(tarred(HARMFUL, how) for how in ("", "gz", "bz2", "xz")),
            gzip.compress(executable()),
        ):
            self.assert_refuses(attached(archive))

    def test_harmless_ones(self):
        for archive in (zipped(HARMLESS), tarred(HARMLESS, "gz"), gzip.compress(b"text\n")):
            self.assert_delivers(attached(archive))
        self.assertEqual(len(self.names()), 3)

    def test_a_name_does_not_count_where_the_octets_can_be_read(self):
        self.assert_delivers(attached(zipped({"a.exe": b"words of text\n"})))

    def test_it_counts_where_they_cannot(self):
        self.assert_delivers(attached(encrypted(zipped(HARMLESS))))
        self.assert_refuses_after(attached(encrypted(zipped({"a.EXE": executable()}))))

    def assert_refuses_after(self, message):
        before = self.names()
        self.assertEqual(self.deliver(message)[0], REFUSED)
        self.assertEqual(self.names(), before)

    def test_damaged_ones_tell_what_they_can(self):
        archive = tarred({"a": executable(), **HARMLESS}, "")
        self.assert_refuses(attached(archive[:1500]))
        self.assert_delivers(attached(zipped(HARMLESS)[:-30]))
        self.assert_delivers(attached(b"PK\3\4" + os.urandom(2000)))

    def test_one_in_another_is_what_it_is(self):
        self.assert_delivers(attached(zipped({"a.zip": zipped(HARMFUL)})))

    def test_one_among_other_parts(self):
        parts = b"".join(
            b"--b\n" + part.partition(b"\n")[2]
            for part in (attached(b"words\n"), attached(zipped(HARMFUL)), attached(b"x\n"))
        )
        self.assert_refuses(b"Content-Type: multipart/mixed; boundary=b\n\n" + parts + b"--b--\n")

    def test_a_bomb_stops_no_delivery(self):
        bomb = zipped({"a": bytes(200 << 20), "b.exe": executable()})
        status, _ = self.deliver(attached(bomb))
        self.assertIn(status, (DELIVERED, REFUSED))

    def test_too_many_members(self):
        many = {str(i): b"x" for i in range(1000)}
        self.assert_delivers(attached(zipped({**many, "y": executable()})))
        many.pop("999")
        self.assert_refuses_after(attached(zipped({**many, "y": executable()})))


@unittest.skipUnless(shutil.which("strace"), "strace is not installed")
class NothingIsLoaded(Case):
    def libraries(self, message):
        trace = os.path.join(self.home, "trace")
        command = ["strace", "-f", "-qq", "-o", trace, "-e", "trace=openat", *self.command()]
        self.assert_delivers(message, args=command)
        with open(trace, encoding="utf-8", errors="replace") as file:
            return set(re.findall(r"/lib(magic|archive)\.so", file.read()))

    def test_where_no_policy_asks(self):
        self.assertEqual(self.libraries(attached(zipped(HARMLESS))), set())

    @unittest.skipIf(why_not(), why_not())
    def test_where_one_does(self):
        self.configure("[policy]\nflag-types = application/pdf\n")
        self.assertEqual(self.libraries(MESSAGE), {"magic"})
        self.assertEqual(self.libraries(attached(zipped(HARMLESS))), {"magic", "archive"})


if __name__ == "__main__":
    main()
