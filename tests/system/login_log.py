# SPDX-License-Identifier: ISC
"""What the log tells of logins: fields that fail2ban understands, one id for a connection
from its first line to its last, and never a password."""

import base64
import os
import re
import shutil
import signal
import socket
import subprocess
import unittest

from imap_client import Literal
from server import PASSWORD, SOURCE, USER, ServerTest, data, eventually

FILTER = os.path.join(SOURCE, "contrib", "fail2ban", "imapd.conf")
WRONG = "Wr0ngKestrel"


class LoginLog(ServerTest):
    def configure(self, site):
        site.make_folder()
        site.config["auth"]["mechanisms"] = "PLAIN LOGIN SCRAM-SHA-256"
        site.config["limits"] = {"failure-delay": "1s", "failure-delay-most": "1s"}
        site.users["phone"] = f":{USER}:phone:{{PLAIN}}Harrier9"
        site.write()

    def plain(self, user, password):
        return base64.b64encode(f"\0{user}\0{password}".encode()).decode()

    def fail_in_every_way(self):
        client = self.client(login=False)
        client.command(f"LOGIN {USER} {WRONG}").expect("NO")
        client.command(f"AUTHENTICATE PLAIN {self.plain(USER, WRONG)}").expect("NO")
        client = self.client(login=False)
        client.line("a AUTHENTICATE LOGIN")
        client.next()
        client.line(base64.b64encode(USER.encode()))
        client.next()
        client.line(base64.b64encode(WRONG.encode()))
        self.assertEqual(client.next().name, "NO")
        client = self.client(login=False)
        # Too many arguments, a password where the name belongs, no base64 at all.
        client.command(f"LOGIN {USER} {WRONG} {WRONG}").expect("BAD")
        client.command(f"AUTHENTICATE PLAIN {WRONG}").expect("BAD")
        client.command(f"AUTHENTICATE PLAIN {self.plain('', WRONG)}").expect("BAD")
        client.command(f"{WRONG}").expect("BAD")
        self.client().command("LOGOUT")

    def test_no_password_is_in_it_not_even_a_wrong_one(self):
        self.fail_in_every_way()
        client = self.client(login=False)
        client.login(USER, "Harrier9")
        log = self.server.log_text()
        self.assertIn("label=phone", log)
        for secret in (WRONG, "Harrier9", PASSWORD, "Kestrel"):
            for form in (secret, base64.b64encode(secret.encode()).decode()[:-2]):
                self.assertNotIn(form, log)

    def test_every_line_of_a_connection_has_its_id(self):
        client = self.client(login=False)
        client.command(f"LOGIN {USER} {WRONG}").expect("NO")
        client.login(USER, PASSWORD)
        client.command("LOGOUT")
        self.client(login=False).close()
        eventually(lambda: "disconnected" in self.server.log_text(), "the log tells the end")
        lines = re.findall(r"\]: (?:warning: )?(\S+) .*ip=127.0.0.1 (.*)", self.server.log_text())
        ids = [re.match(r"id=([0-9a-f]+)\b", rest) for _, rest in lines]
        self.assertTrue(all(ids), lines)
        of_client = {name for (name, _), found in zip(lines, ids) if found[1] == self.first_id()}
        self.assertLessEqual({"login-failed", "login"}, of_client)

    def test_the_last_line_tells_what_was_done(self):
        self.client().command("LOGOUT").ok()
        client = self.client()
        client.command("CREATE Work").ok()
        for name in ("plain.eml", "two.eml", "short.eml"):
            client.command("APPEND INBOX", Literal(data(name))).ok()
        client.command("SELECT INBOX").ok()
        # Headers and sizes are about a message; its text, or a part, is the message.
        client.command("FETCH 1:* (ENVELOPE BODY.PEEK[HEADER] BINARY.SIZE[1])").ok()
        client.command("FETCH 1:2 BODY.PEEK[]").ok()
        client.command("FETCH 3 (BODY.PEEK[1] RFC822.TEXT)").ok()
        client.command("COPY 1 Work").ok()
        client.command("MOVE 2 Work").ok()
        client.command("STORE 1 +FLAGS (\\Deleted)").ok()
        client.command("STORE 1:2 +FLAGS (\\Deleted)").ok()
        client.command("STORE 2 -FLAGS (\\Deleted)").ok()
        client.command("EXPUNGE").ok()
        client.command("REPLACE 1 INBOX", Literal(data("short.eml"))).ok()
        client.command("LOGOUT").ok()

        def last_lines():
            lines = re.findall(r"\]: logout (.*)", self.server.log_text())
            return [dict(re.findall(r"(\w+)=(\S+)", line)) for line in lines]

        idle, busy = eventually(lambda: lines if len(lines := last_lines()) == 2 else None)
        counts = ("fetched", "appended", "copied", "deleted", "expunged")
        self.assertEqual([idle[name] for name in counts], ["0"] * 5)
        self.assertEqual([busy[name] for name in counts], ["3", "4", "2", "2", "3"])
        self.assertGreater(int(busy["in"]), int(idle["in"]))
        self.assertGreater(int(busy["out"]), len(data("plain.eml")))
        self.assertEqual((busy["user"], busy["ip"]), (USER, "127.0.0.1"))

    def first_id(self):
        return re.search(r"login-failed ip=\S+ id=(\w+)", self.server.log_text())[1]

    @unittest.skipUnless(shutil.which("fail2ban-regex"), "fail2ban is not installed")
    def test_fail2ban_finds_failures_and_is_not_led_astray(self):
        client = self.client(login=False)
        names = (USER, '"ann ip=203.0.113.9 id=1 user=x"', '"x\\" method=LOGIN reason=refused"',
                 '"login-failed ip=203.0.113.9"', '""')  # fmt: skip
        for name in names:
            client.command(f"LOGIN {name} {WRONG}").expect("NO")
        client = self.client(login=False)
        client.login(USER, PASSWORD)
        found = found_by_fail2ban(self)
        self.assertEqual(found, ["127.0.0.1"] * len(names))


@unittest.skipUnless(shutil.which("fail2ban-regex"), "fail2ban is not installed")
class EveryFailure(ServerTest):
    """Whatever asked whom, the filter finds it."""

    def configure(self, site):
        site.make_folder()
        site.config["auth"]["mechanisms"] = "PLAIN LOGIN SCRAM-SHA-256"
        site.config["limits"] = {"failure-delay": "1s", "failure-delay-most": "1s"}
        site.config["auth"]["socket"] = site.path("auth")
        if os.getuid() == 0:
            site.config["auth"]["socket-user"] = "nobody"

    def test_by_each_mechanism(self):
        client = self.client(login=False)
        client.line("a AUTHENTICATE SCRAM-SHA-256")
        client.next()
        client.line(base64.b64encode(b"n,,n=ann,r=fyko+d2lbbFgONRv9qkxdawL"))
        challenge = base64.b64decode(client.next().text).decode()
        nonce = re.search("r=([^,]+)", challenge)[1]
        proof = base64.b64encode(bytes(32)).decode()
        client.line(base64.b64encode(f"c=biws,r={nonce},p={proof}".encode()))
        self.assertEqual(client.next().name, "NO")
        with self.tls_client(login=False) as over_tls:
            over_tls.command(f"LOGIN {USER} {WRONG}").expect("NO")
        self.assertEqual(found_by_fail2ban(self), ["127.0.0.1"] * 2)

    def test_for_another_servers_client(self):
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(20)
            asking.connect(self.site.path("auth"))
            lines = asking.makefile("r", encoding="ascii")
            for number, address in enumerate(("192.0.2.7", "2001:db8::7")):
                asking.sendall(f"VERSION\t1\t1\nCPID\t1\nAUTH\t{number}\tPLAIN\tservice=smtp\t"
                               f"rip={address}\tresp=AGEAYg==\n".encode())  # fmt: skip
                while not lines.readline().startswith("FAIL"):
                    pass
        self.assertEqual(found_by_fail2ban(self), ["192.0.2.7", "2001:db8::7"])

    @unittest.skipUnless(os.getuid() == 0 and os.path.isdir("/etc/pam.d"), "PAM needs root")
    def test_by_pam(self):
        service = f"avocet-log-{os.getpid()}"
        path = f"/etc/pam.d/{service}"
        with open(path, "w", encoding="ascii") as file:
            file.write("auth required pam_deny.so\n")
        self.addCleanup(os.remove, path)
        self.site.config["auth"]["pam"] = service
        self.site.write()
        self.server.signal(signal.SIGHUP)
        eventually(lambda: ": reloaded " in self.server.log_text(), "it reloads")
        self.client(login=False).command(f"LOGIN somebody {WRONG}").expect("NO")
        self.assertIn("PAM: ", self.server.log_text())
        self.assertEqual(found_by_fail2ban(self), ["127.0.0.1"])


def found_by_fail2ban(test):
    path = test.site.path("syslog")
    with open(path, "w", encoding="utf-8") as file:
        for line in test.server.log_text().splitlines():
            file.write(f"Nov 25 14:00:00 mail {line}\n")
    # The filter includes what is beside it where it is installed.
    os.symlink("/etc/fail2ban/filter.d/common.conf", test.site.path("common.conf"))
    shutil.copy(FILTER, test.site.path("filter.conf"))
    result = subprocess.run(
        ["fail2ban-regex", "-o", "ip", path, test.site.path("filter.conf")],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    test.assertEqual(result.stderr, "")
    return result.stdout.split()


if __name__ == "__main__":
    unittest.main()
