#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Runs every test of a build and counts single tests: each Boost test case, corpus
file, transcript, batch of generated dialogues, Python test method, man page.

    collect.py --build DIR [-j JOBS] [--filter TEXT]

The last line is `N passed, N failed` or `N passed, N failed, N skipped`. Status 0 only
if something ran and nothing failed. A program that dies counts as one failure more,
whatever it had reported.
"""

import argparse
import concurrent.futures
import dataclasses
import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TESTS = os.path.join(SOURCE, "tests")
PYTHON = [sys.executable, "-B"]

SANITIZERS = {
    "ASAN_OPTIONS": "abort_on_error=1:strict_string_checks=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1:print_stacktrace=1",
}


@dataclasses.dataclass
class Job:
    name: str  # suite/name, what --filter looks at
    argv: list
    form: str = "tap"  # or "boost"
    timeout: int = 300
    leaks: bool = True
    cost: int = 1  # the costly start first


@dataclasses.dataclass
class Outcome:
    job: Job
    passed: list
    failed: list
    skipped: list
    output: str
    seconds: float


def built_jobs(build):
    """Unit tests and corpus replays, as meson knows them."""
    listing = subprocess.run(
        ["meson", "introspect", "--tests", build], check=True, capture_output=True
    )
    for test in json.loads(listing.stdout):
        suite = test["suite"][0].split(":")[-1]
        if suite == "unit":
            yield Job(f"unit/{test['name']}", test["cmd"], "boost", test["timeout"])
        elif suite == "fuzz":
            yield Job(f"fuzz/{test['name']}", test["cmd"], "tap", test["timeout"])


def script_jobs():
    """What is written in Python: a job a file."""
    tap = PYTHON + [os.path.join(TESTS, "support", "tap.py")]
    patterns = {"support": "test_*.py", "meta": "[a-z]*.py", "system": "[a-z]*.py"}
    for suite, pattern in patterns.items():
        for path in sorted(glob.glob(os.path.join(TESTS, suite, pattern))):
            name = os.path.splitext(os.path.basename(path))[0]
            system = suite == "system"
            # A session that has become another user cannot be looked into by the
            # leak checker, which attaches to it like a debugger.
            yield Job(
                f"{suite}/{name}",
                tap + [path],
                timeout=600 if system else 300,
                leaks=not system,
                cost=20 if system else 1,
            )
    runner = PYTHON + [os.path.join(TESTS, "protocol", "run.py")]
    # The other ways to reach the same session; a server is started once for all.
    for options in ["--compress"], ["--plaintext"], ["--tls"], ["--tls", "--compress"]:
        yield Job(
            "protocol/all " + " ".join(options),
            runner + options,
            timeout=600,
            leaks=options == ["--compress"],
            cost=10,
        )
    for path in sorted(glob.glob(os.path.join(TESTS, "protocol", "*.imap"))):
        name = os.path.splitext(os.path.basename(path))[0]
        yield Job(f"protocol/{name}", runner + [path], cost=2)
        yield Job(
            f"protocol/{name} (index deleted)", runner + ["--delete-index", path], cost=2
        )
    generated = PYTHON + [os.path.join(TESTS, "protocol", "generated.py")]
    for kind in ("valid", "two", "mutated"):
        yield Job(f"protocol/generated ({kind})", generated + ["--kind", kind], cost=20)


def leaks_can_be_found(build):
    """Whether the leak checker works here: it does not under ptrace, nor in some
    containers."""
    programs = glob.glob(os.path.join(build, "tests", "unit", "*_test"))
    if not programs:
        return True
    probe = subprocess.run(
        [programs[0], "--list_content"],
        env={**os.environ, "ASAN_OPTIONS": "detect_leaks=1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    return b"LeakSanitizer has encountered a fatal error" not in probe.stderr


def read_tap(text):
    passed, failed, skipped = [], [], []
    for line in text.splitlines():
        match = re.match(r"(not )?ok\b(?: \d+)?(?: - )?(.*)", line)
        if not match:
            continue
        name, _, directive = match[2].partition(" # ")
        if match[1]:
            failed.append(name)
        elif directive.upper().startswith("SKIP"):
            skipped.append(f"{name}: {directive[5:]}")
        else:
            passed.append(name)
    return passed, failed, skipped


def read_junit(path):
    passed, failed, skipped = [], [], []
    try:
        cases = xml.parse(path).iter("testcase")
    except (OSError, xml.ParseError):
        return passed, failed, skipped
    for case in cases:
        name = f"{case.get('classname', '')}.{case.get('name', '')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.find("skipped") is not None:
            skipped.append(name)
        else:
            passed.append(name)
    return passed, failed, skipped


def run(job, build, leaks):
    environment = {**os.environ, **SANITIZERS, "AVOCET_BUILD": os.path.abspath(build)}
    detect = int(leaks and job.leaks)
    environment["ASAN_OPTIONS"] += f":detect_leaks={detect}"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    argv = list(job.argv)
    with tempfile.TemporaryDirectory(prefix="avocet-check-") as scratch:
        environment["TMPDIR"] = scratch
        os.chmod(scratch, 0o755)
        report = os.path.join(scratch, "junit.xml")
        if job.form == "boost":
            argv += [
                f"--logger=JUNIT,warning,{report}",
                "--report_level=short",
                "--catch_system_errors=no",
            ]
        started = time.monotonic()
        process = subprocess.Popen(
            argv,
            cwd=SOURCE,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            output = process.communicate(timeout=job.timeout)[0]
            ended = f"status {process.returncode}"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output = process.communicate()[0]
            ended = f"timed out after {job.timeout} s"
        text = output.decode("utf-8", "replace")
        outcome = read_junit(report) if job.form == "boost" else read_tap(text)
    passed, failed, skipped = outcome
    if process.returncode != 0 and not failed:
        failed.append(f"({ended})")
    elif process.returncode not in (0, 1) and job.form == "tap":
        failed.append(f"({ended})")
    elif not passed and not failed and not skipped:
        failed.append("(reported nothing)")
    return Outcome(job, passed, failed, skipped, text, time.monotonic() - started)


def tell(outcome):
    count = f"{len(outcome.passed)} passed"
    if outcome.failed:
        count += f", {len(outcome.failed)} FAILED"
    if outcome.skipped:
        count += f", {len(outcome.skipped)} skipped"
    print(f"{outcome.job.name:44} {count}  ({outcome.seconds:.1f} s)", flush=True)
    for reason in outcome.skipped:
        print(f"    skipped {reason}")
    if outcome.failed:
        for name in outcome.failed:
            print(f"    failed {name}", flush=True)


def tell_why(outcome):
    """What the test printed last: at the end, where nobody has to look for it."""
    print(f"\n{outcome.job.name} printed:")
    for line in outcome.output.splitlines()[-60:]:
        print("    | " + line[:400])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--build", required=True)
    arguments.add_argument("-j", type=int, default=os.cpu_count() or 1, dest="jobs")
    arguments.add_argument("--filter", default="")
    options = arguments.parse_args()

    jobs = list(built_jobs(options.build)) + list(script_jobs())
    jobs = [job for job in jobs if options.filter in job.name]
    jobs.sort(key=lambda job: -job.cost)
    leaks = leaks_can_be_found(options.build)
    if not leaks:
        print("The leak checker does not work here; leaks go unnoticed.")

    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
        under_way = [pool.submit(run, job, options.build, leaks) for job in jobs]
        for future in concurrent.futures.as_completed(under_way):
            outcomes.append(future.result())
            tell(outcomes[-1])

    failures = [o for o in outcomes if o.failed]
    for outcome in failures:
        tell_why(outcome)
    if failures:
        print("\nFailed:")
        for outcome in failures:
            for name in outcome.failed:
                print(f"    {outcome.job.name}: {name}")
    passed = sum(len(o.passed) for o in outcomes)
    failed = sum(len(o.failed) for o in outcomes)
    skipped = sum(len(o.skipped) for o in outcomes)
    print(f"\n{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
