#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Runs transcripts against `imapd --stdio`, each on a fresh Maildir; TAP on stdout.

    run.py [--plaintext | --tls] [--compress] [--delete-index] [--show] [FILE.imap ...]
                                  without files: all, without options as well: every way

--plaintext and --tls run them against a server's ports, after LOGIN. --compress speaks
compressed from the greeting on (RFC 4978), except in transcripts that do so themselves.
--delete-index removes imapd-index.mdb and its lock before every line a client sends. The
very same transcript must hold each time. --show prints the dialogue.

A transcript is made of these lines:

    # text            a comment
    C: text           the client sends a line
    S: text           wait for the tagged line (or "+" continuation) that begins so
    S* text           an untagged line that begins so comes with the next S:, anywhere
                      (or came with the greeting, or with the last S:)
    S= text           ditto, but the whole line
    only              every untagged line since the last S: has been named by S* or S=
    lacks text        no untagged line since the last S: has this anywhere in it
    none X            no untagged X (with or without a number) since the last S:
    await text        wait until an untagged line that begins so has come (IDLE)
    quiet             nothing comes for 200 ms
    deflate           go on compressed: after the OK of COMPRESS
    eof               the server closes the connection
    hangup            the client closes it
    send FILE         the client sends the octets of tests/data/FILE with CRLF line ends
    raw text          the client sends exactly this; escapes as in Python
    mail FOLDER FILE[:FLAGS] ...   put messages into new/, or with flags into cur/
    link FOLDER FILE  deliver by link() from tmp/ rather than by rename()
    rm FOLDER FILE    remove the message that was put there from FILE
    flag FOLDER FILE FLAGS         rename it, as another program would
    folder NAME       make a Maildir++ folder; "" is INBOX
    write PATH text   make a file in the Maildir, and its directory; escapes as in Python
    remove PATH       remove a file or an empty directory in the Maildir
    has PATH, hasnt PATH           whether the Maildir holds PATH (a shell pattern)
    config SECTION KEY = VALUE     before the first command
    keepindex         --delete-index does not apply: mod-sequences are looked at

`C2:`, `S2:`, `S2*` … speak on a second connection to the same Maildir, up to 9.

In an untagged line, and in what is expected, the CRLFs of literals are written as `|`.
`${name}` stands for a word the first time and for that same word from then on, also in
C: lines. `${size:FILE}` is the number of octets of FILE on the wire, `${wire:FILE}` its
octets. `{FILE}` and `{FILE+}` at the end of a C: line become its literal length.
"""

import dataclasses
import glob
import os
import re
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

from doors import DOORS, TIMEOUT  # noqa: E402
from response_parser import BadResponse  # noqa: E402
from server import TROUBLE  # noqa: E402

DATA = os.path.join(os.path.dirname(HERE), "data")
FIRST_ARRIVAL = 1767225600  # 1 Jan 2026; each message a second later
# Those that take a connection's number; the others are about the Maildir.
SPOKEN = "only none lacks await quiet eof hangup send raw deflate".split()


class Mismatch(Exception):
    pass


def wire(name):
    with open(os.path.join(DATA, name), "rb") as file:
        return re.sub(rb"\r?\n", b"\r\n", file.read())


def shown(octets):
    return octets.decode("latin-1").removesuffix("\r\n").replace("\r\n", "|")


@dataclasses.dataclass(frozen=True)
class Mode:
    door: str = "stdio"
    compress: bool = False
    delete_index: bool = False

    def takes(self, file):
        """Whether `file` is to run so."""
        return not (self.compress and "compress" in os.path.basename(file))

    def __str__(self):
        words = [self.door] if self.door != "stdio" else []
        words += ["compressed"] if self.compress else []
        words += ["index deleted"] if self.delete_index else []
        return " ".join(words)


EVERY_MODE = [
    Mode(),
    Mode(delete_index=True),
    Mode(compress=True),
    Mode("plaintext"),
    Mode("tls"),
    Mode("tls", compress=True),
]


class Connection:
    """A client, and what it has heard."""

    def __init__(self, client, greeting):
        self.client = client
        self.came = [shown(greeting)]
        self.named = set()
        self.wanted = []  # expectations that the next S: will check
        self.in_flight = 0  # lines the client has sent that no S: has answered

    def read_one(self, timeout=TIMEOUT):
        response = self.client.next(timeout)
        if response.tag is None and response.name != "+":
            self.came.append(shown(response.raw))
        return response


class Transcript:
    def __init__(self, file, door, mode, show):
        self.file = file
        self.door = door
        self.delete_index = mode.delete_index
        self.compress = mode.compress
        self.show = show
        self.dialogue = []
        self.variables = {}
        self.connections = {}
        self.has_connected = False
        self.mails = {}
        self.arrivals = 0
        # No folders but those that a transcript makes, or asks for by `config`.
        folders = ["drafts", "sent", "junk", "trash", "archive"]
        self.config = {"mailboxes": dict.fromkeys(folders, "")}

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def trace(self, direction, octets):
        self.dialogue.append(f"{direction}: {shown(octets)}")
        if self.show:
            print("#", self.dialogue[-1], flush=True)

    def run(self):
        """Raises Mismatch at the first line that does not hold."""
        with tempfile.TemporaryDirectory(prefix="avocet-transcript-") as self.directory:
            self.maildir = self.path("Maildir")
            self.make_folder("")
            number = 0
            try:
                with open(self.file, encoding="utf-8") as lines:
                    for number, line in enumerate(lines, 1):
                        self.line(line.rstrip("\n"))
                self.finish()
            except (Mismatch, BadResponse, AssertionError, OSError) as problem:
                self.abandon()
                raise Mismatch(
                    f"{self.file}:{number}: {line.strip()}\n"
                    f"{type(problem).__name__}: {problem}\n"
                    + "\n".join("  " + said for said in self.dialogue[-25:])
                    + "\n"
                    + self.log_text()[-6000:]
                ) from None

    def log_text(self):
        return self.door.log_text(self) if self.has_connected else ""

    def finish(self):
        for name, connection in list(self.connections.items()):
            if connection.wanted:
                raise Mismatch(f"never checked: {connection.wanted}")
            self.do_hangup(name, "")
        if TROUBLE.search(self.log_text()):
            raise Mismatch("a sanitizer reported, or the server a bug of its own")

    def abandon(self):
        for connection in self.connections.values():
            self.door.abandon(connection.client)

    def connection(self, name):
        if name not in self.connections:
            self.has_connected = True
            client, greeting = self.door.connect(self)
            self.connections[name] = Connection(client, greeting)
            if self.compress and b" PREAUTH " in greeting:
                client.compress()
        return self.connections[name]

    # The lines

    def line(self, line):
        if not line.strip() or line.startswith("#"):
            return
        match = re.match(r"([CS])([2-9]?)([:*=])(?: (.*))?$", line)
        if match:
            kind, name, mark, text = match.groups()
            text = text or ""
            if kind == "C":
                return self.client_says(name, text)
            if mark == ":":
                return self.server_says(name, text)
            return self.server_said(name, text, whole=mark == "=")
        match = re.match(r"([a-z]+)([2-9]?)(?: (.*))?$", line)
        handler = getattr(self, "do_" + match[1], None) if match else None
        if handler is None:
            raise Mismatch("this line is not understood")
        if match[1] in SPOKEN:
            return handler(match[2], match[3] or "")
        return handler(*(match[3] or "").split(" "))

    def begin(self, name):
        if self.delete_index:
            for path in glob.glob(os.path.join(self.maildir, "imapd-index.mdb*")):
                os.unlink(path)
        connection = self.connection(name)
        if not connection.in_flight:
            connection.came, connection.named = [], set()
        connection.in_flight = max(1, connection.in_flight)
        return connection

    def client_says(self, name, text):
        connection = self.begin(name)
        text = re.sub(
            r"\$\{(\w+)\}", lambda m: self.variables.get(m[1], "undefined"), text
        )
        match = re.search(r"\{([\w.-]+\.eml)(\+?)\}$", text)
        if match:
            text = f"{text[: match.start()]}{{{len(wire(match[1]))}{match[2]}}}"
        connection.client.line(text)

    def server_says(self, name, text):
        connection = self.connection(name)
        while True:
            response = connection.read_one()
            if response.tag is None and response.name != "+":
                continue
            if not self.compare(text, shown(response.raw), whole=False):
                raise Mismatch(f"came: {shown(response.raw)}")
            for wanted in connection.wanted:
                self.find(connection, *wanted)
            connection.wanted = []
            connection.in_flight = max(0, connection.in_flight - 1)
            return

    def server_said(self, name, text, whole):
        connection = self.connection(name)
        if connection.in_flight:
            connection.wanted.append((text, whole))
        else:
            self.find(connection, text, whole)

    def find(self, connection, text, whole):
        for index, line in enumerate(connection.came):
            if index in connection.named:
                continue
            if self.compare(text, line.removeprefix("* "), whole):
                connection.named.add(index)
                return
        raise Mismatch(f"no {text!r} among: " + " / ".join(connection.came))

    def compare(self, expected, actual, whole):
        pattern, names = "", []
        for i, piece in enumerate(re.split(r"\$\{([^}]+)\}", expected)):
            if i % 2 == 0:
                pattern += re.escape(piece)
            elif piece.startswith("size:"):
                pattern += str(len(wire(piece[5:])))
            elif piece.startswith("wire:"):
                pattern += re.escape(wire(piece[5:]).decode("latin-1").replace("\r\n", "|"))
            elif piece in self.variables:
                pattern += re.escape(self.variables[piece])
            elif piece in names:
                pattern += f"(?P={piece})"
            else:
                names.append(piece)
                pattern += rf"(?P<{piece}>[^\s\])]+)"
        match = re.match(pattern + ("$" if whole else ""), actual, re.S)
        if match:
            self.variables.update(match.groupdict())
        return match

    def do_only(self, name, _):
        connection = self.connection(name)
        rest = [c for i, c in enumerate(connection.came) if i not in connection.named]
        if rest:
            raise Mismatch("also came: " + " / ".join(rest))

    def do_none(self, name, text):
        for line in self.connection(name).came:
            if re.match(r"\* (\d+ )?" + re.escape(text) + r"\b", line):
                raise Mismatch(f"came: {line}")

    def do_lacks(self, name, text):
        text = re.sub(r"\$\{(\w+)\}", lambda m: self.variables[m[1]], text)
        for line in self.connection(name).came:
            if text in line:
                raise Mismatch(f"came: {line}")

    def do_await(self, name, text):
        connection = self.connection(name)
        deadline = time.monotonic() + TIMEOUT
        while True:
            for index, line in enumerate(connection.came):
                if index not in connection.named and self.compare(
                    text, line.removeprefix("* "), whole=False
                ):
                    connection.named.add(index)
                    return
            try:
                connection.read_one(deadline - time.monotonic())
            except TimeoutError:
                raise Mismatch("in time only: " + " / ".join(connection.came)) from None

    def do_quiet(self, name, _):
        try:
            response = self.connection(name).read_one(0.2)
        except TimeoutError:
            return
        raise Mismatch(f"came: {shown(response.raw)}")

    def do_deflate(self, name, _):
        self.connection(name).client.deflate()

    def do_eof(self, name, _):
        if not self.connection(name).client.at_end(TIMEOUT):
            raise Mismatch("the connection is still open, or something came")

    def do_hangup(self, name, _):
        self.door.close(self.connections.pop(name).client)

    def do_send(self, name, file):
        self.connection(name).client.send(wire(file))

    def do_raw(self, name, text):
        octets = text.encode("latin-1").decode("unicode_escape").encode("latin-1")
        connection = self.begin(name)
        connection.in_flight = max(1, octets.count(b"\n"))
        connection.client.send(octets)

    # The Maildir

    def folder(self, name):
        plain = "" if name.upper() in ("INBOX", '""', "") else "." + name.lstrip(".")
        return os.path.join(self.maildir, plain)

    def make_folder(self, name):
        path = self.folder(name)
        for part in ("", "tmp", "new", "cur"):
            os.makedirs(os.path.join(path, part), mode=0o700, exist_ok=True)
            os.chown(os.path.join(path, part), *self.door.account)
        if path.rstrip("/") != self.maildir:
            self.do_write(os.path.relpath(os.path.join(path, "maildirfolder"), self.maildir))

    def do_folder(self, *words):
        self.make_folder(" ".join(words))

    def place(self, folder, spec):
        """Writes the message into tmp/; gives that path, and the one it is meant for."""
        file, _, flags = spec.partition(":")
        self.arrivals += 1
        base = f"{FIRST_ARRIVAL + self.arrivals}.M{self.arrivals:06}P1.example"
        self.mails[folder.upper(), file] = base
        temporary = os.path.join(self.folder(folder), "tmp", base)
        shutil.copyfile(os.path.join(DATA, file), temporary)
        arrival = FIRST_ARRIVAL + self.arrivals
        os.utime(temporary, (arrival, arrival))
        os.chown(temporary, *self.door.account)
        target = f"cur/{base}:2,{flags.strip('-')}" if flags else f"new/{base}"
        return temporary, os.path.join(self.folder(folder), target)

    def do_mail(self, folder, *specs):
        for spec in specs:
            os.rename(*self.place(folder, spec))

    def do_link(self, folder, *specs):
        for spec in specs:
            temporary, target = self.place(folder, spec)
            os.link(temporary, target)
            os.unlink(temporary)

    def placed(self, folder, file):
        base = self.mails[folder.upper(), file]
        found = glob.glob(os.path.join(self.folder(folder), "[nc][eu][wr]", base + "*"))
        if len(found) != 1:
            raise Mismatch(f"{len(found)} files of {base}")
        return found[0]

    def do_rm(self, folder, *files):
        for file in files:
            os.unlink(self.placed(folder, file))

    def do_flag(self, folder, file, flags):
        base = self.mails[folder.upper(), file]
        target = os.path.join(self.folder(folder), "cur", f"{base}:2,{flags.strip('-')}")
        os.rename(self.placed(folder, file), target)

    def do_write(self, path, *text):
        octets = " ".join(text).encode("latin-1").decode("unicode_escape")
        path = os.path.join(self.maildir, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(octets.encode("latin-1"))
            os.fchown(file.fileno(), *self.door.account)

    def do_remove(self, path):
        path = os.path.join(self.maildir, path)
        (os.rmdir if os.path.isdir(path) else os.unlink)(path)

    def do_has(self, path):
        if not glob.glob(os.path.join(self.maildir, path)):
            raise Mismatch("it is not there")

    def do_hasnt(self, path):
        if glob.glob(os.path.join(self.maildir, path)):
            raise Mismatch("it is there")

    def do_keepindex(self, *_):
        self.delete_index = False

    def do_config(self, section, key, _, *value):
        self.config.setdefault(section, {})[key] = " ".join(value)


def run(files, mode, options):
    """Runs each of `files` that `mode` takes; gives name and Mismatch, or None."""
    door = DOORS[mode.door]()
    try:
        for file in filter(mode.takes, files):
            name = os.path.basename(file) + (f" ({mode})" if str(mode) else "")
            try:
                Transcript(file, door, mode, "--show" in options).run()
                yield name, None
            except Mismatch as mismatch:
                yield name, mismatch
    finally:
        door.stop()


def main():
    options = [a for a in sys.argv[1:] if a.startswith("--")]
    files = [a for a in sys.argv[1:] if not a.startswith("--")]
    chosen = Mode(
        next((door for door in DOORS if f"--{door}" in options), "stdio"),
        "--compress" in options,
        "--delete-index" in options,
    )
    modes = EVERY_MODE if not files and chosen == Mode() else [chosen]
    count = failures = 0
    for mode in modes:
        for name, mismatch in run(
            files or sorted(glob.glob(os.path.join(HERE, "*.imap"))), mode, options
        ):
            count += 1
            if mismatch:
                failures += 1
                print("# " + str(mismatch).replace("\n", "\n# "))
            print(f"{'not ok' if mismatch else 'ok'} {count} - {name}", flush=True)
    print(f"1..{count}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
