# SPDX-License-Identifier: ISC
"""A client that knows what it has been told (which mailbox is selected, how many messages
it has, which UID is at which number), makes commands that are valid for that, and holds
every response against it."""

import os

from command_grammar import WAIT, CommandMaker, Known
from imap_client import ImapClient
from response_parser import Incomplete
from stdio_site import BUILD, TIMEOUT, Failure, Transport

SETTLED = {"fetch", "store", "search"}  # no EXPUNGE while these are answered


class Closed(Exception):
    """The server has said BYE, and may."""


class CountingClient:
    """One connection: the client of the grammar's commands."""

    def __init__(self, site, name=""):
        self.site = site
        self.name = name
        self.known = Known(separator=site.separator)
        self.maker = CommandMaker(site.chance, self.known, site.mailboxes)
        self.flags = {}  # by UID, as far as it has been told
        self.now = None  # the command that is being answered
        self.is_notified = False
        argv = [os.path.join(BUILD, "imapd", "imapd"), "--stdio", "-e"]
        with open(site.path("stderr"), "ab") as stderr:
            transport = Transport(
                [*argv, "-c", site.path("imapd.conf")],
                env={**os.environ, "TZ": "UTC"},
                stderr=stderr,
            )
        self.process = transport.process
        self.client = ImapClient(
            transport, TIMEOUT, lambda who, octets: site.trace(who + name, octets)
        )

    # Sending

    def next_response(self):
        """The next response that answers something; the others are looked at here."""
        while True:
            response = self.client.next()
            if response.code == "SERVERBUG":
                raise Failure("SERVERBUG")
            if response.tag is not None or response.name == "+":
                return response
            self.look_at(response)

    def send(self, command, meanwhile=None):
        """Gives the tagged answer if it came instead of a "+"."""
        self.begin(command)
        waiting = b""
        for piece in command.pieces:
            if piece is not WAIT:
                waiting += piece
                continue
            self.client.send(waiting)
            waiting = b""
            response = self.next_response()
            if response.name != "+":
                return response
            if command.word == "idle" and meanwhile:
                meanwhile()
        self.client.send(waiting)
        return None

    def perform(self, command, meanwhile=None):
        self.finish(command, self.send(command, meanwhile))

    def perform_together(self, commands):
        self.client.send(b"".join(command.octets() for command in commands))
        for command in commands:
            self.begin(command)
            self.finish(command, None)

    def begin(self, command):
        self.site.commands += 1
        self.now = command
        if command.word in ("select", "examine") and self.known.selected is None:
            self.forget()
        if command.word == "delete":  # the other session may hear of it before we do
            self.site.deleted.add(command.mailboxes[0].upper())

    def forget(self):
        """What was known of the mailbox that was selected."""
        self.known.selected = None
        self.known.uids = []
        self.flags = {}

    def finish(self, command, answer):
        self.now = command
        answer = answer or self.next_response()
        if answer.tag != command.tag:
            raise Failure(f"out of step: {answer.raw!r} instead of {command.tag}")
        if answer.name == "BAD":
            raise Failure("BAD for a valid command")
        is_ok = answer.name == "OK"
        self.remember_code(answer)
        if command.word in ("select", "examine"):
            self.known.selected = command.mailboxes[0] if is_ok else None
        elif command.word in ("close", "unselect") and is_ok:
            self.known.selected = None
        elif command.word == "notify" and is_ok:
            self.is_notified = True
        elif command.word == "compress" and is_ok:
            self.client.deflate()
        if b".SILENT" in command.octets().upper():
            self.flags = {}  # the client is to work them out for itself
        if self.known.selected is None:
            self.forget()
        self.now = None

    # What the server says

    def look_at(self, response):
        self.remember_code(response)
        name = response.name
        if name == "BYE" and (self.now is None or self.now.word != "logout"):
            if (self.known.selected or "").upper() in self.site.deleted:
                raise Closed
            raise Failure("BYE")
        if name == "BAD":
            raise Failure("an untagged BAD")
        method = getattr(self, "see_" + name.lower(), None)
        if method:
            method(response)

    def remember_code(self, response):
        if response.code == "CLOSED":
            self.forget()
        elif response.code == "UIDVALIDITY":
            self.known.uid_validity = response.code_data
        elif response.code == "HIGHESTMODSEQ":
            self.known.mod_sequences = [*self.known.mod_sequences[-20:], response.code_data]

    def see_exists(self, response):
        uids = self.known.uids
        if response.number < len(uids):
            raise Failure(f"{response.number} EXISTS after {len(uids)}, without EXPUNGE")
        uids += [None] * (response.number - len(uids))

    def see_recent(self, response):
        if "IMAP4REV2" in self.known.enabled:
            raise Failure("RECENT after ENABLE IMAP4rev2")
        if response.number > len(self.known.uids):
            raise Failure(f"{response.number} RECENT of {len(self.known.uids)}")

    def see_expunge(self, response):
        if "QRESYNC" in self.known.enabled:
            raise Failure("EXPUNGE instead of VANISHED")
        self.check_expunge()
        if response.number > len(self.known.uids):
            raise Failure(f"{response.number} EXPUNGE of {len(self.known.uids)}")
        del self.known.uids[response.number - 1]

    def see_vanished(self, response):
        if "QRESYNC" not in self.known.enabled:
            raise Failure("VANISHED without QRESYNC")
        if response.data["earlier"]:
            return
        self.check_expunge()
        gone = set()
        for part in response.data["uids"].split(","):
            first, _, last = part.partition(":")
            gone |= set(range(int(first), int(last or first) + 1))
        uids = self.known.uids
        if len(gone) > len(uids):
            raise Failure(f"{len(gone)} VANISHED of {len(uids)}")
        left = [uid for uid in uids if uid not in gone]
        if len(uids) - len(left) != len(gone):  # among those whose UID is not known
            left = [None] * (len(uids) - len(gone))
        self.known.uids = left

    def check_expunge(self):
        """RFC 9051 §7.5.1"""
        if self.is_notified:
            return
        if self.now is None or self.now.word in SETTLED:
            raise Failure("an EXPUNGE that is not allowed here")

    def see_fetch(self, response):
        uids, number = self.known.uids, response.number
        if number > len(uids):
            raise Failure(f"FETCH of {number}, and there are {len(uids)}")
        uid = response.data.get("UID")
        if uid and uids[number - 1] not in (None, uid):
            raise Failure(f"message {number} was UID {uids[number - 1]} and is now {uid}")
        uid = uids[number - 1] = uid or uids[number - 1]
        if uid and "FLAGS" in response.data:
            self.flags[uid] = {flag.lower() for flag in response.data["FLAGS"]} - {"\\recent"}
        if response.data.get("EMAILID"):
            self.known.email_ids = [*self.known.email_ids[-4:], response.data["EMAILID"]]

    def see_search(self, response):
        if "IMAP4REV2" in self.known.enabled:
            raise Failure("SEARCH after ENABLE IMAP4rev2")
        if self.now is None or self.now.word not in ("search", "uid"):
            raise Failure("SEARCH that nobody asked for")
        if self.now.word == "search" and max(response.data, default=0) > len(self.known.uids):
            raise Failure("SEARCH with a number that there is not")

    def see_esearch(self, response):
        if self.now is None or response.data.get("TAG") != self.now.tag:
            raise Failure("ESEARCH with another tag")
        if response.data.get("UID", False) != (self.now.word == "uid"):
            raise Failure("UID of ESEARCH")

    def see_enabled(self, response):
        self.known.enabled |= {token.upper() for token in response.data}
        if "QRESYNC" in self.known.enabled:
            self.known.enabled.add("CONDSTORE")
        self.client.parser.utf8 = self.known.sends_utf8()

    # The end

    def count_again(self):
        """What the client counts is what there is, and the flags that it was told are
        those that the messages have, whoever has set them."""
        if self.known.selected is None or self.is_notified:
            return
        self.perform(self.maker.command("noop"))
        uids, told = self.known.uids, self.flags
        if self.known.selected is None or not uids:
            return
        fetch = self.maker.command("noop")
        fetch.word = "fetch"
        fetch.pieces = [f"{fetch.tag} FETCH 1:* (UID FLAGS)\r\n".encode()]
        uids[:], self.flags = [None] * len(uids), {}
        self.perform(fetch)
        if None in uids or uids != sorted(uids):
            raise Failure(f"UIDs by message number: {uids}")
        for uid, flags in told.items():
            if uid in self.flags and self.flags[uid] != flags:
                raise Failure(f"UID {uid} has {self.flags[uid]}, and {flags} was told")

    def log_out(self):
        self.perform(self.maker.command("logout"))
        self.end()

    def end(self):
        """Nothing but responses until the end, and status 0."""
        self.process.stdin.close()
        try:
            while True:
                response = self.client.next()
                if response.code == "SERVERBUG":
                    raise Failure("SERVERBUG")
        except Incomplete:
            if self.client.parser.source.pending():
                raise Failure("the last response is not whole") from None
        status = self.process.wait(TIMEOUT)
        if status != 0:
            raise Failure(f"imapd exited with {status}")
        self.process.stdout.close()

    def abandon(self):
        self.process.kill()
        self.process.wait()
