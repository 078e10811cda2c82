# SPDX-License-Identifier: ISC
"""What contrib/quickstart shows."""

import os
import sys
import unittest

from _client import ClientTest
from server import DELIVER, PASSWORD, SOURCE, USER


class Quickstart(ClientTest):
    """Its client, on a server of the tests' own."""

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
