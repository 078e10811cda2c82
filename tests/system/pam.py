# SPDX-License-Identifier: ISC
"""PAM, with pam_unix and a user of the system that is made for it."""

import os
import shutil
import subprocess
import unittest

from server import ServerTest

PASSWORD = "Kestrel and co."


def run(*argv, **options):
    subprocess.run(argv, check=True, capture_output=True, text=True, **options)


@unittest.skipUnless(os.getuid() == 0, "making users of the system needs root")
@unittest.skipUnless(os.path.isdir("/etc/pam.d") and shutil.which("useradd"), "no PAM here")
class Pam(ServerTest):
    def configure(self, site):
        self.user = f"avt{os.getpid()}"
        self.service = f"avocet-test-{os.getpid()}"
        home = site.path("home", self.user)
        run("useradd", "--create-home", "--home-dir", home, "--shell", "/bin/false", self.user)
        self.addCleanup(run, "userdel", self.user)
        self.set_password(PASSWORD)
        path = f"/etc/pam.d/{self.service}"
        with open(path, "w", encoding="ascii") as file:
            file.write("auth required pam_unix.so\naccount required pam_unix.so\n"
                       "session required pam_unix.so\n")  # fmt: skip
        self.addCleanup(os.remove, path)
        site.config["auth"] = {"passwd-file": "", "pam": self.service}

    def set_password(self, password):
        run("chpasswd", input=f"{self.user}:{password}\n")

    def outcome(self, password=PASSWORD, user=None):
        client = self.client(login=False)
        answer = client.command(f'LOGIN {user or self.user} "{password}"')
        client.close()
        return answer.tagged.name, answer.tagged.code

    def test_the_right_password_is_let_in_as_the_user(self):
        client = self.client(login=False)
        client.login(self.user, PASSWORD)
        client.command("SELECT INBOX").ok()
        made = os.stat(self.site.path("home", self.user, "Maildir"))
        entry = subprocess.run(
            ["id", "-u", self.user], check=True, capture_output=True, text=True
        )
        self.assertEqual(made.st_uid, int(entry.stdout))

    def test_everything_else_is_refused_alike(self):
        no = ("NO", "AUTHENTICATIONFAILED")
        self.assertEqual(self.outcome("wrong"), no)
        self.assertEqual(self.outcome(user="no-such-user"), no)
        self.assertEqual(self.outcome(user="root"), no)

    def test_an_account_or_a_password_that_has_expired(self):
        no = ("NO", "AUTHENTICATIONFAILED")
        run("chage", "--lastday", "0", self.user)  # must be changed at the next login
        self.assertEqual(self.outcome(), no)
        run("chage", "--lastday", "-1", "--expiredate", "1", self.user)
        self.assertEqual(self.outcome(), no)
        run("chage", "--expiredate", "-1", self.user)
        self.assertEqual(self.outcome()[0], "OK")
        self.assertIn("PAM: ", self.server.log_text())

    def test_nothing_of_pam_stays(self):
        client = self.client(login=False)
        before = len(self.server.family())
        client.login(self.user, PASSWORD)
        client.command("NOOP").ok()
        # The session is there in place of the login process, and nothing else.
        self.assertLessEqual(len(self.server.family()), before)


if __name__ == "__main__":
    unittest.main()
