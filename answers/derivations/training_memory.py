"""What a block keeps for the backward pass, and how a budget is split best, by SymPy.

Each function returns the lines that a page shows. To check a line, arrays are made and their
bytes added up, or the smallest loss is sought.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.operators import ArgMin

# --8<-- [start:symbols]
# Tokens of a sequence, sequences, width, heads, and the width inside SwiGLU.
s, b, h, a, f = sp.symbols("s b h a f", positive=True)
N, C, A, B, alpha, beta = sp.symbols("N C A B alpha beta", positive=True)
# --8<-- [end:symbols]


# --8<-- [start:block]
def block() -> list[Line]:
    """Bytes that a block keeps: 2 a number in half precision, 1 an entry of a mask of dropout.

    Each operation keeps its inputs. Llama's block has SwiGLU and no dropout, here with flash
    attention and as many heads of keys as of queries.
    """
    flash, scores, gpt, llama = sp.symbols(
        r"M_{\text{flash}} M_{\text{scores}} M_{\text{GPT}} M_{\text{Llama}}"
    )
    x, square = s * b * h, a * s**2 * b
    norms = 2 * 2 * x
    # What q, k and v share; these three; what the last projection multiplies.
    attention = 2 * x + 3 * 2 * x + 2 * x
    weights = 2 * square + square + 2 * square  # softmax, its mask, what is left for v
    gelu = 2 * x + 2 * 4 * x + 2 * 4 * x  # before W1, GELU and W2
    swiglu = 2 * x + 4 * 2 * s * b * f  # before both, and gate, silu, up, product
    masks = 2 * x
    without = norms + attention + gelu + masks
    return [
        Line(flash, without, arrays),
        Line(scores, weights, arrays),
        Line(gpt, x * sp.expand((without + weights) / x), arrays),
        Line(llama, sp.factor(norms + attention + swiglu), arrays),
    ]


# --8<-- [end:block]


def arrays(rng, size):
    """The bytes of arrays that are made in the order in which a block needs them."""
    tokens, batch, width, heads, hidden = size + 1, size, 2 * size, 2, 3 * size

    def halves(*shape):
        return np.empty(shape, np.float16).nbytes

    def mask(*shape):
        return np.empty(shape, bool).nbytes

    def attention(s, b, h):
        before, heads_of = halves(b, s, h) + halves(b, s, h), halves(3, b, s, h)
        return before + heads_of + halves(b, s, h)

    def flash(s, b, h):
        mlp = 2 * halves(b, s, h) + 2 * halves(b, s, 4 * h)
        return attention(s, b, h) + mlp + 2 * mask(b, s, h)

    def scores(s, b, a):
        return 2 * halves(b, a, s, s) + mask(b, a, s, s)

    def llama(s, b, h, f):
        return attention(s, b, h) + 2 * halves(b, s, h) + halves(4, b, s, f)

    return {
        **{"s": tokens, "b": batch, "h": width, "a": heads, "f": hidden},
        r"M_{\text{flash}}": flash,
        r"M_{\text{scores}}": scores,
        r"M_{\text{GPT}}": lambda s, b, h, a: flash(s, b, h) + scores(s, b, a),
        r"M_{\text{Llama}}": llama,
    }


# --8<-- [start:budget]
def budget() -> list[Line]:
    """The parameters at which C FLOPs, C / (6 N) tokens, give the least loss.

    What no model can learn, the E of the law, moves no minimum.
    """
    loss = A / N**alpha + B / (C / (6 * N)) ** beta
    # At the minimum a per cent more of either gains as much: the slope by log N is 0.
    gains = alpha * A / N**alpha, beta * B / (C / (6 * N)) ** beta
    assert sp.simplify(sp.diff(loss, N) * N - (gains[1] - gains[0])) == 0
    shares = alpha * A / (beta * B), C / 6
    power = 1 / (alpha + beta)
    return [
        Line(ArgMin(loss, N), shares[0] ** power * shares[1] ** (beta * power), law)
    ]


# --8<-- [end:budget]


def law(rng, size):
    drawn = {name: rng.uniform(1, 3) for name in ("A", "B")}
    exponents = {name: rng.uniform(0.3, 0.9) for name in ("alpha", "beta")}
    return {"N": 2.0, "C": rng.uniform(5, 30), **drawn, **exponents}
