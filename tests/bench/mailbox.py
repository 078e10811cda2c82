#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What a client waits for when it opens and reads large folders, beside Debian's Dovecot
in the same run if that is installed: medians, and Dovecot's over ours.

    mailbox.py [--messages N] [--repeat N] [--only TEXT]

The folder Big has N messages (100,000), Letters a fifth of that with several parts each,
Some a tenth. Run it with a tenth and a hundredth as well: a row that grows with N is a row
that looks at every message. AVOCET_BUILD names the build; an optimised one, please.

Both are asked through the same door, plaintext over loopback, logged in before the clock
starts; it stops when the tagged line is there. They take turns, so that a busy machine is
unfair to neither. "Cold" is without an index (the UID list stays) and, as far as one may
evict them, without the pages of the messages.
"""

import argparse
import glob
import os
import socket
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "support"), HERE]

import dovecot  # noqa: E402
from server import PASSWORD, USER, Server, Site  # noqa: E402

BIG, LETTERS, SOME = "Big", "Letters", "Some"
FIRST = 1_600_000_000
# Both take a directory that has changed within so long for one that may change again
# without a trace. Seconds.
SETTLE = 1.3

NOTE = """\
Return-Path: <bob{i}@example.org>
Received: from mx.example.org (mx.example.org [192.0.2.{host}])
\tby mail.example (Postfix) with ESMTPS id 4XYZ{i}
\tfor <ann@mail.example>; Sat, 14 Nov 2026 10:{minute:02}:00 +0000 (UTC)
From: Bob Sender <bob{i}@example.org>
To: ann@mail.example
Subject: Note number {i}
Date: Sat, 14 Nov 2026 10:{minute:02}:00 +0000
Message-ID: <note.{i}@example.org>

A few words, and no more.
"""
LETTER = """\
Return-Path: <bob{i}@example.org>
Received: from mx.example.org (mx.example.org [192.0.2.{host}])
\tby mail.example (Postfix) with ESMTPS id 4XYZ{i}
\tfor <ann@mail.example>; Sat, 14 Nov 2026 10:{minute:02}:00 +0000 (UTC)
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=one;
\th=from:to:subject:date:message-id:mime-version:content-type;
\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=dGhpcyBpcyBub3QgYSBzaWduYXR1cmU
From: =?utf-8?Q?Bj=C3=B6rn_Sender?= <bob{i}@example.org>
Reply-To: "The list, all of it" <list@example.org>
To: Ann <ann@mail.example>, "Carl, Jr." <carl@example.net>,
\tdora@example.com
Cc: team: eve@example.org, frank@example.org;
Subject: =?utf-8?Q?Re=3A_Letter_number_{i}?=
 with some more of it on a second line
Date: Sat, 14 Nov 2026 10:{minute:02}:00 +0000
Message-ID: <letter.{i}@example.org>
In-Reply-To: <letter.{before}@example.org>
References: <letter.1@example.org> <letter.{before}@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_outer_{i}"

--=_outer_{i}
Content-Type: multipart/alternative; boundary="=_inner_{i}"

--=_inner_{i}
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

{plain}
--=_inner_{i}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<html><body><p>{plain}</p></body></html>
--=_inner_{i}--

--=_outer_{i}
Content-Type: application/pdf; name="letter {i}.pdf"
Content-Disposition: attachment; filename="letter {i}.pdf"; size=1500
Content-Transfer-Encoding: base64

{attachment}
--=_outer_{i}--
"""
PLAIN = "Words of a letter, which go on for a while and say little.\n" * 25
ATTACHMENT = ("QSBsaW5lIG9mIGFuIGF0dGFjaG1lbnQsIHdoaWNoIGlzIGFsbCB0aGUgc2FtZS4" + "\n") * 25


def note(i):
    return NOTE.format(i=i, host=i % 250, minute=i % 60).encode()


def letter(i):
    return LETTER.format(
        i=i, before=i - 1, host=i % 250, minute=i % 60, plain=PLAIN, attachment=ATTACHMENT
    ).encode()


class Client:
    """Reads as fast as the socket gives, and looks for nothing but the tagged line."""

    def __init__(self, port, password):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tags = 0
        self.tail = b""
        while b"\n" not in self.tail:
            self.tail += self.socket.recv(4096)
        quoted = password.replace("\\", "\\\\").replace('"', '\\"')
        self.command(f'LOGIN {USER} "{quoted}"')

    def command(self, text):
        """Seconds from sending the command to having its tagged line."""
        self.tags += 1
        tag = b"zz%d " % self.tags
        octets = tag + text.encode() + b"\r\n"
        buffer = bytearray(1 << 20)
        start = time.perf_counter()
        self.socket.sendall(octets)
        end = b""
        while True:
            count = self.socket.recv_into(buffer)
            if not count:
                sys.exit(f"{text}: the connection was closed")
            end = (end + buffer[max(0, count - 1000) : count])[-1000:]
            if end.endswith(b"\n"):
                last = end[end.rfind(b"\n", 0, -1) + 1 :]
                if last.startswith(tag):
                    break
        seconds = time.perf_counter() - start
        if not last.startswith(tag + b"OK"):
            sys.exit(f"{text}: {last.decode()}")
        self.last = end
        return seconds

    def close(self):
        self.command("LOGOUT")
        self.socket.close()


class Contestant:
    """One server with the folders, and what its index is."""

    def __init__(self, name, site, password, index_files):
        self.name, self.site, self.password = name, site, password
        self.index_files = index_files
        self.drops = 0

    def client(self, *commands):
        client = Client(self.site.port, self.password)
        for command in commands:
            client.command(command)
        return client

    def path(self, folder, *parts):
        return os.path.join(self.site.maildir(), f".{folder}", *parts)

    def fill(self, folder, count, message):
        self.site.make_folder(f".{folder}")
        with open(self.path(folder, "maildirfolder"), "wb"):
            pass
        uid, gid = self.site.account
        for i in range(1, count + 1):
            octets = message(i)
            name = self.path(folder, "cur", f"{FIRST + i}.M{i}P1.bench,S={len(octets)}:2,S")
            with open(name, "wb") as file:
                file.write(octets)
                os.fchown(file.fileno(), uid, gid)
                os.utime(file.fileno(), (FIRST + i, FIRST + i))
        self.site.make_folder()

    def drop(self, folder):
        """Delivers a message by rename."""
        self.drops += 1
        octets = note(self.drops)
        base = f"{FIRST + 10**8 + self.drops}.M1P1.bench,S={len(octets)}"
        self.site.drop(octets, base, f".{folder}")

    def flag_one(self, folder):
        """Flags a message, another each time, the way another server does."""
        i = self.drops
        name = f"{FIRST + i}.M{i}P1.bench,S={len(note(i))}:2,"
        os.rename(self.path(folder, "cur", name + "S"), self.path(folder, "cur", name + "FS"))

    def forget(self, folder):
        """Takes the index away, and the pages of the messages out of memory."""
        for pattern in self.index_files:
            for name in glob.glob(os.path.join(self.site.maildir(), pattern)):
                os.unlink(name)
            for name in glob.glob(self.path(folder, pattern)):
                os.unlink(name)
        os.sync()
        for entry in os.scandir(self.path(folder, "cur")):
            fd = os.open(entry.path, os.O_RDONLY)
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(fd)

    def settle(self, folder):
        """Lets it see a folder that has been quiet for a while, as most are."""
        for _ in range(2):
            time.sleep(SETTLE)
            self.client(f"SELECT {folder}").close()


class Rows:
    """What is measured; each gives the seconds of one repetition."""

    def __init__(self, counts):
        self.counts = counts

    def select_warm(self, it):
        return self._once(it, [], f"SELECT {BIG}")

    def select_after_one_new_message(self, it):
        it.drop(BIG)
        time.sleep(SETTLE)
        return self._once(it, [], f"SELECT {BIG}")

    def select_after_one_new_and_one_flagged(self, it):
        it.drop(BIG)
        it.flag_one(BIG)
        time.sleep(SETTLE)
        return self._once(it, [], f"SELECT {BIG}")

    def select_cold(self, it):
        it.forget(BIG)
        seconds = self._once(it, [], f"SELECT {BIG}")
        it.settle(BIG)
        return seconds

    def select_qresync_after_few_changes(self, it):
        client = it.client("ENABLE QRESYNC", f"SELECT {BIG}")
        validity, modseq = (
            int(client_value(client, f"STATUS {BIG} ({item})", item))
            for item in ("UIDVALIDITY", "HIGHESTMODSEQ")
        )
        client.command("UID STORE 3,5,7 +FLAGS.SILENT (\\Flagged)")
        client.command("UID STORE 3,5,7 -FLAGS.SILENT (\\Flagged)")
        client.close()
        it.settle(BIG)
        return self._once(
            it, ["ENABLE QRESYNC"], f"SELECT {BIG} (QRESYNC ({validity} {modseq}))"
        )

    def status(self, it):
        return self._once(
            it, [], f"STATUS {BIG} (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ)"
        )

    def status_after_one_new_message(self, it):
        it.drop(BIG)
        time.sleep(SETTLE)
        seconds = self._once(it, [], f"STATUS {BIG} (MESSAGES UNSEEN)")
        it.settle(BIG)
        return seconds

    def noop(self, it):
        return self._once(it, [f"SELECT {BIG}", "NOOP"], "NOOP")

    def fetch_flags_of_all(self, it):
        return self._once(it, [f"SELECT {BIG}"], "UID FETCH 1:* (FLAGS)")

    def store_one_flag(self, it):
        client = it.client(f"SELECT {BIG}", "UID STORE 9 -FLAGS (\\Flagged)")
        seconds = client.command("UID STORE 9 +FLAGS (\\Flagged)")
        client.close()
        return seconds

    def noop_after_store(self, it):
        client = it.client(f"SELECT {BIG}", "UID STORE 9 -FLAGS (\\Flagged)")
        client.command("UID STORE 9 +FLAGS (\\Flagged)")
        seconds = client.command("NOOP")
        client.close()
        return seconds

    def store_some(self, it):
        client = it.client(f"SELECT {SOME}", "STORE 1:* -FLAGS.SILENT (\\Flagged)", "NOOP")
        seconds = client.command("STORE 1:* +FLAGS (\\Flagged)")
        client.close()
        return seconds

    def envelope_cold(self, it):
        return self._cold(it, "FETCH 1:* ENVELOPE")

    def envelope_warm(self, it):
        return self._once(it, [f"SELECT {LETTERS}"], "FETCH 1:* ENVELOPE")

    def bodystructure_cold(self, it):
        return self._cold(it, "FETCH 1:* BODYSTRUCTURE")

    def bodystructure_warm(self, it):
        return self._once(it, [f"SELECT {LETTERS}"], "FETCH 1:* BODYSTRUCTURE")

    @staticmethod
    def _once(it, before, command):
        client = it.client(*before)
        seconds = client.command(command)
        client.close()
        return seconds

    def _cold(self, it, command):
        it.forget(LETTERS)
        return self._once(it, [f"SELECT {LETTERS}"], command)


def client_value(client, command, word):
    client.command(command)
    text = client.last.decode()
    return text[text.index(f"{word} ") + len(word) + 1 :].split(")")[0]


ROWS = [
    # method, the number of messages it is about, repetitions over those asked for
    ("select_warm", BIG, 4),
    ("select_after_one_new_message", BIG, 1),
    ("select_after_one_new_and_one_flagged", BIG, 1),
    ("select_qresync_after_few_changes", BIG, 1),
    ("status", BIG, 4),
    ("status_after_one_new_message", BIG, 1),
    ("noop", BIG, 4),
    ("fetch_flags_of_all", BIG, 1),
    ("store_one_flag", BIG, 4),
    ("noop_after_store", BIG, 4),
    ("store_some", SOME, 1),
    ("envelope_cold", LETTERS, 0.6),
    ("envelope_warm", LETTERS, 1),
    ("bodystructure_cold", LETTERS, 0.6),
    ("bodystructure_warm", LETTERS, 1),
    ("select_cold", BIG, 0.6),
]


def measure(contestants, counts, options):
    rows = Rows(counts)
    print(f"{'':38} {'messages':>8} " + " ".join(f"{it.name:>12}" for it in contestants) + "  ratio")
    for method, folder, times in ROWS:
        if options.only and options.only not in method:
            continue
        taken = {it.name: [] for it in contestants}
        for it in contestants:
            it.settle(folder)
        for turn in range(max(2, round(options.repeat * times))):
            for it in contestants if turn % 2 == 0 else reversed(contestants):
                taken[it.name].append(getattr(rows, method)(it))
        medians = [statistics.median(taken[it.name]) * 1000 for it in contestants]
        line = f"{method.replace('_', ' '):38} {counts[folder]:8} "
        line += " ".join(f"{ms:9.2f} ms" for ms in medians)
        if len(medians) > 1:
            line += f" {medians[1] / medians[0]:6.1f}"
        print(line, flush=True)


def prepare(contestant, counts):
    contestant.fill(BIG, counts[BIG], note)
    contestant.fill(LETTERS, counts[LETTERS], letter)
    contestant.fill(SOME, counts[SOME], note)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", help="a part of a row's name, with _ for spaces")
    options = parser.parse_args()
    counts = {
        BIG: options.messages,
        LETTERS: max(10, options.messages // 5),
        SOME: max(10, options.messages // 10),
    }
    site = Site()
    server = None
    try:
        ours = Contestant("avocet", site, PASSWORD, ["imapd-index.mdb*"])
        prepare(ours, counts)
        server = Server(site).wait_ready()
        if dovecot.why_not():
            print(f"no comparison: {dovecot.why_not()}")
            measure([ours], counts, options)
        else:
            with dovecot.Dovecot() as other:
                theirs = Contestant("dovecot", other, other.password, ["dovecot.index*"])
                prepare(theirs, counts)
                measure([ours, theirs], counts, options)
        server.stop()
    finally:
        if server and server.process.poll() is None:
            server.process.kill()
            server.process.wait()
        site.remove()


if __name__ == "__main__":
    main()
