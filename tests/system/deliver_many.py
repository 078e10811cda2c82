#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver, many at once and in large: nothing lost, nothing twice, memory constant."""

import concurrent.futures
import os
import re
import tempfile

from _deliver import MESSAGE, Case, main

DELIVERERS = 8
EACH = 100


class AtOnce(Case):
    def test_eight_deliverers_into_one_maildir(self):
        def one_after_the_other(deliverer):
            return [
                self.deliver(b"Message-ID: <%d.%d@x>\n\nx\n" % (deliverer, number))
                for number in range(EACH)
            ]

        with concurrent.futures.ThreadPoolExecutor(DELIVERERS) as pool:
            for outcomes in pool.map(one_after_the_other, range(DELIVERERS)):
                self.assertEqual(set(outcomes), {(0, "")})

        names = self.names()
        self.assertEqual(len(names), DELIVERERS * EACH)
        self.assertEqual(len({name.split(",")[0] for name in names}), len(names))
        identifiers = {re.search(rb"<(.*)>", self.content(name))[1] for name in names}
        wanted = {b"%d.%d@x" % (d, n) for d in range(DELIVERERS) for n in range(EACH)}
        self.assertEqual(identifiers, wanted)
        self.assertEqual(self.names("tmp"), [])

    def test_eight_first_deliveries_into_a_new_folder(self):
        with concurrent.futures.ThreadPoolExecutor(DELIVERERS) as pool:
            jobs = [pool.submit(self.deliver, MESSAGE, "-m", "A.B") for _ in range(DELIVERERS)]
            for job in jobs:
                self.assertEqual(job.result(), (0, ""))
        self.assertEqual(len(self.names(folder=".A.B")), DELIVERERS)


class Memory(Case):
    def peak(self, octets):
        """Delivers a message of that size; the peak resident size, in KiB."""
        line = b"y" * 76 + b"\n"
        with tempfile.TemporaryFile(dir=self.scratch) as file:
            file.write(MESSAGE)
            for _ in range(octets // (len(line) * 1024)):
                file.write(line * 1024)
            file.seek(0)
            process = self.start(stdin=file)
            process.stdout.close()
            process.stderr.close()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss

    def test_a_large_message_takes_no_more_than_a_small_one(self):
        # Compared, because a sanitizer's own memory is large; and it goes on growing for
        # a while, by some 3 MiB.
        small = self.peak(1 << 20)
        large = self.peak(64 << 20)
        self.assertLess(large, small + 8192, f"{small} KiB for 1 MiB")
        self.assertEqual(len(self.names()), 2)


if __name__ == "__main__":
    main()
