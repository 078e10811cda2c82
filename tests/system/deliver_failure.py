#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""deliver when something is wrong: status 75, one line that says why, and nothing in
new/ or cur/."""

import os
import resource
import signal
import subprocess
import unittest

from _deliver import MESSAGE, ROOT, TRY_AGAIN, Case, drop, eventually, main

BIG = MESSAGE + b"x" * 70 * 1024 + b"\n"


def limit_file_size():
    # As Postfix's local(8) does it for mailbox_size_limit.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (32768, 32768))


# Mounts a file system at $1 (in the file $2) in which one user can write no more than so
# much.
WITH_QUOTA = (
    'set -e; mount -t tmpfs -o usrquota_block_hardlimit=256k,mode=0777 none "$1"; set +e',
    'set -e; rm -f "$2"; truncate -s 128M "$2"; mkfs.btrfs -q --mixed "$2" >/dev/null 2>&1;'
    ' mount -o loop "$2" "$1"; btrfs quota enable "$1"; btrfs qgroup limit 256K "$1";'
    ' chmod 777 "$1"; set +e',
)


def run_shell(script, *arguments):
    """Its status, in a name space of its own for mounts."""
    command = ["unshare", "-m", "sh", "-c", script, "sh", *arguments]
    return subprocess.run(command, capture_output=True, check=False).returncode


class Disk(Case):
    def test_a_file_size_limit(self):
        self.assert_defers(BIG, before=limit_file_size, code="4.3.1")
        self.assert_nothing_visible()

    def test_a_file_size_limit_without_the_signal_ignored(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (32768, 32768))

        self.assert_defers(BIG, before=limit, code="4.3.1")
        self.assert_nothing_visible()

    def test_a_message_below_the_limit(self):
        self.assert_delivers(MESSAGE, before=limit_file_size)

    @unittest.skipUnless(ROOT, "mounting a small file system needs root")
    def test_a_full_disk(self):
        os.mkdir(self.maildir)
        small = f"mount -t tmpfs -o size=64k,mode=0777 none {self.maildir}"
        if subprocess.run(["unshare", "-m", "sh", "-c", small], check=False).returncode:
            self.skipTest("no mounts here")
        script = (
            f"{small} && setpriv --reuid nobody --regid nogroup --clear-groups"
            f' "$@"; status=$?; find {self.maildir} -type f >&2; exit $status'
        )
        self.assert_defers(
            BIG,
            args=["unshare", "-m", "sh", "-c", script, "sh", *self.command()],
            as_root=True,
            code="4.3.1",
        )  # and find(1) has added no line

    @unittest.skipUnless(ROOT, "mounting a file system with a quota needs root")
    def test_a_quota_of_the_file_system(self):
        os.mkdir(self.maildir)
        image = os.path.join(self.home, "image")
        mount = next((m for m in WITH_QUOTA if run_shell(m, self.maildir, image) == 0), None)
        if mount is None:
            self.skipTest("no file system here can have a quota: tmpfs (Linux 6.6), btrfs")
        # Whatever becomes of a message that is over the quota of the Maildir.
        self.configure("[deliver]\nquota-full = bounce\n")
        script = (
            f'{mount}; shift 2; setpriv --reuid nobody --regid nogroup --clear-groups "$@";'
            f" status=$?; find {self.maildir} -type f >&2; exit $status"
        )
        words = ["sh", self.maildir, image, *self.command()]
        self.assert_defers(
            MESSAGE + (b"x" * 76 + b"\n") * 10_000,
            args=["unshare", "-m", "sh", "-c", f"set -- {' '.join(words[1:])}; {script}"],
            as_root=True,
            code="4.2.2",
        )

    def test_a_maildir_that_cannot_be_written(self):
        self.assert_delivers(MESSAGE)
        before = self.names()
        for directory in ("tmp", "new", "cur", ""):
            os.chmod(os.path.join(self.maildir, directory), 0o500)
        self.assert_defers(MESSAGE, code="4.2.0")
        self.assertEqual(self.names(), before)

    def test_a_home_that_cannot_be_written(self):
        os.chmod(self.home, 0o500)
        self.assert_defers(MESSAGE, says=self.maildir)
        self.assertFalse(os.path.exists(self.maildir))

    def test_a_file_where_the_maildir_should_be(self):
        self.write("Maildir", "not a directory\n")
        self.assert_defers(MESSAGE)

    def test_a_message_file_that_is_not_there(self):
        self.assert_defers(b"", "-p", "/nonexistent/message", says="/nonexistent/message")


class Configuration(Case):
    def check(self, text, says=""):
        path = self.write("broken.conf", text)
        command = self.command(configuration=path)
        self.assert_defers(MESSAGE, args=command, code="4.3.5", says=says)
        self.assertFalse(os.path.exists(self.maildir))

    def test_an_unknown_key(self):
        self.check("[mail]\nlocatoin = ~/Maildir\n", "locatoin")

    def test_an_unknown_section(self):
        self.check("[mial]\nlocation = ~/Maildir\n")

    def test_a_bad_value(self):
        self.check("[mail]\nseparator = xx\n", "separator")

    def test_something_else_altogether(self):
        self.check("\x7fELF\x01\x02\n")

    def test_a_location_that_is_not_absolute(self):
        path = self.write("broken.conf", "[mail]\nlocation = Maildir\n")
        self.assert_defers(MESSAGE, args=self.command(configuration=path))

    def test_a_file_that_is_not_there(self):
        command = self.command(configuration="/nonexistent/imapd.conf")
        self.assert_defers(MESSAGE, args=command, code="4.3.5", says="/nonexistent")

    def test_a_file_that_cannot_be_read(self):
        path = self.write("secret.conf", "[mail]\n", mode=0)
        self.assert_defers(MESSAGE, args=self.command(configuration=path), code="4.3.5")


class CommandLine(Case):
    def test_an_unknown_option(self):
        self.assert_defers(MESSAGE, "-x", code="4.3.5", says="-x")

    def test_an_unknown_long_option(self):
        self.assert_defers(MESSAGE, "--nonsense", code="4.3.5")

    def test_an_option_without_its_value(self):
        self.assert_defers(MESSAGE, "-m", code="4.3.5", says="-m")

    def test_an_operand(self):
        self.assert_defers(MESSAGE, "ann", code="4.3.5", says="ann")

    def test_an_empty_user(self):
        self.assert_defers(MESSAGE, "-d", "", code="4.3.5", says="-d")


class Input(Case):
    def test_an_empty_input(self):
        self.assert_defers(b"", says="empty")
        self.assert_nothing_visible()

    def test_nothing_but_a_separator_line(self):
        self.assert_defers(b"From a@b  Mon Jan  1 00:00:00 2024\n", says="empty")
        self.assert_nothing_visible()

    def test_half_a_separator_line(self):
        self.assert_defers(b"From a@b", says="empty")

    def test_no_standard_input(self):
        self.assert_defers(b"", stdin=None, before=lambda: os.close(0))
        self.assert_nothing_visible()

    def test_a_directory_as_standard_input(self):
        with open_directory("/") as directory:
            self.assert_defers(b"", stdin=directory)
        self.assert_nothing_visible()

    def test_a_writer_that_dies_in_the_middle(self):
        # The writer is deliver's parent, as local(8) is. It gives half a message and
        # is killed; to deliver that is an ordinary end of file.
        errors = os.path.join(self.home, "errors")
        read, write = os.pipe()
        writer = os.fork()
        if writer == 0:
            with open(errors, "wb") as file:
                process = subprocess.Popen(
                    self.command(),
                    stdin=subprocess.PIPE,
                    stderr=file,
                    env=self.environment(),
                    preexec_fn=drop,
                )
            process.stdin.write(b"Subject: half\n\nhal")
            process.stdin.flush()
            os.write(write, b"%d\n" % process.pid)
            signal.pause()
        pid = int(os.read(read, 20))
        os.close(read)
        os.close(write)
        eventually(lambda: self.names("tmp"))
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        eventually(lambda: not alive(pid))
        with open(errors, encoding="ascii") as file:
            line = file.read()
        self.assertTrue(line.startswith("4.2.0 deliver: "), line)
        self.assert_nothing_visible()


class Output(Case):
    def test_closed_descriptors_do_not_become_the_message(self):
        def close():
            os.close(1)
            os.close(2)

        self.assert_delivers(MESSAGE, before=close)
        self.assertEqual(self.only_message(), MESSAGE)

    def test_a_failure_without_standard_error(self):
        status, err = self.deliver(b"", before=lambda: os.close(2))
        self.assertEqual((status, err), (TRY_AGAIN, ""))

    def test_a_standard_error_that_nobody_reads(self):
        read, write = os.pipe()
        os.close(read)
        status, _ = self.deliver(b"", before=lambda: os.dup2(write, 2))
        os.close(write)
        self.assertEqual(status, TRY_AGAIN)


class Signals(Case):
    def interrupted(self, number, **options):
        before = len(self.names("tmp"))
        process = self.start(**options)
        process.stdin.write(MESSAGE)
        process.stdin.flush()
        eventually(lambda: len(self.names("tmp")) > before)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        return process.returncode, err.decode()

    def test_being_killed_leaves_nothing_to_be_seen(self):
        status, _ = self.interrupted(signal.SIGKILL)
        self.assertEqual(status, -signal.SIGKILL)
        self.assert_nothing_visible(leftovers=1)

    def test_a_polite_request_to_end(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            status, err = self.interrupted(number)
            self.assertEqual(status, TRY_AGAIN)
            self.assertTrue(err.startswith("4.2.0 deliver: "), err)
        self.assertEqual(self.names(), [])

    def test_the_alarm(self):
        # Rather than wait for it.
        status, err = self.interrupted(signal.SIGALRM)
        self.assertEqual((status, err), (TRY_AGAIN, "4.2.0 deliver: out of time\n"))
        self.assertEqual(self.names(), [])

    def test_the_alarm_when_the_caller_had_blocked_it(self):
        def block():
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
            signal.signal(signal.SIGALRM, signal.SIG_IGN)

        status, _ = self.interrupted(signal.SIGALRM, before=block)
        self.assertEqual(status, TRY_AGAIN)


def alive(pid):
    """Whether it runs. A process that nobody has waited for yet does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


class open_directory:
    """The directory as a descriptor, for `with`."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)

    def __enter__(self):
        return self.fd

    def __exit__(self, *_):
        os.close(self.fd)


if __name__ == "__main__":
    main()
