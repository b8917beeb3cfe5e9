r"""TeX formulas as plain text: `$e^{z_k} / \sum_i e^{z_i}$` becomes e^zₖ / ∑ᵢ e^zᵢ.

For a terminal, and for the formulas of a thirty-second answer: one line each. What this does
not know it leaves as its name, without the backslash.
"""

import re
from html.entities import html5

TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|[{}^_]|\s+|[^\\{}^_\s]", re.DOTALL)
FORMULA = re.compile(
    r"(`+).*?\1|\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$]+?)\$", re.DOTALL
)

# Most signs have one name in TeX and in HTML. These have no name in HTML, or that of another sign.
SYMBOLS = {
    "partial": "∂", "infty": "∞", "exists": "∃", "to": "→", "neq": "≠", "top": "ᵀ", "cdot": "·",
    "varepsilon": "ε", "varphi": "φ", "sim": "~", "ldots": "…", "dots": "…", "cdots": "⋯",
    "lVert": "‖", "rVert": "‖", "|": "‖", "lvert": "|", "rvert": "|", "mid": "|",
    ",": " ", ";": " ", ":": " ", " ": " ", "quad": "  ", "qquad": "    ", "\\": "; ",
    "left": "", "right": "", "big": "", "Big": "", "bigl": "", "bigr": "", "displaystyle": "",
    "!": "",
}  # fmt: skip
WORDS = {"Pr", "deg", "sup"}
LETTERS = re.compile("text|operatorname|boldsymbol|math(rm|bf|it|cal|sf)")
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
SUPERSCRIPTS = str.maketrans("0123456789+-=()nT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿᵀ")
SUBSCRIPTS = str.maketrans(
    "0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"
)

# Beside a word such as log: a space if another word or a large sign is next to it.
GAP = "\0"
WIDE_GAP = re.compile(rf"(?<=[\w)]){GAP}(?=\w)|(?<=\w){GAP}(?=[\w∑∏∫∂√])")
# What needs no parentheses above or below a fraction line.
ATOM = re.compile(r"[\w^.]+(\([^()]*\))?")


def readable(markdown: str) -> str:
    """Markdown with its formulas as plain text; code is left as it is."""

    def replace(match: re.Match) -> str:
        formula = match["block"] or match["inline"]
        escaped = re.sub(r"([*_\[\]<>`|])", r"\\\1", plain(formula or ""))
        return escaped if formula else match[0]

    return FORMULA.sub(replace, markdown)


def plain(tex: str) -> str:
    """One formula as one line of text."""
    return spaced(sequence(TOKEN.findall(tex)[::-1]))


def spaced(text: str) -> str:
    """The text with one space where words or large signs meet, and no other that is not needed."""
    text = WIDE_GAP.sub(" ", text).replace(GAP, "")
    return re.sub(r"(?<=[∂∇])\s+|\s+(?=\s)", "", text).strip()


def sequence(tokens: list[str]) -> str:
    """The text of what comes before the next closing brace; tokens are taken off the end."""
    text = ""
    while tokens and tokens[-1] != "}":
        text += item(tokens)
    return text


def argument(tokens: list[str]) -> str:
    """The text of the next group in braces, or of the next token."""
    while tokens and tokens[-1].isspace():
        tokens.pop()
    return spaced(item(tokens)) if tokens else ""


def item(tokens: list[str]) -> str:
    """The text of the next token, with its arguments if it is a command that has some."""
    token = tokens.pop()
    if token == "{":
        text = sequence(tokens)
        del tokens[-1:]
        return text
    if token in "^_":
        return script(argument(tokens), token)
    if not token.startswith("\\"):
        return token
    name = token[1:].rstrip("*")
    if name in SYMBOLS:
        return SYMBOLS[name]
    if LETTERS.fullmatch(name):
        text = argument(tokens)
        return f"{GAP}{text}{GAP}" if len(text) > 1 else text
    if name in ACCENTS:
        return argument(tokens) + ACCENTS[name]
    if name == "mathbb":
        letter = argument(tokens)
        return html5.get(f"{letter}opf;", letter)
    if name == "sqrt":
        return f"√{enclosed(argument(tokens))}"
    if name in ("frac", "tfrac", "dfrac"):
        return f"{enclosed(argument(tokens))}/{enclosed(argument(tokens))}"
    if name not in WORDS and f"{name};" in html5:
        return html5[f"{name};"]
    return f"{GAP}{name}{GAP}" if name.isalpha() else name


def script(text: str, mark: str) -> str:
    """`text` raised or lowered, by letters of their own if Unicode has them all."""
    table = SUPERSCRIPTS if mark == "^" else SUBSCRIPTS
    known = text == "ᵀ" or all(ord(character) in table for character in text)
    word = text.isalpha() and len(text) > 2
    if known and not word:
        return text.translate(table)
    return mark + (text if text.isalnum() else f"({text})")


def enclosed(text: str) -> str:
    return text if ATOM.fullmatch(text) else f"({text})"
