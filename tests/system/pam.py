# SPDX-License-Identifier: ISC
"""PAM: with pam_unix and a user of the system that is made for it, and with modules that
have users of their own."""

import glob
import os
import shutil
import subprocess
import unittest

from server import Server, ServerTest

PASSWORD = "Kestrel and co."


def run(*argv, **options):
    subprocess.run(argv, check=True, capture_output=True, text=True, **options)


@unittest.skipUnless(os.getuid() == 0, "making users of the system needs root")
@unittest.skipUnless(os.path.isdir("/etc/pam.d") and shutil.which("useradd"), "no PAM here")
class PamTest(ServerTest):
    """With a service of its own, whose stack `stack` tells."""

    def configure(self, site):
        self.service = f"avocet-test-{os.getpid()}"
        self.write_service(self.stack(site))
        self.addCleanup(os.remove, f"/etc/pam.d/{self.service}")
        site.config["auth"] = {"passwd-file": "", "pam": self.service}
        site.config["limits"] = {"failure-delay": "1s", "failure-delay-most": "1s"}

    def write_service(self, lines):
        with open(f"/etc/pam.d/{self.service}", "w", encoding="ascii") as file:
            file.writelines(line + "\n" for line in lines)

    def add_system_user(self, site, shell="/bin/false"):
        self.user = f"avt{os.getpid()}"
        home = site.path("home", self.user)
        run("useradd", "--create-home", "--home-dir", home, "--shell", shell, self.user)
        self.addCleanup(run, "userdel", self.user)

    def outcome(self, password=PASSWORD, user=None):
        client = self.client(login=False)
        answer = client.command(f'LOGIN {user or self.user} "{password}"')
        client.close()
        return answer.tagged.name, answer.tagged.code


class Pam(PamTest):
    def stack(self, site):
        self.add_system_user(site)
        self.set_password(PASSWORD)
        return ["auth required pam_unix.so", "account required pam_unix.so",
                "session required pam_unix.so"]  # fmt: skip

    def set_password(self, password):
        run("chpasswd", input=f"{self.user}:{password}\n")

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


class Phases(PamTest):
    """Everything that PAM has to say is asked, in its order."""

    def stack(self, site):
        self.add_system_user(site)
        run("chpasswd", input=f"{self.user}:{PASSWORD}\n")
        self.told = site.path("told")
        script = site.path("tell")
        with open(script, "w", encoding="ascii") as file:
            file.write(f'#!/bin/sh\necho "$PAM_TYPE $PAM_USER $PAM_RHOST" >>{self.told}\n')
        os.chmod(script, 0o755)
        self.tell = f"required pam_exec.so quiet {script}"
        return ["auth required pam_unix.so", f"account {self.tell}", f"session {self.tell}"]

    def phases(self):
        if not os.path.exists(self.told):
            return []
        with open(self.told, encoding="ascii") as file:
            lines = [line.split() for line in file]
        self.assertTrue(all(line[1:] == [self.user, "127.0.0.1"] for line in lines), lines)
        return [line[0] for line in lines]

    def test_account_and_session(self):
        self.assertEqual(self.outcome(), ("OK", "CAPABILITY"))
        self.assertEqual(self.phases(), ["account", "open_session", "close_session"])

    def test_a_wrong_password_gets_no_further(self):
        self.assertEqual(self.outcome("wrong")[0], "NO")
        self.assertEqual(self.phases(), [])

    def test_no_session_for_an_account_that_is_not_allowed(self):
        self.write_service(["auth required pam_unix.so", "account required pam_deny.so",
                            f"session {self.tell}"])  # fmt: skip
        self.assertEqual(self.outcome(), ("NO", "AUTHENTICATIONFAILED"))
        self.assertEqual(self.phases(), [])

    def test_nobody_is_let_in_whose_session_cannot_be_opened(self):
        self.write_service(["auth required pam_unix.so", "account required pam_unix.so",
                            "session required pam_deny.so"])  # fmt: skip
        self.assertEqual(self.outcome()[0], "NO")

    def test_an_account_without_a_shell_is_the_services_affair(self):
        stack = ["auth required pam_unix.so", "session required pam_unix.so"]
        self.write_service(stack + ["account required pam_unix.so"])
        self.assertEqual(self.outcome()[0], "OK")
        self.write_service(stack + ["account required pam_shells.so"])
        self.assertEqual(self.outcome(), ("NO", "AUTHENTICATIONFAILED"))


class OtherSources(PamTest):
    """Users whom the system does not know: PAM says who they are, `user` of [mail] whose
    their mail is."""

    def configure(self, site):
        super().configure(site)
        site.config["mail"] = {"location": site.path("mail", "%u"), "user": "nobody"}
        os.mkdir(site.path("mail"))
        shutil.chown(site.path("mail"), "nobody")

    def start_server(self, site):
        # pam_userdb gives strndup(3) what has no NUL at its end, as one may.
        options = os.environ.get("ASAN_OPTIONS", "") + ":strict_string_checks=0"
        return Server(site, env={**os.environ, "ASAN_OPTIONS": options})

    def stack(self, _):
        return ["auth required pam_deny.so"]

    def hashed(self):
        made = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=PASSWORD,
                              capture_output=True, text=True, check=True)  # fmt: skip
        return made.stdout.strip()

    def assert_in_and_others_not(self, user):
        client = self.client(login=False)
        client.login(user, PASSWORD)
        client.command("SELECT INBOX").ok()
        self.assertTrue(os.path.isdir(self.site.path("mail", user, "new")))
        no = ("NO", "AUTHENTICATIONFAILED")
        self.assertEqual(self.outcome("wrong", user), no)
        self.assertEqual(self.outcome(PASSWORD, "somebody-else"), no)

    @staticmethod
    def has(module):
        return any(os.path.exists(os.path.join(directory, module))
                   for directory in glob.glob("/lib*/security") + glob.glob("/lib/*/security"))  # fmt: skip

    def test_pam_pwdfile(self):
        if not self.has("pam_pwdfile.so"):
            self.skipTest("no pam_pwdfile")
        path = self.site.path("pwdfile")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"ann:{self.hashed()}\n")
        self.write_service([f"auth required pam_pwdfile.so pwdfile {path}",
                            "account required pam_permit.so",
                            "session required pam_permit.so"])  # fmt: skip
        self.assert_in_and_others_not("ann")

    def test_pam_userdb(self):
        load = shutil.which("db_load") or shutil.which("db5.3_load")
        if not self.has("pam_userdb.so") or not load:
            self.skipTest("no pam_userdb, or no db_load")
        path = self.site.path("userdb")
        run(load, "-T", "-t", "hash", path + ".db", input=f"ann\n{self.hashed()}\n")
        userdb = f"required pam_userdb.so db={path} crypt=crypt"
        self.write_service([f"auth {userdb}", f"account {userdb}",
                            "session required pam_permit.so"])  # fmt: skip
        self.assert_in_and_others_not("ann")


if __name__ == "__main__":
    unittest.main()
