"""What a sentence claims in words: ratios, formulas of plain text, relations of two names."""

import re
from collections.abc import Iterator

from answers.pages import blank
from answers.proof.notation import is_claim
from answers.site.formulas import INLINE

TARGET = re.compile(r"\]\([^)]*\)|<[^>]*>|https?://\S+|\{[.#:][^}]*\}")
TYPESET = re.compile(rf"\$\$((?:\\.|[^\\$])+)\$\$|{INLINE}", re.DOTALL)

COUNT = "two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|forty|fifty|hundred"
PART = "(?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)"
MORE = (
    "slower|faster|larger|smaller|more|less|fewer|longer|shorter|cheaper|dearer|higher"
    "|lower|worse"
)
MEASURED = re.compile(
    rf"\b(?:(?:{COUNT}|(?<![\d,.])\d+(?:\.\d+)?) times|twice|half)"
    rf" (?:as|too|the|that|those|{MORE})\b"
    rf"|\b(?:half (?:of|an?)|(?:an?|one) half|(?:{COUNT}) {PART}s)\b"
    rf"|\b(?:an?|one) {PART}(?= of\b|[.,:;)])"
    rf"|\b(?:one|{COUNT})(?: \w+)? in (?:{COUNT})\b|\b(?:{COUNT}) of (?:{COUNT})\b",
    re.IGNORECASE,
)

# Of plain text: p = q, 4nd² + 2n²d, λ = σ²/τ², 1 − h.
PART_OF_TERM = r'(?:[^\s=<>≤≥≈≠·×+−/,;:.!?|*&"]|(?<=\d)[.,](?=\d))'
SIGN = "=<>≤≥≈≠·×+−/"
TERM = rf"\(?[−±]?{PART_OF_TERM}*\w{PART_OF_TERM}*"
PLAIN = re.compile(
    rf"{TERM}(?:(?:[{SIGN}]| [{SIGN}] ){TERM})+|{PART_OF_TERM}*[²³⁴√]{PART_OF_TERM}*"
    r"|[^\W\d_]{2,}ᵀ|[^\W\d_]ᵀ[^\W\d_]"
)
# What only sets a value (α = 1), names a factor (1/N), or is one word (A/B tests).
NO_CLAIM = re.compile(rf"{PART_OF_TERM}+ ?[=<>≤≥≈] ?[−±]?[\d.]+%?\)?|1/[A-Z]|A/B|σ²")

NAME = r"(?:\$[^$]+\$|(?<![\w'-])(?:[B-HJ-Zb-z]|\d+[a-z]|[a-z]\d)(?![\w'-]))"
RELATED = re.compile(
    rf"{NAME} (?:is|are|equals|times|minus|plus|over|per|passes|exceeds|divided by)"
    rf" (?:not )?{NAME}"
    rf"|\b(?!This\b)[\w-]+ (?:times|minus|plus|is|are|equals) \$[^$]+\$"
    rf"|\$[^$]+\$ (?:times|minus|plus) [\w-]+"
)


def ratios(sentence: str) -> Iterator[re.Match]:
    """Words for a measured number, such as "three times slower" and "half of"."""
    return MEASURED.finditer(sentence)


def relations(text: str) -> Iterator[re.Match]:
    """Relations that stand in no formula: those of plain text, and words between two names."""
    if text.lstrip().startswith("#"):
        return  # a heading
    plain = TARGET.sub(lambda m: blank(m[0]), TYPESET.sub(lambda m: blank(m[0]), text))
    for match in PLAIN.finditer(plain):
        if re.search(r"[^\W\d_]", match[0]) and not NO_CLAIM.fullmatch(match[0]):
            yield match
    for match in RELATED.finditer(text):
        # A formula that claims something has a check of its own.
        if not any(
            is_claim(formula) for formula in re.findall(r"\$([^$]+)\$", match[0])
        ):
            yield match
