# SPDX-License-Identifier: ISC
"""When a file appears in a directory, to the microsecond: inotify, through libc."""

import ctypes
import os
import select
import struct
import time

IN_CREATE, IN_MOVED_TO = 0x100, 0x80
EVENT = struct.Struct("iIII")


class Arrivals:
    """Watches `directory` from now on."""

    def __init__(self, directory):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_CLOEXEC)
        mask = IN_CREATE | IN_MOVED_TO
        if self.fd < 0 or libc.inotify_add_watch(self.fd, os.fsencode(directory), mask) < 0:
            raise OSError(ctypes.get_errno(), "inotify", directory)

    def wait(self, timeout=30):
        """(name, time.perf_counter()) of the next file, or None."""
        if not select.select([self.fd], [], [], timeout)[0]:
            return None
        now = time.perf_counter()
        events = os.read(self.fd, 65536)
        length = EVENT.unpack_from(events)[3]
        return os.fsdecode(events[EVENT.size : EVENT.size + length].rstrip(b"\0")), now

    def close(self):
        os.close(self.fd)
