# SPDX-License-Identifier: ISC
"""What [limits] allows: connections of a user, of an address and before login; delays of
failed logins; the size of commands and the number of mailboxes."""

import os
import re
import signal
import time
import unittest

from imap_client import Literal, quoted
from response_tokens import Incomplete
from server import PASSWORD, USER, ServerTest, eventually

LOGIN = f"LOGIN {USER} {quoted(PASSWORD).decode()}"


class LimitsTest(ServerTest):
    limits = {}

    def configure(self, site):
        site.make_folder()
        site.config["limits"] = self.limits
        site.write()

    def idler(self):
        client = self.client()
        client.command("SELECT INBOX").ok()
        client.idle()
        return client

    def hears_bye(self, client):
        answer = client.until("BYE")
        self.assertTrue(client.at_end())
        return answer


class ConnectionsOfAUser(LimitsTest):
    limits = {"connections-per-user": 2}

    def test_the_longest_idle_one_makes_room(self):
        first, second = self.idler(), self.idler()
        third = self.client()
        self.hears_bye(first)
        self.client().command("NOOP").ok()
        self.hears_bye(second)
        third.command("NOOP").ok()

    def test_of_those_that_work_none_is_closed(self):
        first, second = self.client(), self.client()
        answer = self.client(login=False).command(LOGIN)
        answer.expect("NO").code("LIMIT")
        first.command("NOOP").ok()
        first.idle()
        third = self.client()
        self.hears_bye(first)
        second.command("NOOP").ok()
        third.command("LOGOUT").ok()

    def test_who_has_stopped_idling_is_spared(self):
        first, second = self.idler(), self.idler()
        first.done()
        first.command("NOOP").ok()
        self.client()
        self.hears_bye(second)
        first.command("NOOP").ok()

    def test_a_place_that_became_free_is_free(self):
        first, second = self.idler(), self.client()
        second.command("LOGOUT").ok()
        eventually(lambda: len(self.server.family()) == 3, "supervisor, zygote and one session")
        self.client()
        first.done()
        first.command("NOOP").ok()

    def test_it_holds_for_many_at_once(self):
        clients = [self.client(login=False) for _ in range(12)]
        for client in clients:
            client.line("a " + LOGIN)
        words = sorted(client.next().name for client in clients)
        self.assertEqual(words, ["NO"] * 10 + ["OK"] * 2)


class ConnectionsOfAnAddress(LimitsTest):
    limits = {"connections-per-address": 2}

    def is_let_in(self):
        client = self.client(login=False, greet=False)
        try:
            return client.next().name == "OK"
        except Incomplete:
            return False

    def test_one_more_is_closed(self):
        # Those that asked whether imapd is ready may count for a moment yet.
        eventually(self.is_let_in, "one is let in")
        eventually(self.is_let_in, "another is let in")
        self.assertFalse(self.is_let_in())
        self.assertIn("reason=connections-per-address", self.server.log_text())


class Trusted(LimitsTest):
    limits = {"connections-per-address": 1, "trusted": "192.0.2.0/24 127.0.0.0/8"}

    def test_a_trusted_network_has_no_limit_and_no_delay(self):
        clients = [self.client(login=False) for _ in range(3)]
        for client in clients:
            client.command(f"LOGIN {USER} wrong").expect("NO")
        delays = re.findall(r"login-failed .* delay=(\d+)", self.server.log_text())
        self.assertEqual(delays, ["0"] * 3)


class BeforeLogin(LimitsTest):
    limits = {"connections-before-login": 3}

    def test_the_oldest_makes_room_in_time(self):
        inside = self.client()
        silent = [self.client(login=False) for _ in range(3)]
        self.client()  # waits in the queue until there is room
        self.hears_bye(silent[0])
        silent[1].command("NOOP").ok()
        silent[2].login(USER, PASSWORD)
        inside.command("NOOP").ok()
        self.assertEqual(self.server.log_text().count("dismissed"), 1)

    def test_one_that_does_not_go_is_killed(self):
        before = self.server.family()
        silent = self.client(login=False)
        for pid in self.server.family() - before:
            os.kill(pid, signal.SIGSTOP)
        others = [self.client(login=False) for _ in range(2)]
        self.client()  # waits in the queue until there is room
        self.assertTrue(silent.at_end())
        for client in others:
            client.login(USER, PASSWORD)


class Failures(LimitsTest):
    limits = {"failure-delay": "1s", "failure-delay-most": "2s"}

    def fail(self, *passwords):
        client = self.client(login=False)
        for password in passwords:
            client.command(f"LOGIN {USER} {password}").expect("NO")

    def delays(self):
        return re.findall(r"login-failed .* delay=(\d+)", self.server.log_text())

    def test_each_takes_longer_but_not_for_the_same_password(self):
        begun = time.monotonic()
        self.fail("wrong", "wrong", "another", "wrong", "third")
        self.assertEqual(self.delays(), ["1", "1", "2", "2", "2"])
        self.assertGreaterEqual(time.monotonic() - begun, 8)

    def test_how_long_it_took_to_find_out_does_not_show(self):
        keys = "{SCRAM-SHA-256}1500000,c2FsdA==," + ",".join(["A" * 43 + "="] * 2)
        self.site.users[USER] = self.site.users[USER].replace(f"{{PLAIN}}{PASSWORD}", keys)
        self.site.write()
        client = self.client(login=False)
        begun = time.monotonic()
        client.line(f"a LOGIN {USER} wrong")
        eventually(lambda: self.delays() == ["1"], "it has failed")
        found_out = time.monotonic() - begun
        self.assertEqual(client.next().name, "NO")
        # Both at once, the longer of them, and not one after the other; between the two
        # is what this machine may need for itself.
        longer, shorter = max(found_out, 1), min(found_out, 1)
        self.assertLess(time.monotonic() - begun, longer + shorter / 2)

    def test_whoever_gets_in_does_not_wait_for_others(self):
        slow = self.client(login=False)
        slow.line(f"a LOGIN {USER} wrong")
        eventually(lambda: self.delays() == ["1"], "it has failed")
        self.client().command("NOOP").ok()
        self.assertEqual(slow.next().name, "NO")


class Sizes(LimitsTest):
    limits = {"command": "8K", "argument": "1K", "mailboxes": 10}

    def test_a_longer_argument_or_command_is_refused(self):
        client = self.client()
        client.command("SELECT INBOX").ok()
        client.command("SEARCH SUBJECT", Literal(b"x" * 1024)).ok()
        client.line("a SEARCH SUBJECT {1025}")
        self.assertEqual(client.next().name, "BAD")
        client.command("SEARCH SUBJECT " + "x" * 8100).ok()
        client.command("SEARCH SUBJECT " + "x" * 8200).expect("BAD")
        client.command("APPEND INBOX", Literal(b"x" * 20_000)).ok()

    def test_more_mailboxes_are_not_made(self):
        client = self.client()
        there = len(client.command('LIST "" *').ok().all("LIST"))
        for number in range(there, 10):
            client.command(f"CREATE box{number}").ok()
        answer = client.command("CREATE more").expect("NO")
        answer.code("LIMIT")
        client.command("RENAME box9 other").ok()
        client.command("RENAME INBOX old").expect("NO")
        client.command("DELETE other").ok()
        client.command("CREATE more").ok()


if __name__ == "__main__":
    unittest.main()
