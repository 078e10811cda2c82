# SPDX-License-Identifier: ISC
"""A wire tap between a real client and a server: passes on what each of them says and
keeps it, so that a test can tell what the client really did, wait for it, and hold what
the server said against the grammar.

    with Recorder(server_port) as recorder: run a client on recorder.port
"""

import re
import socket
import threading
import zlib

from response_parser import Incomplete, ResponseParser
from response_tokens import Source


class Dialogue:
    """What was said on one connection."""

    def __init__(self):
        self.client = b""
        self.server = b""

    def plain(self):
        """What client and server said, where they came to compress it (RFC 4978)."""
        command = re.search(rb"(?:^|\n)(\S+) COMPRESS DEFLATE\r\n", self.client)
        answer = command and re.search(
            rb"(?:^|\n)" + re.escape(command[1]) + rb" OK [^\n]*\n", self.server
        )
        if not answer:
            return self.client, self.server
        return expanded(self.client, command.end()), expanded(self.server, answer.end())

    def responses(self):
        """All that the server said, in whole responses. BadResponse if the grammar does
        not allow it; the last one may have been cut."""
        rest = [self.plain()[1]]
        parser = ResponseParser(Source(lambda _: rest.pop() if rest else b""))
        found = []
        while True:
            try:
                found.append(parser.response())
            except Incomplete:
                return found
            if found[-1].name == "ENABLED" and "UTF8=ACCEPT" in found[-1].data:
                parser.utf8 = True


class Recorder:
    def __init__(self, port):
        self.target = port
        self.dialogues = []
        self.changed = threading.Condition()
        self.sockets = []
        self.threads = []
        # A test may keep octets back, or end one of the two in the middle of them.
        self.passed_on = lambda dialogue, speaker, octets: octets

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start(self.accept)
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        for each in self.sockets:
            hang_up(each)
        for thread in self.threads:
            thread.join(20)
        for each in [self.listener, *self.sockets]:
            each.close()

    def start(self, function, *arguments):
        self.threads.append(threading.Thread(target=function, args=arguments, daemon=True))
        self.threads[-1].start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target), 20)
            server.settimeout(None)
            self.sockets += [client, server]
            dialogue = Dialogue()
            self.dialogues.append(dialogue)
            self.start(self.pass_on, client, server, dialogue, "client")
            self.start(self.pass_on, server, client, dialogue, "server")

    def pass_on(self, source, target, dialogue, speaker):
        try:
            while octets := source.recv(65536):
                octets = self.passed_on(dialogue, speaker, octets)
                with self.changed:
                    setattr(dialogue, speaker, getattr(dialogue, speaker) + octets)
                    self.changed.notify_all()
                target.sendall(octets)
        except OSError:
            pass  # one of them has gone; so does the other
        hang_up(target)

    def until(self, condition, what, timeout=60):
        """Waits until `condition(dialogue)` holds for one of the connections, and gives
        that one."""
        with self.changed:
            found = self.changed.wait_for(
                lambda: next(filter(condition, self.dialogues), None), timeout
            )
        if found is None:
            said = b"\n".join(d.client + d.server for d in self.dialogues)
            raise AssertionError(f"{what}: not within {timeout} s of\n{said[-4000:]!r}")
        return found

    def responses(self):
        return [r for dialogue in self.dialogues for r in dialogue.responses()]


def expanded(octets, start):
    return octets[:start] + zlib.decompressobj(wbits=-15).decompress(octets[start:])


def hang_up(sock):
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has been closed at the other end
