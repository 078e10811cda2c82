# SPDX-License-Identifier: ISC
"""What a client at random (random_session) does now and then: the rest of what touches a
mailbox or what is told of it."""

from mailbox_picture import Command

FLAGS = ["\\Seen", "\\Flagged", "\\Answered", "\\Draft", "$One", "$Two"]
# What a client may want to hear of, from all to nothing.
NOTIFY_ALL = "SET (selected (MessageNew (UID FLAGS) MessageExpunge FlagChange))"
NOTIFY = [
    NOTIFY_ALL,
    "SET (selected (MessageNew MessageExpunge FlagChange))",
    "SET (selected-delayed (MessageNew (UID) MessageExpunge))",
    "SET (selected (MessageNew MessageExpunge)) (personal (MessageNew MessageExpunge))",
    "SET STATUS (personal (MessageNew MessageExpunge FlagChange MailboxName))",
    "NONE",
]


class Rarer:
    """A part of random_session.Session."""

    def rarer(self):
        """True if the numbers mean the same after it."""
        choices = [self.status, self.replace, self.use_saved, self.fetch_changed]
        if not self.in_flight:
            choices += [self.rename_folder, self.enable_more, self.notify_otherwise]
        self.random.choice(choices)()
        return False

    def upload(self, text, command):
        """Starts an APPEND or a REPLACE of a message that there was never before."""
        name, octets = self.site.maildir.message()
        octets = octets.replace(b"\n", b"\r\n")
        flags = " ".join(self.random.sample(FLAGS, self.random.choice([0, 1, 2])))

        def then(tagged):
            if tagged.name == "OK":
                validity, uid = command.uploaded or tagged.code_data
                self.site.learn(validity, int(uid), name)
                self.site.maildir.added.add(name)

        command.then = then
        self.start(f"{text} ({flags}) {{{len(octets)}+}}\r\n{octets.decode()}", command)

    def replace(self):
        known = [e.uid for e in self.picture.entries if e.uid]
        if self.read_only or not known or len(self.picture.entries) > 40:
            return
        uid = self.random.choice(known)
        content = self.site.contents.get((self.picture.uid_validity, uid))
        if content is None:
            return
        self.site.doomed.add(content)
        target = self.wire(self.random.choice(self.folders))
        # It may be gone by now, or the folder be called otherwise.
        self.upload(f"UID REPLACE {uid} {target}", Command("UID REPLACE", may_fail=True))

    def status(self):
        folder = self.random.choice(self.folders)
        items = "MESSAGES UIDNEXT UIDVALIDITY UNSEEN"
        items += " HIGHESTMODSEQ" if self.picture.condstore else ""
        self.start(
            f"STATUS {self.wire(folder)} ({items})", Command("STATUS", may_fail=bool(folder))
        )

    def use_saved(self):
        """What is found is saved, and used while others may be changing it."""
        key = self.random.choice(["ALL", "FLAGGED", "UNSEEN", "DELETED"])
        self.start(f"UID SEARCH RETURN (SAVE) {key}", Command("UID SEARCH"))
        for _ in range(2):
            use = self.random.choice(["FETCH", "STORE", "COPY"])
            if use == "FETCH":
                command = Command("UID FETCH", asks_mod_sequence=False)
                self.start("UID FETCH $ (UID FLAGS)", command)
            elif use == "STORE" and not self.read_only:
                self.start("UID STORE $ -FLAGS (\\Draft $One)", Command("UID STORE"))
            elif len(self.picture.entries) < 20:
                self.start("UID COPY $ INBOX", Command("UID COPY"))

    def fetch_changed(self):
        if not self.picture.condstore:
            return
        vanished = " VANISHED" if self.picture.qresync and self.random.random() < 0.7 else ""
        since = max(1, self.picture.mod_sequence)
        self.start(
            f"UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE {since}{vanished})", Command("UID FETCH")
        )

    def rename_folder(self):
        maildir, folder = self.site.maildir, self.random.choice(self.folders[1:])
        new_name = maildir.other_name(folder)
        tagged = self.run(f"RENAME {self.wire(folder)} {new_name}", Command("RENAME"))
        if tagged.name == "OK":
            maildir.note_renamed(folder)

    def enable_more(self):
        extension = self.random.choice(["CONDSTORE", "QRESYNC", "IMAP4rev2"])
        if not self.picture.notify:
            self.run(f"ENABLE {extension}", Command("ENABLE"))

    def notify(self, wanted):
        self.picture.wants_nothing = False
        self.run(f"NOTIFY {wanted}", Command("NOTIFY"))
        self.picture.wants_nothing = wanted == "NONE"
        self.is_notified_of_all = wanted == NOTIFY_ALL

    def notify_otherwise(self):
        if self.picture.notify:
            self.notify(self.random.choice(NOTIFY))
