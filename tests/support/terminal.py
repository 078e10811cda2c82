# SPDX-License-Identifier: ISC
"""A program on a terminal of its own, for programs that will not run without one.

    with Terminal(["neomutt"], env) as terminal:
        terminal.until(b"INBOX")
        terminal.type("q")
        terminal.wait()
"""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading


class Terminal:
    ROWS, COLUMNS = 40, 120

    def __init__(self, argv, env):
        self.master, slave = pty.openpty()
        size = struct.pack("HHHH", self.ROWS, self.COLUMNS, 0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        self.shown = b""
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, **env, "TERM": "vt100"},
            start_new_session=True,
        )
        os.close(slave)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        while True:
            try:
                octets = os.read(self.master, 65536)
            except OSError:  # how Linux says that the program's end is closed
                return
            with self.changed:
                self.shown += octets
                self.changed.notify_all()

    def type(self, keys):
        os.write(self.master, keys.encode())

    def until(self, text, timeout=60):
        """Waits until `text` has been shown."""
        with self.changed:
            if not self.changed.wait_for(lambda: text in self.shown, timeout):
                raise AssertionError(f"{text!r} was never shown: {self.shown[-3000:]!r}")

    def wait(self, timeout=60):
        """The program's exit status."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"does not end: {self.shown[-3000:]!r}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.reader.join(20)
        os.close(self.master)
