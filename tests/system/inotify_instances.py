# SPDX-License-Identifier: ISC
"""More sessions of one uid than the kernel has inotify instances for it, as a site with
one account for all mail will have one day: the others look for themselves. They say so
once in the log, all of them together, and hear of new mail nearly as soon.

The limit of a user namespace is its own, so that no other program is short of anything."""

import os
import shutil
import subprocess
import time
import unittest

from server import IMAPD, PASSWORD, USER, Server, ServerTest, data

INSTANCES = 4
SESSIONS = 12
SOON = 2.0
# The limit is set by who is root in the namespace; in one below that, the server is again
# who it was outside, without any rights.
LIMITED = """\
echo "$0" >/proc/sys/user/max_inotify_instances || exit 1
exec unshare --map-user="$1" --map-group="$2" -- "$3" -e -c "$4"
"""


def limited(*argv):
    return ["unshare", "--map-root-user", "sh", "-c", LIMITED, str(INSTANCES), *argv]


def why_not():
    if not shutil.which("unshare"):
        return "no unshare(1)"
    uid, gid = str(os.getuid() or 65534), str(os.getgid() or 65534)
    probe = subprocess.run(limited(uid, gid, "true", ""), capture_output=True, check=False)
    return "user namespaces are not to be had" if probe.returncode else None


class InotifyInstances(ServerTest):
    def setUp(self):
        reason = why_not()
        if reason:
            self.skipTest(reason)
        super().setUp()

    def start_server(self, site):
        # Root outside is nobody in there: the server becomes neither.
        uid, gid = os.getuid() or 65534, os.getgid() or 65534
        site.add_user(USER, PASSWORD, account=(uid, gid))
        for directory, names, files in os.walk(site.directory):
            for name in [".", *names, *files]:
                os.chown(os.path.join(directory, name), os.getuid(), os.getgid())
        config = site.path("imapd.conf")
        return Server(site, limited(str(uid), str(gid), IMAPD, config))

    def idle(self):
        client = self.client()
        client.command("SELECT INBOX").ok()
        client.idle()
        return client

    def drop(self, base):
        return self.site.drop(data("short.eml"), base)

    def test_the_rest_polls_says_so_once_and_hears_of_new_mail_soon(self):
        clients = [self.idle() for _ in range(SESSIONS)]
        for number in (1, 2, 3):
            self.drop(f"170000000{number}.M{number}P1.example")
            start = time.monotonic()
            for client in clients:
                client.until("EXISTS", number, timeout=15)
            self.assertLess(time.monotonic() - start, SOON)
        log = self.server.log_text()
        self.assertEqual(log.count("no-inotify"), 1, log)


if __name__ == "__main__":
    unittest.main()
