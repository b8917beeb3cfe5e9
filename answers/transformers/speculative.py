"""Speculative decoding: which drafted tokens are kept, so that the distribution stays."""

import numpy as np
from jaxtyping import Float, Integer
from numpy import ndarray

from answers.inputs import first, refuse_labels_out_of_range
from answers.inputs.contracts import refuses
from answers.probability.divergence import refuse_no_distribution


# --8<-- [start:accept_draft_refuses]
def no_row_more(p, q):
    if len(p) != len(q) + 1:
        raise ValueError(
            f"`p` has {len(p)} rows and `q` {len(q)}; pass one more of `p`, for the place "
            "after the draft"
        )


def no_distributions(p, q):
    # Sums of half precision miss 1 by some 3e-4.
    refuse_no_distribution(p, "p", axis=-1, tolerance=1e-3)
    if len(q) > 0:
        refuse_no_distribution(q, "q", axis=-1, tolerance=1e-3)


def no_token(drafted, p):
    refuse_labels_out_of_range(drafted, p.shape[1], "drafted")


def no_share(uniform):
    # A 1 would draw no token; nan is neither.
    if (wrong := ~((uniform >= 0) & (uniform < 1))).any():
        raise ValueError(
            f"`uniform` holds {first(uniform, wrong)}; pass numbers from 0 to below 1"
        )


@refuses(no_row_more, no_distributions, no_token, no_share)
# --8<-- [end:accept_draft_refuses]
# --8<-- [start:accept_draft]
def accept_draft(
    p: Float[ndarray, "n_and_1 vocab"],
    q: Float[ndarray, "n vocab"],
    drafted: Integer[ndarray, " n"],
    uniform: Float[ndarray, " n_and_1"],
) -> Integer[ndarray, " kept_and_1"]:
    """The drafted tokens that are kept, and one token of the large model's after them.

    Token t is kept with probability min(1, p[t] / q[t]). The first refusal ends the
    draft, and the token in its place is drawn from max(p - q, 0), scaled to sum to 1, or
    from p if rounding leaves only zeros. If all are kept, one more comes from the last row
    of `p`.

    Args:
        p: What the large model says for each drafted place, and for the one after.
        q: What the draft model said when it drew each token.
        drafted: The tokens that it drew.
        uniform: Numbers from 0 to below 1: one for each drafted token, which is kept if
            its number is below p / q; and one for the draw, which takes the first token
            at which the cumulated weights exceed this share of their sum.

    Returns:
        One to n + 1 tokens. Each has the distribution that the large model alone gives.

    Raises:
        ValueError: A drafted token, up to the first that is refused, has probability 0 in
            `q`, so it was not drawn from it; or one is not from 0 to vocab - 1. `p` has
            not one row more than `q`, a row of either is no distribution, or a number of
            `uniform` is not from 0 to below 1.

    Source:
        Leviathan et al. (2022), algorithm 1, https://arxiv.org/abs/2211.17192

    Example:
        Token 0 is half as likely as the draft said: kept below 1/2, else replaced by 1.

        >>> p, q = np.array([[0.4, 0.6], [0.0, 1.0]]), np.array([[0.8, 0.2]])
        >>> accept_draft(p, q, np.array([0]), np.array([0.49, 0.3]))
        array([0, 1])
        >>> accept_draft(p, q, np.array([0]), np.array([0.51, 0.3]))
        array([1])
    """
    for n, token in enumerate(drafted):
        if q[n, token] == 0:
            raise ValueError(
                f"drafted token {token} has probability 0 in row {n} of `q`; pass the "
                "distribution that it was drawn from"
            )
        # Not u < p / q: a product cannot overflow.
        if uniform[n] * q[n, token] >= p[n, token]:
            # If only rounding set p below q, no weight is left.
            weights = p[n] if (p[n] <= q[n]).all() else np.maximum(p[n] - q[n], 0)
            break
    else:
        n, weights = len(drafted), p[-1]
    total = np.cumsum(weights)
    # Not total > u * total[-1]: of a subnormal sum, the product may be the sum itself.
    last = np.searchsorted(total / total[-1], uniform[-1], side="right")
    # Together, uint64 and int64 would become floats.
    return np.append(drafted[:n].astype(np.intp), last)


# --8<-- [end:accept_draft]
