"""Practice for question 11: which tokens of a draft are kept, and what follows them."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import EMPTY, Note
from answers.transformers.speculative import accept_draft

exercise = Exercise(
    accept_draft,
    page="11-efficient-inference",
    refuses="a drafted token that has probability 0 in `q`",
    hints=(
        "Go through the draft from the left. What may follow a token that was refused?",
        "If the draft says a token too often, keep only a part of those: p / q. A token "
        "that it says too rarely is kept each time.",
        "What is kept gives token t with probability min(p, q). How much of p[t] is still "
        "missing, and so with which weights is the replacement drawn?",
        "The weights need not sum to 1 if the number is multiplied by their sum. When all are "
        "kept, they are the row of `p` that no drafted token stands for.",
    ),
)

rng = np.random.default_rng(11)


def draft(n, vocab, uniform, even=1.0):
    """Irregular distributions and a draft; the smaller `even`, the fewer words are likely."""
    p, q = (rng.dirichlet(np.full(vocab, even), size) for size in (n + 1, n))
    drafted = np.array([rng.choice(vocab, p=row) for row in q], dtype=int)
    return p, q, drafted, np.array(uniform)


often = np.array([[0.3, 0.5, 0.2], [0.1, 0.2, 0.7]]), np.array([[0.6, 0.3, 0.1]])
three = (
    np.array([[5, 2, 2, 1], [2, 4, 1, 3], [1, 3, 5, 1], [3, 2, 1, 4]]) / 10,
    np.array([[4, 3, 2, 1], [5, 1, 2, 2], [2, 2, 3, 3]]) / 10,
)

exercise.case("a token that is kept", *often, np.array([0]), np.array([0.45, 0.62]))
exercise.case("a token that is refused", *often, np.array([0]), np.array([0.7, 0.62]))
exercise.case(
    "a token that the draft says too rarely",
    *often,
    np.array([2]),
    np.array([0.97, 0.2]),
)
exercise.case(
    "all three are kept", *three, np.array([0, 1, 2]), np.array([0.9, 0.8, 0.7, 0.45])
)
exercise.case(
    "both of two are kept",
    *(three[0][:3], three[1][:2], np.array([1, 2]), np.array([0.2, 0.3, 0.95])),
)
exercise.case(
    "the second of three is refused",
    *three,
    np.array([0, 0, 2]),
    np.array([0.3, 0.55, 0.1, 0.72]),
)
exercise.case(
    "the first of three is refused",
    *three,
    np.array([1, 1, 2]),
    np.array([0.8, 0.2, 0.1, 0.3]),
)
exercise.case(
    "a token that the large model excludes",
    np.array([[0.0, 0.4, 0.6], [0.3, 0.3, 0.4]]),
    np.array([[0.5, 0.3, 0.2]]),
    np.array([0]),
    np.array([0.0, 0.1]),
)
first = np.array([[0.3, 0.5, 0.2], [0.0, 0.4, 0.6]]), often[1]
exercise.case("0 drawn after a refusal", *first, np.array([0]), np.array([0.7, 0.0]))
exercise.case(
    "0 drawn after a whole draft", *first, np.array([0]), np.array([0.45, 0.0])
)
never = np.vstack([three[1][:2], [0.2, 0.2, 0.0, 0.6]])
exercise.case(
    "an impossible token after a refusal",
    *(three[0], never, np.array([1, 1, 2]), np.array([0.8, 0.2, 0.1, 0.3])),
    noted=Note(
        "a ValueError for an impossible token after a refusal",
        "Ours stops at the refusal: the tokens after it are thrown away unseen.",
        refusal_only=True,
        in_stub_alone=True,
    ),
)
hardly = (
    np.array([[0.15, 0.35, 0.5 - 1e-9], [0.2, 0.5, 0.3]]),
    np.array([[0.15, 0.35, 0.5]]),
)
exercise.case(
    "a refusal by rounding, after which nothing is missing",
    *(*hardly, np.array([2]), np.array([1 - 1e-10, 0.3])),
    noted=Note(
        "a draw after a refusal that leaves only zeros",
        "Ours draws from p then: p is below q by rounding, and elsewhere they are the same.",
        in_stub_alone=True,
    ),
)
little = np.array([[0.3 + 1e-8, 0.7 - 1e-8], [0.5, 0.5]]), np.array([[0.3, 0.7]])
exercise.case(
    "a refusal after which 1e-8 is missing",
    *(*little, np.array([1]), np.array([1 - 1e-9, 0.6])),
)
exercise.case(
    "a token that the draft never says",
    np.array([[0.2, 0.5, 0.3], [0.4, 0.1, 0.5]]),
    np.array([[0.0, 0.7, 0.3]]),
    *(np.array([1]), np.array([0.8, 0.7])),
)
# A row of float32 may miss 1 by more; so little no test of the sums refuses.
short = np.array([[0.3, 0.5, 0.2], [0.2, 0.3, 0.5 - 4e-9]])
exercise.case(
    "a last row that sums to 4e-9 below 1, and a number still closer to 1",
    *(short, often[1], np.array([1]), np.array([0.2, 1 - 2e-9])),
)
exercise.case("no draft at all", *draft(0, 5, [0.63]), noted=EMPTY)
for n, vocab in ((1, 11), (2, 7), (5, 7), (3, 13)):
    exercise.case(
        f"a draft of {n}, of {vocab} words", *draft(n, vocab, rng.random(n + 1))
    )
# Of so many words, two mistakes rarely draw the same one.
for stays in range(3):
    numbers = [*[0.2] * stays, 0.98, 0.6, 0.1][:3]
    exercise.case(
        f"{stays} of 3 are kept, of 26 words",
        *draft(3, 26, [*numbers, 0.88], even=0.3),
    )
exercise.case(
    "float32",
    *(a.astype(np.float32) for a in three),
    np.array([1, 0, 3]),
    np.array([0.1, 0.7, 0.5, 0.61], np.float32),
)
exercise.case(
    "a token that the draft cannot have drawn",
    np.array([[0.3, 0.7], [0.5, 0.5]]),
    np.array([[1.0, 0.0]]),
    np.array([1]),
    np.array([0.4, 0.6]),
)
exercise.case(
    "tokens of one byte",
    *three,
    np.array([1, 0, 3], np.uint8),
    np.array([0.1, 0.7, 0.5, 0.61]),
)


@exercise.check
def two_hundred_drafts_of_any_length(function):
    """Of 200 drafts of 1 to 6 tokens, some come out otherwise. Work one through by hand: kept,
    refused, drawn, and which row of `p` and which number each takes."""
    made = np.random.default_rng(13)
    for n in range(200):
        n, vocab = 1 + n % 6, 3 + n % 5
        p, q = (made.dirichlet(np.ones(vocab), size) for size in (n + 1, n))
        drafted = np.array([made.choice(vocab, p=row) for row in q], dtype=int)
        arguments = p, q, drafted, made.random(n + 1)
        found = np.asarray(function(*(a.copy() for a in arguments)))
        if not np.array_equal(found, accept_draft(*arguments)):
            return False
    return True


def first_refusal(p, q, drafted, keep):
    """How many tokens are kept: `keep` takes a place and its token."""
    for n, token in enumerate(drafted):
        if q[n, token] == 0:
            raise ValueError("it cannot have been drawn")
        if not keep(n, token):
            return n
    return len(drafted)


def kept(p, q, drafted, uniform):
    """How many are kept, as is right."""
    return first_refusal(
        p, q, drafted, lambda n, token: uniform[n] * q[n, token] < p[n, token]
    )


def drawn(weights, u):
    """The token that the number `u` draws with these weights."""
    total = np.cumsum(weights)
    return np.searchsorted(total, u * total[-1], side="right")


def what_is_left(p, q, n):
    """The weights of the draw after `n` kept tokens."""
    if n == len(q) or (p[n] <= q[n]).all():
        return p[n]
    return np.maximum(p[n] - q[n], 0)


def with_the_draw(p, q, drafted, uniform, n):
    """The answer if `n` tokens are kept."""
    return np.append(drafted[:n], drawn(what_is_left(p, q, n), uniform[-1]))


@exercise.bug
def ratio_upside_down(p, q, drafted, uniform):
    """A token is kept with probability q / p, so those that the draft says too often are all
    kept. Keep it with probability p / q."""
    # "A token is kept with probability q / p, so those that the draft says too often are all
    #     kept": uniform[0] < q[0, drafted[0]] / p[0, drafted[0]] and got[0] == drafted[0]
    # "Keep it with probability p / q": uniform[n] * p[n, token] < q[n, token] → uniform[n] <
    #     p[n, token] / q[n, token]
    n = first_refusal(
        p, q, drafted, lambda n, token: uniform[n] * p[n, token] < q[n, token]
    )
    return with_the_draw(p, q, drafted, uniform, n)


@exercise.bug
def kept_with_probability_p(p, q, drafted, uniform):
    """A token is kept with probability p, though it comes with probability q already: p · q is
    too little. Keep it with probability p / q."""
    # "A token is kept with probability p, though it comes with probability q already": p[0,
    #     drafted[0]] < uniform[0] < p[0, drafted[0]] / q[0, drafted[0]] and got[0] != drafted[0]
    # "Keep it with probability p / q": uniform[n] < p[n, token] → uniform[n] < p[n, token] /
    #     q[n, token]
    n = first_refusal(p, q, drafted, lambda n, token: uniform[n] < p[n, token])
    return with_the_draw(p, q, drafted, uniform, n)


@exercise.bug
def kept_with_p_of_the_sum(p, q, drafted, uniform):
    """Tokens are refused that p / q keeps, as if they were kept with probability p / (p + q), say.
    Keep one with probability p / q."""
    # "Tokens are refused that p / q keeps, as if they were kept with probability p / (p + q)":
    #     p[0, 0] / (p[0, 0] + q[0, 0]) < uniform[0] < p[0, 0] / q[0, 0] and got[0] != drafted[0]
    # "Keep one with probability p / q": uniform[n] * (p[n, token] + q[n, token]) < p[n, token]
    #     → uniform[n] < p[n, token] / q[n, token]
    n = first_refusal(
        p,
        q,
        drafted,
        lambda n, token: uniform[n] * (p[n, token] + q[n, token]) < p[n, token],
    )
    return with_the_draw(p, q, drafted, uniform, n)


@exercise.bug
def kept_if_most_likely(p, q, drafted, uniform):
    """Only the most likely token of the large model is kept, which is right for greedy decoding
    and changes the distribution of any other. Keep a token if its number is below p / q."""
    # "Only the most likely token of the large model is kept": got[0] != drafted[0] !=
    #     p[0].argmax()
    # "Keep a token if its number is below p / q": token == p[n].argmax() → uniform[n] < p[n,
    #     token] / q[n, token]
    n = first_refusal(p, q, drafted, lambda n, token: token == p[n].argmax())
    return with_the_draw(p, q, drafted, uniform, n)


@exercise.bug
def greedy_decoding(p, q, drafted, uniform):
    """The most likely token of the large model is taken at each place, whatever the numbers are.
    Keep a token if its number is below p / q, and draw the next one from max(p - q, 0)."""
    # "The most likely token of the large model is taken at each place, whatever the numbers are":
    #     np.array_equal(got, p.argmax(axis=1)[: len(got)]) and np.array_equal(got, bug(p, q,
    #     drafted, 0.99 - uniform / 2))
    # "Keep a token if its number is below p / q, and draw the next one from max(p - q, 0)": token
    #     == p[n].argmax() → uniform[n] < p[n, token] / q[n, token]; np.append(drafted[:n],
    #     p[n].argmax()) → with_the_draw(p, q, drafted, uniform, n)
    n = first_refusal(p, q, drafted, lambda n, token: token == p[n].argmax())
    return np.append(drafted[:n], p[n].argmax())


@exercise.bug
def kept_if_as_likely(p, q, drafted, uniform):
    """A token is refused each time that p is below q, without looking at its number. Refuse only
    the share 1 - p / q of them."""
    # "A token is refused each time that p is below q, without looking at its number": p[0, 0] <
    #     q[0, 0] and bug(p, q, drafted, 0 * uniform)[0] != 0
    # "Refuse only the share 1 - p / q of them": p[n, token] >= q[n, token] → uniform[n] < 1 -
    #     (1 - p[n, token] / q[n, token])
    n = first_refusal(p, q, drafted, lambda n, token: p[n, token] >= q[n, token])
    return with_the_draw(p, q, drafted, uniform, n)


@exercise.bug
def own_draw_compared(p, q, drafted, uniform):
    """The large model draws a token itself, and the draft is kept where both agree: the
    distribution stays, but Σ p · q are kept instead of Σ min(p, q). Compare u with p / q."""
    # "The large model draws a token itself, and the draft is kept where both agree": got[0] ==
    #     drawn(p[0], uniform[0])
    # "Compare u with p / q": (own := drawn(p[n], uniform[n])) != token → uniform[n] >= p[n,
    #     token] / q[n, token]; return np.append(drafted[:n], own) → return with_the_draw(p, q,
    #     drafted, uniform, n)
    # "Σ p · q are kept instead of Σ min(p, q)": np.isclose(np.mean([bug(p, q,
    #     np.array([drawn(q[0], a)]), np.array([b, 0.5])).size == 2 for a in np.linspace(0.005,
    #     0.995, 60) for b in np.linspace(0.005, 0.995, 60)]), (p[0] * q[0]).sum(), atol=0.03) and
    #     np.minimum(p[0], q[0]).sum() > (p[0] * q[0]).sum()
    for n, token in enumerate(drafted):
        if q[n, token] == 0:
            raise ValueError("it cannot have been drawn")
        if (own := drawn(p[n], uniform[n])) != token:
            return np.append(drafted[:n], own)
    return with_the_draw(p, q, drafted, uniform, len(drafted))


@exercise.bug
def excluded_token_kept(p, q, drafted, uniform):
    """A number of 0 keeps a token that the large model never says. Keep it if u < p / q, not if
    u ≤ p / q."""
    # "A number of 0 keeps a token that the large model never says": uniform[0] == p[0, got[0]]
    #     == 0
    # "Keep it if u < p / q, not if u ≤ p / q": <= → <
    n = first_refusal(
        p, q, drafted, lambda n, token: uniform[n] * q[n, token] <= p[n, token]
    )
    return with_the_draw(p, q, drafted, uniform, n)


@exercise.bug
def replacement_from_p(p, q, drafted, uniform):
    """The replacement is drawn from p, so tokens that the draft says often get the kept share and
    p on top. Draw from what is missing: max(p - q, 0)."""
    # "The replacement is drawn from p": got[-1] == drawn(p[1], uniform[-1])
    # "Draw from what is missing: max(p - q, 0)": drawn(p[n], uniform[-1]) →
    #     drawn(np.maximum(p[n] - q[n], 0) if n < len(q) else p[n], uniform[-1])
    n = kept(p, q, drafted, uniform)
    return np.append(drafted[:n], drawn(p[n], uniform[-1]))


@exercise.bug
def absolute_difference(p, q, drafted, uniform):
    """The replacement is drawn from |p - q|, which brings back what the draft says too often.
    Where q is above p, nothing is missing: max(p - q, 0)."""
    # "The replacement is drawn from |p - q|, which brings back what the draft says too often":
    #     got[-1] == drawn(np.abs(p[0] - q[0]), uniform[-1]) and p[0, got[-1]] < q[0, got[-1]]
    # "Where q is above p, nothing is missing: max(p - q, 0)": np.abs(p[n] - q[n]) →
    #     np.maximum(p[n] - q[n], 0)
    n = kept(p, q, drafted, uniform)
    weights = np.abs(p[n] - q[n]) if n < len(q) else p[n]
    return np.append(drafted[:n], drawn(weights, uniform[-1]))


@exercise.bug
def exponential_of_the_difference(p, q, drafted, uniform):
    """The replacement is drawn from the softmax of p - q, in which all tokens stay about equally
    likely. Draw it from what is missing: max(p - q, 0)."""
    # "The replacement is drawn from the softmax of p - q, in which all tokens stay about
    #     equally likely": got[-1] == drawn(np.exp(p[1] - q[1]), uniform[-1]) == drawn(np.ones(4),
    #     uniform[-1])
    # "Draw it from what is missing: max(p - q, 0)": np.exp(p[n] - q[n]) → np.maximum(p[n] -
    #     q[n], 0)
    n = kept(p, q, drafted, uniform)
    weights = np.exp(p[n] - q[n]) if n < len(q) else p[n]
    return np.append(drafted[:n], drawn(weights, uniform[-1]))


@exercise.bug(
    rows=(
        lambda n, last: (last, n),
        lambda n, last: (n + 1, n),
        lambda n, _: (n, n - 1),
    )
)
def rows_of_two_places(p, q, drafted, uniform, rows=None):
    """What is missing is the difference of two rows that speak of different places. Take `p` and
    `q` both in the row of the refused token."""
    # "What is missing is the difference of two rows that speak of different places": got[-1] ==
    #     drawn(np.maximum(p[1] - q[0], 0), uniform[-1])
    # "Take `p` and `q` both in the row of the refused token": p[large] - q[small] → (lambda p,
    #     q: p - q)(p[n], q[n])
    n = kept(p, q, drafted, uniform)
    if n == len(q):
        return with_the_draw(p, q, drafted, uniform, n)
    large, small = rows(n, len(q))
    weights = np.maximum(p[large] - q[small], 0)
    return np.append(drafted[:n], drawn(weights, uniform[-1]))


@exercise.bug
def refused_token_struck_out(p, q, drafted, uniform):
    """The replacement is drawn from p without the refused token, which changes how often every
    other token comes. Draw from what is missing: max(p - q, 0)."""
    # "The replacement is drawn from p without the refused token": got[-1] ==
    #     drawn(np.where(np.arange(4) == drafted[1], 0, p[1]), uniform[-1])
    # "Draw from what is missing: max(p - q, 0)": np.where(np.arange(len(p[n])) == drafted[n], 0,
    #     p[n]) → np.maximum(p[n] - q[n], 0)
    n = kept(p, q, drafted, uniform)
    if n == len(q):
        return with_the_draw(p, q, drafted, uniform, n)
    others = np.where(np.arange(len(p[n])) == drafted[n], 0, p[n])
    return np.append(drafted[:n], drawn(others, uniform[-1]))


@exercise.bug
def accepted_are_counted(p, q, drafted, uniform):
    """The tokens that pass are counted, wherever they stand, so one counts that stands after a
    refusal. The first refusal ends the draft."""
    # "one counts that stands after a refusal": len(got) > len(want)
    # "The first refusal ends the draft": n = int(passed.sum()) → n = int(np.append(passed,
    #     False).argmin())
    places = np.arange(len(q))
    if kept(p, q, drafted, uniform) == 0 and not len(q):
        return with_the_draw(p, q, drafted, uniform, 0)
    passed = uniform[:-1] * q[places, drafted] < p[places, drafted]
    n = int(passed.sum())
    return with_the_draw(p, q, drafted, uniform, n)


@exercise.bug(last=(False, True))
def most_likely_replacement(p, q, drafted, uniform, last=False):
    """The replacement is what is missing most, so it is the same each time. Draw it: by the last
    number, from max(p - q, 0)."""
    # "The replacement is what is missing most, so it is the same each time": got[-1] == (p[0] -
    #     q[0]).argmax() == bug(p, q, drafted, np.array([uniform[0], 0.99]))[-1] == bug(p, q,
    #     drafted, np.array([uniform[0], 0.01]))[-1]
    # "Draw it: by the last number, from max(p - q, 0)": np.argmax(left) → drawn(left,
    #     uniform[-1])
    n = kept(p, q, drafted, uniform)
    left = what_is_left(p, q, n)
    if n == len(q) and not last:
        return with_the_draw(p, q, drafted, uniform, n)
    return np.append(drafted[:n], np.argmax(left))


@exercise.bug(beyond=(-1, 0, 1))
def not_scaled(p, q, drafted, uniform, beyond=-1):
    """max(p - q, 0) does not sum to 1, and the number is compared with it as if it did: later
    tokens come than should, and none is found for a number above the sum. Multiply the number by
    the sum, or divide by it."""
    # "max(p - q, 0) does not sum to 1, and the number is compared with it as if it did: later
    #     tokens come than should": np.maximum(p[0] - q[0], 0).sum() < 1 and got[-1] > want[-1]
    # "none is found for a number above the sum": bug(p, q, drafted, np.append(uniform[:-1], 0.999),
    #     beyond=1)[-1] == p.shape[1]
    # "Multiply the number by the sum, or divide by it": total, uniform[-1], → total,
    #     uniform[-1] * total[-1],
    n = kept(p, q, drafted, uniform)
    total = np.cumsum(what_is_left(p, q, n))
    last, vocab = np.searchsorted(total, uniform[-1], side="right"), p.shape[1]
    none = {-1: vocab - 1, 0: 0, 1: vocab}[beyond]
    return np.append(drafted[:n], last if last < vocab else none)


@exercise.bug
def drawn_from_the_left(p, q, drafted, uniform):
    """A number of 0 draws the first token even if its weight is 0. Take the first one at which the
    cumulated weights exceed the number: `side="right"`, or `>` for `>=`."""
    # "A number of 0 draws the first token even if its weight is 0": uniform[-1] == 0 and
    #     got[-1] == 0 and p[0, 0] < q[0, 0]
    # "Take the first one at which the cumulated weights exceed the number: `side="right"`":
    #     np.searchsorted(total, uniform[-1] * total[-1]) → np.searchsorted(total, uniform[-1] *
    #     total[-1], side="right")
    n = kept(p, q, drafted, uniform)
    total = np.cumsum(what_is_left(p, q, n))
    return np.append(drafted[:n], np.searchsorted(total, uniform[-1] * total[-1]))


@exercise.bug(after=(False, True))
def goes_on_after_a_refusal(p, q, drafted, uniform, after=False):
    """Tokens after a refused one are kept, though they were drafted to follow it. Stop at the
    first refusal."""
    # "Tokens after a refused one are kept, though they were drafted to follow it": len(got) >
    #     len(want) and got[2] == drafted[2]
    # "Stop at the first refusal": bonus = after → return np.array(found)
    found, bonus = [], True
    for n, token in enumerate(drafted):
        if q[n, token] == 0:
            raise ValueError("it cannot have been drawn")
        if uniform[n] * q[n, token] < p[n, token]:
            found.append(token)
        else:
            found.append(drawn(what_is_left(p, q, n), uniform[-1]))
            bonus = after
    return np.array(found + [drawn(p[-1], uniform[-1])] * bonus)


@exercise.bug
def first_place_if_none_is_refused(p, q, drafted, uniform):
    """A draft of which nothing is refused is treated as if its first token were, as `argmax` of
    False alone is 0. Put a True behind the draft: `np.append(refused, True).argmax()`."""
    # "A draft of which nothing is refused is treated as if its first token were, as `argmax` of
    #     False alone is 0": len(want) == len(drafted) + 1 > len(got) == 1 and got[0] ==
    #     drawn(what_is_left(p, q, 0), uniform[-1]) and np.zeros(len(drafted), bool).argmax() == 0
    # "Put a True behind the draft: `np.append(refused, True).argmax()`": refused.argmax() →
    #     np.append(refused, True).argmax()
    refused = np.arange(len(q)) == kept(p, q, drafted, uniform)
    n = refused.argmax() if len(q) else 0
    return with_the_draw(p, q, drafted, uniform, n)


@exercise.bug
def drawn_from_the_likeliest_down(p, q, drafted, uniform):
    """The weights are sorted, the largest first, before they are cumulated. The result has the same
    distribution, but the number stands for another token: cumulate them in the order of the
    tokens."""
    # "The weights are sorted, the largest first, before they are cumulated":
    #     np.argsort(-what_is_left(p, q, len(got) - 1), kind="stable")[0] == got[-1] or got[-1] !=
    #     want[-1]
    # "The result has the same distribution, but the number stands for another token":
    #     np.allclose(np.bincount([bug(p, q, drafted, np.append(uniform[:-1], (u + 0.5) / 2000))[-1]
    #     for u in range(2000)], minlength=p.shape[1]), np.bincount([right(p, q, drafted,
    #     np.append(uniform[:-1], (u + 0.5) / 2000))[-1] for u in range(2000)],
    #     minlength=p.shape[1]), atol=3) and got[-1] != want[-1]
    # "cumulate them in the order of the tokens": order = np.argsort(-weights, kind='stable') →
    #     order = np.arange(len(weights))
    n = kept(p, q, drafted, uniform)
    weights = what_is_left(p, q, n)
    order = np.argsort(-weights, kind="stable")
    return np.append(drafted[:n], order[drawn(weights[order], uniform[-1])])


@exercise.bug
def all_that_pass_are_kept(p, q, drafted, uniform):
    """All tokens that pass are kept, and those after a refusal, too, though they were drafted to
    follow the refused one. Keep the tokens before the first refusal."""
    # "All tokens that pass are kept, and those after a refusal, too, though they were drafted to
    #     follow the refused one": len(got) > len(want) and got[-2] == drafted[2]
    # "Keep the tokens before the first refusal": drafted[passed] → drafted[:n]
    n = kept(p, q, drafted, uniform)
    places = np.arange(len(q))
    passed = uniform[:-1] * q[places, drafted] < p[places, drafted]
    return np.append(drafted[passed], drawn(what_is_left(p, q, n), uniform[-1]))


@exercise.bug
def refused_token_stays(p, q, drafted, uniform):
    """The refused token stands in the answer, before its replacement. Cut the draft before it."""
    # "The refused token stands in the answer, before its replacement": got[0] == drafted[0] and
    #     got[1] == want[0]
    # "Cut the draft before it": drafted[:n + 1] → drafted[:n]
    n = kept(p, q, drafted, uniform)
    last = drawn(what_is_left(p, q, n), uniform[-1])
    return np.append(drafted[: n + 1], last)


@exercise.bug
def nothing_after_a_whole_draft(p, q, drafted, uniform):
    """When all are kept, nothing follows them, though the pass has paid for one more token. Draw it
    from the last row of `p`."""
    # "When all are kept, nothing follows them": np.array_equal(got, drafted)
    # "Draw it from the last row of `p`": return drafted.copy() → return np.append(drafted,
    #     drawn(p[-1], uniform[-1]))
    # "though the pass has paid for one more token": len(p) == len(drafted) + 1 > len(got)
    n = kept(p, q, drafted, uniform)
    if n == len(drafted):
        return drafted.copy()
    return with_the_draw(p, q, drafted, uniform, n)


@exercise.bug
def row_of_the_last_drafted_token(p, q, drafted, uniform):
    """When all are kept, the token after them is drawn from the row of `p` that the last drafted
    token was judged by. Draw it from the last row of `p`."""
    # "When all are kept, the token after them is drawn from the row of `p` that the last drafted
    #     token was judged by": len(got) == len(q) + 1 and got[-1] == drawn(p[len(q) - 1],
    #     uniform[-1])
    # "Draw it from the last row of `p`": p[n - 1] → p[-1]
    n = kept(p, q, drafted, uniform)
    weights = what_is_left(p, q, n) if n < len(q) else p[n - 1]
    return np.append(drafted[:n], drawn(weights, uniform[-1]))


@exercise.bug
def draft_taken_off_the_last_row(p, q, drafted, uniform):
    """When all are kept, the last row of `q` is taken off the last row of `p`, which speaks of the
    place after it. Nothing was drafted there: draw from the row of `p` as it is."""
    # "When all are kept, the last row of `q` is taken off the last row of `p`, which speaks of the
    #     place after it": len(p) == len(q) + 1 == len(got) and got[-1] == drawn(np.maximum(p[-1] -
    #     q[-1], 0), uniform[-1])
    # "Nothing was drafted there: draw from the row of `p` as it is": np.maximum(p[-1] -
    #     q[-1], 0), uniform → p[-1], uniform
    n = kept(p, q, drafted, uniform)
    if n < len(q) or not n:
        return with_the_draw(p, q, drafted, uniform, n)
    return np.append(drafted, drawn(np.maximum(p[-1] - q[-1], 0), uniform[-1]))


@exercise.bug
def row_of_the_next_place(p, q, drafted, uniform):
    """Each token is judged by the row of `p` after its own, which says what comes next. Row n of
    `p` and row n of `q` speak of the same place."""
    # "Each token is judged by the row of `p` after its own, which says what comes next":
    #     uniform[0] > p[1, drafted[0]] / q[0, drafted[0]] and got[0] != drafted[0]
    # "Row n of `p` and row n of `q` speak of the same place": kept(p[1:], q, → kept(p, q,; p[n
    #     + 1] - q[n] → (lambda p, q: p[n] - q[n])(p, q)
    n = kept(p[1:], q, drafted, uniform)
    weights = np.maximum(p[n + 1] - q[n], 0) if n < len(q) else p[-1]
    return np.append(drafted[:n], drawn(weights, uniform[-1]))


@exercise.bug
def number_used_twice(p, q, drafted, uniform):
    """The replacement is drawn with the number that refused the token, at least p / q. Take
    a new one: the last."""
    # "The replacement is drawn with the number that refused the token, at least p / q":
    #     uniform[0] >= p[0, 0] / q[0, 0] and got[0] == drawn(what_is_left(p, q, 0), uniform[0])
    # "Take a new one: the last": uniform[n] → uniform[-1]
    n = kept(p, q, drafted, uniform)
    return np.append(drafted[:n], drawn(what_is_left(p, q, n), uniform[n]))


@exercise.bug
def next_number_for_the_draw(p, q, drafted, uniform):
    """The replacement is drawn with the number of the token after it, which is not the last unless
    the draft ends there. Take the last."""
    # "The replacement is drawn with the number of the token after it, which is not the last
    #     unless the draft ends there": got[-1] == drawn(what_is_left(p, q, len(got) - 1),
    #     uniform[len(got)]) and len(got) < len(q)
    # "Take the last": uniform[min(n + 1, len(q))] → uniform[-1]
    n = kept(p, q, drafted, uniform)
    number = uniform[min(n + 1, len(q))]
    return np.append(drafted[:n], drawn(what_is_left(p, q, n), number))


@exercise.bug
def impossible_draft_kept(p, q, drafted, uniform):
    """A token with q = 0 is kept or refused like others, though the draft cannot have drawn it: it
    is another model's, or `q` is. Raise ValueError."""
    # "A token with q = 0 is kept or refused like others, though the draft cannot have drawn
    #     it": q[0, drafted[0]] == 0 and isinstance(got, np.ndarray)
    for n, token in enumerate(drafted):
        if uniform[n] * q[n, token] >= p[n, token]:
            return with_the_draw(p, q, drafted, uniform, n)
    return with_the_draw(p, q, drafted, uniform, len(drafted))


@exercise.bug
def any_zero_refused(p, q, drafted, uniform):
    """A draft is refused because `q` holds a 0 for a token that was not drafted. That the draft
    never says a token is no fault: ask for the drafted ones alone."""
    # "A draft is refused because `q` holds a 0 for a token that was not drafted": isinstance(got,
    #     ValueError) and (q == 0).any() and q[0, drafted[0]] > 0
    # "ask for the drafted ones alone": (q == 0).any() → (q[np.arange(len(q)), drafted] == 0).any()
    if (q == 0).any():
        raise ValueError("it cannot have been drawn")
    n = kept(p, q, drafted, uniform)
    return with_the_draw(p, q, drafted, uniform, n)
