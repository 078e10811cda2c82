# SPDX-License-Identifier: ISC
"""A Postfix of the tests' own: its configuration, queue and data in a temporary
directory, SMTP on a loopback port. It needs root, as Postfix does."""

import os
import pwd
import shutil
import smtplib
import subprocess
import time

from server import eventually, free_ports, on_the_wire

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup   unix n - n 60 1 pickup
cleanup  unix n - n - 0 cleanup
qmgr     unix n - n 300 1 qmgr
rewrite  unix - - n - - trivial-rewrite
bounce   unix - - n - 0 bounce
defer    unix - - n - 0 bounce
trace    unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp     unix - - n - - smtp
lmtp     unix - - n - - lmtp
error    unix - - n - - error
local    unix - n n - - local{local}
anvil    unix - - n - 1 anvil
postlog  unix-dgram n - n - 1 postlogd
"""

MAIN = """\
compatibility_level = 3.6
queue_directory = {top}/queue
data_directory = {top}/data
myhostname = mx.example
mydestination = mx.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
smtpd_tls_security_level = none
minimal_backoff_time = {retry}
queue_run_delay = {retry}
maillog_file = {top}/log
maillog_file_prefixes = {top}
mailbox_command = {command}
"""


def why_not():
    """What keeps us from running Postfix here, or None."""
    if os.getuid() != 0:
        return "Postfix needs root"
    if not shutil.which("postfix"):
        return "Postfix is not installed"
    return None


class Postfix:
    def __init__(self, directory, command, settings="", local="", retry="1s"):
        """`settings` are more lines for main.cf; `local` are options for local(8); `retry`
        is when it tries again what it has deferred."""
        self.top = os.path.join(directory, "postfix")
        self.port = free_ports(1)[0]
        for part in ("", "config", "queue", "data"):
            os.makedirs(os.path.join(self.top, part), exist_ok=True)
        os.chown(os.path.join(self.top, "data"), pwd.getpwnam("postfix").pw_uid, -1)
        self.config = os.path.join(self.top, "config")
        main = MAIN.format(top=self.top, command=command, retry=retry)
        self.write("main.cf", main + settings)
        self.write("master.cf", MASTER.format(port=self.port, local=local))
        self.process = subprocess.Popen(
            ["postfix", "-c", self.config, "start-fg"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            start_new_session=True,
        )
        eventually(self.answers, "Postfix answers", 30)

    def write(self, name, text):
        with open(os.path.join(self.config, name), "w", encoding="utf-8") as file:
            file.write(text)

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(self.process.stderr.read().decode() + self.log())
        try:
            with smtplib.SMTP("127.0.0.1", self.port, "test.example", 5):
                return True
        except OSError:
            return False

    def log(self):
        try:
            with open(os.path.join(self.top, "log"), encoding="utf-8") as file:
                return file.read()
        except OSError:
            return ""

    def send(self, sender, recipient, message):
        """`recipient` may be a list of them."""
        with smtplib.SMTP("127.0.0.1", self.port, "test.example", 20) as smtp:
            smtp.sendmail(sender, recipient, on_the_wire(message))

    def queue(self):
        """What it has in its queue, as mailq tells it."""
        command = ["postqueue", "-c", self.config, "-p"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def flush(self):
        """Has it try again now what it has deferred."""
        subprocess.run(["postqueue", "-c", self.config, "-f"], check=True)

    def stop(self):
        subprocess.run(
            ["postfix", "-c", self.config, "stop"], capture_output=True, check=False
        )
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()


class SystemUser:
    """An account of the machine's, made for a test and removed after it."""

    def __init__(self, home):
        self.name = f"avocet{os.getpid() % 100000}"
        subprocess.run(
            ["useradd", "-M", "-U", "-d", home, "-s", "/usr/sbin/nologin", self.name],
            check=True, capture_output=True,
        )  # fmt: skip
        entry = pwd.getpwnam(self.name)
        self.uid, self.gid = entry.pw_uid, entry.pw_gid
        os.makedirs(home, exist_ok=True)
        os.chown(home, self.uid, self.gid)

    def remove(self):
        for _ in range(50):
            done = subprocess.run(["userdel", self.name], capture_output=True, check=False)
            if done.returncode == 0:
                return
            time.sleep(0.1)
