# SPDX-License-Identifier: ISC
"""A client that does whatever a client may do, at random, and believes nothing that cannot
be: one of several at a Maildir (tests/system/sessions.py, tests/system/crashes.py).
"""

import os

from imap_client import ImapClient
from mailbox_picture import Command, Impossible, Picture, set_text, words
from outside import Maildir
from random_rarer import FLAGS, NOTIFY_ALL, Rarer
from server import IMAPD

FOLDERS = ["", "Other"]
TIMEOUT = 60


class Site:
    """The Maildir, the configuration, and what everybody has learnt so far."""

    def __init__(self, directory, chance, show):
        self.directory, self.show = directory, show
        self.maildir = Maildir(os.path.join(directory, "Maildir"), chance, FOLDERS)
        self.config = os.path.join(directory, "imapd.conf")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f"[mail]\nlocation = {self.maildir.path}\n[mailboxes]\n")
            file.writelines(f"{use} =\n" for use in "drafts sent junk trash archive".split())
        self.contents = {}  # message id by (UIDVALIDITY, UID): never another one
        self.recent = {}  # the session by (UIDVALIDITY, UID), if it was read-write
        self.doomed = set()  # ids of what was \Deleted: may be expunged by anybody
        self.validities, self.uid_nexts = {}, {}  # by folder

    def learn(self, validity, uid, name):
        known = self.contents.setdefault((validity, uid), name)
        if known != name:
            raise Impossible(f"UID {uid} is {name}, and was {known}")

    def check_uid_list(self, folder):
        maildir = self.maildir
        validity, uid_next, uids = maildir.uid_list(folder)
        if self.validities.setdefault(folder, validity) != validity:
            raise Impossible(f"UIDVALIDITY of {folder!r} has changed")
        if uid_next < self.uid_nexts.get(folder, 1):
            raise Impossible(f"UIDNEXT of {folder!r} went back")
        self.uid_nexts[folder] = uid_next
        lines = [uid for each in uids.values() for uid in each]
        if len(lines) != len(set(lines)):
            raise Impossible(f"a UID of {folder!r} is there twice")
        for name in maildir.names(folder):
            with open(os.path.join(maildir.folder(folder), name), "rb") as file:
                base = name[4:].partition(":2,")[0]
                self.learn(validity, max(uids[base]), maildir.id_in(file.read(200)))

    def check_nothing_lost(self):
        maildir = self.maildir
        there = {name for folder in FOLDERS for name in maildir.ids(folder)}
        lost = maildir.added - there - maildir.removed - self.doomed
        if lost:
            raise Impossible(f"lost: {lost}")

    def stderr(self):
        with open(os.path.join(self.directory, "stderr"), encoding="utf-8") as file:
            return file.read()


class Session(Rarer):
    """One client and its imapd. Commands are started, and their answers taken later, so
    that all sessions work at once."""

    def __init__(self, site, name, kind, chance):
        self.site, self.name, self.kind, self.random = site, name, kind, chance
        self.folder, self.read_only, self.away = None, False, None
        self.client = None
        self.folders = FOLDERS
        self.in_flight = []
        self.idling = False
        self.uid_nexts = {}  # by UIDVALIDITY, as STATUS gave them
        self.dialogue = []
        self.connect()

    def connect(self):
        self.stderr = open(os.path.join(self.site.directory, "stderr"), "ab")
        self.client = ImapClient.pipe(
            [IMAPD, "--stdio", "-e", "-c", self.site.config],
            stderr=self.stderr,
            timeout=TIMEOUT,
            trace=self.trace,
        )
        self.picture = Picture(
            condstore=self.kind == "condstore",
            qresync="qresync" in self.kind,
            notify="notify" in self.kind,
        )
        for word in ("condstore", "qresync", "rev2"):
            if word in self.kind:
                extension = "IMAP4rev2" if word == "rev2" else word.upper()
                self.run(f"ENABLE {extension}", Command("ENABLE"))
        if self.picture.notify:
            self.notify(NOTIFY_ALL)

    def trace(self, direction, octets):
        self.dialogue.append(f"{direction}: {octets!r}")
        if self.site.show:
            print(f"# {self.name} {self.dialogue[-1]}", flush=True)

    # Commands and their answers

    def start(self, text, command):
        command.tag = self.client.start(text)
        self.in_flight.append(command)
        if len(self.in_flight) == 1:
            self.picture.begin(command)

    def run(self, text, command):
        self.start(text, command)
        return self.finish()

    def finish(self):
        """Takes all answers that are due; gives the last tagged one."""
        tagged = None
        while self.in_flight:
            command = self.in_flight[0]
            response = self.client.next()
            self.take(response, command)
            if response.tag is None:
                continue
            if response.tag != command.tag:
                raise Impossible(f"{response.raw!r} while waiting for {command.tag}")
            failed = response.name != "OK" and not command.may_fail
            if failed and response.code not in ("EXPUNGEISSUED", "MODIFIED"):
                raise Impossible(f"{response.raw!r}")
            tagged = response
            self.in_flight.pop(0)
            self.picture.complete()
            if command.then:
                command.then(response)
            if self.in_flight:
                self.picture.begin(self.in_flight[0])
        return tagged

    def take(self, response, command):
        if response.name == "BYE" and (command is None or command.word != "LOGOUT"):
            raise Impossible(f"{response.raw!r}")
        if command is not None and command.leaves and not self.picture.notify:
            if response.name in ("EXPUNGE", "VANISHED", "FETCH"):
                raise Impossible(f"{response.raw!r} in a {command.word}")
        self.picture.take(response, command)
        if response.name == "FETCH":
            self.check_content(response)
        if response.name == "STATUS":
            self.check_status(response.data)
        if response.name == "SEARCH" and command.by_number:
            if any(n > len(self.picture.entries) for n in response.data):
                raise Impossible(f"{response.raw!r}")

    def check_content(self, response):
        entry = self.picture.entries[response.number - 1]
        if entry.uid is None:
            return
        validity, data = self.picture.uid_validity, response.data
        if "ENVELOPE" in data:
            name = data["ENVELOPE"]["message-id"].decode().strip("<>")
            self.site.learn(validity, entry.uid, name)
        if "RFC822.SIZE" in data and (validity, entry.uid) in self.site.contents:
            name = self.site.contents[validity, entry.uid]
            if data["RFC822.SIZE"] != self.site.maildir.sizes[name]:
                raise Impossible(f"{response.raw!r} is {name}")
        if entry.is_recent and not self.read_only:
            owner = self.site.recent.setdefault((validity, entry.uid), self.picture)
            if owner is not self.picture:
                raise Impossible(f"{response.raw!r}: \\Recent in another session as well")

    def check_status(self, data):
        validity, uid_next = data.get("UIDVALIDITY"), data.get("UIDNEXT")
        if not validity or not uid_next:
            return
        if self.uid_nexts.get(validity, 0) > uid_next:
            raise Impossible(f"UIDNEXT was {self.uid_nexts[validity]}, and is {uid_next}")
        self.uid_nexts[validity] = uid_next

    def look(self, seconds):
        """Takes what comes while no command, or IDLE, is in progress."""
        command = Command("IDLE") if self.idling else None
        try:
            while True:
                self.take(self.client.next(seconds), command)
        except TimeoutError:
            pass

    # What a client does

    def open(self, folder, verb="SELECT", more=""):
        if self.folder is None:
            self.picture.forget()  # else [CLOSED] is where the new mailbox begins
        self.read_only = True  # till it is known: \Recent proves nothing
        tagged = self.run(f"{verb} {self.wire(folder)}{more}", Command(verb))
        if tagged.name != "OK":
            raise Impossible(f"{tagged.raw!r}")
        self.folder, self.read_only = folder, verb == "EXAMINE"

    def leave(self, verb):
        self.run(verb, Command(verb, leaves=True))
        self.picture.forget()
        self.folder = None

    def hang_up(self):
        """Goes away, perhaps in the middle of something; remembers what RFC 7162 §6 has a
        client remember."""
        memory = self.picture.memory()
        self.close()
        self.idling = False
        self.in_flight = []
        self.away = (self.folder, memory) if memory.uid_validity else None
        self.folder = None

    def close(self):
        """Status 0, whatever the client was about."""
        process = self.client.transport.process
        process.stdin.close()
        try:
            while os.read(process.stdout.fileno(), 65536):
                pass
            status = process.wait(TIMEOUT)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            self.stderr.close()
        self.client = None
        if status != 0:
            raise Impossible(f"imapd ended with status {status}")

    def wire(self, folder):
        return self.site.maildir.name_of(folder) or "INBOX"

    def some(self, entries, least=1):
        """A few of them, as (set for the command, entries)."""
        count = min(len(entries), self.random.choice([least, 2, 3, len(entries)]))
        return self.random.sample(entries, count)

    def addressed(self):
        """(prefix, set, entries): messages by number or by UID."""
        known = [e for e in self.picture.entries if e.uid]
        by_uid = self.picture.notify or self.random.random() < 0.5
        entries = known if by_uid else list(self.picture.entries)
        if not entries:
            return None
        chosen = self.some(entries)
        if by_uid:
            return "UID ", set_text(e.uid for e in chosen), chosen
        places = {id(e): n for n, e in enumerate(entries, 1)}
        return "", set_text(places[id(e)] for e in chosen), chosen

    def act(self):
        """Starts one command at random, or several."""
        if self.idling:
            if self.random.random() < 0.4:
                self.end_idle()
            return
        if self.folder is None:
            return self.open(self.random.choice(FOLDERS))
        for _ in range(self.random.choice([1, 1, 1, 3])):
            by_number = self.one_command()
            if not by_number:
                break  # numbers may mean other messages after it

    def one_command(self):
        """True if the numbers mean the same after it."""
        pick = self.random.random()
        if pick < 0.25:
            return self.store()
        if pick < 0.45:
            return self.fetch()
        if pick < 0.52:
            return self.search()
        if pick < 0.60:
            return self.copy()
        if pick < 0.68:
            return self.append()
        if pick < 0.76:
            return self.expunge()
        if pick < 0.82 and not self.in_flight:
            return self.idle()
        if pick < 0.86 and not self.in_flight:
            return self.change_mailbox()
        if pick < 0.96:
            return self.rarer()
        self.start(self.random.choice(["NOOP", "CHECK"]), Command("NOOP"))
        return False

    def store(self):
        addressed = self.addressed()
        if addressed is None or self.read_only:
            return False
        prefix, text, entries = addressed
        flags = set(self.random.sample(FLAGS, self.random.choice([1, 1, 2])))
        known = [self.site.contents.get((self.picture.uid_validity, e.uid)) for e in entries]
        if self.random.random() < 0.3 and all(known):
            flags.add("\\Deleted")
            self.site.doomed.update(known)
        mode = self.random.choice("+-=")
        change = {
            "+": lambda before: before | flags,
            "-": lambda before: before - flags,
            "=": lambda before: frozenset(flags),
        }[mode]
        silent = self.random.random() < 0.5 and not self.picture.notify
        command = Command(prefix + "STORE" if prefix else "STORE", by_number=not prefix)
        condition = ""
        if self.picture.condstore and self.random.random() < 0.3:
            condition = f" (UNCHANGEDSINCE {max(1, self.picture.mod_sequence)})"
        if silent:
            command.silent = (change, entries)
        # What was refused is told all the same, so that a client need not ask.
        self.start(
            f"{prefix}STORE {text}{condition} {mode.strip('=')}FLAGS"
            f"{'.SILENT' if silent else ''} ({' '.join(sorted(flags))})",
            command,
        )
        return not prefix

    def fetch(self):
        addressed = self.addressed()
        if addressed is None:
            return False
        prefix, text, _ = addressed
        items = self.random.choice(
            ["FLAGS", "(UID FLAGS)", "(UID ENVELOPE RFC822.SIZE)", "ENVELOPE", "RFC822.SIZE",
             "BODY[]", "(UID FLAGS MODSEQ)", "BODYSTRUCTURE"]
        )  # fmt: skip
        if "MODSEQ" in items and not self.picture.condstore:
            items = "FLAGS"
        self.start(
            f"{prefix}FETCH {text} {items}",
            Command(
                "UID FETCH" if prefix else "FETCH",
                by_number=not prefix,
                asks_mod_sequence="FLAGS" not in items or "MODSEQ" in items,
            ),
        )
        return not prefix

    def search(self):
        if self.picture.notify or self.random.random() < 0.5:
            self.start("UID SEARCH FLAGGED", Command("UID SEARCH"))
            return False
        key = self.random.choice(["ALL", "UNSEEN", "NOT DELETED"])
        self.start(f"SEARCH {key}", Command("SEARCH", by_number=True))
        return True

    def copy(self):
        addressed = self.addressed()
        verb = self.random.choice(["COPY", "MOVE"])
        if addressed is None or (verb == "MOVE" and self.read_only):
            return False
        if len(self.picture.entries) > 40:
            return False
        prefix, text, _ = addressed
        target = self.random.choice(FOLDERS)
        self.start(
            f"{prefix}{verb} {text} {self.wire(target)}",
            Command(prefix + verb, may_fail=bool(target)),
        )
        return False

    def append(self):
        if len(self.picture.entries) > 40:
            return False
        target = self.random.choice(FOLDERS)
        self.upload(f"APPEND {self.wire(target)}", Command("APPEND", may_fail=bool(target)))
        return False

    def expunge(self):
        known = [e.uid for e in self.picture.entries if e.uid]
        if self.read_only or self.random.random() < 0.5 or not known:
            if not self.read_only:
                self.start("EXPUNGE", Command("EXPUNGE"))
            return False
        self.start(f"UID EXPUNGE {set_text(self.some(known))}", Command("UID EXPUNGE"))
        return False

    def idle(self):
        command = Command("IDLE")
        command.tag = self.client.start("IDLE")
        while True:
            response = self.client.next()
            if response.name == "+":
                break
            self.take(response, None)
        self.idling = command
        return False

    def end_idle(self):
        if self.idling:
            self.client.line("DONE")
            self.in_flight.append(self.idling)
            self.idling = False

    def change_mailbox(self):
        verb = self.random.choice(["SELECT", "SELECT", "EXAMINE", "UNSELECT", "CLOSE"])
        if verb in ("UNSELECT", "CLOSE"):
            self.leave(verb)
        else:
            self.open(self.random.choice(FOLDERS), verb)
        return False

    # Coming back

    def come_back(self, truth, index_was_deleted):
        """After having been away: what is told is exactly what was missed."""
        folder, memory = self.away
        self.away = None
        self.connect()
        if not self.picture.condstore or memory.mod_sequence == 0:
            return self.open(folder)
        if not self.picture.qresync:
            return self.come_back_with_condstore(folder, memory, truth)
        known = set(memory.flags)
        text = f"{memory.uid_validity} {memory.mod_sequence}"
        if known and self.random.random() < 0.5:
            text += " " + set_text(known)
        if known and self.random.random() < 0.5 and len(memory.numbers) > 2:
            sample = sorted(self.random.sample(sorted(memory.numbers), 2))
            places = sorted(memory.numbers[uid] for uid in sample)
            text += f" ({set_text(places)} {set_text(sample)})"
        told = {}

        def note(response):
            if response.name == "FETCH" and "FLAGS" in response.data:
                told[response.data["UID"]] = words(response.data["FLAGS"])
            return response

        earlier = set()
        original, self.picture.complete = self.picture.complete, lambda: None
        take = self.take
        self.take = lambda response, command: take(note(response), command)
        try:
            self.open(folder, more=f" (QRESYNC ({text}))")
            earlier = self.picture.earlier
        finally:
            self.picture.complete, self.take = original, take
            self.picture.complete()
        if known - set(truth) != earlier & known:
            raise Impossible(f"told as vanished {earlier}, not {known - set(truth)}")
        if earlier & set(truth):
            raise Impossible(f"told as vanished, but there: {earlier & set(truth)}")
        for uid in known & set(truth):
            if told.get(uid, memory.flags[uid]) != truth[uid]:
                raise Impossible(f"UID {uid} is {truth[uid]}, was {memory.flags[uid]}")
        if not index_was_deleted:
            for uid in set(told) & known:
                if self.picture.entry(uid).mod_sequence <= memory.mod_sequence:
                    raise Impossible(f"UID {uid} has not changed, and was told")
        for uid in known & set(truth):  # what it remembers counts as told
            self.fill_in(uid, memory.flags[uid])

    def fill_in(self, uid, flags):
        entry = self.picture.entry(uid)
        if entry is not None and entry.flags is None:
            entry.flags = flags

    def come_back_with_condstore(self, folder, memory, truth):
        self.open(folder)
        since = memory.mod_sequence
        self.run(
            f"UID FETCH 1:* (FLAGS) (CHANGEDSINCE {since})", Command("UID FETCH")
        )
        self.run("UID FETCH 1:* (UID)", Command("UID FETCH"))
        for uid in set(memory.flags) & set(truth):
            self.fill_in(uid, memory.flags[uid])

    # At rest

    def rest(self):
        """Ends what is in progress, and wants to hear of everything."""
        self.end_idle()
        self.finish()
        if self.picture.notify and not self.is_notified_of_all:
            self.notify(NOTIFY_ALL)

    def unknown(self):
        """The numbers of messages that something is not known of."""
        return [
            n
            for n, e in enumerate(self.picture.entries, 1)
            if e.uid is None or e.flags is None
        ]

    def ask_for_unknown(self):
        missing = self.unknown()
        if not missing:
            return
        items = "(UID FLAGS MODSEQ)" if self.picture.condstore else "(UID FLAGS)"
        self.run(f"FETCH {set_text(missing)} {items}", Command("FETCH", by_number=True))

    def compare(self, truth):
        """The picture and the disk, where the picture has something."""
        uids = [e.uid for e in self.picture.entries]
        if len(uids) != len(truth) or any(
            uid not in (None, true) for uid, true in zip(uids, sorted(truth))
        ):
            raise Impossible(f"{self.name} has UIDs {uids}, there are {sorted(truth)}")
        for entry in self.picture.entries:
            if entry.flags is not None and entry.uid and entry.flags != truth[entry.uid]:
                raise Impossible(
                    f"{self.name} has UID {entry.uid} as {sorted(entry.flags)}, "
                    f"it is {sorted(truth[entry.uid])}"
                )
