# SPDX-License-Identifier: ISC
"""What the tests of real clients share: a server of the tests' own, and a client that is
run against it and must be through within two minutes."""

import shutil
import subprocess

from server import ServerTest


class ClientTest(ServerTest):
    def need(self, program):
        if not shutil.which(program):
            self.skipTest(f"{program} is not installed")

    def run_client(self, *argv, **options):
        self.need(argv[0])
        return subprocess.run(argv, capture_output=True, timeout=120, check=False, **options)
