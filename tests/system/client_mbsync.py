# SPDX-License-Identifier: ISC
"""mbsync, between the server and a Maildir of the user's: both ways, over TLS; and killed
again and again in the middle of it."""

import os
import re
import signal
import subprocess
import threading
import unittest

from _client import ClientTest
from recorder import Recorder
from server import USER, eventually, mail_account


MBSYNCRC = """\
IMAPAccount a
Host localhost
Port {port}
User {user}
Pass "{password}"
SSLType {security}
AuthMechs PLAIN
CertificateFile {certificate}
PipelineDepth 20

IMAPStore far
Account a

MaildirStore near
Path {local}/
Inbox {local}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns * !INBOX.*
Create Both
Expunge Both
SyncState *
"""


class MbsyncTest(ClientTest):
    MESSAGES = 200
    LINES = 17  # fewer than these in a message

    def configure(self, site):
        site.add_user(USER, "secret")  # mbsync's file has no way to quote a quote
        site.make_folder()
        site.make_folder(".Work")
        for i in range(self.MESSAGES):
            site.drop(self.message("far", i), f"{1700000000 + i}.M{i}P1.example")
        os.makedirs(site.path("local"))
        self.write_mbsyncrc(site, site.tls_port, "IMAPS")

    def write_mbsyncrc(self, site, port, security):
        with open(site.path("mbsyncrc"), "w", encoding="utf-8") as file:
            file.write(
                MBSYNCRC.format(
                    port=port,
                    user=USER,
                    password="secret",
                    security=security,
                    certificate=site.certificate,
                    local=site.path("local"),
                )
            )

    def message(self, where, number):
        return (
            f"From: {where}@example.com\nSubject: {where} {number}\n"
            f"Message-ID: <{where}.{number}@example.com>\n\n"
            + "".join(f"line {i} of {number}\n" for i in range(37 * number % self.LINES))
        ).encode()

    def put_near(self, folder, number):
        path = self.local(folder, "cur", f"{1800000000 + number}.local_1.example:2,S")
        with open(path, "wb") as file:
            file.write(self.message("near", number))

    def start(self):
        self.need("mbsync")
        argv = ["mbsync", "-c", self.site.path("mbsyncrc"), "-a"]
        env = {**os.environ, "HOME": self.site.directory}
        return subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip

    def mbsync(self):
        process = self.start()
        output = process.communicate(timeout=120)[0].decode()
        self.assertEqual(process.returncode, 0, output)
        return output

    def local(self, *parts):
        return self.site.path("local", *parts)

    def messages(self, top):
        """All messages of a folder, without what mbsync puts into them."""
        found = []
        for part in ("new", "cur"):
            for name in os.listdir(os.path.join(top, part)):
                with open(os.path.join(top, part, name), "rb") as file:
                    octets = file.read().replace(b"\r\n", b"\n")
                found.append(re.sub(rb"^X-TUID: .*\n", b"", octets, flags=re.M))
        return sorted(found)

    def all(self, *sides):
        return sorted(self.message(side, i) for side in sides for i in range(self.MESSAGES))

    def state(self):
        """Names and times of everything on both sides."""
        seen = {}
        for top in (self.site.maildir(), self.local()):
            for directory, _, names in os.walk(top):
                if os.path.basename(directory) in ("new", "cur"):
                    seen[directory] = sorted(names)
        return seen


class Mbsync(MbsyncTest):
    def test_two_hundred_messages_both_ways(self):
        self.mbsync()
        self.assertEqual(self.messages(self.local("INBOX")), self.all("far"))

        for i in range(self.MESSAGES):
            self.put_near("INBOX", i)
        self.mbsync()
        self.assertEqual(self.messages(self.site.maildir()), self.all("far", "near"))

        before = self.state()
        output = self.mbsync()
        self.assertEqual(self.state(), before, output)

    def test_flags_and_deletions_travel(self):
        self.mbsync()
        folder = self.local("INBOX")
        names = sorted(
            os.path.join(folder, part, name)
            for part in ("new", "cur")
            for name in os.listdir(os.path.join(folder, part))
        )
        for path in names[:10]:
            os.rename(path, os.path.join(folder, "cur",
                      os.path.basename(path).split(":")[0] + ":2,FS"))  # fmt: skip
        for path in names[10:20]:
            os.unlink(path)
        self.mbsync()
        with self.client(login=False) as client:
            client.login(USER, "secret")
            client.command("SELECT INBOX").ok()
            self.assertEqual(len(client.command("SEARCH FLAGGED").ok().one("SEARCH").data), 10)
            self.assertEqual(
                len(client.command("SEARCH ALL").ok().one("SEARCH").data), self.MESSAGES - 10
            )
            client.command("STORE 1:5 +FLAGS.SILENT (\\Deleted)").ok()
            client.command("CLOSE").ok()
        self.mbsync()
        self.assertEqual(len(self.messages(folder)), self.MESSAGES - 15)
        self.assertEqual(len(self.messages(self.site.maildir())), self.MESSAGES - 15)

    def test_folders_are_made_on_either_side(self):
        self.mbsync()
        self.assertTrue(os.path.isdir(self.local("Work", "cur")))
        os.makedirs(self.local("Mine", "cur"))
        os.makedirs(self.local("Mine", "new"))
        os.makedirs(self.local("Mine", "tmp"))
        self.mbsync()
        made = os.path.join(self.site.maildir(), ".Mine", "cur")
        self.assertTrue(os.path.isdir(made))
        self.assertEqual(os.stat(made).st_uid, mail_account()[0])


class Interrupted(MbsyncTest):
    """mbsync is killed, run again and killed somewhere else, until it gets through. It
    loses nothing and doubles nothing, so neither may we."""

    MESSAGES = 60
    LINES = 500

    def setUp(self):
        super().setUp()
        self.recorder = self.enterContext(Recorder(self.site.port))
        self.write_mbsyncrc(self.site, self.recorder.port, "None")

    def mbsync_killed(self, who, limit):
        """mbsync, killed when `who` has said `limit` octets, and no more than those are
        passed on; gives its status."""
        started = threading.Event()
        earlier = list(self.recorder.dialogues)
        before = self.server.family()

        def passed_on(dialogue, speaker, octets):
            room = limit - len(getattr(dialogue, speaker))
            if dialogue in earlier or speaker != who or len(octets) < room:
                return octets
            started.wait()
            process.kill()
            return octets[: max(room, 0)]

        self.recorder.passed_on = passed_on
        process = self.start()
        started.set()
        output = process.communicate(timeout=120)[0].decode()
        self.assertIn(process.returncode, (0, -signal.SIGKILL), output)
        # Another mbsync would not see what the old session still carries out.
        eventually(lambda: self.server.family() <= before, "its session ends")
        return process.returncode

    def mbsync_often_killed(self, who, first, step):
        """Lets it get a little further each time, so that it comes to an end."""
        kills = 0
        while self.mbsync_killed(who, first + kills * step) != 0:
            kills += 1
        self.assertGreaterEqual(kills, 3)
        self.recorder.passed_on = lambda dialogue, speaker, octets: octets
        before = self.state()
        output = self.mbsync()
        self.assertEqual(self.state(), before, output)
        self.recorder.responses()

    def test_in_the_middle_of_downloads(self):
        self.mbsync_often_killed("server", 1500, 1500)
        self.assertEqual(self.messages(self.local("INBOX")), self.all("far"))
        self.assertEqual(self.messages(self.site.maildir()), self.all("far"))

    def test_in_the_middle_of_uploads(self):
        self.mbsync()
        for i in range(self.MESSAGES):
            self.put_near("INBOX", i)
        self.mbsync_often_killed("client", 500, 700)
        self.assertEqual(self.messages(self.local("INBOX")), self.all("far", "near"))
        self.assertEqual(self.messages(self.site.maildir()), self.all("far", "near"))

    def test_in_the_middle_of_flags_and_deletions(self):
        self.mbsync()
        top = self.local("INBOX")
        names = sorted(os.path.join(p, n) for p in ("new", "cur")
                       for n in os.listdir(os.path.join(top, p)))  # fmt: skip
        for name in names[:20]:
            base = os.path.basename(name).split(":")[0]
            os.rename(os.path.join(top, name), os.path.join(top, "cur", base + ":2,FS"))
        for name in names[20:40]:
            os.unlink(os.path.join(top, name))
        with self.client(login=False) as client:
            client.login(USER, "secret")
            client.command("SELECT INBOX").ok()
            client.command("STORE 51:60 +FLAGS.SILENT (\\Answered)").ok()
        self.mbsync_often_killed("client", 200, 30)
        self.assertEqual(self.messages(top), self.messages(self.site.maildir()))
        self.assertEqual(len(self.messages(top)), self.MESSAGES - 20)
        for side in top, self.site.maildir():
            flags = [name.partition(":2,")[2] for name in os.listdir(os.path.join(side, "cur"))]
            self.assertEqual(flags.count("FS"), 20, side)
            self.assertEqual(flags.count("R"), 10, side)


if __name__ == "__main__":
    unittest.main()
