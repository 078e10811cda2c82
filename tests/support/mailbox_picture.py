# SPDX-License-Identifier: ISC
"""A client's picture of its selected mailbox, made from responses alone and as strictly as
the RFCs allow: RFC 9051 §5.2, §7.4 and §7.5, RFC 7162 §3.2, RFC 5465 §6.

    picture = Picture(condstore=True, qresync=True)
    picture.take(response, Command("FETCH", by_number=True))
    picture.complete(tagged)

An impossible response raises Impossible. What is right but not known (the UID of a new
message) is None until the client has asked for it.
"""

from dataclasses import dataclass, field


class Impossible(AssertionError):
    """No server may say this, as things stand."""


def numbers(text):
    """The numbers of a sequence set without `*`, in its order."""
    for part in text.split(","):
        first, _, last = part.partition(":")
        yield from range(int(first), int(last or first) + 1)


def set_text(numbers):
    return ",".join(map(str, sorted(numbers)))


def words(flags):
    """Flags as the model has them: text, and without \\Recent."""
    texts = (f.decode() if isinstance(f, bytes) else f for f in flags)
    return frozenset(f for f in texts if f != "\\Recent")


def is_recent(flags):
    return any(f in (b"\\Recent", "\\Recent") for f in flags)


@dataclass(eq=False)
class Entry:
    """What is known of one message; its place in the list is its number."""

    uid: int = None
    flags: frozenset = None
    mod_sequence: int = 0
    is_recent: bool = False


@dataclass
class Command:
    """One command in progress, as far as it says what may come for it."""

    word: str
    by_number: bool = False
    silent: object = None  # what a STORE .SILENT makes of flags, and of which entries
    asks_mod_sequence: bool = True
    leaves: bool = False  # the mailbox: nothing of it is told
    may_fail: bool = False  # what it names may not be there
    tag: str = None
    uploaded: object = None  # an APPENDUID that came before the tagged response
    then: object = None  # called with the tagged response
    modified: set = field(default_factory=set)

    def may_expunge(self):
        return not (self.by_number and self.word in ("FETCH", "STORE", "SEARCH"))


@dataclass
class Memory:
    """What a client keeps when it goes away."""

    uid_validity: int
    mod_sequence: int
    flags: dict  # by UID
    numbers: dict  # by UID


class Picture:
    def __init__(self, condstore=False, qresync=False, notify=False):
        self.condstore, self.qresync, self.notify = condstore or qresync, qresync, notify
        self.wants_nothing = False  # NOTIFY NONE is in force
        self.mod_sequences = {}  # by (UIDVALIDITY, UID), over all selects: never less
        self.forget()

    def forget(self):
        self.entries = []
        self.uid_validity = self.uid_next = None
        self.mod_sequence = 0  # up to which this client has all: RFC 7162 §6
        self.seen_mod_sequence = 0
        self.told_mod_sequence = None
        self.recent = None
        self.earlier = set()  # VANISHED (EARLIER) since the last `complete`
        self.fetched = set()  # UIDs of FETCH responses since the last `complete`

    def entry(self, uid):
        return next((e for e in self.entries if e.uid == uid), None)

    def memory(self):
        known = {e.uid: e.flags for e in self.entries if e.uid and e.flags is not None}
        places = {e.uid: n for n, e in enumerate(self.entries, 1) if e.uid}
        return Memory(self.uid_validity, self.mod_sequence, known, places)

    # What comes

    def take(self, response, command):
        """`command` is None when none is in progress."""
        if response.code == "HIGHESTMODSEQ":
            self.told_mod_sequence = response.code_data
        elif response.code == "UIDVALIDITY":
            self.uid_validity = response.code_data
        elif response.code == "UIDNEXT":
            self.uid_next = response.code_data
        elif response.code == "CLOSED":
            self.forget()
        elif response.code == "APPENDUID" and command is not None:
            command.uploaded = response.code_data
        if response.tag is not None:
            return
        if response.name == "ENABLED":
            self.enable(response.data)
        about_messages = {
            "EXISTS": self.exists,
            "RECENT": self.recent_is,
            "EXPUNGE": self.expunge,
            "VANISHED": self.vanished,
            "FETCH": self.fetch,
        }
        if response.name in about_messages:
            if command is None and (not self.notify or self.wants_nothing):
                raise Impossible(f"{response.raw!r} with no command in progress")
            about_messages[response.name](response, command)

    def enable(self, extensions):
        self.qresync = self.qresync or "QRESYNC" in extensions
        self.condstore = self.condstore or self.qresync or "CONDSTORE" in extensions

    def exists(self, response, _):
        if response.number < len(self.entries):
            raise Impossible(f"{response.raw!r} after {len(self.entries)} EXISTS")
        self.entries += [Entry() for _ in range(response.number - len(self.entries))]

    def recent_is(self, response, _):
        self.recent = response.number

    def check_expunge(self, response, command):
        if command is not None and not command.may_expunge():
            raise Impossible(f"{response.raw!r} in a {command.word} by number")

    def expunge(self, response, command):
        self.check_expunge(response, command)
        if self.qresync:
            raise Impossible(f"{response.raw!r} after ENABLE QRESYNC")
        if response.number > len(self.entries):
            raise Impossible(f"{response.raw!r} with {len(self.entries)} messages")
        del self.entries[response.number - 1]

    def vanished(self, response, command):
        uids = set(numbers(response.data["uids"]))
        if not self.qresync:
            raise Impossible(f"{response.raw!r} without QRESYNC")
        if response.data["earlier"]:
            if any(self.entry(uid) for uid in uids):
                raise Impossible(f"{response.raw!r} of a message that has a number")
            if command is None or command.word not in ("SELECT", "EXAMINE", "UID FETCH"):
                raise Impossible(f"{response.raw!r} was not asked for")
            if self.fetched and not self.notify:
                raise Impossible(f"{response.raw!r} after a FETCH")
            self.earlier |= uids
            return
        self.check_expunge(response, command)
        for uid in sorted(uids):
            entry = self.entry(uid) or self.unknown_at(uid)
            if entry is None:
                raise Impossible(f"{response.raw!r}: no message can have UID {uid}")
            self.entries.remove(entry)

    def unknown_at(self, uid):
        """One whose UID is not known but may be this. If there are several, then nobody
        knows any more which of them has the flags that a number was told with."""
        found = []
        for entry in self.entries:
            if entry.uid is None:
                found.append(entry)
            elif entry.uid > uid:
                break
            else:
                found = []
        if len(found) > 1:
            for entry in found:
                entry.flags, entry.mod_sequence, entry.is_recent = None, 0, False
        return found[0] if found else None

    def fetch(self, response, command):
        if not 1 <= response.number <= len(self.entries):
            raise Impossible(f"{response.raw!r} with {len(self.entries)} messages")
        entry, data = self.entries[response.number - 1], response.data
        if "UID" in data:
            self.learn_uid(response, entry, data["UID"])
        if "FLAGS" in data:
            entry.flags = words(data["FLAGS"])
            entry.is_recent = is_recent(data["FLAGS"])
            if self.condstore and not ("MODSEQ" in data and "UID" in data):
                if command is None or command.asks_mod_sequence:
                    raise Impossible(f"{response.raw!r} lacks UID or MODSEQ")
        if "MODSEQ" in data:
            self.learn_mod_sequence(response, entry, data["MODSEQ"])
        if entry.uid:
            self.fetched.add(entry.uid)

    def learn_uid(self, response, entry, uid):
        if entry.uid not in (None, uid):
            raise Impossible(f"{response.raw!r} was UID {entry.uid}")
        entry.uid = uid
        known = [e.uid for e in self.entries if e.uid]
        if any(a >= b for a, b in zip(known, known[1:])):
            raise Impossible(f"{response.raw!r}: the UIDs are not ascending: {known}")

    def learn_mod_sequence(self, response, entry, value):
        if entry.uid:
            key = self.uid_validity, entry.uid
            if value < self.mod_sequences.get(key, 0):
                raise Impossible(f"{response.raw!r} was {self.mod_sequences[key]}")
            self.mod_sequences[key] = value
        if value < entry.mod_sequence:
            raise Impossible(f"{response.raw!r} was {entry.mod_sequence}")
        entry.mod_sequence = value
        self.seen_mod_sequence = max(self.seen_mod_sequence, value)

    # What the client does

    def begin(self, command):
        """The answers to `command` come next: what .SILENT promises is done."""
        self.fetched = set()
        if command.silent:
            change, entries = command.silent
            for entry in entries:
                if entry in self.entries and entry.flags is not None:
                    entry.flags = change(entry.flags)

    def complete(self):
        """A tagged response has come: RFC 7162 §6 says what to remember now."""
        if self.told_mod_sequence is not None:
            self.mod_sequence = self.told_mod_sequence
        else:
            self.mod_sequence = max(self.mod_sequence, self.seen_mod_sequence)
        self.told_mod_sequence, self.seen_mod_sequence = None, 0
        self.earlier, self.fetched = set(), set()
