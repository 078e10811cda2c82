#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What a delivery costs, beside Debian's dovecot-lda, maildrop and dovecot-lmtpd where
they are installed: CPU time, system calls, calls to sync, execs; what a message costs by
LMTP that has a connection of its own, and one for ten, at once and one after the other; and
the peak memory for a message of 500 MB. Needs root; strace for the counts.

    delivery.py [DELIVERIES]    AVOCET_BUILD names the build; an optimised one, please

TMPDIR says on which file system. One that nobody else uses gives the steadiest figures;
without a journal, ext4 looks long for the inode of a new file where many have been
removed within the last minutes, as this program does at its end.

The system calls of one delivery into INBOX, with a configuration file and no logger:

    32  exec, ld.so and the C library, of which 19 are for libc.so: a static program, which
        can neither ask the name service who somebody is nor load libmagic, has them not
    10  the process: umask, descriptors 0 to 2, six signals, their mask, alarm
     6  the configuration: open, stat, two reads, close; the time limit that it gives
     3  who we are. Nobody is looked up
     8  the Maildir: its directory, whether it is one, INBOX, new/, cur/, tmp/ twice; the
        host's name
     3  the file in tmp/: process id and a random number for its name, open
     3  the message: a read for every 64 KB, one for its end; a write
     3  that our parent is alive: at the start, at the end of the message, once it is safe
     2  whether there is a quota, before and after
     2  fdatasync of the file, fsync of new/
     1  the rename
     4  signals and alarms around it
     4  the log: process id, socket, connect, close; with a logger a send more
     1  when somebody last looked into tmp/
     8  the end: what is open is closed, exit
"""

import collections
import json
import os
import pwd
import re
import resource
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time

LDA = "/usr/lib/dovecot/dovecot-lda"
MESSAGE = (
    b"From: ann@example.org\nTo: bob@example.org\nSubject: bench\n"
    b"Message-ID: <%d@bench>\n\n" + b"All work and no play makes Jack a dull boy.\n" * 100
)
ROUNDS = 10
NOBODY = pwd.getpwnam("nobody")

DOVECOT = """\
base_dir = {top}/run
state_dir = {top}/state
log_path = {top}/dovecot.log
protocols = lmtp
mail_location = maildir:{top}/%u/Maildir
mail_fsync = optimized
first_valid_uid = 1
postmaster_address = postmaster@example.org
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={top}/%u allow_all_users=yes
}}
service lmtp {{
  unix_listener {top}/dovecot-lmtp {{
    mode = 0666
  }}
}}
"""
AVOCET = """\
[mail]
location = {top}/%u/Maildir
[auth]
passwd-file = {top}/users
[lmtp]
listen = {top}/avocet-lmtp
"""


class Bench:
    def __init__(self, count):
        self.count = count
        self.top = tempfile.mkdtemp(prefix="delivery-bench-")
        os.chmod(self.top, 0o755)
        self.deliver = shutil.copy(
            os.path.join(os.environ["AVOCET_BUILD"], "deliver", "deliver"),
            os.path.join(self.top, "program"),
        )
        self.write("avocet.conf", AVOCET.format(top=self.top))
        self.write("dovecot.conf", DOVECOT.format(top=self.top))
        self.write("maildroprc", f"to {self.top}/maildrop/Maildir\n")
        self.write("users", "")

    def write(self, name, text):
        with open(os.path.join(self.top, name), "w", encoding="ascii") as file:
            file.write(text)

    def home(self, user):
        path = os.path.join(self.top, user)
        os.makedirs(path, exist_ok=True)
        os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
        with open(os.path.join(self.top, "users"), "a", encoding="ascii") as file:
            file.write(f"{user}:{{PLAIN}}x:{NOBODY.pw_uid}:{NOBODY.pw_gid}::{path}::\n")
        return path

    def delivered(self, user):
        return len(os.listdir(os.path.join(self.top, user, "Maildir", "new")))

    def agents(self):
        """Name, command and environment of what is run once a message, as local(8)
        does it: as the user."""
        home = self.home("deliver")
        config = os.path.join(self.top, "avocet.conf")
        location = f"mail.location={home}/Maildir"
        command = [self.deliver, "-c", config, "-o", location]
        yield "deliver", command, {"HOME": home, "LOGNAME": "nobody"}
        if os.path.exists(LDA):
            home = self.home("lda")
            config = os.path.join(self.top, "dovecot.conf")
            command = [LDA, "-c", config, "-o", f"mail_location=maildir:{home}/Maildir",
                       "-o", "log_path=/dev/stderr"]  # fmt: skip
            yield "lda", command, {"HOME": home, "USER": "nobody"}
        if shutil.which("maildrop"):
            home = self.home("maildrop")
            subprocess.run(["install", "-d", "-o", "nobody", "-g", "nogroup",
                            *(f"{home}/Maildir/{d}" for d in ("", "cur", "new", "tmp"))],
                           check=True)  # fmt: skip
            rc = os.path.join(self.top, "maildroprc")
            os.chown(rc, NOBODY.pw_uid, NOBODY.pw_gid)
            os.chmod(rc, 0o600)
            yield "maildrop", ["maildrop", rc], {"HOME": home, "LOGNAME": "nobody"}

    def run(self, command, env, message):
        return subprocess.run(
            command, input=message, env={"PATH": os.environ["PATH"], **env},
            user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[], cwd="/",
            capture_output=True, check=True,
        )  # fmt: skip

    def seconds(self, agents):
        """CPU time of all deliveries by name of the agent, which a child starts who is
        the user already: it can vfork, and so no copy of us is counted. The agents take
        turns: what else the machine does hits all of them."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.setgroups([])
                os.setgid(NOBODY.pw_gid)
                os.setuid(NOBODY.pw_uid)
                spent = dict.fromkeys((name for name, _, _ in agents), 0.0)
                self.round(agents, 1, spent.copy())  # makes the Maildirs
                for _ in range(ROUNDS):
                    self.round(agents, self.count // ROUNDS, spent)
                os.write(writer, json.dumps(spent).encode())
                status = 0
            finally:
                os._exit(status)
        os.close(writer)
        with open(reader, "rb") as answer:
            text = answer.read()
        os.waitpid(child, 0)
        return json.loads(text)

    @staticmethod
    def round(agents, count, spent):
        for name, command, env in agents:
            before = children_seconds()
            for number in range(count):
                subprocess.run(
                    command, input=MESSAGE % number, cwd="/", capture_output=True,
                    env={"PATH": os.environ["PATH"], **env}, check=True,
                )  # fmt: skip
            spent[name] += children_seconds() - before

    def one_by_one(self):
        agents = list(self.agents())
        spent = self.seconds(agents)
        count = self.count // ROUNDS * ROUNDS
        for name, command, env in agents:
            assert self.delivered(name) == count + 1, name
            tell(name, spent[name] / count, *self.traced(command, env))

    def traced(self, command, env):
        trace = os.path.join(self.top, "trace")
        with open(trace, "w", encoding="ascii"):
            os.chmod(trace, 0o666)
        self.run(["strace", "-f", "-qq", "-o", trace, *command], env, MESSAGE % 0)
        return counted(trace)

    def lmtp(self, name, command, path):
        home = self.home(name)
        log = open(os.path.join(self.top, f"{name}.err"), "wb")  # noqa: SIM115
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log)
        try:
            client = connected(path)
            client.ehlo("bench")
            send(client, [name], MESSAGE % 0)
            before = tree_seconds(server.pid)
            for number in range(self.count):
                send(client, [name], MESSAGE % number)
            each = (tree_seconds(server.pid) - before) / self.count
            assert self.delivered(name) == self.count + 1, (name, home)
            trace = os.path.join(self.top, "trace")
            pids = [argument for pid in family(server.pid) for argument in ("-p", str(pid))]
            tracer = subprocess.Popen(["strace", "-f", "-qq", "-o", trace, *pids])
            time.sleep(1)
            for _ in range(10):
                send(client, [name], MESSAGE % 0)
            tracer.send_signal(signal.SIGINT)
            tracer.wait()
            tell(name, each, *(n / 10 for n in counted(trace)))
            self.together(name, client, server.pid)
            client.quit()
            self.apart(name, path, server.pid)
        finally:
            server.terminate()
            server.wait()

    def apart(self, name, path, server):
        """A connection for each message."""
        before = tree_seconds(server)
        for number in range(self.count):
            client = connected(path)
            client.ehlo("bench")
            send(client, [name], MESSAGE % number)
            client.quit()
        time.sleep(1)  # for what is still to end
        each = (tree_seconds(server) - before) / self.count
        print(f"{name:15} {each * 1000:7.2f} ms CPU  {1 / each if each else 0:7.0f} per CPU second"
              "  with a connection for each", flush=True)  # fmt: skip

    def together(self, name, client, server):
        """A message for ten users, as one transaction and as ten."""
        users = [f"{name}-{number}" for number in range(10)]
        for user in users:
            self.home(user)
        send(client, users, MESSAGE % 0)  # makes the Maildirs
        for what, transactions in ("at once", [users]), ("one by one", [[u] for u in users]):
            cpu, wall = tree_seconds(server), time.monotonic()
            rounds = max(self.count // 10, 1)
            for number in range(rounds):
                for transaction in transactions:
                    send(client, transaction, MESSAGE % number)
            cpu, wall = tree_seconds(server) - cpu, time.monotonic() - wall
            print(f"{name:15} {cpu / rounds * 1000:7.2f} ms CPU {wall / rounds * 1000:8.2f} ms"
                  f"  for ten, {what}", flush=True)  # fmt: skip

    def memory(self, octets):
        for name, command, env in self.agents():
            peaks = [self.peak(command, env, size) for size in (1 << 20, octets)]
            print(f"{name:15} peak KiB: 1 MiB {peaks[0]}, {octets >> 20} MiB {peaks[1]}",
                  flush=True)  # fmt: skip

    def peak(self, command, env, octets):
        """Asked before the end of the message: afterwards the kernel only tells a
        maximum to which the process that we forked, a copy of us, belongs."""
        lines = (b"y" * 76 + b"\n") * 1000
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, env={"PATH": os.environ["PATH"], **env},
            user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[], cwd="/",
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        process.stdin.write(b"Subject: large\n\n")
        for _ in range(octets // len(lines)):
            process.stdin.write(lines)
        process.stdin.flush()
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            peak = int(re.search(r"VmHWM:\s+(\d+)", file.read())[1])
        process.stdin.close()
        assert process.wait() == 0, command
        return peak


def send(client, users, message):
    client.mail("s@example.org")
    for user in users:
        code, text = client.rcpt(user)
        assert code == 250, text
    client.putcmd("data")
    assert client.getreply()[0] == 354
    client.send(message.replace(b"\n", b"\r\n") + b".\r\n")
    for user in users:
        code, text = client.getreply()
        assert code == 250, (user, text)


def connected(path):
    for _ in range(500):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
        except OSError:
            connection.close()
            time.sleep(0.02)
            continue
        client = smtplib.LMTP(local_hostname="bench")
        client.sock = connection
        assert client.getreply()[0] == 220
        return client
    raise AssertionError(f"nobody listens at {path}")


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def family(pid):
    yield pid
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        for child in file.read().split():
            yield from family(int(child))


def tree_seconds(pid):
    """CPU time of a process, those below it, and those that they have waited for."""
    ticks = 0
    for each in family(pid):
        with open(f"/proc/{each}/stat", encoding="ascii", errors="replace") as file:
            ticks += sum(map(int, file.read().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def counted(trace):
    names = collections.Counter()
    with open(trace, encoding="ascii", errors="replace") as file:
        for line in file:
            match = re.match(r"(?:\d+ +)?(\w+)\(", line)
            if match:
                names[match[1]] += 1
    syncs = sum(names[n] for n in ("fsync", "fdatasync", "sync_file_range", "syncfs"))
    return sum(names.values()), syncs, names["execve"]


def tell(name, each, calls, syncs, execs):
    print(f"{name:15} {each * 1000:7.2f} ms CPU  {1 / each if each else 0:7.0f} per CPU second"
          f"  {calls:6.0f} calls  {syncs:4.1f} syncs  {execs:3.0f} execs", flush=True)  # fmt: skip


def main():
    bench = Bench(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
    try:
        bench.one_by_one()
        config = os.path.join(bench.top, "avocet.conf")
        bench.lmtp("deliver-lmtp", [bench.deliver, "--lmtp", "-c", config],
                   os.path.join(bench.top, "avocet-lmtp"))  # fmt: skip
        if os.path.exists("/usr/lib/dovecot/lmtp"):
            config = os.path.join(bench.top, "dovecot.conf")
            bench.lmtp("dovecot-lmtpd", ["dovecot", "-F", "-c", config],
                       os.path.join(bench.top, "dovecot-lmtp"))  # fmt: skip
        bench.memory(500 << 20)
    finally:
        shutil.rmtree(bench.top)


if __name__ == "__main__":
    main()
