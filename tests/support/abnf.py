# SPDX-License-Identifier: ISC
"""A reader of ABNF (RFC 5234) that makes sentences of it.

    grammar = Abnf(text)
    maker = Sentences(grammar, random.Random(1), bindings)
    pieces = maker.make("fetch")

What ABNF cannot say (a literal is as long as its number says; a message number must be
one that there is) is left to `bindings`: rule name to a function that gets the maker
and gives bytes, or a list of pieces. It goes before a rule of the same name. A piece is
bytes, or whatever a binding gives besides.
"""

import re

TOKEN = re.compile(
    r"""(?P<string>"[^"]*") | (?P<value>%x[0-9A-Fa-f.-]+) | (?P<repeat>\d*\*\d*|\d+)
    | (?P<name>[A-Za-z][A-Za-z0-9-]*) | (?P<mark>[()\[\]/])""",
    re.X,
)
UNBOUNDED = 10**9


class Node:
    """A part of a rule. `height` is the least number of rules that it takes to get from
    here to octets: what recursion is steered home by."""

    height = 0

    def parts(self):
        return ()


class String(Node):
    """A quoted string of ABNF: in any case."""

    def __init__(self, text):
        self.text = text

    def make(self, maker):
        if maker.random.random() < 0.5:
            return [self.text.encode()]
        return ["".join(maker.random.choice((c.lower(), c.upper())) for c in self.text).encode()]


class Value(Node):
    """%x41, %x41-5A or %x41.42"""

    def __init__(self, text):
        first, self.is_range, last = text[2:].partition("-")
        self.octets = bytes(int(each, 16) for each in first.split("."))
        self.last = int(last or "0", 16)

    def make(self, maker):
        if self.is_range:
            return [bytes([maker.random.randint(self.octets[0], self.last)])]
        return [self.octets]


class Name(Node):
    def __init__(self, name):
        self.name = name.lower()

    def make(self, maker):
        return maker.expand(self.name)


class Sequence(Node):
    def __init__(self, nodes):
        self.nodes = nodes

    def parts(self):
        return self.nodes

    def make(self, maker):
        return [piece for node in self.nodes for piece in node.make(maker)]


class Choice(Node):
    def __init__(self, nodes):
        self.nodes = nodes

    def parts(self):
        return self.nodes

    def make(self, maker):
        nodes = self.nodes
        if maker.is_deep():
            least = min(node.height for node in nodes)
            nodes = [node for node in nodes if node.height == least]
        node = maker.random.choice(nodes)
        maker.taken.add((id(self), self.nodes.index(node)))
        return node.make(maker)


class Repeat(Node):
    """*x, 1*x, 2x, 1*2x, [x]"""

    def __init__(self, node, least, most):
        self.node, self.least, self.most = node, least, most

    def parts(self):
        return (self.node,)

    def make(self, maker):
        count = self.least
        if not maker.is_deep():
            while count < self.most and maker.random.random() < 0.45:
                count += 1
        maker.taken.add((id(self), min(count, self.least + 1)))
        return [piece for _ in range(count) for piece in self.node.make(maker)]


class Abnf:
    """The rules of `text`; "=/" adds alternatives, as in RFC 5234 §3.3."""

    def __init__(self, text):
        self.rules = {}
        for name, operator, definition in self._definitions(text):
            alternatives = self._parse(definition).nodes
            if operator == "=/":
                alternatives = self.rules[name].nodes + alternatives
            elif name in self.rules:
                raise ValueError(f"{name} is defined twice")
            self.rules[name] = Choice(alternatives)
        self._measure()

    @staticmethod
    def _definitions(text):
        """A rule begins in the first column and goes on in lines that do not."""
        text = re.sub(r';.*|"[^"\n]*"', lambda m: m[0] if m[0][0] == '"' else "", text)
        for match in re.finditer(r"^(\S+)\s+(=/?)((?:.*\n)(?:[ \t].*\n|\n)*)", text, re.M):
            yield match[1].lower(), match[2], match[3]

    def _parse(self, definition):
        tokens = []
        rest = definition.strip()
        while rest:
            match = TOKEN.match(rest)
            if not match:
                raise ValueError(f"no ABNF: {rest!r}")
            tokens.append((match.lastgroup, match[0]))
            rest = rest[match.end() :].lstrip()
        tokens.append(("mark", ""))
        return self._alternation(tokens, "")

    def _alternation(self, tokens, close):
        alternatives, sequence = [], []
        while True:
            kind, text = tokens.pop(0)
            if kind == "mark" and text in ("/", close):
                alternatives.append(sequence[0] if len(sequence) == 1 else Sequence(sequence))
                sequence = []
                if text == close:
                    return Choice(alternatives)
            else:
                sequence.append(self._element(tokens, kind, text))

    def _element(self, tokens, kind, text):
        if kind == "repeat":
            least, star, most = text.partition("*")
            node = self._element(tokens, *tokens.pop(0))
            return Repeat(node, int(least or 0), int(most or UNBOUNDED) if star else int(least))
        if kind == "string":
            return String(text[1:-1])
        if kind == "value":
            return Value(text)
        if kind == "name":
            return Name(text)
        if text == "(":
            return self._alternation(tokens, ")")
        if text == "[":
            return Repeat(self._alternation(tokens, "]"), 0, 1)
        raise ValueError(f"{text!r} is out of place")

    def nodes(self, name):
        """All nodes of one rule."""
        waiting = [self.rules[name]]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.parts()

    def _measure(self):
        """Least heights, by going over the rules until nothing changes any more."""
        height = dict.fromkeys(self.rules, UNBOUNDED)

        def of(node):
            if isinstance(node, Name):
                node.height = 1 + height.get(node.name, 0)
            elif isinstance(node, Choice):
                node.height = min([of(part) for part in node.nodes])
            elif isinstance(node, Repeat):
                inner = of(node.node)
                node.height = inner if node.least else 0
            else:
                node.height = max([of(part) for part in node.parts()], default=0)
            return node.height

        changed = True
        while changed:
            changed = False
            for name, node in self.rules.items():
                before, height[name] = height[name], of(node)
                changed = changed or before != height[name]

    def names_in(self, name):
        return {node.name for node in self.nodes(name) if isinstance(node, Name)}


class Sentences:
    """Makes sentences at random. `stack` holds the rules that are being expanded, the
    innermost last, for bindings that depend on where they stand. `taken` is what has
    been made so far: which alternatives, and repetitions at and above their least."""

    max_depth = 9

    def __init__(self, grammar, random, bindings):
        self.grammar = grammar
        self.random = random
        self.bindings = bindings
        self.stack = []
        self.taken = set()

    def is_deep(self):
        return len(self.stack) > self.max_depth

    def expand(self, name):
        bound = self.bindings.get(name)
        if bound is None and name not in self.grammar.rules:
            raise KeyError(f"no rule {name}")
        self.stack.append(name)
        pieces = bound(self) if bound else self.expand_rule(name)
        self.stack.pop()
        return [pieces] if isinstance(pieces, bytes) else pieces

    def expand_rule(self, name):
        """The rule itself, for a binding that only sometimes goes before it."""
        return self.grammar.rules[name].make(self)

    def make(self, name):
        """A sentence as few pieces as there can be: neighbouring bytes are joined."""
        joined = []
        for piece in self.expand(name):
            if joined and isinstance(piece, bytes) and isinstance(joined[-1], bytes):
                joined[-1] += piece
            else:
                joined.append(piece)
        return joined

    def never_taken(self, root):
        """What of the rules that can be reached from `root` has never been made."""
        waiting, seen, missed = [root], set(), []
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self.grammar.rules:
                continue
            seen.add(name)
            waiting += self.grammar.names_in(name)
            for node in self.grammar.nodes(name):
                wanted = range(len(node.nodes)) if isinstance(node, Choice) else ()
                if isinstance(node, Repeat):
                    wanted = [node.least] + [node.least + 1] * (node.most > node.least)
                missed += [(name, i) for i in wanted if (id(node), i) not in self.taken]
        return missed
