# SPDX-License-Identifier: ISC
"""Real clients, as their users use them: curl and mbsync over TLS."""

import os
import re
import shutil
import subprocess
import sys
import time
import unittest

from server import (
    DELIVER,
    PASSWORD,
    SOURCE,
    USER,
    ServerTest,
    data,
    mail_account,
    on_the_wire,
)


class Clients(ServerTest):
    def run_client(self, *argv, **options):
        if not shutil.which(argv[0]):
            self.skipTest(f"{argv[0]} is not installed")
        return subprocess.run(argv, capture_output=True, timeout=120, check=False, **options)


class Curl(Clients):
    def configure(self, site):
        site.make_folder()
        site.make_folder(".Work")
        for i, name in enumerate(("plain.eml", "two.eml", "multipart.eml")):
            site.drop(data(name), f"170000000{i}.M{i}P1.example")

    def curl(self, path, *options):
        done = self.run_client(
            "curl", "--silent", "--show-error", "--cacert", self.site.certificate,
            "--user", f"{USER}:{PASSWORD}", *options,
            f"imaps://localhost:{self.site.tls_port}/{path}",
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_list(self):
        listing = self.curl("").decode()
        self.assertRegex(listing, r'\* LIST \(.*\) "\." "?INBOX"?')
        self.assertRegex(listing, r'\* LIST \(.*\) "\." "?Work"?')

    def test_fetch_by_uid(self):
        self.assertEqual(self.curl("INBOX;UID=2"), on_the_wire(data("two.eml")))

    def test_fetch_by_number_and_section(self):
        self.assertEqual(self.curl("INBOX;MAILINDEX=1;SECTION=TEXT"),
                         on_the_wire(data("plain.eml")).partition(b"\r\n\r\n")[2])  # fmt: skip

    def test_append(self):
        path = self.site.path("upload.eml")
        with open(path, "wb") as file:
            file.write(on_the_wire(data("multipart.eml")))
        self.curl("Work", "--upload-file", path)
        self.assertEqual(self.curl("Work;UID=1"), on_the_wire(data("multipart.eml")))

    def test_search(self):
        self.assertEqual(self.curl("INBOX?SUBJECT%20Lunch").split(), b"* SEARCH 1 2".split())

    def test_custom_request(self):
        answer = self.curl("INBOX", "--request", "FETCH 1:3 (FLAGS RFC822.SIZE)")
        self.assertEqual(answer.count(b" FETCH ("), 3)

    def test_starttls(self):
        done = self.run_client(
            "curl", "--silent", "--show-error", "--ssl-reqd", "--cacert",
            self.site.certificate, "--user", f"{USER}:{PASSWORD}",
            f"imap://localhost:{self.site.port}/INBOX;UID=1",
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, on_the_wire(data("plain.eml")))

    def test_a_wrong_password(self):
        done = self.run_client(
            "curl", "--silent", "--cacert", self.site.certificate, "--user", f"{USER}:no",
            f"imaps://localhost:{self.site.tls_port}/",
        )  # fmt: skip
        self.assertEqual(done.returncode, 67)


MBSYNCRC = """\
IMAPAccount a
Host localhost
Port {port}
User {user}
Pass "{password}"
SSLType IMAPS
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


class Mbsync(Clients):
    MESSAGES = 200

    def configure(self, site):
        site.add_user(USER, "secret")  # mbsync's file has no way to quote a quote
        site.make_folder()
        site.make_folder(".Work")
        for i in range(self.MESSAGES):
            site.drop(self.message("far", i), f"{1700000000 + i}.M{i}P1.example")
        os.makedirs(site.path("local"))
        with open(site.path("mbsyncrc"), "w", encoding="utf-8") as file:
            file.write(
                MBSYNCRC.format(
                    port=site.tls_port,
                    user=USER,
                    password="secret",
                    certificate=site.certificate,
                    local=site.path("local"),
                )
            )

    @staticmethod
    def message(where, number):
        return (
            f"From: {where}@example.com\nSubject: {where} {number}\n"
            f"Message-ID: <{where}.{number}@example.com>\n\n"
            + "".join(f"line {i} of {number}\n" for i in range(number % 17))
        ).encode()

    def mbsync(self):
        done = self.run_client("mbsync", "-c", self.site.path("mbsyncrc"), "-a",
                               env={**os.environ, "HOME": self.site.directory})  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr.decode() + done.stdout.decode())
        return done.stdout.decode() + done.stderr.decode()

    def local(self, *parts):
        return self.site.path("local", *parts)

    def subjects(self, top):
        found = {}
        for part in ("new", "cur"):
            for name in os.listdir(os.path.join(top, part)):
                with open(os.path.join(top, part, name), "rb") as file:
                    octets = file.read().replace(b"\r\n", b"\n")
                subject = re.search(rb"^Subject: (.*)$", octets, re.M)[1].decode()
                octets = re.sub(rb"^X-TUID: .*\n", b"", octets, flags=re.M)
                found[subject] = octets
        return found

    def state(self):
        """Names and times of everything on both sides."""
        seen = {}
        for top in (self.site.maildir(), self.local()):
            for directory, _, names in os.walk(top):
                if os.path.basename(directory) in ("new", "cur"):
                    seen[directory] = sorted(names)
        return seen

    def test_two_hundred_messages_both_ways(self):
        self.mbsync()
        pulled = self.subjects(self.local("INBOX"))
        self.assertEqual(
            pulled, {f"far {i}": self.message("far", i) for i in range(self.MESSAGES)}
        )

        for i in range(self.MESSAGES):
            path = self.local("INBOX", "cur", f"{int(time.time())}.local{i}_1.example:2,S")
            with open(path, "wb") as file:
                file.write(self.message("near", i))
        self.mbsync()
        pushed = self.subjects(self.site.maildir())
        self.assertEqual(len(pushed), 2 * self.MESSAGES)
        for i in range(self.MESSAGES):
            self.assertEqual(pushed[f"near {i}"], self.message("near", i))

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
        self.assertEqual(len(self.subjects(folder)), self.MESSAGES - 15)
        self.assertEqual(len(self.subjects(self.site.maildir())), self.MESSAGES - 15)

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


class Quickstart(Clients):
    """The client that contrib/quickstart shows, on a server of the tests' own."""

    def test_the_push_is_shown(self):
        done = self.run_client(
            sys.executable, "-B", os.path.join(SOURCE, "contrib", "lib", "push_demo.py"),
            str(self.site.tls_port), self.site.certificate, USER, PASSWORD,
            self.site.maildir(), DELIVER, "-c", self.site.path("imapd.conf"), "-d", USER,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        output = done.stdout.decode()
        self.assertRegex(output, r"S ← \* 1 EXISTS")
        self.assertRegex(output, r"EXISTS came \d+\.\d\d ms after")
        self.assertNotIn("secret", output)


if __name__ == "__main__":
    unittest.main()
