# SPDX-License-Identifier: ISC
"""The main job: Postfix hands a message to deliver, and a client that idles over TLS
hears of it and fetches it. And what other clients on the same mailbox hear."""

import os
import shutil
import unittest

import postfix
from server import DELIVER, PASSWORD, USER, ServerTest, data, eventually, on_the_wire

HEADERS = (
    "From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups "
    "In-Reply-To Content-Type Reply-To"
)


def fields(header, names):
    """The lines of `header` (CRLF) that belong to fields in `names`, and the empty line
    that ends what HEADER.FIELDS gives."""
    wanted = [name.lower().encode() for name in names.split()]
    out, taking = b"", False
    for line in header.splitlines(keepends=True):
        if line[:1] not in (b" ", b"\t"):
            taking = line.split(b":")[0].strip().lower() in wanted
        if taking and line != b"\r\n":
            out += line
    return out + b"\r\n"


@unittest.skipIf(postfix.why_not(), postfix.why_not())
class FromPostfixToAPush(ServerTest):
    def configure(self, site):
        self.account = postfix.SystemUser(site.path("home", "postfix-user"))
        self.addCleanup(self.account.remove)
        site.add_user(
            USER, PASSWORD, (self.account.uid, self.account.gid), site.path("home/postfix-user")
        )
        # A copy, where every account can reach it.
        deliver = shutil.copy(DELIVER, site.path("deliver"))
        self.postfix = postfix.Postfix(site.directory, deliver)
        self.addCleanup(self.postfix.stop)

    def send(self, message):
        to = f"{self.account.name}@mx.example"
        self.postfix.send("eve@sender.example", to, message)

    def newest(self):
        """The file that deliver wrote last, as it is on the wire."""
        paths = [
            os.path.join(self.site.maildir(), part, name)
            for part in ("new", "cur")
            for name in os.listdir(os.path.join(self.site.maildir(), part))
        ]
        newest = max(paths, key=lambda path: os.stat(path).st_mtime_ns)
        with open(newest, "rb") as file:
            return on_the_wire(file.read())

    def fill(self, count):
        for _ in range(count):
            self.send(data("short.eml"))
        folder = os.path.join(self.site.maildir(), "new")
        eventually(
            lambda: os.path.isdir(folder) and len(os.listdir(folder)) == count,
            f"{count} messages delivered; {self.postfix.log()[-1000:]}",
            30,
        )
        with self.tls_client() as client:
            client.command("SELECT INBOX").ok()
            client.command("LOGOUT").ok()

    def test_push_and_fetch(self):
        self.fill(8)
        client = self.tls_client()
        answer = client.command("SELECT INBOX").ok()
        self.assertEqual(answer.one("EXISTS").number, 8)
        self.assertEqual(answer.one("RECENT").number, 0)
        client.idle()
        self.send(data("plain.eml"))
        client.until("EXISTS", 9, timeout=20)
        client.until("RECENT", 1, timeout=20)
        client.done()
        client.command("NOOP").ok()

        answer = client.command("UID FETCH 9:* (FLAGS)").ok()
        self.assertEqual(answer.fetched(), {9: {"UID": 9, "FLAGS": ["\\Recent"]}})

        whole = self.newest()
        header, _, text = whole.partition(b"\r\n\r\n")
        header += b"\r\n\r\n"
        self.assertIn(b"Delivered-To: " + self.account.name.encode(), header)
        self.assertTrue(header.startswith(b"Return-Path: <eve@sender.example>\r\n"))
        self.assertFalse(whole.startswith(b"From "))
        self.assertEqual(text, on_the_wire(data("plain.eml")).partition(b"\r\n\r\n")[2])

        answer = client.command(
            f"UID FETCH 9 (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS ({HEADERS})])"
        ).ok()
        got = answer.fetched()[9]
        self.assertEqual(got["RFC822.SIZE"], len(whole))
        (key,) = [key for key in got if key.startswith("BODY[")]
        self.assertEqual(got[key], fields(header, HEADERS))

        answer = client.command("UID FETCH 9 (UID RFC822.SIZE BODY.PEEK[])").ok()
        self.assertEqual(
            answer.fetched()[9], {"UID": 9, "RFC822.SIZE": len(whole), "BODY[]": whole}
        )

        some = "Content-Type Content-Transfer-Encoding"
        answer = client.command(
            f"UID FETCH 9 (UID BODY.PEEK[HEADER.FIELDS ({some})] BODY.PEEK[TEXT]<0.2048>)"
        ).ok()
        got = answer.fetched()[9]
        self.assertEqual(got["BODY[TEXT]<0>"], text[:2048])
        (key,) = [key for key in got if key.startswith("BODY[HEADER")]
        self.assertEqual(got[key], fields(header, some))

        client.idle()
        self.send(data("two.eml"))
        client.until("EXISTS", 10, timeout=20)
        client.done()
        client.command("LOGOUT").ok()

    def test_three_clients_hear_of_it_and_one_has_it_recent(self):
        self.fill(1)
        clients = [self.tls_client() for _ in range(3)]
        for client in clients:
            client.command("SELECT INBOX").ok()
            client.idle()
        self.send(data("plain.eml"))
        for client in clients:
            client.until("EXISTS", 2, timeout=20)
        recent = 0
        for client in clients:
            client.done()
            flags = client.command("FETCH 2 FLAGS").ok().fetched()[2]["FLAGS"]
            recent += "\\Recent" in flags
        self.assertEqual(recent, 1)


class ClientsOnOneMailbox(ServerTest):
    """Three clients in IDLE, and whatever happens to the mailbox."""

    def configure(self, site):
        site.make_folder()
        for i, name in enumerate(("plain.eml", "two.eml", "short.eml", "nofinal.eml")):
            site.drop(data(name), f"170000000{i}.M{i}P1.example")

    def setUp(self):
        super().setUp()
        for _ in range(2):
            self.client()
        self.tls_client()
        for client in self.clients:
            client.command("SELECT INBOX").ok()
        self.idle()

    def idle(self):
        for client in self.clients:
            client.idle()

    def path(self, number):
        """The file of the message that was put there as the number-th."""
        base = f"170000000{number - 1}.M"
        for part in ("new", "cur"):
            folder = os.path.join(self.site.maildir(), part)
            for name in os.listdir(folder):
                if name.startswith(base):
                    return os.path.join(folder, name)
        raise AssertionError(f"no file {base}*")

    def test_a_flag_set_by_one_is_seen_by_the_others(self):
        first, *others = self.clients
        first.done()
        first.command("STORE 2 +FLAGS (\\Flagged)").ok()
        for other in others:
            got = other.until("FETCH", 2, timeout=10)
            self.assertIn("\\Flagged", got.data["FLAGS"])

    def test_an_expunge_by_one_is_seen_by_the_others(self):
        first, *others = self.clients
        first.done()
        first.command("STORE 2 +FLAGS.SILENT (\\Deleted)").ok()
        answer = first.command("EXPUNGE").ok()
        self.assertEqual(answer.one("EXPUNGE").number, 2)
        for other in others:
            other.until("EXPUNGE", 2, timeout=10)

    def test_a_message_removed_with_rm_is_seen_by_all(self):
        os.unlink(self.path(3))
        for client in self.clients:
            client.until("EXPUNGE", 3, timeout=10)

    def test_a_flag_changed_in_the_name_is_seen_by_all(self):
        path = self.path(1)
        os.rename(path, path.split(":")[0] + ":2,FS")
        for client in self.clients:
            got = client.until("FETCH", 1, timeout=10)
            self.assertLessEqual({"\\Seen", "\\Flagged"}, set(got.data["FLAGS"]))

    def test_a_message_delivered_with_rename_is_seen_by_all(self):
        self.site.drop(data("crlf.eml"), "1700000009.M9P1.example")
        for client in self.clients:
            client.until("EXISTS", 5, timeout=10)

    def test_a_message_delivered_with_link_is_seen_by_all(self):
        self.site.drop(data("crlf.eml"), "1700000009.M9P1.example", how=os.link)
        for client in self.clients:
            client.until("EXISTS", 5, timeout=10)

    def test_deliver_is_seen_by_all(self):
        done = self.site.deliver(data("plain.eml"))
        self.assertEqual(done.returncode, 0, done.stderr)
        for client in self.clients:
            client.until("EXISTS", 5, timeout=10)

    def test_a_burst_is_told_in_full(self):
        for i in range(200):
            how = os.link if i % 2 else os.rename
            self.site.drop(data("short.eml"), f"18{i:08}.M{i}P1.example", how=how)
        for client in self.clients:
            client.until("EXISTS", 204, timeout=20)
        for client in self.clients:
            client.done()
            uids = client.command("UID SEARCH ALL").ok().one("SEARCH").data
            self.assertEqual(uids, list(range(1, 205)))


if __name__ == "__main__":
    unittest.main()
