# SPDX-License-Identifier: ISC
"""fetchmail: empties a mailbox into another one through our own deliver, and in IDLE
fetches what arrives as it arrives."""

import os
import re
import subprocess
import unittest

from _client import ClientTest
from recorder import Recorder
from server import DELIVER, USER, data, eventually

FETCHMAILRC = """\
set no bouncemail
poll localhost protocol imap port {port} auth password
    user "{user}" password "secret"
    {options}
    mda "{deliver} -c {config} -d bob"
"""


class Fetchmail(ClientTest):
    FILES = ("plain.eml", "two.eml", "multipart.eml")

    def configure(self, site):
        site.add_user(USER, "secret")  # our quotes would have to be quoted again
        site.add_user("bob", "secret")
        site.make_folder()
        site.make_folder(user="bob")
        for i, name in enumerate(self.FILES):
            site.drop(data(name), f"170000000{i}.M{i}P1.example")

    def setUp(self):
        super().setUp()
        self.need("fetchmail")
        self.home = self.site.path("fetchmail")
        os.mkdir(self.home)

    def fetchmail(self, port, options, *arguments):
        path = os.path.join(self.home, "rc")
        with open(path, "w", encoding="utf-8") as file:
            file.write(
                FETCHMAILRC.format(port=port, user=USER, options=options, deliver=DELIVER,
                                   config=self.site.path("imapd.conf"))
            )  # fmt: skip
        os.chmod(path, 0o600)
        # What deliver leaks is no business of fetchmail's.
        return subprocess.Popen(
            ["fetchmail", "-f", path, "--nosyslog", "--nodetach", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "FETCHMAILHOME": self.home, "HOME": self.home, "LC_ALL": "C"},
        )

    def run_through(self, *arguments):
        process = self.fetchmail(*arguments)
        output = process.communicate(timeout=120)[0].decode()
        return process.returncode, output

    def subjects(self, user):
        found = []
        for part in ("new", "cur"):
            top = os.path.join(self.site.maildir(user), part)
            for name in os.listdir(top):
                with open(os.path.join(top, name), "rb") as file:
                    found += re.findall(rb"^Subject: (.*?)\r?$", file.read(), re.M)[:1]
        return sorted(found)

    ALL = sorted((b"Lunch on Friday", b"Re: Lunch on Friday", b"Two bodies and a picture"))

    def test_a_mailbox_is_emptied(self):
        with Recorder(self.site.port) as recorder:
            status, output = self.run_through(recorder.port, 'sslproto ""')
            self.assertEqual(status, 0, output)
            recorder.responses()
        self.assertEqual(self.subjects("bob"), self.ALL)
        self.assertEqual(self.subjects(USER), [])

    def test_over_tls_and_kept(self):
        options = f'ssl sslcertck sslcertfile "{self.site.certificate}" keep'
        status, output = self.run_through(self.site.tls_port, options)
        self.assertEqual(status, 0, output)
        self.assertEqual(self.subjects("bob"), self.ALL)
        self.assertEqual(self.subjects(USER), self.ALL)
        status, output = self.run_through(self.site.tls_port, options)
        self.assertEqual(status, 1, output)  # there is nothing that was not seen
        self.assertEqual(self.subjects("bob"), self.ALL)

    def test_idle(self):
        with Recorder(self.site.port) as recorder:
            process = self.fetchmail(recorder.port, 'sslproto ""', "--idle")
            try:
                for i in range(3):
                    recorder.until(lambda d: d.server.endswith(b"+ idling\r\n"), "IDLE")
                    eventually(lambda: not self.subjects(USER), "all has been fetched")
                    self.site.drop(data("short.eml"), f"170000010{i}.M0P1.example")
                    eventually(
                        lambda i=i: self.subjects("bob").count(b"Short") == i + 1,
                        "it is fetched",
                        30,
                    )
            finally:
                process.terminate()
                output = process.communicate(timeout=60)[0].decode()
            self.assertEqual(len(recorder.dialogues), 1, output)
            recorder.responses()
        self.assertEqual(len(self.subjects("bob")), len(self.FILES) + 3)


if __name__ == "__main__":
    unittest.main()
