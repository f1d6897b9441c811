"""Random chat templates from a grammar, rendered by transformers, for `fixtures/templates.json`."""

import random
import re
import warnings
from collections.abc import Callable

from transformers.utils.chat_template_utils import _cached_compile_jinja_template, _plain_template_data

from touchstone.productions import COMMON, LAZY, LITERALS, OTHER, PRODUCTIONS

SEED = 20261129
COUNT = 700
LONGEST = 800
"""The maximum number of characters of a template and of its text."""
ERRORS = 0.25
"""The maximum share of templates that raise an exception."""

VARIABLES: dict[str, object] = {
    "messages": [
        {"role": "system", "content": "Be brief. "},
        {"role": "user", "content": "Hello, <b>\"you\"</b> & 'me'!\n", "name": "Zoë"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1, "y": [1.5, None]}}}],
        },
        {"role": "tool", "content": "😀 ﬁne ß İ ǆ Σας", "tool_call_id": "1"},
        {"role": "user", "content": [{"type": "text", "text": "part"}, {"type": "image"}]},
    ],
    "tools": [
        {
            "type": "function",
            "function": {"name": "f", "parameters": {"type": "object", "items": {"q": 1}, "required": ["x"]}},
        }
    ],
    "documents": None,
    "add_generation_prompt": True,
    "bos_token": "<s>",
    "eos_token": "</s>",
    "text": "The  quick\tbrown fox\r\njumps; over\u00a0the lazy dog.",
    "word": "Straße",
    "emoji": "a😀b\U0001fae0c\u200d",
    "empty": "",
    "number": 7,
    "big": 123456789012345678901234567890,
    "half": 0.5,
    "pi": 3.14159,
    "yes": True,
    "nothing": None,
    "words": ["pear", "Apple", "fig", "apple", "Fig"],
    "numbers": [3, 1, 2, 1.0, True],
    "pairs": [["k", 1], ["l", 2]],
    "people": [
        {"name": "Ann", "age": 30, "at": {"city": "Oslo"}},
        {"name": "bob", "age": 4, "at": {"city": "rome"}},
        {"name": "Cid", "age": 30, "at": {"city": "Rome"}, "items": 3},
        {"name": "dan", "at": {}},
    ],
    "table": {"b": 1, "a": [2, 3], "C": {"z": None}, "items": "own", "0": "zero"},
}

KINDS = {"str": 9, "int": 7, "float": 4, "bool": 5, "list": 7, "dict": 5, "none": 1, "undefined": 1}
NAMES = ["a", "b", "c", "x", "y", "word", "number"]
GAPS = ["", "", "", " ", "\n", "\n\n", "  ", "\n  ", "  \n", "\t", "\n\t", "x", "\ny\n", " z ", "\u00a0", "\n\u00a0"]
GAPS += ["\n\x1c", "\r\n", "}}", "{ ", "\u2028 "]
LOOPS = """
loop.index
loop.index0
loop.revindex
loop.revindex0
loop.first
loop.last
loop.length
loop.depth
loop.depth0
loop.previtem
loop.nextitem
loop.cycle('a', 'b')
loop.changed(NAME)
loop.nope
loop
loop.previtem is defined
loop.nextitem.role
loop|length
loop['index']
"""
ONCE = """
a|first
a|list
a|join('/')
a is iterable
a is sequence
a|length
a|last
a|reverse|list
a[0]
'x' in a
a|tojson
a == a
a|map('string')|list|length
"""
TARGETS = [
    ("m", "messages"),
    ("p", "people"),
    ("k, v", "table.items()"),
    ("k, v", "<dict>|dictsort"),
    ("k, v", "pairs"),
    ("(k, v)", "table|items"),
    ("k, (v, w)", "[(1, (2, 3)), (4, 'ab')]"),
    ("c", "<str>"),
    ("i", "range(3)"),
    ("i", "range(5, 0, -2)"),
    ("g, l", "people|groupby('at.city')"),
]


def lines(text: str) -> list[str]:
    """The lines of a block of text, without the empty first line."""
    return text.removeprefix("\n").removesuffix("\n").split("\n")


class Grammar:
    """Generates random templates; the same seed generates the same ones."""

    def __init__(self, seed: int) -> None:
        """Creates a random number generator from the seed."""
        self.random = random.Random(seed)

    def template(self) -> str:
        """Statements with text between them, after assignments to some of the variables that they use."""
        start = "".join(self.tag(f"set {name} = {self.expression('any', 1)}") for name in NAMES if self.chance(0.25))
        return start + self.body(self.random.randint(1, 4), 3)

    def one(self, *choices: str) -> str:
        """A random choice."""
        return self.random.choice(choices)

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random.random() < probability

    # Statements

    def body(self, count: int, depth: int) -> str:
        """Statements and text."""
        return "".join(self.one(*GAPS) + self.statement(depth) for _ in range(count)) + self.one(*GAPS)

    def inner(self, depth: int) -> str:
        """One or two statements inside another one."""
        return self.body(self.random.randint(1, 2), depth)

    def tag(self, inside: str) -> str:
        """A tag, with or without white space control."""
        before, after = self.random.choices(["", "-", "+"], [6, 3, 1], k=2)
        return "{%" + before + " " + inside + " " + after + "%}"

    def output(self, expression: str) -> str:
        """An expression that is printed."""
        return "{{" + self.one("", "", "-") + " " + expression + " " + self.one("", "", "-") + "}}"

    def statement(self, depth: int) -> str:
        """Any statement."""
        if depth == 0 or self.chance(0.4):
            return self.output(self.expression("any", 3))
        kinds: dict[Callable[[int], str], float] = {
            self.if_: 6,
            self.for_: 9,
            self.set_: 7,
            self.set_block: 2,
            self.macro: 4,
            self.call: 2,
            self.filter_: 2,
            self.with_: 2,
            self.namespace: 3,
            self.generation: 1,
            self.comment: 1,
            self.raw: 1,
            self.stray: 0.3,
            self.print_: 0.5,
            self.recursive: 0.5,
            self.once: 1,
        }
        return self.random.choices(list(kinds), list(kinds.values()))[0](depth - 1)

    def if_(self, depth: int) -> str:
        """A condition."""
        text = self.tag("if " + self.condition()) + self.inner(depth)
        while self.chance(0.3):
            text += self.tag("elif " + self.condition()) + self.inner(depth)
        if self.chance(0.5):
            text += self.tag("else") + self.inner(depth)
        return text + self.tag("endif")

    def condition(self) -> str:
        """The expression after `if`."""
        return self.expression(self.one("bool", "bool", "any"), 2)

    def for_(self, depth: int) -> str:
        """A loop."""
        own = [(self.name(), self.one("<list>", "<list>", "<any>", self.one(*lines(LAZY)))) for _ in range(6)]
        target, iterable = self.random.choice(own + TARGETS)
        test = " if " + self.condition() if self.chance(0.25) else ""
        text = self.tag(f"for {target} in {self.filled(iterable, 1)}{test}") + self.loop_body(target, depth)
        if self.chance(0.3):
            text += self.tag("else") + self.inner(depth)
        return text + self.tag("endfor")

    def loop_body(self, target: str, depth: int) -> str:
        """Statements that use the loop variable and `loop`."""
        name = self.random.choice(re.findall(r"\w+", target))
        text = self.output(name) if self.chance(0.4) else ""
        if self.chance(0.5):
            text += self.output(self.one(*lines(LOOPS)).replace("NAME", name))
        if self.chance(0.2):
            condition = self.one("loop.index == 2", "loop.last", "loop.first", name)
            text += self.tag("if " + condition) + self.tag(self.one("break", "continue")) + self.tag("endif")
        return text + self.inner(depth)

    def recursive(self, depth: int) -> str:
        """A loop that calls itself."""
        leaf = self.output(self.one("x", "loop.depth", "loop.index", "x ~ loop.last"))
        branch = self.tag("if x is iterable") + "(" + self.output("loop(x)") + ")" + self.tag("else") + leaf
        return self.tag("for x in [1, [2, [3]], 4] recursive") + branch + self.tag("endif") + self.tag("endfor")

    def once(self, depth: int) -> str:
        """A generator that is used more than once, or in an operation that generators do not support."""
        text = self.tag(f"set a = {self.filled(self.one(*lines(LAZY)), 1)}") + self.output(self.one(*lines(ONCE)))
        if self.chance(0.5):
            return text + self.output(self.one("a|first", "a|list", "a|list|length"))
        look = self.output(self.one("i", "loop.length", "loop.last", "loop.revindex", "loop.nextitem"))
        return text + self.tag("for i in a") + look + self.tag("endfor")

    def name(self) -> str:
        """A variable that templates assign to."""
        return self.one(*NAMES)

    def set_(self, depth: int) -> str:
        """An assignment."""
        if self.chance(0.15):
            values = f"{self.expression('any', 1)}, {self.expression('any', 1)}"
            return self.tag(f"set {self.name()}, {self.name()} = {values}")
        name = self.name()
        return self.tag(f"set {name} = {self.expression('any', 2)}") + (self.output(name) if self.chance(0.5) else "")

    def set_block(self, depth: int) -> str:
        """An assignment of a block, sometimes through filters."""
        filters = ["", "", " | upper", " | trim", " | length", " | title | trim", " | list", " | replace('a', 'b')"]
        name = self.name()
        return self.tag(f"set {name}{self.one(*filters)}") + self.inner(depth) + self.tag("endset") + self.output(name)

    def macro(self, depth: int) -> str:
        """A macro, and calls of it."""
        name = self.one("f", "g", "h")
        parameters = ["", "a", "a, b", "a, b=2", "a=b, b=number", "x, y='d', c=none", "a, caller=none", "word"]
        special = ["varargs", "kwargs", "kwargs|length", "caller() if caller else 'none'", "caller is defined"]
        body = self.inner(depth)
        if self.chance(0.3):
            body += self.output(self.one(*special, f"{name} is defined", "varargs[0]"))
        text = self.tag(f"macro {name}({self.one(*parameters)})") + body + self.tag("endmacro")
        for _ in range(self.random.randint(0, 2)):
            text += self.one(*GAPS) + self.output(self.macro_call(name))
        return text

    def macro_call(self, name: str) -> str:
        """A call with valid or invalid arguments."""
        arguments = ["", "1", "1, 2", "'x', b='y'", "a=1", "b=1", "1, 2, 3", "y=1, x=2", "*[1, 2]", "**{'a': 1}"]
        arguments += ["*words, **{'z': 1}", "none", "missing", self.expression("any", 1)]
        call = f"{name}({self.one(*arguments)})"
        return self.one(call, call, call + "|trim", f"{name}.name", f"{name}.arguments", name)

    def call(self, depth: int) -> str:
        """A macro that is called with a block."""
        signature, passed = self.random.choice([("", ""), ("(u)", "5"), ("(u, w=3)", "5")])
        wrapped = "[" + self.output(f"caller({passed})") + self.output("t") + "]"
        macro = self.tag("macro wrap(t='-')") + wrapped + self.tag("endmacro")
        called = self.one("wrap()", "wrap(1)", "wrap(t=word)", "missing()", "dict()")
        body = self.inner(depth) + (self.output("u") if signature else "")
        return macro + self.tag(f"call{signature} {called}") + body + self.tag("endcall")

    def filter_(self, depth: int) -> str:
        """A block that is filtered."""
        chains = ["upper", "trim", "title|trim", "replace('e', 'E')", "indent(2)", "length", "reverse", "center(20)"]
        chain = self.one(*chains, "truncate(9, true)", "upper|lower")
        return self.tag("filter " + chain) + self.inner(depth) + self.tag("endfilter")

    def with_(self, depth: int) -> str:
        """A scope with variables."""
        name = self.name()
        own = f"{name} = {self.expression('any', 1)}"
        assignments = self.one(own, own, "a = 1, b = a", f"x = word, {own}", "")
        inside = self.inner(depth) + self.output(name)
        return self.tag("with " + assignments) + inside + self.tag("endwith") + self.output(name)

    def namespace(self, depth: int) -> str:
        """A namespace that a loop changes."""
        arguments = self.one("", "n=0", "n=1, s='a'", "{'n': 5}", "n=words|length", "[['n', 2]]", "_n=1")
        changes = ["n = ns.n + 1", "n = loop.index", "s = ns.s ~ i", "n = [ns.n]", "n, ns.m = 1, 2", "m = i", "_m = i"]
        change = self.one(*changes, "n = " + self.expression("any", 1))
        loop = self.tag("for i in " + self.one("range(3)", "words", self.expression("list", 1)))
        loop += self.tag("set ns." + change) + (self.inner(depth) if self.chance(0.4) else "") + self.tag("endfor")
        look = self.output(self.one("ns.n", "ns.s", "ns.m", "ns", "ns.n ~ ns.m", "ns['n']", "ns.items"))
        return self.tag(f"set ns = namespace({arguments})") + loop + look

    def generation(self, depth: int) -> str:
        """A `generation` block."""
        return self.tag("generation") + self.inner(depth) + self.tag("endgeneration") + self.output(self.name())

    def comment(self, depth: int) -> str:
        """A comment."""
        content = self.one("", " note ", "\n{{ x }}\n", " {% if %} ")
        return "{#" + self.one("", "-", "+") + content + self.one("", "-", "+") + "#}"

    def raw(self, depth: int) -> str:
        """A `raw` block, whose text looks like tags."""
        content = self.one("{{ x }}", "{% if %}", "{# #}", "raw", "  ")
        return self.tag("raw") + self.one(*GAPS) + content + self.one(*GAPS) + self.tag("endraw")

    def stray(self, depth: int) -> str:
        """A misplaced or unknown tag."""
        tags = ["break", "continue", "endif", "else", "nope", "do x", "include 'x'", "set x", "for x", "if"]
        return self.tag(self.one(*tags))

    def print_(self, depth: int) -> str:
        """A `print` tag."""
        return self.tag("print " + self.expression("any", 1))

    # Expressions

    def expression(self, kind: str, depth: int) -> str:
        """An expression that usually has a value of this kind."""
        if kind == "any" or self.chance(0.03):
            kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
        if depth <= 0 or self.chance(0.15):
            return self.atom(kind)
        productions = COMMON.replace("<it>", f"<{kind}>") if self.chance(0.08) else PRODUCTIONS[kind]
        return self.filled(self.one(*lines(productions)), depth - 1)

    def atom(self, kind: str) -> str:
        """A literal or a variable."""
        return self.name() if self.chance(0.08) else self.one(*lines(LITERALS[kind]))

    def filled(self, production: str, depth: int) -> str:
        """A production with its placeholders replaced by expressions."""
        return re.sub(r"<(\w+)(!?)>", lambda found: self.fill(found[1], found[2], depth), production)

    def fill(self, kind: str, atom: str, depth: int) -> str:
        """The expression for one placeholder."""
        if kind in OTHER:
            return self.filled(self.one(*lines(OTHER[kind])), depth)
        if kind not in KINDS and kind != "any":
            return f"<{kind}>"
        return self.atom(kind) if atom else f"({self.expression(kind, depth)})"


def render(template: str) -> dict[str, str]:
    """A record {template, text}, or {template, error} if an exception was raised."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            text = _cached_compile_jinja_template(template).render(**_plain_template_data(VARIABLES))
            text.encode()
        except Exception as error:  # any exception is a valid result
            message = f"{type(error).__name__}: {error}".split("\n")[0][:200]
            return {"template": template, "error": re.sub(r" \(<template>.*", "", message)}
    return {"template": template, "text": text}


def usable(case: dict[str, str]) -> bool:
    """Whether the result is short and the same in every run, without addresses of objects."""
    result = case.get("text", case.get("error", ""))
    varies = " at 0x" in result or "RecursionError" in result
    return not varies and len(result) <= LONGEST and len(case["template"]) <= LONGEST


def all_templates() -> list[dict[str, object]]:
    """First {seed, variables}, then the records of the templates."""
    grammar = Grammar(SEED)
    cases: list[dict[str, object]] = []
    errors = 0
    while len(cases) < COUNT:
        case = render(grammar.template())
        if usable(case) and ("text" in case or errors < ERRORS * COUNT):
            errors += "error" in case
            cases.append(case)
    return [{"seed": SEED, "variables": VARIABLES}, *cases]
