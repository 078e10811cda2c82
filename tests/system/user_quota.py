# SPDX-License-Identifier: ISC
"""A user's own quota, from the passwd-file: what GETQUOTA tells and APPEND refuses."""

import unittest

from imap_client import Literal
from server import USER, ServerTest


class UserQuota(ServerTest):
    def configure(self, site):
        site.make_folder()
        site.config["quota"] = {"storage": "1G"}
        site.users[USER] += "userdb_quota_rule=*:storage=2"  # units of 1024 octets

    def test_it_counts_instead_of_that_of_the_settings(self):
        client = self.client()
        told = client.command("GETQUOTAROOT INBOX").ok().one("QUOTA").raw
        self.assertRegex(told, rb"\(STORAGE 0 2\)")
        client.command("APPEND INBOX", Literal(b"Subject: a\r\n\r\n" + b"x" * 1000)).ok()
        answer = client.command("APPEND INBOX", Literal(b"Subject: b\r\n\r\n" + b"x" * 2000))
        self.assertEqual(answer.expect("NO").tagged.code, "OVERQUOTA")


if __name__ == "__main__":
    unittest.main()
