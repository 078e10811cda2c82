# SPDX-License-Identifier: ISC
"""curl, as scripts use it: a URL for a folder, a message, a part, a search."""

import unittest

from _client import ClientTest
from server import PASSWORD, USER, data, on_the_wire


class Curl(ClientTest):
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


if __name__ == "__main__":
    unittest.main()
