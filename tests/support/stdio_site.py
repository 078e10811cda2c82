# SPDX-License-Identifier: ISC
"""A Maildir with some folders and messages, of a seed's choice, and `imapd --stdio` on it:
for dialogues that are generated."""

import glob
import os
import select
import shutil
import tempfile

from command_grammar import MESSAGES, STANDING, modified_utf7
from imap_client import PipeTransport

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(TESTS, "data")
BUILD = os.environ.get("AVOCET_BUILD", os.path.join(os.path.dirname(TESTS), "build"))
TIMEOUT = 60
FOLDERS = {"": 9, "Work": 4, "Work.Deep": 2, "Lists": 40, "Entwürfe": 1, "A & B": 0}
ARRIVAL = 1767225600


class Failure(Exception):
    """What must not be."""


class Transport(PipeTransport):
    """One that reads while it writes: neither side may wait for the other to read."""

    def __init__(self, argv, **options):
        super().__init__(argv, **options)
        os.set_blocking(self.process.stdin.fileno(), False)
        self.received = b""

    def send(self, data):
        into, out = self.process.stdin.fileno(), self.process.stdout.fileno()
        view = memoryview(data)
        while view:
            readable, writable, _ = select.select([out], [into], [], TIMEOUT)
            if not readable and not writable:
                raise Failure("the server neither reads nor writes")
            if readable:
                octets = os.read(out, 65536)
                if not octets:
                    return  # the end will be seen when it is read
                self.received += octets
            if writable:
                try:
                    view = view[os.write(into, view[:4096]) :]
                except (BrokenPipeError, BlockingIOError):
                    if not readable:
                        return

    def receive(self, count, seconds):
        if self.received:
            octets, self.received = self.received, b""
            return octets
        return super().receive(count, seconds)


class Site:
    """A Maildir, a configuration, and what was reported."""

    def __init__(self, chance, show):
        self.chance = chance
        self.show = show
        self.dialogue = []
        self.mailboxes = chance.sample(STANDING, chance.randint(1, len(STANDING)))
        self.deleted = set()  # the names in capitals
        self.delivered = 0
        self.commands = 0
        self.directory = tempfile.mkdtemp(prefix="avocet-generated-")
        self.maildir = self.path("Maildir")
        for folder, count in FOLDERS.items():
            self.make_folder(folder)
            for _ in range(count):
                self.deliver(folder, chance.choice(["", "", "S", "FS", "T", "a"]))
        self.separator = chance.choice("./")
        config = f"[mail]\nlocation = {self.maildir}\nseparator = {self.separator}\n"
        config += "[limits]\nliteral = 1048576\n"
        config += f"[imapd]\nliterals = {chance.choice(['plus', 'minus'])}\n"
        if chance.random() < 0.2:
            config += f"[quota]\nstorage = 30000\nmessages = {chance.choice([0, 60])}\n"
        with open(self.path("imapd.conf"), "w", encoding="utf-8") as file:
            file.write(config)

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def folder(self, name):
        return os.path.join(self.maildir, "." + modified_utf7(name) if name else "")

    def make_folder(self, name):
        for part in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(self.folder(name), part), mode=0o700)
        if name:
            with open(os.path.join(self.folder(name), "maildirfolder"), "wb"):
                pass

    def deliver(self, folder, flags):
        self.delivered += 1
        base = f"{ARRIVAL + self.delivered}.M{self.delivered:06}P1.example"
        temporary = os.path.join(self.folder(folder), "tmp", base)
        names = sorted(name for name in os.listdir(DATA) if name.endswith(".eml"))
        if self.chance.random() < 0.5:
            with open(temporary, "wb") as file:
                file.write(self.chance.choice(MESSAGES))
        else:
            shutil.copyfile(os.path.join(DATA, self.chance.choice(names)), temporary)
        target = f"cur/{base}:2,{flags}" if flags else f"new/{base}"
        os.rename(temporary, os.path.join(self.folder(folder), target))

    def disturb(self):
        """What another program may do to a Maildir."""
        folder = self.chance.choice(["", "Work", "Lists"])
        if not os.path.isdir(os.path.join(self.folder(folder), "cur")):
            return
        if self.chance.random() < 0.15:
            return self.delete_index()
        self.trace("#", f"another program, in {folder or 'INBOX'}".encode())
        if self.chance.random() < 0.5:
            return self.deliver(folder, "")
        cur = os.path.join(self.folder(folder), "cur")
        names = sorted(os.listdir(cur))
        if not names:
            return
        name = os.path.join(cur, self.chance.choice(names))
        if self.chance.random() < 0.5:
            os.unlink(name)
        else:
            os.rename(name, name.partition(":2,")[0] + ":2," + self.chance.choice(["F", "S", "ST"]))

    def delete_index(self):
        """R17: it may be deleted at any time."""
        self.trace("#", b"the index is deleted")
        for name in glob.glob(os.path.join(self.maildir, "imapd-index.mdb*")):
            os.unlink(name)

    def trace(self, who, octets):
        self.dialogue.append(f"{who}: {octets!r}")
        if self.show:
            print("#", self.dialogue[-1][:2000], flush=True)

    def stderr_text(self):
        with open(self.path("stderr"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def remove(self):
        shutil.rmtree(self.directory)
