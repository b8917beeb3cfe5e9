r"""TeX formulas as plain text: `$e^{z_k} / \sum_i e^{z_i}$` becomes e^(zₖ) / ∑ᵢ e^(zᵢ).

For a terminal, and for the formulas of a thirty-second answer: one line each. What this does
not know it leaves as its name, without the backslash.
"""

import re
import unicodedata

TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|[{}^_]|\s+|[^\\{}^_\s]", re.DOTALL)
FORMULA = re.compile(
    r"(`+).*?\1|\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$]+?)\$", re.DOTALL
)

SYMBOLS = {
    "varepsilon": "ε", "varphi": "φ", "ell": "\N{SCRIPT SMALL L}",
    "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂", "nabla": "∇", "infty": "∞", "lambda": "λ",
    "times": "\N{MULTIPLICATION SIGN}", "cup": "\N{UNION}",
    "top": "ᵀ", "cdot": "·", "odot": "⊙", "otimes": "⊗", "pm": "±", "mp": "∓",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "ll": "≪", "gg": "≫",
    "approx": "≈", "sim": "~", "propto": "∝", "equiv": "≡", "in": "∈", "notin": "∉", "to": "→",
    "rightarrow": "→", "leftarrow": "←", "Rightarrow": "⇒", "mapsto": "↦", "mid": "|",
    "ldots": "…", "dots": "…", "cdots": "⋯", "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖",
    "lvert": "|", "rvert": "|", "vert": "|", "lfloor": "⌊", "rfloor": "⌋", "langle": "⟨",
    "rangle": "⟩", "forall": "∀", "exists": "∃", "cap": "∩", "subset": "⊂",
    "quad": "  ", "qquad": "    ", ",": " ", ";": " ", ":": " ", " ": " ", "!": "", "\\": "; ",
    "left": "", "right": "", "big": "", "Big": "", "bigl": "", "bigr": "", "displaystyle": "",
}  # fmt: skip
LETTERS = {
    "text",
    "mathrm",
    "operatorname",
    "mathbf",
    "mathit",
    "mathcal",
    "boldsymbol",
    "mathsf",
}
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
        return (
            re.sub(r"([*_\[\]<>`|])", r"\\\1", plain(formula)) if formula else match[0]
        )

    return FORMULA.sub(replace, markdown)


def plain(tex: str) -> str:
    """One formula as one line of text."""
    return spaced(sequence(TOKEN.findall(tex)[::-1]))


def spaced(text: str) -> str:
    """The text with one space where words or large signs meet, and none that says nothing."""
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
    return item(tokens) if tokens else ""


def item(tokens: list[str]) -> str:
    """The text of the next token, with its arguments if it is a command that has some."""
    token = tokens.pop()
    if token == "{":
        text = sequence(tokens)
        del tokens[-1:]
        return text
    if token == "^":
        return script(argument(tokens), "^", SUPERSCRIPTS)
    if token == "_":
        return script(argument(tokens), "_", SUBSCRIPTS)
    if not token.startswith("\\"):
        return token
    return command(token[1:].rstrip("*"), tokens)


def command(name: str, tokens: list[str]) -> str:
    """The text of a command."""
    if name in SYMBOLS:
        return SYMBOLS[name]
    if name in LETTERS:
        text = argument(tokens)
        return f"{GAP}{text}{GAP}" if len(text) > 1 else text
    if name in ACCENTS:
        return argument(tokens) + ACCENTS[name]
    if name == "mathbb":
        letter = argument(tokens)
        return letter_called(f"DOUBLE-STRUCK CAPITAL {letter}") or letter
    if name == "sqrt":
        return f"√{enclosed(argument(tokens))}"
    if name in ("frac", "tfrac", "dfrac"):
        return f"{enclosed(argument(tokens))}/{enclosed(argument(tokens))}"
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    if letter := letter_called(f"GREEK {size} LETTER {name.upper()}"):
        return letter
    return f"{GAP}{name}{GAP}" if name.isalpha() else name


def letter_called(name: str) -> str:
    """The character of this Unicode name, or nothing."""
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return ""


def script(text: str, mark: str, table: dict[int, int]) -> str:
    """`text` raised or lowered, by letters of their own if Unicode has them all."""
    text = spaced(text)
    known = text == "ᵀ" or all(ord(character) in table for character in text)
    word = text.isalpha() and len(text) > 2
    if known and not word:
        return text.translate(table)
    return mark + (text if text.isalnum() else f"({text})")


def enclosed(text: str) -> str:
    text = spaced(text)
    return text if ATOM.fullmatch(text) else f"({text})"
