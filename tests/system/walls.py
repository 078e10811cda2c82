# SPDX-License-Identifier: ISC
"""What a break-in would get: an attacker who runs code of his own in a process of each
role tries what attackers try, and each attempt is refused, or ends the process.

The programs must be built with -Dintruder=true, which adds the command XINTRUDE: one
system call of the client's choice, made from within. See lib/sandbox/intruder.h."""

import errno
import os
import signal
import unittest
from base64 import b64decode, b64encode

from imap_client import ImapClient, quoted
from response_parser import Incomplete
from server import IMAPD, ServerTest, eventually, mail_account

AT_FDCWD, O_RDONLY, O_RDWR, O_CREAT, O_DIRECTORY = -100, 0, 2, 0o100, 0o200000
# Errors that are a wall's. That something is not there counts in an empty root only.
REFUSALS = {errno.EACCES, errno.EPERM, errno.EXDEV}
KILLED = "killed"


def is_built():
    with open(IMAPD, "rb") as program:
        return b"XINTRUDE" in program.read()


class Walls(ServerTest):
    def setUp(self):
        if os.path.exists(IMAPD) and not is_built():
            self.skipTest("imapd is built without -Dintruder=true")
        if os.getuid() != 0:
            self.skipTest("only root has privileges to give up")
        super().setUp()
        self.other = self.session_of("victim")

    def configure(self, site):
        site.make_folder()
        # Another user under the same uid, and another process of that uid.
        site.add_user("victim", "secret")
        site.make_folder(user="victim")
        self.secret = site.drop(b"Subject: secret\n\n", "1.M1P1.example", user="victim")

    def session_of(self, user):
        """The process id of a session of `user`, who is not the attacker."""
        before = self.server.family()
        client = ImapClient.tcp("127.0.0.1", self.site.port)
        self.addCleanup(client.close)
        client.login(user, "secret")
        # Of a plain connection the login process has gone, or will in a moment.
        client.command("NOOP").ok()
        new = self.server.family() - before
        return next(pid for pid in new if "imapd-login" not in self.program_of(pid))

    @staticmethod
    def program_of(pid):
        try:
            return os.readlink(f"/proc/{pid}/exe")
        except OSError:
            return "imapd-login, and gone"

    def outcome_in(self, intrude, order):
        """"OK n", an errno, or KILLED."""
        try:
            said = intrude(order)
        except (Incomplete, ConnectionError, BrokenPipeError):
            return KILLED
        return int(said[1:]) if said.startswith("E") else said

    def check(self, intruder, orders, also_refused=()):
        for what, order in orders:
            with self.subTest(what):
                outcome = self.outcome_in(intruder(), order)
                self.assertTrue(
                    outcome == KILLED or outcome in REFUSALS | set(also_refused),
                    f"{order}: {outcome}",
                )

    # The ways in

    def in_session(self):
        client = self.client()

        def intrude(order):
            answer = client.command(b"XINTRUDE " + quoted(order))
            return answer.untagged[-1].text

        return intrude

    def in_login(self):
        client = self.client(login=False)
        return lambda order: client.command(b"XINTRUDE " + quoted(order)).tagged.text

    def in_attempt(self):
        client = self.client(login=False)
        client.start("AUTHENTICATE XINTRUDE")
        client.next()

        def intrude(order):
            client.line(b64encode(order.encode()))
            response = client.next()
            if response.name != "+":
                raise Incomplete
            return b64decode(response.text).decode()

        return intrude

    # What an attacker tries

    def of_everybody(self):
        other = self.other
        return [
            ("read another's memory", f"process_vm_readv {other} @64 1 ? 1 0"),
            ("write another's memory", f"process_vm_writev {other} @64 1 ? 1 0"),
            ("take another's descriptor", f"pidfd_open {other} 0"),
            ("mount", "mount 'none' '/tmp' 'tmpfs' 0 0"),
            ("a namespace of its own", "unshare 0x10000000"),
            ("another's namespace", "setns 0 0"),
            ("load a module", "init_module @64 64 ''"),
            ("a program in the kernel", "bpf 5 @128 128"),
            ("asynchronous calls", "io_uring_setup 8 @120"),
            ("open by handle", "open_by_handle_at 0 @64 0"),
            ("watch the machine", "perf_event_open @128 0 -1 -1 0"),
            ("start another kernel", "kexec_load 0 0 0 0"),
            ("another personality", "personality 0x0400000"),
            ("faults in user space", "userfaultfd 0"),
        ]

    def of_files(self):
        site = self.site
        key, users, home = site.key, site.path("users"), site.home("victim")
        return [
            ("read the TLS key", f"openat {AT_FDCWD} '{key}' {O_RDONLY}"),
            ("read the passwd-file", f"openat {AT_FDCWD} '{users}' {O_RDONLY}"),
            ("read /etc/passwd", f"openat {AT_FDCWD} '/etc/passwd' {O_RDONLY}"),
            ("read /etc/shadow", f"openat {AT_FDCWD} '/etc/shadow' {O_RDONLY}"),
            ("read another's mail", f"openat {AT_FDCWD} '{self.secret}' {O_RDONLY}"),
            ("list another's mail", f"openat {AT_FDCWD} '{home}/Maildir/new' {O_DIRECTORY}"),
            ("write into another's Maildir",
             f"openat {AT_FDCWD} '{home}/Maildir/new/x' {O_RDWR | O_CREAT} 0600"),
            ("remove another's mail", f"unlinkat {AT_FDCWD} '{self.secret}' 0"),
            ("move another's mail",
             f"renameat {AT_FDCWD} '{self.secret}' {AT_FDCWD} '{site.maildir()}/new/x'"),
            ("link another's mail",
             f"linkat {AT_FDCWD} '{self.secret}' {AT_FDCWD} '{site.maildir()}/new/x' 0"),
            ("link from outside", f"symlinkat '{home}' {AT_FDCWD} '{site.maildir()}/x'"),
            ("write to /tmp", f"openat {AT_FDCWD} '/tmp/avocet-x' {O_RDWR | O_CREAT} 0600"),
            ("look at all processes", f"openat {AT_FDCWD} '/proc' {O_DIRECTORY}"),
            ("date another's mail", f"utimensat {AT_FDCWD} '{self.secret}' 0 0"),
            ("make a device", f"mknodat {AT_FDCWD} '{site.maildir()}/x' 0020600 0x103"),
        ]  # fmt: skip

    def of_processes(self):
        other = self.other
        return [
            ("execute", "execve '/bin/true' 0 0"),
            ("execute what is open", "execveat 0 '' 0 0 0x1000"),
            ("a socket to the network", "socket 2 1 0"),
            ("a socket to the network, IPv6", "socket 10 1 0"),
            ("a raw packet socket", "socket 17 3 0"),
            ("a local socket", "socket 1 1 0"),
            ("listen", "listen 0 1"),
            ("be root again", "setuid 0"),
            ("be root again, all three", "setresuid 0 0 0"),
            ("another root", "chroot '/tmp'"),
            ("change an owner", "fchownat -100 '/tmp' 0 0 0"),
            ("more limits", "setrlimit 7 @16"),
            ("kill the supervisor", f"tkill {self.server.process.pid} 9"),
            ("kill another session", f"tkill {other} 9"),
            ("have a signal sent to another", f"fcntl 0 8 {other}"),
            ("have any signal sent", "fcntl 0 10 9"),
            ("limits of another", f"prlimit64 {other} 7 @16 0"),
            ("a message to a name", "sendto 0 'x' 1 0 '/dev/log' 110"),
        ]

    def test_a_session(self):
        self.check(self.in_session, self.of_everybody() + self.of_files() + self.of_processes())
        self.still_serves()

    def test_a_login_process(self):
        # Some of it is not there in an empty root, rather than forbidden. It may set
        # its own limits, which it cannot raise.
        orders = self.of_everybody() + self.of_files() + self.of_processes()
        orders = [order for order in orders if order[0] != "more limits"]
        self.check(self.in_login, orders, {errno.ENOENT})
        self.still_serves()

    def test_a_login_process_cannot_spoil_for_others_the_socket_that_all_share(self):
        """Descriptor 5, by which they ask for attempts."""
        for what, order in [
            ("an empty datagram", "sendto 5 '' 0 0 0 0"),
            ("what is no request", "sendto 5 'nonsense' 8 0 0 0"),
            ("no more will be sent", "shutdown 5 1"),
            ("nor received", "shutdown 5 2"),
        ]:
            with self.subTest(what):
                self.assertRegex(self.in_login()(order), "^OK")
                eventually(self.may_log_in, "others log in")

    def may_log_in(self):
        with self.client(login=False) as client:
            return client.command("LOGIN victim secret").tagged.name == "OK"

    def test_an_attempt(self):
        """It is root: what it can do is to read files, and that is why it lives for one
        password only. But it is nobody's way to other processes or to the network."""
        network = [order for order in self.of_processes() if "socket" in order[0]]
        orders = [order for order in network if "local" not in order[0]]
        orders += [order for order in self.of_processes() if "execute" in order[0]]
        self.check(self.in_attempt, self.of_everybody() + orders)
        self.still_serves()

    def test_a_session_reaches_its_own(self):
        intrude = self.in_session()
        own = self.site.maildir()
        for order in [
            f"openat {AT_FDCWD} '{own}/new' {O_DIRECTORY}",
            f"openat {AT_FDCWD} '{own}/new/x' {O_RDWR | O_CREAT} 0600",
            f"renameat {AT_FDCWD} '{own}/new/x' {AT_FDCWD} '{own}/cur/x:2,S'",
        ]:
            self.assertRegex(intrude(order), "^OK")

    def test_a_link_out_of_the_maildir_leads_where_the_administrator_says(self):
        shared = self.site.path("shared")
        for part in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(shared, part))
        for directory, _, _ in os.walk(shared):
            os.chown(directory, *mail_account())
        os.symlink(shared, os.path.join(self.site.maildir(), ".Shared"))
        self.client().command("SELECT Shared").expect("NO")
        self.site.config["mail"]["linked"] = self.site.directory
        self.site.write()
        self.server.signal(signal.SIGHUP)
        eventually(
            lambda: self.client().command("SELECT Shared").tagged.name == "OK",
            "the new settings are in force",
        )

    def test_nobody_has_capabilities(self):
        with open(f"/proc/{self.other}/status", encoding="ascii") as file:
            status = dict(line.rstrip().split(":\t", 1) for line in file if ":\t" in line)
        for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(int(status[kind], 16), 0, kind)
        self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))

    def still_serves(self):
        """Whatever died, the others go on, and new clients are served."""
        with open(self.secret, "rb") as file:
            self.assertEqual(file.read(), b"Subject: secret\n\n")
        self.assertIsNone(self.server.process.poll())
        self.client().command("SELECT INBOX").ok()


if __name__ == "__main__":
    unittest.main()
