#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What is in contrib, looked at by the programs that it is for, where they are installed."""

import os
import shutil
import stat
import subprocess
import tempfile
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONTRIB = os.path.join(SOURCE, "contrib")
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def program(name):
    return shutil.which(name, path=PATH)


def needs(name):
    return unittest.skipUnless(program(name), f"{name} is not installed")


def read(*parts):
    with open(os.path.join(CONTRIB, *parts), encoding="utf-8") as file:
        return file.read()


class Contrib(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="contrib-")
        self.addCleanup(shutil.rmtree, self.top)

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.top, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def run_program(self, *command):
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr


@needs("systemd-analyze")
class Units(Contrib):
    def setUp(self):
        super().setUp()
        for name in ("deliver", "imapd"):
            self.write(name, "#!/bin/sh\n", 0o755)
        self.units = []
        for name in sorted(os.listdir(os.path.join(CONTRIB, "systemd"))):
            text = read("systemd", name)
            for directory in ("@bindir@", "@sbindir@"):
                text = text.replace(directory, self.top)
            self.units.append(self.write(name.removesuffix(".in"), text))

    def test_they_can_be_loaded(self):
        # A template stands for its instances.
        units = [unit.replace("@.", "@1.") for unit in self.units]
        for unit in self.units:
            if "@." in unit:
                shutil.copy(unit, unit.replace("@.", "@1."))
        done = self.run_program("systemd-analyze", "verify", "--man=no", *units)
        self.assertEqual(done, (0, ""))

    def test_deliver_s_exposure(self):
        unit = os.path.join(self.top, "deliver-lmtp.service")
        command = ["systemd-analyze", "security", "--offline=true", "--threshold=40", unit]
        status, text = self.run_program(*command)
        self.assertEqual(status, 0, text)


class MailServers(Contrib):
    @needs("exim4")
    def test_exim(self):
        path = self.write("exim.conf", read("exim", "deliver.conf"))
        status, text = self.run_program(program("exim4"), "-C", path, "-bV")
        self.assertEqual(status, 0, text)
        self.assertNotIn("error", text.lower())

    @needs("smtpd")
    def test_opensmtpd(self):
        path = os.path.join(CONTRIB, "opensmtpd", "smtpd.conf")
        status, text = self.run_program(program("smtpd"), "-n", "-f", path)
        self.assertEqual((status, text.strip()), (0, "configuration OK"))

    @needs("postconf")
    def test_postfix(self):
        for name in ("main.cf", "lmtp.cf"):
            self.write("main.cf", read("postfix", name))
            self.write("master.cf", read("postfix", "master.cf"))
            status, text = self.run_program(program("postconf"), "-c", self.top, "-n")
            self.assertEqual(status, 0, text)
            self.assertNotIn("warning", text)
            status, text = self.run_program(program("postconf"), "-c", self.top, "-M")
            self.assertEqual(status, 0, text)
            self.assertIn("argv=/usr/bin/deliver", text)


class Fetchers(Contrib):
    @needs("fetchmail")
    def test_fetchmail(self):
        path = self.write("fetchmailrc", read("fetchmail", "fetchmailrc"), stat.S_IRWXU)
        status, text = self.run_program("fetchmail", "-f", path, "--configdump")
        self.assertEqual(status, 0, text)
        self.assertIn("exec /usr/bin/deliver -f %F", text)

    @needs("getmail")
    def test_getmail(self):
        program = self.write("deliver", "#!/bin/sh\n", 0o755)
        text = read("getmail", "getmailrc").replace("/usr/bin/deliver", program)
        path = self.write("getmailrc", text)
        status, text = self.run_program(
            "getmail", f"--getmaildir={self.top}", f"--rcfile={path}", "--dump"
        )
        self.assertEqual(status, 0, text)
        self.assertIn("MDA_external", text)


if __name__ == "__main__":
    unittest.main()
