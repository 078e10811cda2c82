# SPDX-License-Identifier: ISC
"""An imapd of the tests' own: its configuration, certificate and users in a temporary
directory, ports that are free, and a look at what it leaves behind.

    class Something(ServerTest):
        def test_it(self):
            with self.client() as client: ...
"""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from imap_client import ImapClient

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("AVOCET_BUILD", os.path.join(SOURCE, "build"))
IMAPD = os.path.join(BUILD, "imapd", "imapd")
DELIVER = os.path.join(BUILD, "deliver", "deliver")
DATA = os.path.join(SOURCE, "tests", "data")
# imapd-login is executed with an empty environment in an empty root, where the leak checker
# gives up: that alone is no trouble.
TROUBLE = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:|SERVERBUG")
USER, PASSWORD = "ann", "secret with \"quotes\""


def eventually(condition, what="it", timeout=15.0):
    """Waits until `condition()` is true, and gives what it gave."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {timeout} s")
        time.sleep(0.01)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def data(name):
    with open(os.path.join(DATA, name), "rb") as file:
        return file.read()


def on_the_wire(octets):
    return re.sub(rb"\r?\n", b"\r\n", octets)


def make_certificate(directory, name="cert"):
    """A self-signed certificate for localhost: paths of certificate and key."""
    paths = [os.path.join(directory, f"{name}.pem"), os.path.join(directory, f"{name}.key")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", f"/CN=localhost/O={name}",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-out", paths[0], "-keyout", paths[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return paths


def write_config(path, config):
    """imapd.conf from sections of keys; gives its path."""
    with open(path, "w", encoding="utf-8") as file:
        for section, keys in config.items():
            file.write(f"[{section}]\n")
            file.writelines(f"{key} = {value}\n" for key, value in keys.items())
    return path


def mail_account():
    """(uid, gid) that the tests' mail belongs to: nobody if we are root."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


class Site:
    """A temporary directory with all that an imapd needs."""

    def __init__(self):
        self.account = mail_account()
        self.directory = tempfile.mkdtemp(prefix="avocet-test-")
        os.chmod(self.directory, 0o755)
        self.certificate, self.key = make_certificate(self.directory)
        self.port, self.tls_port = free_ports(2)
        self.users = {}
        self.config = {
            "imapd": {
                "listen": f"127.0.0.1:{self.port}",
                "listen-tls": f"127.0.0.1:{self.tls_port}",
                "hostname": "mail.example",
            },
            "tls": {"certificate": self.certificate, "private-key": self.key},
            "login": {"cleartext": "loopback"},
            "auth": {"passwd-file": self.path("users")},
            "mail": {"location": "~/Maildir"},
        }
        self.add_user(USER, PASSWORD)

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def add_user(self, name, password, account=None, home=None):
        uid, gid = account or mail_account()
        home = home or self.path("home", name)
        os.makedirs(home, exist_ok=True)
        os.chown(home, uid, gid)
        self.users[name] = f"{name}:{{PLAIN}}{password}:{uid}:{gid}::{home}::"
        self.write()

    def home(self, user=USER):
        return self.users[user].split(":")[-3]

    def maildir(self, user=USER):
        return os.path.join(self.home(user), "Maildir")

    def write(self):
        with open(self.path("users"), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in self.users.values())
        os.chmod(self.path("users"), 0o600)
        return write_config(self.path("imapd.conf"), self.config)

    def make_folder(self, folder="", user=USER):
        """The Maildir, or a folder in it; gives its path."""
        top = os.path.join(self.maildir(user), folder)
        for part in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(top, part), mode=0o700, exist_ok=True)
        uid, gid = mail_account()
        for directory, names, files in os.walk(self.maildir(user)):
            for name in [".", *names, *files]:
                os.chown(os.path.join(directory, name), uid, gid)
        return top

    def drop(self, octets, base, folder="", user=USER, how=os.rename):
        """Puts a message into new/ the way another delivery agent would."""
        top = os.path.join(self.maildir(user), folder)
        temporary, target = (os.path.join(top, part, base) for part in ("tmp", "new"))
        with open(temporary, "wb") as file:
            file.write(octets)
            os.fchown(file.fileno(), *mail_account())
        how(temporary, target)
        if how is os.link:
            os.unlink(temporary)
        return target

    def deliver(self, octets, user=USER, *options):
        return subprocess.run(
            [DELIVER, "-c", self.path("imapd.conf"), "-d", user, *options],
            input=octets, capture_output=True, check=False,
        )  # fmt: skip

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)


class Server:
    """`imapd -e` on a Site, in the foreground."""

    def __init__(self, site, argv=None, env=None):
        self.site = site
        self.log = open(site.path("log"), "ab")
        site.write()
        self.process = subprocess.Popen(
            argv or [IMAPD, "-e", "-c", site.path("imapd.conf")],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            env=env,
            start_new_session=True,
        )

    def log_text(self):
        with open(self.site.path("log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_ready(self):
        def answers():
            if self.process.poll() is not None:
                raise AssertionError(f"imapd ended:\n{self.log_text()}")
            try:
                socket.create_connection(("127.0.0.1", self.site.tls_port), 1).close()
                with socket.create_connection(("127.0.0.1", self.site.port), 15) as sock:
                    return sock.recv(1)  # of the greeting: all that serves is running
            except OSError:
                return False

        eventually(answers, "imapd greets", 30)
        return self

    def family(self):
        """Process ids of imapd and all that descends from it."""
        parents = {}
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
        family = {self.process.pid}
        grown = True
        while grown:
            more = {pid for pid, parent in parents.items() if parent in family} - family
            family |= more
            grown = bool(more)
        return family

    def descriptors(self, pid=None):
        return len(os.listdir(f"/proc/{pid or self.process.pid}/fd"))

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """Ends it with SIGTERM; AssertionError if it, or anything of it, did not end
        well."""
        family = self.family() if self.process.poll() is None else set()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(20)
        except subprocess.TimeoutExpired:
            status = "still running after 20 s"
        left = {pid for pid in family if is_alive(pid)}
        deadline = time.monotonic() + 10
        while left and time.monotonic() < deadline:
            time.sleep(0.02)
            left = {pid for pid in left if is_alive(pid)}
        for pid in left | ({self.process.pid} if self.process.poll() is None else set()):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()
        text = self.log_text()
        if status != 0 or left or TROUBLE.search(text):
            raise AssertionError(f"status {status}, left {left}, log:\n{text[-8000:]}")


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class ServerTest(unittest.TestCase):
    """Each test gets a site with a server of its own; `configure` may change it."""

    def setUp(self):
        if not os.path.exists(IMAPD):
            self.skipTest("imapd is not built")
        self.clients = []
        self.site = Site()
        self.addCleanup(self.site.remove)
        self.configure(self.site)
        self.server = self.start_server(self.site).wait_ready()
        self.addCleanup(self.server.stop)

    def start_server(self, site):
        return Server(site)

    def configure(self, site):
        site.make_folder()

    def client(self, login=True, **options):
        client = ImapClient.tcp("127.0.0.1", self.site.port, **options)
        self.clients.append(client)
        self.addCleanup(client.close)
        if login:
            client.login(USER, PASSWORD)
        return client

    def tls_client(self, login=True, **options):
        client = ImapClient.tls(
            "127.0.0.1", self.site.tls_port, self.site.certificate, **options
        )
        self.clients.append(client)
        self.addCleanup(client.close)
        if login:
            client.login(USER, PASSWORD)
        return client

    def assert_settled(self, family, descriptors):
        """Nothing of the clients that have gone is left: processes, descriptors."""
        eventually(
            lambda: len(self.server.family()) <= family,
            f"no more than {family} processes",
        )
        eventually(
            lambda: self.server.descriptors() <= descriptors,
            f"no more than {descriptors} descriptors",
        )
