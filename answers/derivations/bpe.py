"""What merges cost in byte-pair encoding: how many tokens training looks at, by SymPy.

Each function returns the lines that a page shows. To check a line, pairs of letters are replaced
in a text by Python's own `replace`, one letter for each merge.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line

# --8<-- [start:cost]
N, M = sp.symbols("N M", integer=True, positive=True)  # tokens at first, and merges
i, j = sp.symbols("i j", integer=True, positive=True)
length = sp.Symbol("ell", integer=True, positive=True)  # of one word, in bytes
n = sp.IndexedBase("n")  # how many pairs merge i replaced


def cost() -> list[Line]:
    """Tokens left after M merges; tokens that M passes see; tokens seen of one word at most."""
    left, passes, visits = sp.symbols("N_M T V", integer=True, positive=True)
    seen = M * N - sp.Sum((M - i) * n[i], (i, 1, M))
    each_visit = sp.Sum(j, (j, 2, length))
    return [
        Line(left, N - sp.Sum(n[i], (i, 1, M)), a_text),
        Line(passes, seen, a_text),
        Line(visits, (each_visit, each_visit.doit()), a_word),
    ]


# --8<-- [end:cost]


def a_text(rng, size):
    """Words of a few letters, and `size` merges of pairs that stand in them."""
    letters = [chr(97 + letter) for letter in rng.integers(0, 4, 60)]
    text = "".join(letters) + " " + "".join(reversed(letters))
    lengths, pairs = [tokens(text)], []
    for merge in range(size):
        pair = next(p for p in pairs_from(text, rng) if " " not in p)
        text = text.replace(pair, chr(256 + merge))
        pairs.append([*map(ord, pair)])
        lengths.append(tokens(text))
    return {
        **{"N": lengths[0], "M": size, "n": -np.diff(lengths)},
        **{"text": "".join(letters), "lengths": lengths, "pairs": pairs},
        "N_M": lambda lengths: lengths[-1],
        "T": lambda lengths: sum(lengths[:-1]),
    }


def tokens(text):
    return sum(map(len, text.split()))


def pairs_from(text, rng):
    """Neighbours, from a random place on."""
    start = rng.integers(20)
    return (text[place : place + 2] for place in range(start, len(text) - 1))


def a_word(rng, size):
    """A word of different letters: each merge replaces one pair, and it is seen before each."""
    return {"ell": size + 3, "V": lambda ell: visits_of(ell)}


def visits_of(size):
    word, seen = [*range(size)], 0
    while len(word) > 1:
        seen += len(word)
        word[:2] = [tuple(word[:2])]
    return seen
