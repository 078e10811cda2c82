# SPDX-License-Identifier: ISC
"""What the tests of deliver --lmtp share: the server through each of its doors, and a
client."""

import os
import re
import smtplib
import socket

from _deliver import Case, eventually


class LmtpCase(Case):
    def setUp(self):
        super().setUp()
        self.configure(f"[lmtp]\nspool-directory = {self.home}\n")

    def on_standard_input(self, *arguments, **options):
        """As inetd does it: the client's socket as descriptors 0, 1 and 2."""
        ours, theirs = socket.socketpair()
        process = self.spawn(*arguments, stdin=theirs, **options)
        theirs.close()
        ours.settimeout(60)
        self.addCleanup(ours.close)
        return process, self.client(ours)

    def spawn(self, *arguments, stdin, **options):
        command = [self.program, "--lmtp", "-c", self.configuration, *arguments]
        process = self.popen(command, stdin, **options)
        self.addCleanup(self.finish, process)
        return process

    def finish(self, process):
        process.kill()
        process.wait()

    def client(self, connection):
        client = smtplib.LMTP(local_hostname="test.example")
        client.sock = connection
        self.assertEqual(client.getreply()[0], 220)
        client.lhlo = lambda: client.ehlo(client.local_hostname)
        self.assertEqual(client.lhlo()[0], 250)
        return client

    def at(self, path):
        """A client of the Unix socket at `path`, as soon as somebody listens there."""

        def connect():
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(60)
            try:
                connection.connect(path)
            except OSError:
                connection.close()
                return None
            return connection

        found = []
        eventually(lambda: found.append(connect()) or found[-1])
        self.addCleanup(found[-1].close)
        return self.client(found[-1])

    def transact(self, client, recipients, message, sender="s@example.org"):
        """MAIL, RCPT for each, DATA: the replies to RCPT and, of those taken, to DATA."""
        self.assertEqual(client.mail(sender)[0], 250)
        taken = [client.rcpt(recipient) for recipient in recipients]
        count = sum(code == 250 for code, _ in taken)
        client.putcmd("DATA")
        self.assertEqual(client.getreply()[0], 354)
        client.send(on_the_wire(message) + b".\r\n")
        return taken, [client.getreply() for _ in range(count)]


def on_the_wire(message):
    lines = message.split(b"\n")
    stuffed = [b"." + line if line.startswith(b".") else line for line in lines]
    return b"\r\n".join(stuffed)


def read(path):
    with open(path, "rb") as file:
        return file.read()


# RFC 5321 4.4: what whoever receives a message adds.
RECEIVED = re.compile(
    rb"Received: from \S+( \(\[\S+\]\))?\n\tby \S+ with (LMTP|UTF8LMTP)(\n\tfor <\S+>)?;\n"
    rb"\t\w{3}, \d\d \w{3} \d{4} [\d:]{8} [+-]\d{4}\n"
)


def messages(maildir, folder=""):
    """Those in new/, without the Received field that is another one each time."""
    directory = os.path.join(maildir, folder, "new")
    if not os.path.isdir(directory):
        return []
    names = sorted(os.listdir(directory))
    return [RECEIVED.sub(b"", read(os.path.join(directory, name)), count=1) for name in names]
