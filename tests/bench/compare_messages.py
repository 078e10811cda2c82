#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The same generated messages from Avocet and from Debian's Dovecot: ENVELOPE,
BODYSTRUCTURE, the octets of all parts, sizes. Differences that are meant are in
message_differences.py, with the section that decides each, and are counted; any other is
an error.

    compare_messages.py [COUNT [SEED]]      AVOCET_BUILD names the build
"""

import collections
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "support"), HERE]

import dovecot  # noqa: E402
from imap_client import ImapClient  # noqa: E402
from message_checks import MessagesBox, fetch_each, parts_of_message, section_items  # noqa: E402
from message_differences import INTENDED, Difference  # noqa: E402
from message_generator import generate  # noqa: E402
from response_parser import BadResponse  # noqa: E402
from server import USER  # noqa: E402

WHOLE = ["RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE", "BODY.PEEK[]", "BODY.PEEK[HEADER]",
         "BODY.PEEK[TEXT]"]  # fmt: skip


class Answers:
    """What a server says of each message. One that breaks the grammar costs the
    connection and is told as such."""

    def __init__(self, connect):
        self.connect = connect
        self.client = None
        self.broken = {}

    def fetch(self, wanted):
        """`wanted` is [(number, [items])]; many at once, and one by one where that fails."""
        fetched = {}
        for at in range(0, len(wanted), 50):
            some = wanted[at : at + 50]
            answers = self.try_to(some)
            if answers is None:
                for one in some:
                    fetched.update(self.try_to([one]) or {})
            else:
                fetched.update(answers)
        return fetched

    def try_to(self, wanted):
        try:
            self.client = self.client or self.connect()
            return fetch_each(self.client, wanted)
        except BadResponse as error:
            self.client.close()
            self.client = None
            if len(wanted) == 1:
                self.broken[wanted[0][0]] = str(error)
            return None


def from_avocet(messages, ask):
    box = MessagesBox(message.octets for message in messages)
    try:
        answers = Answers(box.client)
        ask(answers)
        answers.client.close()
        return answers
    finally:
        box.remove()


def from_dovecot(messages, ask):
    with dovecot.Dovecot() as site:
        uid, gid = site.account
        for number, message in enumerate(messages, 1):
            base = f"{1767225600 + number}.M{number:06}P1.example:2,S"
            path = os.path.join(site.maildir(), "cur", base)
            with open(path, "wb") as file:
                file.write(message.octets)
                os.fchown(file.fileno(), uid, gid)

        def connect():
            client = ImapClient.tcp("127.0.0.1", site.port)
            client.login(USER, site.password)
            client.command("SELECT INBOX").ok()
            return client

        answers = Answers(connect)
        ask(answers)
        answers.client.close()
        return answers


def ask_all(count):
    """Everything about every message, its parts by the server's own BODYSTRUCTURE."""

    def ask(answers):
        answers.items = answers.fetch([(number, WHOLE) for number in range(1, count + 1)])
        wanted = [(number, list(section_items(items["BODYSTRUCTURE"])))
                  for number, items in answers.items.items()]  # fmt: skip
        for number, items in answers.fetch(wanted).items():
            answers.items[number].update(items)

    return ask


def differences(message, ours, theirs):
    """Field by field; parts only as far as both have the same ones."""
    for name in ("RFC822.SIZE", "BODY[]", "BODY[HEADER]", "BODY[TEXT]"):
        if ours[name] != theirs[name]:
            yield Difference(message, "", name, ours[name], theirs[name], ours)
    yield from envelope_differences(message, "", ours["ENVELOPE"], theirs["ENVELOPE"], ours)
    one, other = (dict(parts_of_message(items["BODYSTRUCTURE"])) for items in (ours, theirs))
    if "parts" in ours["BODYSTRUCTURE"] or "parts" in theirs["BODYSTRUCTURE"]:
        one[""], other[""] = ours["BODYSTRUCTURE"], theirs["BODYSTRUCTURE"]
    differing = []
    for path in sorted(one.keys() | other.keys()):
        if any(path.startswith(top + "." if top else "") for top in differing):
            continue
        if path not in one or path not in other:
            yield Difference(message, path, "presence", path in one, path in other, ours)
            continue
        found = list(part_differences(message, path, one[path], other[path], ours, theirs))
        if any(each.field in ("parts", "octets", "BODY") for each in found) or (
            one[path]["type"].lower() != other[path]["type"].lower()
        ):
            differing.append(path)  # what is below differs because of it
        yield from found


def envelope_differences(message, path, one, other, items):
    for name in one:
        if one[name] != other[name]:
            yield Difference(message, path, name, one[name], other[name], items)


def part_differences(message, path, one, other, ours, theirs):
    kinds = [f"{part['type'].decode('latin-1')}/{part['subtype'].decode('latin-1')}"
             for part in (one, other)]  # fmt: skip
    if kinds[0] != kinds[1]:
        yield Difference(message, path, "type", *kinds, ours)
    if kinds[0].lower() != kinds[1].lower():
        return
    if "parts" in one and len(one["parts"]) != len(other["parts"]):
        yield Difference(message, path, "parts", len(one["parts"]), len(other["parts"]), ours)
    for name in sorted(one.keys() - {"type", "subtype", "parts", "body", "envelope"}):
        if one[name] != other.get(name):
            yield Difference(message, path, name, one[name], other.get(name), ours)
    if "envelope" in one:
        yield from envelope_differences(message, path, one["envelope"], other["envelope"], ours)
    for suffix in ("", ".MIME", ".HEADER", ".TEXT"):
        name = f"BODY[{path}{suffix}]"
        if path and ours.get(name) != theirs.get(name):
            yield Difference(message, path, "BODY" + suffix, ours.get(name), theirs.get(name), ours)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    if dovecot.why_not():
        sys.exit(f"no comparison: {dovecot.why_not()}")
    messages = generate(seed, count)
    ours = from_avocet(messages, ask_all(count))
    theirs = from_dovecot(messages, ask_all(count))
    if ours.broken:
        sys.exit(f"Avocet breaks the grammar: {ours.broken}")

    intended, unknown = collections.Counter(), []
    compared = 0
    for number, message in enumerate(messages, 1):
        if number not in theirs.items or number in theirs.broken:
            continue
        compared += 1
        for difference in differences(message, ours.items[number], theirs.items[number]):
            reasons = [each for each in INTENDED if each.applies(difference)]
            if reasons:
                intended[reasons[0].title] += 1
            else:
                unknown.append(difference)

    print(f"{compared} of {count} messages compared, seed {seed}")
    for reason in INTENDED:
        print(f"{intended[reason.title]:6}  {reason.title}\n        {reason.decided_by}")
    # All of them so far: message/global without its envelope.
    print(f"{len(theirs.broken):6}  messages of which Dovecot's answer is not in the grammar")
    print("        RFC 9051 §9 media-message, RFC 6532 §3.7")
    for kind, times in collections.Counter(each.field for each in unknown).items():
        print(f"{times:6}  UNEXPLAINED: {kind}")
    for difference in unknown[: int(os.environ.get("AVOCET_SHOW", "20"))]:
        print(difference)
    sys.exit(1 if unknown else 0)


if __name__ == "__main__":
    main()
