# SPDX-License-Identifier: ISC
"""Hundreds of clients that hold a server up: each is connected and sends an octet a
second, if that.

    with SlowCrowd("127.0.0.1", port, count, b"a LOGIN ann ...") as crowd: ...
"""

import selectors
import socket
import threading
import time


class SlowCrowd:
    """`octets` is what each of them would say, if it came to an end. `source` is their
    address, so that they are not taken for somebody else."""

    def __init__(self, host, port, count, octets, source="127.0.0.2", interval=1.0):
        self.octets, self.interval = octets, interval
        self.sockets = []
        self.ended = threading.Event()
        for _ in range(count):
            sock = socket.create_connection((host, port), 60, (source, 0))
            sock.setblocking(False)
            self.sockets.append(sock)
        self.thread = threading.Thread(target=self._talk)
        self.thread.start()

    def _talk(self):
        for i in range(len(self.octets)):
            for sock in self.sockets:
                try:
                    sock.send(self.octets[i : i + 1])
                except OSError:
                    pass  # the server has lost its patience with it
            if self.ended.wait(self.interval):
                return

    def left(self):
        """How many the server has not hung up on."""
        with selectors.DefaultSelector() as selector:
            for sock in self.sockets:
                selector.register(sock, selectors.EVENT_READ)
            ended = set()
            while ready := selector.select(0):
                for key, _ in ready:
                    try:
                        told = key.fileobj.recv(65536)
                    except OSError:
                        told = b""
                    if not told:
                        selector.unregister(key.fileobj)
                        ended.add(key.fileobj)
        self.sockets = [sock for sock in self.sockets if sock not in ended]
        for sock in ended:
            sock.close()
        return len(self.sockets)

    def wait_until_gone(self, seconds):
        deadline = time.monotonic() + seconds
        while self.left() and time.monotonic() < deadline:
            time.sleep(0.1)
        return not self.sockets

    def close(self):
        self.ended.set()
        self.thread.join()
        for sock in self.sockets:
            sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# The beginning of a TLS record with a ClientHello in it, which says that 508 octets
# follow, and then some of them.
HALF_A_CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(80)
