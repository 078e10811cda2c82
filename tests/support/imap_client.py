# SPDX-License-Identifier: ISC
"""A small synchronous IMAP client for tests, over a pipe, TCP or TLS. Every octet that
it receives goes through the strict parser; nothing is forgiven.

    client = ImapClient.tcp("127.0.0.1", port)
    client.command("LOGIN ann secret").ok()
    answer = client.command("APPEND INBOX", Literal(message))
    client.idle()
    client.until("EXISTS", timeout=5)
    client.done()
"""

import os
import select
import socket
import ssl
import subprocess
import time
import zlib
from dataclasses import dataclass, field

from response_parser import BadResponse, Incomplete, Response, ResponseParser, Source

DEFAULT_TIMEOUT = 30


@dataclass
class Literal:
    """An argument sent as a literal; `plus` sends it without waiting (RFC 7888)."""

    octets: bytes
    plus: bool = False


@dataclass
class Answer:
    """What came for one command: its tagged line and the untagged ones before it."""

    tagged: Response
    untagged: list = field(default_factory=list)

    def ok(self):
        return self.expect("OK")

    def expect(self, word):
        if self.tagged.name != word:
            raise AssertionError(f"wanted {word}: {self.tagged.raw!r} after {self.untagged!r}")
        return self

    def all(self, name):
        return [r for r in self.untagged if r.name == name]

    def one(self, name):
        found = self.all(name)
        if len(found) != 1:
            raise AssertionError(f"wanted one {name}: {self.untagged!r}")
        return found[0]

    def code(self, word):
        """The data of response code `word`, wherever it stands."""
        for response in [self.tagged, *self.untagged]:
            if response.code == word:
                return response.code_data if response.code_data is not None else True
        raise AssertionError(f"no [{word}] in {[r.raw for r in self.untagged]}")

    def fetched(self):
        """Message number to items, several responses for one message joined."""
        items = {}
        for response in self.all("FETCH"):
            items.setdefault(response.number, {}).update(response.data)
        return items


class PipeTransport:
    """The client's end of a program that speaks IMAP on its descriptors 0 and 1."""

    def __init__(self, argv, env=None, stderr=None):
        self.process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            bufsize=0,
            env=env,
        )

    def receive(self, count, seconds):
        out = self.process.stdout.fileno()
        if not select.select([out], [], [], max(0, seconds))[0]:
            raise TimeoutError
        return os.read(out, count)

    def send(self, data):
        view = memoryview(data)
        while view:
            view = view[os.write(self.process.stdin.fileno(), view) :]

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(DEFAULT_TIMEOUT)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()


class SocketTransport:
    def __init__(self, sock):
        self.socket = sock

    def receive(self, count, seconds):
        self.socket.settimeout(max(0.001, seconds))
        try:
            return self.socket.recv(count)
        except ssl.SSLWantReadError as error:
            raise TimeoutError from error
        except (ConnectionResetError, ssl.SSLEOFError):
            return b""

    def send(self, data):
        self.socket.settimeout(DEFAULT_TIMEOUT)
        self.socket.sendall(data)

    def close(self):
        self.socket.close()


class DeflateTransport:
    """RFC 4978 over another transport."""

    def __init__(self, below, received=b""):
        self.below = below
        self.compressor = zlib.compressobj(wbits=-15)
        self.expander = zlib.decompressobj(wbits=-15)
        self.waiting = self.expander.decompress(received)

    def receive(self, count, seconds):
        deadline = time.monotonic() + seconds
        while not self.waiting:
            octets = self.below.receive(count, deadline - time.monotonic())
            if not octets:
                return b""
            self.waiting = self.expander.decompress(octets)
        given, self.waiting = self.waiting[:count], self.waiting[count:]
        return given

    def send(self, data):
        self.below.send(self.compressor.compress(data) + self.compressor.flush(zlib.Z_SYNC_FLUSH))

    def close(self):
        self.below.close()

    def __getattr__(self, name):  # .process, .socket
        return getattr(self.below, name)


class ImapClient:
    """One connection. `trace`, if given, is called with "C" or "S" and the octets of
    each line or response as it passes."""

    def __init__(self, transport, timeout=DEFAULT_TIMEOUT, trace=None, greet=True):
        self.transport = transport
        self.timeout = timeout
        self.trace = trace or (lambda direction, octets: None)
        self.untagged = []  # what came outside a command, or has not been asked for
        self.tags = 0
        self._deadline = 0.0
        self.parser = ResponseParser(Source(self._read))
        self.greeting = self.next() if greet else None

    @classmethod
    def pipe(cls, argv, env=None, stderr=None, **options):
        return cls(PipeTransport(argv, env, stderr), **options)

    @classmethod
    def tcp(cls, host, port, source=None, **options):
        sock = socket.create_connection((host, port), DEFAULT_TIMEOUT, source)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(SocketTransport(sock), **options)

    @classmethod
    def tls(cls, host, port, certificate, **options):
        sock = socket.create_connection((host, port), DEFAULT_TIMEOUT)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wrapped = tls_context(certificate).wrap_socket(sock, server_hostname="localhost")
        return cls(SocketTransport(wrapped), **options)

    def _read(self, count):
        return self.transport.receive(count, self._deadline - time.monotonic())

    def next(self, timeout=None):
        """The next response. Raises TimeoutError if none has begun in time."""
        self._deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        response = self.parser.response()
        self.trace("S", response.raw)
        return response

    def at_end(self, timeout=None):
        """Whether the server has closed the connection; nothing may come before."""
        try:
            self.next(timeout)
        except Incomplete:
            return not self.parser.source.pending()
        except TimeoutError:
            return False
        return False

    def send(self, octets):
        if isinstance(octets, str):
            octets = octets.encode("utf-8")
        self.trace("C", octets)
        self.transport.send(octets)

    def line(self, text):
        self.send(text.encode("utf-8") + b"\r\n" if isinstance(text, str) else text + b"\r\n")

    def start(self, *parts):
        """Sends a command without waiting for its answer; gives its tag."""
        self.tags += 1
        tag = f"t{self.tags}"
        out = tag.encode()
        for part in parts:
            if not isinstance(part, Literal):
                out += b" " + (part.encode("utf-8") if isinstance(part, str) else part)
                continue
            plus = "+" if part.plus else ""
            out += f" {{{len(part.octets)}{plus}}}\r\n".encode()
            if part.plus:
                out += part.octets
                continue
            self.send(out)
            refusal = self._continuation(tag)
            if refusal:
                self.untagged.append(refusal)
                return tag
            out = part.octets
        self.send(out + b"\r\n")
        return tag

    def _continuation(self, tag):
        while True:
            response = self.next()
            if response.name == "+":
                return None
            if response.tag == tag:
                return response
            self.untagged.append(response)

    def finish(self, tag):
        """Reads up to the tagged line of `tag`."""
        collected, self.untagged = self.untagged, []
        for response in collected:
            if response.tag == tag:
                return Answer(response, [r for r in collected if r is not response])
        while True:
            response = self.next()
            if response.tag == tag:
                return Answer(response, collected)
            if response.tag is not None or response.name == "+":
                raise BadResponse(f"out of step: {response.raw!r} while waiting for {tag}")
            collected.append(response)

    def command(self, *parts):
        return self.finish(self.start(*parts))

    def login(self, user, password):
        return self.command("LOGIN", quoted(user), quoted(password)).ok()

    def idle(self):
        self.idle_tag = self.start("IDLE")
        refusal = self._continuation(self.idle_tag)
        if refusal:
            raise AssertionError(f"IDLE refused: {refusal.raw!r}")

    def done(self):
        self.line("DONE")
        return self.finish(self.idle_tag).ok()

    def until(self, name, number=None, timeout=None, where=None):
        """Waits for an untagged response, also among those that came already."""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        index = 0
        while True:
            while index < len(self.untagged):
                response = self.untagged[index]
                if (
                    response.name == name
                    and (number is None or response.number == number)
                    and (where is None or where(response))
                ):
                    del self.untagged[index]
                    return response
                index += 1
            try:
                self.untagged.append(self.next(deadline - time.monotonic()))
            except TimeoutError:
                raise AssertionError(
                    f"no {number or ''} {name} in time; came: {self.untagged!r}"
                ) from None

    def deflate(self):
        """Speaks compressed from here on: after the OK of COMPRESS."""
        self.transport = DeflateTransport(self.transport, self.parser.source.take_rest())

    def compress(self):
        answer = self.command("COMPRESS DEFLATE").ok()
        self.deflate()
        return answer

    def starttls(self, certificate):
        answer = self.command("STARTTLS").ok()
        if self.parser.source.pending():
            raise BadResponse("data after the OK of STARTTLS, before the handshake")
        wrapped = tls_context(certificate).wrap_socket(
            self.transport.socket, server_hostname="localhost"
        )
        self.transport = SocketTransport(wrapped)
        return answer

    def close(self):
        self.transport.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def tls_context(certificate):
    context = ssl.create_default_context(cafile=certificate)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def quoted(text):
    octets = text.encode("utf-8") if isinstance(text, str) else text
    return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
