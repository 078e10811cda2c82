# SPDX-License-Identifier: ISC
"""The client of contrib/quickstart: goes into IDLE over TLS, has a message delivered,
and prints the dialogue up to the push. Status 0 only if the push came.

    push_demo.py PORT CERTIFICATE USER PASSWORD MAILDIR DELIVER [ARGUMENT...]
"""

import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SUPPORT = os.path.join(os.path.dirname(os.path.dirname(HERE)), "tests", "support")
sys.path.insert(0, SUPPORT)

from arrival import Arrivals  # noqa: E402
from imap_client import ImapClient, quoted  # noqa: E402

MESSAGE = """\
From: Avocet <avocet@example.com>
To: demo@example.com
Subject: Hello from Postfix's side
Date: {date}
Message-ID: <{number}@example.com>

A message that was delivered a moment ago.
"""


class Dialogue:
    """Prints each line as it passes, the password hidden."""

    def __init__(self, secret):
        self.secret = secret.encode()

    def __call__(self, direction, octets):
        arrow = "C →" if direction == "C" else "S ←"
        text = octets.replace(self.secret, b"********").decode("utf-8", "replace")
        for line in text.rstrip("\r\n").split("\r\n"):
            print(f"  {arrow} {line}", flush=True)


def deliver(argv, new):
    """Runs deliver; gives when it was started and when the file appeared in new/."""
    arrivals = Arrivals(new)
    moments = {}
    watching = threading.Thread(target=lambda: moments.update(file=arrivals.wait()))
    watching.start()
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    message = MESSAGE.format(date=date, number=time.time_ns()).encode()
    moments["start"] = time.perf_counter()
    status = subprocess.run(argv, input=message, check=False).returncode
    watching.join()
    arrivals.close()
    if status != 0 or not moments["file"]:
        sys.exit(f"deliver ended with status {status}")
    return moments["start"], moments["file"][1]


def main():
    port, certificate, user, password, maildir = sys.argv[1:6]
    trace = Dialogue(quoted(password).decode())
    client = ImapClient.tls("127.0.0.1", int(port), certificate, trace=trace)
    client.login(user, password)
    answer = client.command("SELECT INBOX").ok()
    count = answer.one("EXISTS").number
    client.idle()
    moments = []
    print("  …   (deliver puts a message into the Maildir)", flush=True)
    delivery = threading.Thread(
        target=lambda: moments.extend(deliver(sys.argv[6:], os.path.join(maildir, "new")))
    )
    delivery.start()
    client.until("EXISTS", count + 1, timeout=30)
    pushed = time.perf_counter()
    client.until("RECENT", timeout=30)
    delivery.join()
    if not moments:
        return 1
    client.done()
    client.command(f"FETCH {count + 1} (FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (Subject)])").ok()
    client.command("LOGOUT").ok()
    started, appeared = moments
    print(
        f"\nEXISTS came {max(0.0, pushed - appeared) * 1000:.2f} ms after the message was in "
        f"the Maildir,\n{(pushed - started) * 1000:.2f} ms after deliver was started."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
