#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver --lmtp: its doors, what is stored, for whom, and what the client hears."""

import contextlib
import os
import pwd
import re
import signal
import socket
import subprocess
import unittest

from _deliver import MESSAGE, PLAIN_GID, PLAIN_UID, ROOT, eventually, main, why_no_strace
from _lmtp import RECEIVED, LmtpCase, messages, on_the_wire, read

TRACE = b"Return-Path: <s@example.org>\nDelivered-To: %s\n"


class Doors(LmtpCase):
    def setUp(self):
        super().setUp()
        self.user("ann")

    def check(self, client):
        taken, done = self.transact(client, ["ann", "nobody-at-all"], MESSAGE)
        self.assertEqual([code for code, _ in taken], [250, 550])
        self.assertEqual([code for code, _ in done], [250])
        self.assertEqual(messages(self.maildir), [TRACE % b"ann" + MESSAGE])

    def test_standard_input(self):
        process, client = self.on_standard_input()
        self.check(client)
        client.quit()
        self.assertEqual(process.wait(60), 0)

    def test_a_socket_of_our_own(self):
        path = os.path.join(self.home, "lmtp")
        self.configure(f"listen = {path}\n")
        for _ in range(2):  # the second time a socket is in the way that nobody has
            process = self.spawn(stdin=subprocess.DEVNULL)
            self.at(path).quit()
            process.kill()
            process.wait()
        process = self.spawn(stdin=subprocess.DEVNULL)
        self.check(self.at(path))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 0)

    def test_a_socket_in_use_is_left_alone(self):
        path = os.path.join(self.home, "lmtp")
        self.configure(f"listen = {path}\n")
        self.spawn(stdin=subprocess.DEVNULL)
        self.at(path).quit()
        self.assertEqual(self.spawn(stdin=subprocess.DEVNULL).wait(60), 75)
        self.check(self.at(path))

    def test_a_socket_of_inetd_s(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.spawn(stdin=listener)
            connection = socket.create_connection(listener.getsockname(), 60)
            self.addCleanup(connection.close)
            self.check(self.client(connection))

    def passed(self, descriptor):
        """As systemd starts it."""
        script = 'exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
        command = [self.program, "--lmtp", "-c", self.configuration]
        process = self.popen(["sh", "-c", script, "sh", *command], descriptor)
        self.addCleanup(self.finish, process)
        return process

    def test_sockets_of_systemd_s(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.passed(listener)
            connection = socket.create_connection(listener.getsockname(), 60)
            self.addCleanup(connection.close)
            self.check(self.client(connection))

    def test_a_socket_of_systemd_s_that_does_not_listen(self):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self.assertEqual(self.passed(theirs).wait(60), 75)

    def test_only_so_many_at_a_time(self):
        path = os.path.join(self.home, "lmtp")
        self.configure(f"listen = {path}\nprocesses = 2\n")
        self.spawn(stdin=subprocess.DEVNULL)
        first, _second = self.at(path), self.at(path)
        third = socket.socket(socket.AF_UNIX)
        self.addCleanup(third.close)
        third.connect(path)
        third.settimeout(0.2)
        self.assertRaises(TimeoutError, third.recv, 1)
        first.quit()
        third.settimeout(60)
        self.check(self.client(third))


class Message(LmtpCase):
    def setUp(self):
        super().setUp()
        for name in ("ann", "bob@example.org"):
            self.user(name)

    def check(self, message, recipients=("ann",)):
        _, client = self.on_standard_input()
        taken, done = self.transact(client, recipients, message)
        self.assertEqual({code for code, _ in taken + done}, {250}, done)
        expected = sorted(TRACE % r.encode() + message for r in recipients)
        self.assertEqual(sorted(messages(self.maildir)), expected)

    def test_dots(self):
        self.check(b"A: 1\n\n.\n..\n.x\n")

    def test_one_that_does_not_fit_into_memory(self):
        self.check(MESSAGE + b"x" * 76 + b"\n" + (b"y" * 76 + b"\n") * 20_000)
        self.assertEqual(sorted(os.listdir(self.home)), ["Maildir", "imapd.conf", "users"])

    @unittest.skipIf(why_no_strace(), why_no_strace())
    def test_a_kernel_that_gives_no_files_in_memory(self):
        # As with vm.memfd_noexec = 2, since we do not say that it is not to be run.
        trace = "strace -f -qq -o /dev/null --inject=memfd_create:error=EACCES"
        self.program = self.write("traced", f'#!/bin/sh\nexec {trace} {self.program} "$@"', 0o755)
        _, client = self.on_standard_input()
        for message in (MESSAGE, MESSAGE * 10_000):
            _, done = self.transact(client, ["ann", "bob@example.org"], message)
            self.assertEqual([code for code, _ in done], [250, 250], done)
        self.assertEqual(len(messages(self.maildir)), 4)

    def test_a_copy_for_each(self):
        self.check(MESSAGE, ["ann", "bob@example.org"])

    def test_twice_for_the_same_user(self):
        self.check(MESSAGE, ["ann", "ann+nowhere"])

    def test_an_extension(self):
        self.assert_delivers(MESSAGE, "-m", "Lists")
        _, client = self.on_standard_input()
        self.transact(client, ["ann+lists"], MESSAGE)
        self.assertEqual(len(messages(self.maildir, ".Lists")), 2)

    def test_a_field_that_is_there_is_not_added(self):
        _, client = self.on_standard_input()
        message = b"Return-Path: <x@y>\n" + MESSAGE
        self.transact(client, ["ann"], message)
        self.assertEqual(messages(self.maildir), [b"Delivered-To: ann\n" + message])

    def test_the_trace_field(self):
        _, client = self.on_standard_input()
        self.assertEqual(client.mail("s@example.org", ["SMTPUTF8"])[0], 250)
        self.assertEqual(client.rcpt("ann")[0], 250)
        client.data(on_the_wire(MESSAGE))
        new = os.path.join(self.maildir, "new")
        stored = read(os.path.join(new, *os.listdir(new)))
        head, field, rest = re.split(b"^(?=Received|From)", stored, flags=re.M)
        self.assertEqual((head, rest), (TRACE % b"ann", MESSAGE))
        self.assertRegex(field, RECEIVED)
        self.assertTrue(field.startswith(b"Received: from test.example\n\tby "), field)
        self.assertIn(b" with UTF8LMTP\n\tfor <ann>;\n", field)

    def test_octets_that_came_before_are_a_duplicate(self):
        self.configure("[deliver]\nduplicates = drop\nduplicate-rule = octets\n")
        _, client = self.on_standard_input()
        for client.local_hostname in ("one.example", "two.example"):
            client.lhlo()
            self.transact(client, ["ann"], MESSAGE)
        self.assertEqual(len(messages(self.maildir)), 1)

    def test_half_a_message(self):
        process, client = self.on_standard_input()
        client.mail("s@example.org")
        client.rcpt("ann")
        client.putcmd("DATA")
        client.send(b"\r\nSubject: half\r\n\r\nhal")
        client.sock.shutdown(socket.SHUT_WR)
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(messages(self.maildir), [])

    def test_several_in_one_session(self):
        _, client = self.on_standard_input()
        for _ in range(3):
            self.transact(client, ["ann"], MESSAGE)
        self.assertEqual(len(messages(self.maildir)), 3)


class AsRoot:
    """The same where we have something to lose: another process talks to the client."""

    def spawn(self, *arguments, **options):
        return super().spawn(*arguments, **{"as_root": True, **options})


@unittest.skipUnless(ROOT, "needs root")
class DoorsAsRoot(AsRoot, Doors):
    pass


@unittest.skipUnless(ROOT, "needs root")
class MessageAsRoot(AsRoot, Message):
    pass


@unittest.skipUnless(ROOT, "needs root")
class Clerk(AsRoot, LmtpCase):
    """The process that reads what a client of root's sends."""

    def setUp(self):
        super().setUp()
        self.user("ann")
        self.process, self.client_ = self.on_standard_input()
        (self.clerk,) = children(self.process.pid)

    def test_it_has_no_rights(self):
        with open(f"/proc/{self.clerk}/status", encoding="ascii") as file:
            status = dict(line.split(":\t", 1) for line in file)
        uid = pwd.getpwnam("_avocet" if has_account("_avocet") else "nobody").pw_uid
        self.assertEqual({int(each) for each in status["Uid"].split()}, {uid})
        self.assertEqual(status["Groups"].strip(), "")
        self.assertEqual(int(status["CapEff"], 16), 0)
        self.assertEqual(status["NoNewPrivs"].strip(), "1")
        self.assertEqual(status["Seccomp"].strip(), "2")
        self.assertTrue(os.readlink(f"/proc/{self.clerk}/root").endswith("(deleted)"))

    def test_it_knows_the_name_of_its_host(self):
        self.assertEqual(self.client_.ehlo_resp.split()[0].decode(), socket.gethostname())

    def test_it_alone_has_the_client(self):
        # Or there would be no end for a client whose clerk has died.
        os.kill(self.clerk, signal.SIGKILL)
        self.assertEqual(self.client_.sock.recv(1), b"")
        self.assertEqual(self.process.wait(60), 0)

    def test_without_the_mailroom_the_client_has_no_answer(self):
        self.client_.mail("s@example.org")
        self.process.kill()
        self.process.wait()
        self.client_.putcmd("RCPT TO:<ann>")
        self.assertEqual(self.client_.sock.recv(1), b"")

    def test_a_client_that_leaves_takes_both_with_it(self):
        self.client_.sock.shutdown(socket.SHUT_RDWR)
        self.assertEqual(self.process.wait(60), 0)


class OwnUsers(AsRoot, LmtpCase):
    def setUp(self):
        super().setUp()
        os.chmod(self.home, 0o755)

    def user_of_his_own(self, number):
        user = f"u{number}"
        home = os.path.join(self.home, user)
        os.mkdir(home)
        os.chown(home, PLAIN_UID - number, PLAIN_GID)
        with open(self.users, "a", encoding="ascii") as file:
            file.write(f"{user}:{{PLAIN}}x:{PLAIN_UID - number}:{PLAIN_GID}::{home}::\n")
        return user

    def count(self, user):
        return len(messages(os.path.join(self.home, user, "Maildir")))


@unittest.skipUnless(ROOT, "needs root")
class Couriers(OwnUsers):
    """The processes that deliver, which stay for the messages that follow."""

    def setUp(self):
        super().setUp()
        self.process, self.client_ = self.on_standard_input()
        self.clerk = children(self.process.pid)

    def deliver(self, *users):
        """Their replies' codes, and the couriers that there are afterwards, by uid."""
        _, done = self.transact(self.client_, users, MESSAGE)
        return {code for code, _ in done}, {
            uid_of(pid): pid
            for pid in children(self.process.pid)
            if pid not in self.clerk
        }

    def test_there_is_one_for_all_messages(self):
        ann, bob = self.user_of_his_own(0), self.user_of_his_own(1)
        codes, first = self.deliver(ann)
        self.assertEqual((codes, set(first)), ({250}, {PLAIN_UID}))
        codes, both = self.deliver(bob, ann)
        self.assertEqual((codes, set(both)), ({250}, {PLAIN_UID, PLAIN_UID - 1}))
        self.assertEqual(both[PLAIN_UID], first[PLAIN_UID])
        self.assertEqual(self.deliver(ann, bob, ann), ({250}, both))
        for user, count in ((ann, 4), (bob, 2)):
            self.assertEqual(self.count(user), count)

    def test_what_they_have_open_is_their_own(self):
        users = [self.user_of_his_own(number) for number in range(3)]
        for user in users:
            codes, couriers = self.deliver(user)
            self.assertEqual(codes, {250})
        large = MESSAGE + (b"y" * 76 + b"\n") * 4000
        self.transact(self.client_, users, large)
        # They conclude when the client has its reply.
        for pid in couriers.values():
            eventually(lambda pid=pid: not any("deleted" in end for end in opened(pid)))
        sockets = [sockets_of(pid) for pid in couriers.values()]
        self.assertEqual([len(each) for each in sockets], [1] * 3)
        self.assertEqual(len(set().union(*sockets)), 3)

    def test_one_that_is_killed_is_replaced(self):
        ann, bob = self.user_of_his_own(0), self.user_of_his_own(1)
        _, before = self.deliver(ann, bob)
        kill(before[PLAIN_UID])
        codes, after = self.deliver(ann, bob)
        self.assertEqual(codes, {250})
        self.assertNotEqual(after[PLAIN_UID], before[PLAIN_UID])
        self.assertEqual(after[PLAIN_UID - 1], before[PLAIN_UID - 1])

    def test_there_are_not_too_many(self):
        users = [self.user_of_his_own(number) for number in range(18)]
        for part in (users[:2], users[2:], users, users[:1]):
            codes, couriers = self.deliver(*part)
            self.assertEqual(codes, {250})
            self.assertLessEqual(len(couriers), 16)

    def test_they_go_with_the_mailroom(self):
        _, couriers = self.deliver(self.user_of_his_own(0), self.user_of_his_own(1))
        self.process.kill()
        self.process.wait()
        for pid in couriers.values():
            eventually(lambda pid=pid: not is_running(pid))

    def test_they_go_with_the_client(self):
        _, couriers = self.deliver(self.user_of_his_own(0))
        self.client_.close()
        self.assertEqual(self.process.wait(60), 0)
        self.assertFalse(any(is_running(pid) for pid in couriers.values()))

    def test_no_client_waits_for_them_when_its_clerk_has_died(self):
        self.deliver(self.user_of_his_own(0))
        os.kill(self.clerk[0], signal.SIGKILL)
        self.assertEqual(self.client_.sock.recv(1), b"")
        self.assertEqual(self.process.wait(60), 0)


@unittest.skipUnless(ROOT, "needs root")
class Mailrooms(OwnUsers):
    """The processes with rights, which stay for the clients that follow."""

    def setUp(self):
        super().setUp()
        self.path = os.path.join(self.home, "lmtp")
        self.configure(f"listen = {self.path}\n")
        self.process = self.spawn(stdin=subprocess.DEVNULL)
        self.ann, self.bob = self.user_of_his_own(0), self.user_of_his_own(1)

    def processes(self):
        """Of the listener's children, the clerks and the mailrooms; and the couriers."""
        own = [pid for pid in children(self.process.pid) if is_running(pid)]
        rooms = [pid for pid in own if uid_of(pid) == 0]
        couriers = [pid for room in rooms for pid in children(room)]
        return [pid for pid in own if pid not in rooms], rooms, couriers

    def deliver(self, client, *users):
        _, done = self.transact(client, users, MESSAGE)
        self.assertEqual([code for code, _ in done], [250] * len(users))

    def room_at_rest(self):
        """The one there is, as soon as it waits for its next client."""

        def wait_alone():
            clerks, rooms, couriers = self.processes()
            # The listener and the couriers: a clerk no more, and what was to be said is.
            if clerks or any(len(sockets_of(pid)) > 1 + len(couriers) for pid in rooms):
                return False
            return all(state(pid) == "S" for pid in rooms)

        eventually(wait_alone)
        (room,) = self.processes()[1]
        return room

    def test_the_next_client_has_it_and_its_couriers(self):
        before = None
        for turn in range(3):
            client = self.at(self.path)
            self.deliver(client, self.ann)
            _, *there = self.processes()
            self.assertEqual(there, before or there)
            self.assertEqual([len(each) for each in there], [1, 1])
            before = there
            client.quit()
            client.close()
            self.room_at_rest()
            self.assertEqual(self.count(self.ann), turn + 1)

    def test_the_next_client_has_no_recipients_of_the_last(self):
        client = self.at(self.path)
        client.mail("s@example.org")
        client.rcpt(self.ann)
        client.close()
        room = self.room_at_rest()
        client = self.at(self.path)
        self.deliver(client, self.bob)
        self.assertEqual(self.processes()[1], [room])
        self.assertEqual((self.count(self.ann), self.count(self.bob)), (0, 1))

    def test_what_the_others_have_open_is_their_own(self):
        for user in (self.ann, self.bob):
            client = self.at(self.path)
            self.deliver(client, user)
            (clerk,), _, couriers = self.processes()
            self.assertEqual(len(sockets_of(clerk)), 2)  # the client and the mailroom
            for pid in couriers:  # the mailroom, and the log in the end
                eventually(lambda pid=pid: state(pid) == "S" and len(sockets_of(pid)) == 1)
            client.close()
            self.room_at_rest()

    def test_two_clients_have_two(self):
        clients = [self.at(self.path) for _ in range(2)]
        for client in clients:
            self.deliver(client, self.ann)
        self.assertEqual([len(each) for each in self.processes()], [2, 2, 2])

    def test_one_that_is_killed_at_rest_is_replaced(self):
        client = self.at(self.path)
        self.deliver(client, self.ann)
        client.close()
        kill(self.room_at_rest())
        self.deliver(self.at(self.path), self.ann)

    def test_they_go_with_the_listener(self):
        client = self.at(self.path)
        self.deliver(client, self.ann)
        client.close()
        self.room_at_rest()
        _, rooms, couriers = self.processes()
        self.process.terminate()
        self.assertEqual(self.process.wait(60), 0)
        for pid in (*rooms, *couriers):
            eventually(lambda pid=pid: not is_running(pid))


def opened(pid):
    found = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it is gone
        for fd in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(FileNotFoundError):  # closed again
                found.add(os.readlink(f"/proc/{pid}/fd/{fd}"))
    return found


def sockets_of(pid):
    return {end for end in opened(pid) if end.startswith("socket:")}


def uid_of(pid):
    """None once it is gone."""
    try:
        return os.stat(f"/proc/{pid}").st_uid
    except (FileNotFoundError, ProcessLookupError):
        return None


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not is_running(pid))


def state(pid):
    """As in proc(5): "X" of one that is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def is_running(pid):
    return state(pid) not in "XZ"


def children(pid):
    """None of one that is gone."""
    if not is_running(pid):
        return []
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(each) for each in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def has_account(name):
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


class Failures(LmtpCase):
    """One recipient's trouble is nobody else's."""

    def outcome(self, users, **options):
        _, client = self.on_standard_input(**options)
        taken, done = self.transact(client, users, MESSAGE)
        self.assertEqual({code for code, _ in taken}, {250})
        return [(code, text.split()[0].decode()) for code, text in done]

    def with_homes(self, *users, uid=PLAIN_UID):
        for user in users:
            home = os.path.join(self.home, user)
            os.makedirs(home, exist_ok=True)
            if ROOT:
                os.chown(home, uid, PLAIN_GID)
            with open(self.users, "a", encoding="ascii") as file:
                file.write(f"{user}:{{PLAIN}}x:{uid}:{PLAIN_GID}::{home}::\n")

    def maildir_of(self, user):
        return os.path.join(self.home, user, "Maildir")

    def test_a_full_quota(self):
        self.configure("[quota]\nmessages = 1\n")
        self.with_homes("ann", "bob")
        self.assertEqual(self.outcome(["ann"]), [(250, "2.1.5")])
        self.assertEqual(self.outcome(["ann", "bob"]), [(452, "4.2.2"), (250, "2.1.5")])
        self.configure("[deliver]\nquota-full = bounce\n")
        self.assertEqual(self.outcome(["ann", "bob"]), [(552, "5.2.2"), (552, "5.2.2")])

    def test_a_maildir_that_cannot_be_written(self):
        self.with_homes("ann", "bob")
        os.mkdir(self.maildir_of("ann"), 0o500)
        self.assertEqual(self.outcome(["ann", "bob"]), [(451, "4.2.0"), (250, "2.1.5")])

    @unittest.skipUnless(ROOT, "two users need root")
    def test_two_users_with_their_own_rights(self):
        self.with_homes("ann")
        self.with_homes("bob", uid=PLAIN_UID - 1)
        os.chmod(self.home, 0o755)
        both = self.outcome(["ann", "bob", "ann"], as_root=True)
        self.assertEqual(both, [(250, "2.1.5")] * 3)
        for user, uid, count in (("ann", PLAIN_UID, 2), ("bob", PLAIN_UID - 1, 1)):
            new = os.path.join(self.maildir_of(user), "new")
            owners = [os.stat(os.path.join(new, name)).st_uid for name in os.listdir(new)]
            self.assertEqual(owners, [uid] * count)

    @unittest.skipUnless(ROOT, "two users need root")
    def test_somebody_else_s_maildir(self):
        self.with_homes("ann")
        self.with_homes("bob", uid=PLAIN_UID - 1)
        os.symlink(self.maildir_of("ann"), self.maildir_of("bob"))
        both = self.outcome(["ann", "bob"], as_root=True)
        self.assertEqual(both, [(250, "2.1.5"), (451, "4.2.0")])
        self.assertEqual(len(messages(self.maildir_of("ann"))), 1)

    def test_a_message_that_is_too_large(self):
        self.configure("size = 1K\n")
        self.with_homes("ann")
        _, client = self.on_standard_input()
        self.assertEqual(client.esmtp_features["size"], "1024")
        _, done = self.transact(client, ["ann", "ann"], MESSAGE + b"x" * 2000 + b"\n")
        self.assertEqual([code for code, _ in done], [552, 552])
        self.assertEqual(messages(self.maildir_of("ann")), [])

    def test_the_local_part_is_the_user(self):
        self.configure("user = local-part\n")
        self.with_homes("ann")
        self.assertEqual(self.outcome(["ann@anywhere.example"]), [(250, "2.1.5")])


if __name__ == "__main__":
    main()
