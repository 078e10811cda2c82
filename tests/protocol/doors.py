# SPDX-License-Identifier: ISC
"""The ways in which a transcript's clients reach imapd. Whichever it is, the dialogue is
the same: that is what the transcripts show.

A door has `account`, whose the mail must be, and

    connect(transcript)    a client that is logged in, and its greeting
    close(client)          ends it; AssertionError if imapd did not end well
    abandon(client)        ends it somehow
    log_text(transcript)   what imapd has said on standard error in this transcript
    stop()                 when no more transcripts come
"""

import os

from imap_client import ImapClient
from server import (
    IMAPD,
    PASSWORD,
    USER,
    Server,
    Site,
    eventually,
    is_alive,
    mail_account,
    write_config,
)

TIMEOUT = 20


class Stdio:
    """`imapd --stdio`: a process for each connection."""

    def __init__(self):
        self.account = os.getuid(), os.getgid()

    def connect(self, transcript):
        config = {**transcript.config}
        config["mail"] = {"location": transcript.maildir, **config.get("mail", {})}
        write_config(transcript.path("imapd.conf"), config)
        with open(transcript.path("stderr"), "ab") as stderr:
            client = ImapClient.pipe(
                [IMAPD, "--stdio", "-e", "-c", transcript.path("imapd.conf")],
                env={**os.environ, "TZ": "UTC"},
                stderr=stderr,
                timeout=TIMEOUT,
                trace=transcript.trace,
            )
        return client, client.greeting.raw

    def close(self, client):
        client.close()
        status = client.transport.process.returncode
        if status != 0:
            raise AssertionError(f"imapd ended with status {status}")

    def abandon(self, client):
        client.transport.process.kill()
        client.close()

    def log_text(self, transcript):
        with open(transcript.path("stderr"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self):
        pass


class Network:
    """imapd's listeners, and LOGIN. One server serves all the transcripts that ask for
    the same configuration, each with a Maildir of its own."""

    def __init__(self, tls):
        self.account = mail_account()
        self.tls = tls
        self.servers = {}  # by configuration
        self.processes = {}  # that serve a client
        self.log_begins = {}  # for a transcript, in its server's log

    def server(self, transcript):
        key = repr(transcript.config)
        if key not in self.servers:
            site = Site()
            for section, keys in transcript.config.items():
                site.config.setdefault(section, {}).update(keys)
            server = Server(site, env={**os.environ, "TZ": "UTC"}).wait_ready()
            self.servers[key] = server
        return self.servers[key]

    def connect(self, transcript):
        server = self.server(transcript)
        site = server.site
        self.log_begins.setdefault(transcript, len(server.log_text()))
        site.add_user(USER, PASSWORD, home=transcript.directory)  # ~/Maildir is its mail
        before = server.family()
        options = {"timeout": TIMEOUT, "trace": transcript.trace}
        if self.tls:
            client = ImapClient.tls("127.0.0.1", site.tls_port, site.certificate, **options)
        else:
            client = ImapClient.tcp("127.0.0.1", site.port, **options)
        answer = client.login(USER, PASSWORD)
        self.processes[client] = server.family() - before
        # What --stdio announces in its greeting stands in the OK of LOGIN.
        _, _, text = answer.tagged.raw.partition(b" OK ")
        return client, b"* PREAUTH " + text

    def close(self, client):
        client.close()
        for pid in self.processes.pop(client):
            eventually(lambda pid=pid: not is_alive(pid), "the session ends")

    def abandon(self, client):
        client.close()
        self.processes.pop(client, None)

    def log_text(self, transcript):
        return self.server(transcript).log_text()[self.log_begins[transcript] :]

    def stop(self):
        for server in self.servers.values():
            try:
                server.stop()
            finally:
                server.site.remove()


DOORS = {
    "stdio": Stdio,
    "plaintext": lambda: Network(tls=False),
    "tls": lambda: Network(tls=True),
}
