r"""Whether a formula only names things, or says something.

    list  = item {("," | ";" | ":" | "\mid" | "\|" | "\dots" | "\times" | words) item}
    item  = ["-" | "+" | "\pm"] thing
    thing = number | name [list in brackets] | list in brackets
    name  = (letter | "\hat{…}" | "\partial y/\partial x" | …) {"_…" | "^T" | "^{(…)}" | "'"}

So `W_1, b_1`, `P(A \mid B)`, `(N, D)` and `\partial L/\partial W` are notation. `X^\top G` is a
product, and like a sum, a power, a logarithm or a relation it says something: a claim.
"""

import re

GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma "
    "tau phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega ell infty"
)
DRESSED = (
    "hat bar tilde dot mathbf mathcal mathrm mathbb mathit operatorname boldsymbol"
)
SEPARATING = "mid dots ldots times colon in | quad qquad neg"
BETWEEN = {",", ";", ":", "…"} | {rf"\{word}" for word in SEPARATING.split()}
# What may stand above a name, besides an index in parentheses. Any other power says something.
RAISED = [[r"\top"], ["T"], ["*"], [r"\star"], ["-", "1"]]
SPACES = {" ", "~"} | {rf"\{sign}" for sign in ",;!: "}
OPEN = {"(", "[", r"\langle", r"\{", r"\lVert", r"\Vert", r"\lbrace"}
CLOSE = {")", "]", r"\rangle", r"\}", r"\rVert", r"\rbrace"}
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:[.,]\d+)*|.", re.DOTALL)
# The sizes of brackets, which are dropped first.
SIZES = re.compile(r"\\(?:left|right|[bB]ig+[lr]?)(?![A-Za-z])")


def is_claim(formula: str) -> bool:
    """Whether a formula is more than a list of names."""
    return not Reader(formula).reads_as_list()


class Reader:
    """Reads a formula from left to right."""

    def __init__(self, formula: str):
        tokens = TOKEN.findall(SIZES.sub("", formula))
        self.tokens = [token for token in tokens if token not in SPACES]
        self.place = 0

    def reads_as_list(self) -> bool:
        return self.items() and self.place == len(self.tokens)

    @property
    def next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, *wanted: str) -> bool:
        """Go past the next token if it is one of `wanted`."""
        found = self.next in wanted and self.next != ""
        self.place += found
        return found

    def items(self, inside: bool = False) -> bool:
        if self.take(r"\cdot", r"\odot"):
            return True  # the place of a thing, or an operation by its sign
        while True:
            start = self.place
            while self.take(*BETWEEN, *"|" * inside) or self.words():
                pass
            if self.next in ("", *CLOSE):
                return True
            if self.place == start > 0 and self.tokens[start - 1] not in OPEN:
                return False  # two things side by side: a product
            if self.next == "+" and {*self.tokens[self.place + 1 :][:1]} & (
                BETWEEN | CLOSE
            ):
                self.place += 1  # of a test that came out positive
            elif not self.thing():
                return False

    def thing(self) -> bool:
        if self.take("-", r"\pm"):
            signed = self.next[:1].isdigit() or self.next in (r"\infty", "h")
            return signed and self.thing()
        if self.take("|"):
            return self.thing() and self.take("|")
        if self.next[:1].isdigit():
            self.place += 1
            self.take(r"\%", "%")
            return True
        if self.next in OPEN:
            return self.bracket()
        return self.name() and (self.next not in OPEN - {r"\lVert"} or self.bracket())

    def bracket(self) -> bool:
        self.place += 1
        return self.items(inside=True) and self.take(*CLOSE)

    def words(self) -> bool:
        """Go past words between two things, such as "and"."""
        joins = self.next == r"\text" and "".join(self.group_at(self.place + 1)) in (
            "and",
            "or",
        )
        if joins:
            self.place += 1
            self.group()
        return joins

    def name(self) -> bool:
        return self.slope() or (self.letter() and self.worn())

    def letter(self) -> bool:
        token = self.next.removeprefix("\\")
        if token in DRESSED.split() or token == "text":
            self.place += 1
            return self.group()
        if self.take("d", r"\partial", r"\nabla"):
            # A differential, a gradient: of the letter that follows, if one does.
            self.worn()
            if self.next.isalpha() or self.next in (r"\mathcal", r"\ell"):
                return self.letter()
            return True
        found = (len(self.next) == 1 and self.next.isalpha()) or (
            self.next.startswith("\\") and token in GREEK.split()
        )
        self.place += found
        return found

    def worn(self) -> bool:
        """Indices, primes, a transpose, a star, the number of a layer."""
        while True:
            if self.take("'"):
                continue
            if self.take("_"):
                if not self.group():
                    return False
            elif self.next == "^":
                inside = self.group_at(self.place + 1)
                layer = inside[:1] == ["("] and inside[-1:] == [")"]
                index = self.tokens[self.place + 2 : self.place + 3] == ["_"]
                if not (layer or index or inside in RAISED):
                    return True  # a power: what follows is no list
                self.place += 1
                self.group()
            else:
                return True

    def slope(self) -> bool:
        r"""`\partial y/\partial x`, or the same as a fraction."""
        start = self.place
        if self.take(r"\frac", r"\tfrac", r"\dfrac"):
            above = self.group_at(self.place)
            if above[:1] in (["d"], [r"\partial"]) and self.group():
                return self.group()
        elif self.differential() and self.take("/") and self.differential():
            return True
        self.place = start
        return False

    def differential(self) -> bool:
        return self.next in ("d", r"\partial") and self.letter() and self.worn()

    def group_at(self, place: int) -> list[str]:
        """What stands in the braces at `place`, or the one token there."""
        if self.tokens[place : place + 1] != ["{"]:
            return self.tokens[place : place + 1]
        depth = 0
        for end in range(place, len(self.tokens)):
            depth += (self.tokens[end] == "{") - (self.tokens[end] == "}")
            if depth == 0:
                return self.tokens[place + 1 : end]
        return []

    def group(self) -> bool:
        """Go past a token, or past all that stands in braces."""
        inside = self.group_at(self.place)
        self.place += len(inside) + 2 * (self.next == "{")
        return bool(inside)
