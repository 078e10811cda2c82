#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Runs the unittest modules named on the command line and prints TAP: a line per
test method, diagnostics after '# '. This is the one form all our Python tests report
in; tests/support/collect.py and `meson test` both read it.

    tap.py FILE_OR_DIRECTORY...
"""

import importlib.util
import os
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


class TapResult(unittest.TestResult):
    """Prints each outcome as it is known, so that a hang shows where it hangs."""

    def __init__(self):
        super().__init__()
        self.count = 0
        self.started = time.monotonic()
        self.failed_subtests = set()

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()

    def line(self, verdict, test, note=""):
        self.count += 1
        took = time.monotonic() - self.started
        if took >= 5:
            print(f"# the next one took {took:.1f} s")
        name = test.id().split(".", 1)[-1].replace("#", "no. ")
        print(f"{verdict} {self.count} - {name}{note}", flush=True)

    def explain(self, test, err):
        for line in self._exc_info_to_string(err, test).splitlines():
            print("# " + line, flush=True)

    def addSuccess(self, test):
        if test not in self.failed_subtests:
            self.line("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.explain(test, err)
        self.line("not ok", test)

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err is None:
            return
        self.failures.append((subtest, ""))
        self.explain(subtest, err)
        self.failed_subtests.add(test)
        self.line("not ok", subtest)

    def addSkip(self, test, reason):
        self.line("ok", test, " # SKIP " + reason.replace("\n", " "))


def load(path):
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def files(paths):
    for path in paths:
        if os.path.isdir(path):
            yield from sorted(
                os.path.join(path, name)
                for name in os.listdir(path)
                if name.endswith(".py") and not name.startswith("_")
            )
        else:
            yield path


def main():
    sys.path.insert(0, HERE)
    result = TapResult()
    for path in files(sys.argv[1:]):
        sys.path.insert(1, os.path.dirname(os.path.abspath(path)))
        load(path).run(result)
    print(f"1..{result.count}")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
