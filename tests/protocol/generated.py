#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Dialogues that nobody has written: commands made from the grammar against
`imapd --stdio`, each dialogue on a fresh Maildir; TAP on stdout.

    generated.py [--kind KIND] [--seed N] [--seconds N] [--show]

    valid     commands that the grammar allows, pipelined too: the answer is never BAD
    two       two sessions on one Maildir, and other programs at it
    mutated   commands that are damaged: the dialogue stays in step, or ends with BYE

Everything that the server says goes through the strict parser, and is looked at for what
no single response shows: message numbers that there are, EXPUNGE where it is allowed,
one tagged answer a command, in order. At the end imapd must exit with 0, and nothing
must have been reported on standard error.

A dialogue depends on its seed alone, as far as the order in which two sessions are served
lets it. Without --seed the ordinary seeds are run, a line of TAP for a batch of them; with
it only that one, or all from there for --seconds.
"""

import argparse
import os
import random
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

from counting_client import SETTLED, Closed, CountingClient  # noqa: E402
from mutation import Mutator, announced  # noqa: E402
from response_parser import BadResponse, Incomplete  # noqa: E402
from stdio_site import Failure, Site  # noqa: E402

BATCHES, BATCH = 6, 5  # of the ordinary run, for each kind
COMMANDS = 45  # in a dialogue
MOST_PADDING = 300000  # a literal that is longer is not waited for
TROUBLE = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:|internal-error|SERVERBUG")
PIPELINED = "noop capability list lsub status namespace getquota getquotaroot getmetadata "
PIPELINED += "setmetadata create subscribe unsubscribe id append"


class Valid:
    """One session, and sometimes another program at the Maildir."""

    sessions = 1

    def __init__(self, site):
        self.site = site
        self.chance = site.chance
        self.peers = []

    def run(self):
        for number in range(self.sessions):
            self.peers.append(self.open(number))
        for _ in range(COMMANDS):
            if self.chance.random() < 0.04:
                self.site.disturb()
            self.step(self.chance.randrange(self.sessions))
        for number in range(self.sessions):
            self.guarded(number, CountingClient.count_again)
        for peer in self.peers:
            peer.log_out()

    def open(self, number):
        peer = CountingClient(self.site, str(number + 1) if self.sessions > 1 else "")
        for _ in range(self.chance.choice([0, 0, 1, 2, 6])):
            peer.perform(peer.maker.command("enable"))
        if self.chance.random() < 0.2:
            peer.perform(peer.maker.command("compress"))
        return peer

    def guarded(self, number, what):
        """`what(peer)`; a session whose mailbox has been deleted is opened anew."""
        try:
            what(self.peers[number])
        except Closed:
            self.peers[number].end()
            self.peers[number] = self.open(number)

    def step(self, number):
        if self.chance.random() < 0.15 and not self.peers[number].is_notified:
            self.guarded(number, self.pipeline)
        else:
            self.guarded(number, lambda peer: peer.perform(peer.maker.any_command()))

    def pipeline(self, peer):
        """RFC 9051 §5.5: what comes before must not change what the next one means."""
        words = PIPELINED.split()
        if peer.known.selected is not None and self.chance.random() < 0.5:
            words = sorted(SETTLED)
        commands = [peer.maker.command(self.chance.choice(words)) for _ in range(6)]
        peer.perform_together([command for command in commands if not command.waits()])


class Two(Valid):
    """Two sessions on one Maildir: in turn, at once, and while one is in IDLE."""

    sessions = 2

    def step(self, number):
        chance = self.chance.random()
        if chance < 0.25:
            return self.at_once()
        if chance < 0.35:
            return self.guarded(number, lambda peer: self.while_idle(peer, 1 - number))
        return super().step(number)

    def at_once(self):
        commands = [peer.maker.any_command() for peer in self.peers]
        for peer, command in zip(self.peers, commands):
            if not command.waits():
                peer.begin(command)
                peer.client.send(command.octets())
        for number, command in enumerate(commands):
            if command.waits():
                self.guarded(number, lambda peer, its=command: peer.perform(its))
            else:
                self.guarded(number, lambda peer, its=command: peer.finish(its, None))

    def while_idle(self, peer, other):
        def meanwhile():
            for _ in range(3):
                self.guarded(other, lambda it: it.perform(it.maker.any_command()))

        peer.perform(peer.maker.command("idle"), meanwhile)


class Mutated:
    """One session, which is told what is no command; and after each, that it is still
    in step."""

    def __init__(self, site):
        self.site = site
        self.chance = site.chance
        self.mutator = Mutator(site.chance)
        self.peers = []
        self.probes = 0

    def run(self):
        self.open()
        for number in range(COMMANDS):
            if number % 10 == 9 and self.peers:
                self.prepare()
            octets = b"".join(self.damaged() for _ in range(self.chance.choice([1, 1, 1, 4])))
            if not self.is_in_step_after(octets):
                self.peers.pop().end()
                self.open()
        self.peers.pop().end()

    def damaged(self):
        self.site.commands += 1
        maker = self.peers[0].maker
        word = self.chance.choice(maker.words() + ["enable", "logout"])
        return self.mutator.mutate(maker.command(word).octets())

    def open(self):
        self.peers.append(CountingClient(self.site))
        if self.chance.random() < 0.4:
            self.exchange(self.peers[0].maker.command("enable").octets())
        self.prepare()

    def prepare(self):
        """So that what is damaged next is about a mailbox with messages in it."""
        peer = self.peers[0]
        if not self.exchange(b"a SELECT INBOX\r\na UID FETCH 1:* FLAGS\r\n"):
            peer.end()
            self.peers = [CountingClient(self.site)]
        peer.known.selected = "INBOX"

    def is_in_step_after(self, octets):
        if announced(octets) > MOST_PADDING:
            self.peers[0].client.send(octets)
            return False
        return self.exchange(octets)

    def exchange(self, octets):
        """Sends `octets`, then NOOPs, as many as literals may swallow and a few more: the
        last is answered. False if the session is over."""
        peer = self.peers[0]
        padding, tags = octets + b"\r\n", []
        while not tags or len(padding) < len(octets) + announced(octets) + 600:
            self.probes += 1
            tags.append(f"probe{self.probes:0{100 if announced(octets) > 4000 else 6}}")
            padding += tags[-1].encode() + b" NOOP\r\n"
        peer.client.send(padding)
        answered = -1
        while answered < len(tags) - 1:
            try:
                response = peer.client.next()
            except Incomplete:
                if peer.client.parser.source.pending():
                    raise
                raise Failure("closed without BYE") from None
            if response.code == "SERVERBUG":
                raise Failure("SERVERBUG")
            if response.name == "BYE":
                return False
            if response.name == "ENABLED":
                peer.see_enabled(response)
            elif response.name == "EXISTS":
                peer.known.uids = list(range(1, response.number + 1))
            elif response.tag in tags:
                if tags.index(response.tag) <= answered:
                    raise Failure("an answer out of order, or twice")
                answered = tags.index(response.tag)
        return True


KINDS = {"valid": Valid, "two": Two, "mutated": Mutated}


def run(kind, seed, show):
    """One dialogue: how many commands it had. Raises Failure with all there is to know."""
    site = Site(random.Random(f"{kind} {seed}"), show)
    dialogue = KINDS[kind](site)
    try:
        dialogue.run()
        if TROUBLE.search(site.stderr_text()):
            raise Failure("reported on standard error")
    except (Failure, BadResponse, AssertionError, OSError, TimeoutError) as problem:
        for peer in dialogue.peers:
            peer.abandon()
        said = site.dialogue if show else site.dialogue[-40:]
        raise Failure(
            f"generated.py --kind {kind} --seed {seed}\n"
            + "\n".join("  " + line[:3000] for line in said)
            + f"\n{type(problem).__name__}: {problem}\n"
            + site.stderr_text()[-6000:]
        ) from None
    finally:
        site.remove()
    return site.commands


def batches(options):
    """(kind, seeds) of each line of TAP."""
    kinds = [options.kind] if options.kind else list(KINDS)
    if options.seed is not None and not options.seconds:
        yield from ((kind, [options.seed]) for kind in kinds)
    elif options.seconds:
        end, seed = time.monotonic() + options.seconds, options.seed or 1
        while time.monotonic() < end:
            yield from ((kind, range(seed, seed + BATCH)) for kind in kinds)
            seed += BATCH
    else:
        for first in range(1, 1 + BATCHES * BATCH, BATCH):
            yield from ((kind, range(first, first + BATCH)) for kind in kinds)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kind", choices=KINDS)
    arguments.add_argument("--seed", type=int)
    arguments.add_argument("--seconds", type=int)
    arguments.add_argument("--show", action="store_true")
    options = arguments.parse_args()
    count = failures = total = 0
    for kind, seeds in batches(options):
        count += 1
        failed, commands = [], 0
        for seed in seeds:
            try:
                commands += run(kind, seed, options.show)
            except Failure as failure:
                failed.append(seed)
                print("# " + str(failure).replace("\n", "\n# "), flush=True)
        total += commands
        failures += bool(failed)
        verdict = "not ok" if failed else "ok"
        print(f"{verdict} {count} - {kind}, seeds {seeds[0]} to {seeds[-1]}", flush=True)
    print(f"# {total} commands")
    print(f"1..{count}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
