# SPDX-License-Identifier: ISC
"""A Maildir as its user's other programs treat it: they deliver, set flags, remove, and
delete the index; and what is true of it, read from the disk alone."""

import glob
import os
import re

LETTERS = {"D": "\\Draft", "F": "\\Flagged", "R": "\\Answered", "S": "\\Seen", "T": "\\Deleted"}
MESSAGE_ID = re.compile(rb"^Message-ID: <([^>]*)>", re.M | re.I)


class Maildir:
    """`random` decides where there is a choice."""

    def __init__(self, path, random, folders=("",)):
        self.path, self.random = path, random
        self.renamed = {}  # what a folder is called now, if it is not its own name
        self.made = 0
        self.added = set()  # ids of messages that must be somewhere,
        self.removed = set()  # unless another program has removed them
        self.sizes = {}  # octets on the wire, by id
        for folder in folders:
            for part in ("tmp", "new", "cur"):
                os.makedirs(os.path.join(self.folder(folder), part), mode=0o700)
            if folder:
                open(os.path.join(self.folder(folder), "maildirfolder"), "w").close()

    def name_of(self, folder):
        """What the folder is called now."""
        return self.renamed.get(folder, folder)

    def folder(self, name):
        return os.path.join(self.path, "." + self.name_of(name) if name else "")

    def message(self):
        """(id, octets) of one that there was never before; the size tells it as well."""
        self.made += 1
        name = f"{self.made}@example"
        text = f"Message-ID: <{name}>\nSubject: {self.made}\n\n" + "x" * (self.made % 997) + "\n"
        text += "y\n" * (self.made // 997)
        self.sizes[name] = len(text) + text.count("\n")
        return name, text.encode()

    # What other programs do

    def deliver(self, folder):
        """By rename or by link, and now and then straight into cur/."""
        name, octets = self.message()
        base = f"{1767225600 + self.made}.M{self.made}P1.example"
        temporary = os.path.join(self.folder(folder), "tmp", base)
        with open(temporary, "wb") as file:
            file.write(octets)
        target = f"cur/{base}:2,S" if self.random.random() < 0.1 else f"new/{base}"
        target = os.path.join(self.folder(folder), target)
        if self.random.random() < 0.5:
            os.rename(temporary, target)
        else:
            os.link(temporary, target)
            os.unlink(temporary)
        self.added.add(name)

    def names(self, folder):
        """Of all messages, as new/… and cur/…; a listing is no snapshot."""
        top = self.folder(folder)
        return [
            f"{part}/{name}"
            for part in ("new", "cur")
            for name in sorted(os.listdir(os.path.join(top, part)))
        ]

    def flag(self, folder):
        """Another program changes flags: a rename, which may come too late."""
        names = self.names(folder)
        if not names:
            return
        name = self.random.choice(names)
        base, _, letters = name[4:].partition(":2,")
        letters = set(letters) ^ {self.random.choice("DFRSFRS")}
        top = self.folder(folder)
        target = os.path.join(top, "cur", f"{base}:2,{''.join(sorted(letters))}")
        try:
            os.rename(os.path.join(top, name), target)
        except FileNotFoundError:
            pass

    def remove(self, folder):
        names = self.names(folder)
        if not names:
            return
        path = os.path.join(self.folder(folder), self.random.choice(names))
        try:
            with open(path, "rb") as file:
                name = self.id_in(file.read(200))
            os.unlink(path)
            self.removed.add(name)
        except FileNotFoundError:
            pass

    def rename(self, folder):
        """To another name, and the next time back."""
        before = self.folder(folder)
        self.note_renamed(folder)
        os.rename(before, self.folder(folder))

    def note_renamed(self, folder):
        if folder in self.renamed:
            del self.renamed[folder]
        else:
            self.renamed[folder] = self.other_name(folder)

    def other_name(self, folder):
        """What it will be called when it is renamed the next time."""
        return folder if folder in self.renamed else folder + "-moved"

    def storm(self, folder):
        """More events than the kernel keeps, and of two of them nobody hears."""
        names = [name for name in self.names(folder) if name.startswith("cur/")]
        if not names:
            return
        here = os.path.join(self.folder(folder), self.random.choice(names))
        aside = here.partition(":2,")[0] + ":2,F"
        if here == aside:
            return
        try:
            for _ in range(5000):
                os.rename(here, aside)
                os.rename(aside, here)
        except FileNotFoundError:
            pass  # a session has renamed or removed it

    def delete_index(self):
        for path in glob.glob(os.path.join(self.path, "imapd-index.mdb*")):
            try:
                os.unlink(path)
            except FileNotFoundError:
                pass

    # What is true

    @staticmethod
    def id_in(octets):
        found = MESSAGE_ID.search(octets)
        return found[1].decode() if found else None

    def ids(self, folder):
        """The ids of all messages in the folder."""
        found = []
        for name in self.names(folder):
            with open(os.path.join(self.folder(folder), name), "rb") as file:
                found.append(self.id_in(file.read(200)))
        return found

    def keywords(self, folder):
        try:
            with open(os.path.join(self.folder(folder), "dovecot-keywords")) as file:
                pairs = (line.split(" ", 1) for line in file.read().splitlines())
                return {chr(ord("a") + int(number)): name for number, name in pairs}
        except FileNotFoundError:
            return {}

    def uid_list(self, folder):
        """(UIDVALIDITY, UIDNEXT, UIDs by base name, as often as they have a line)."""
        with open(os.path.join(self.folder(folder), "dovecot-uidlist")) as file:
            first, *lines = file.read().splitlines()
        header = {word[0]: word[1:] for word in first.split()[1:]}
        uids = {}
        for line in lines:
            uid, _, base = line.partition(" :")
            uids.setdefault(base, []).append(int(uid.split()[0]))
        highest = max((max(each) for each in uids.values()), default=0)
        return int(header["V"]), max(int(header["N"]), highest + 1), uids

    def truth(self, folder):
        """Flags by UID, for all messages that are there."""
        keywords = self.keywords(folder)
        meanings = {**LETTERS, **keywords}
        uids = self.uid_list(folder)[2]
        truth = {}
        for name in self.names(folder):
            base, _, letters = name[4:].partition(":2,")
            # A message that was missed, told as gone, and came back is a new one.
            uid = max(uids[base])
            truth[uid] = frozenset(meanings[letter] for letter in letters)
        return truth
