"""Practice for question 30: tokens are sent to their experts and come back, under a capacity."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models.expert_dispatch import dispatch
from answers.probability.softmax import softmax

exercise = Exercise(
    dispatch,
    page="30-mixture-of-experts",
    hints=(
        "Loop over the experts. Which tokens have chosen this one, and as which of their choices?",
        "A token has several experts: what must happen to the result that stands in its row "
        "already?",
        "With a capacity the order counts. If you read `chosen` column by column, which choices "
        "come first?",
        "Cut the list of an expert's choices off after `capacity` of them, all columns together.",
    ),
)

rng = np.random.default_rng(30)


def layer(tokens, k, experts=5, d=3, hidden=6, d_out=4):
    """Tokens, the k experts of each, their gates, and the experts' matrices."""
    chosen = rng.random((tokens, experts)).argsort(axis=1)[:, :k]
    gates = -np.sort(-rng.dirichlet(np.ones(k), size=tokens), axis=1)
    w_in = rng.normal(size=(experts, d, hidden))
    return [
        rng.normal(size=(tokens, d)),
        chosen,
        gates,
        w_in,
        rng.normal(size=(experts, hidden, d_out)),
    ]


def floats(dtype, x, chosen, *others):
    return [x.astype(dtype), chosen, *(each.astype(dtype) for each in others)]


one = np.ones((2, 1, 1))
exercise.case(
    "one token, one expert",
    np.array([[3.0]]),
    np.array([[1]]),
    np.array([[0.7]]),
    2 * one,
    5 * one,
)
exercise.case(
    "one token, two experts",
    np.array([[3.0]]),
    np.array([[1, 0]]),
    np.array([[0.7, 0.2]]),
    one * np.array([[[2]], [[7]]]),
    5 * one,
)
exercise.case("6 tokens, one expert each", *layer(6, 1))
exercise.case("7 tokens, two experts each", *layer(7, 2))
exercise.case("9 tokens, three experts each", *layer(9, 3, d_out=3))
exercise.case("every expert is chosen by every token", *layer(4, 5))
exercise.case("experts that nobody chose", *layer(3, 1, experts=8))
exercise.case("sizes that are all 3", *layer(3, 3, 3, 3, 3, 3))
exercise.case("one expert", *layer(5, 1, experts=1))
exercise.case("capacity for all", *layer(7, 2), 7)
exercise.case("a capacity of 3, one expert each", *layer(20, 1), 3)
exercise.case("a capacity of 4, two experts each", *layer(20, 2), 4)
exercise.case("a capacity of 1", *layer(9, 2), 1)
exercise.case("three choices and a capacity of 5", *layer(20, 3), 5)
exercise.case("more capacity than tokens", *layer(6, 2), 50)
crowd = layer(8, 2)
crowd[1] = np.array([[0, 1 + token % 4] for token in range(8)])
exercise.case("all choose one expert first, a capacity of 3", *crowd, 3)
bare = layer(9, 1)
bare[2] = rng.random((9, 1))
exercise.case("one expert each, a capacity of 2, gates below 1", *bare, 2)
exercise.case("as wide as it came, a capacity of 2", *layer(9, 2, d_out=3), 2)
unwanted = layer(9, 2)
unwanted[2] = np.where(np.arange(9)[:, None] % 2, unwanted[2], [0, 0.5])
exercise.case("first gates of 0, a capacity of 2", *unwanted, 2)
against = layer(7, 2)
exercise.case("gates below 0", *against[:2], against[2] * [1, -1], *against[3:])
exercise.case("300 tokens, a capacity of 150", *layer(300, 2, 3, 2, 2, 1), 150)
exercise.case("three choices and a capacity of 3", *layer(12, 3), 3)
exercise.case("float32", *floats(np.float32, *layer(12, 2)), 4)
whole = [np.rint(3 * each) if each.dtype.kind == "f" else each for each in layer(8, 2)]
add_whole_numbers(exercise, *whole, capacity=3)
exercise.case(
    "int32 of some 5e4",
    np.array([[50_000, 2], [-3, 60_000]], dtype=np.int32),
    np.array([[0], [1]]),
    np.array([[0.01], [0.02]]),
    np.array([[[50_000], [3]], [[-1], [50_000]]], dtype=np.int32),
    np.array([[[7]], [[-2]]], dtype=np.int32),
)


def prepared(x, gates, w_in, w_out):
    """The arrays as floats, and an output of zeros."""
    x, gates, w_in, w_out = map(as_float, (x, gates, w_in, w_out))
    kind = np.result_type(x, gates, w_in, w_out)
    return x, gates, w_in, w_out, np.zeros((len(x), w_out.shape[-1]), kind)


def expert_of(x, w_in, w_out, expert):
    return np.maximum(x @ w_in[expert], 0) @ w_out[expert]


@exercise.bug
def assigned(x, chosen, gates, w_in, w_out, capacity=None):
    """An expert's result replaces what stood in the token's row, so the last expert alone is left.
    Add it: `out[token] += …`."""
    # "An expert's result replaces what stood in the token's row, so the last expert alone is left":
    #     np.allclose(bug(np.ones((1, 1)), np.array([[0, 1]]), np.ones((1, 2)), np.ones((2, 1, 1)),
    #     np.array([[[5.0]], [[7.0]]])), 7)
    # "Add it": out[token] = → out[token] +=
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] = gates[token, choice, None] * expert_of(
            x[token], w_in, w_out, expert
        )
    return out


@exercise.bug
def without_gates(x, chosen, gates, w_in, w_out, capacity=None):
    """The experts' results are added without their gates. Multiply each by the gate of the choice
    that sent the token there."""
    # "The experts' results are added without their gates": np.allclose(got, right(x, chosen, 0 *
    #     gates + 1, w_in, w_out, capacity))
    # "Multiply each by the gate of the choice that sent the token there": out[token] += →
    #     out[token] += gates[token, choice, None] *
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += expert_of(x[token], w_in, w_out, expert)
    return out


@exercise.bug
def gate_of_the_first_choice(x, chosen, gates, w_in, w_out, capacity=None):
    """Each expert's result is multiplied by the token's first gate. Take the gate of the choice
    that names this expert."""
    # "Each expert's result is multiplied by the token's first gate": np.allclose(got, right(x,
    #     chosen, gates[:, :1] + 0 * gates, w_in, w_out, capacity))
    # "Take the gate of the choice that names this expert": gates[token, 0, None] → gates[token,
    #     choice, None]
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += gates[token, 0, None] * expert_of(x[token], w_in, w_out, expert)
    return out


@exercise.bug
def gates_by_expert(x, chosen, gates, w_in, w_out, capacity=None):
    """Gates are read by the number of the expert. They stand by choice: column 0 has the
    gates of all first choices."""
    # "Gates are read by the number of the expert": np.allclose(bug(np.ones((1, 1)), np.array([[1,
    #     0]]), np.array([[0.7, 0.3]]), np.ones((2, 1, 1)), np.array([[[1.0]], [[10.0]]])), 3.7)
    # "They stand by choice: column 0 has the gates of all first choices": gates[token, expert %
    #     gates.shape[1], None] → gates[token, np.nonzero(expert == chosen[token])[1], None]
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        _, token = np.nonzero(expert == chosen.T)
        token = token[:capacity]
        gate = gates[token, expert % gates.shape[1], None]
        out[token] += gate * expert_of(x[token], w_in, w_out, expert)
    return out


@exercise.bug
def no_relu(x, chosen, gates, w_in, w_out, capacity=None):
    """The experts have no ReLU: two products in a row are one matrix. Take max(·, 0) between
    them."""
    # "The experts have no ReLU: two products in a row are one matrix": np.allclose(bug(x, chosen,
    #     gates, w_in, w_out), bug(x, chosen, gates, w_in @ w_out, np.eye(w_out.shape[-1]) +
    #     np.zeros((len(w_in), 1, 1))))
    # "Take max(·, 0) between them": x[token] @ w_in[expert] @ → np.maximum(x[token] @ w_in[expert],
    #     0) @
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += gates[token, choice, None] * (
            x[token] @ w_in[expert] @ w_out[expert]
        )
    return out


@exercise.bug
def capacity_ignored(x, chosen, gates, w_in, w_out, capacity=None):
    """Nothing is dropped: an expert takes all tokens that chose it. It takes the first `capacity`
    of them."""
    # "Nothing is dropped: an expert takes all tokens that chose it": np.allclose(got, right(x,
    #     chosen, gates, w_in, w_out))
    # "It takes the first `capacity` of them": w_in, w_out) → w_in, w_out, capacity)
    return dispatch(x, chosen, gates, w_in, w_out)


@exercise.bug
def tokens_before_choices(x, chosen, gates, w_in, w_out, capacity=None):
    """The capacity is filled token by token, so that an early token's second choice takes a later
    one's place. All first choices come first: read `chosen` by columns."""
    # "The capacity is filled token by token, so that an early token's second choice takes a later
    #     one's place": np.allclose(bug(np.array([[1.0], [10.0]]), np.array([[1, 0], [0, 1]]),
    #     np.ones((2, 2)), np.ones((2, 1, 1)), np.ones((2, 1, 1)), 1), [[2], [0]])
    # "All first choices come first: read `chosen` by columns": token, choice = np.nonzero(expert ==
    #     chosen) → choice, token = np.nonzero(expert == chosen.T)
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        token, choice = np.nonzero(expert == chosen)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += gates[token, choice, None] * expert_of(
            x[token], w_in, w_out, expert
        )
    return out


@exercise.bug
def capacity_for_each_choice(x, chosen, gates, w_in, w_out, capacity=None):
    """Each column of `chosen` fills a capacity of its own, so that an expert takes up to k times as
    many. Count all columns together."""
    # "Each column of `chosen` fills a capacity of its own": np.allclose(got, sum(right(x, chosen[:,
    #     [c]], gates[:, [c]], w_in, w_out, capacity) for c in range(chosen.shape[1])))
    # "Count all columns together": parts = [dispatch(x, chosen[:, [c]], gates[:, [c]], w_in, w_out,
    #     capacity) for c in range(chosen.shape[1])] → parts = [dispatch(x, chosen, gates, w_in,
    #     w_out, capacity)]
    parts = [
        dispatch(x, chosen[:, [c]], gates[:, [c]], w_in, w_out, capacity)
        for c in range(chosen.shape[1])
    ]
    return np.sum(parts, axis=0)


@exercise.bug
def one_more_than_the_capacity(x, chosen, gates, w_in, w_out, capacity=None):
    """An expert takes one token more than its capacity. It is full when it has `capacity`."""
    # "An expert takes one token more than its capacity": np.allclose(got, right(x, chosen, gates,
    #     w_in, w_out, capacity + 1))
    # "It is full when it has `capacity`": capacity + 1 → capacity
    more = None if capacity is None else capacity + 1
    return dispatch(x, chosen, gates, w_in, w_out, more)


@exercise.bug
def last_tokens_kept(x, chosen, gates, w_in, w_out, capacity=None):
    """The last choices are kept and the first dropped. Cut the list off behind: `[:capacity]`."""
    # "The last choices are kept and the first dropped": np.allclose(bug(np.array([[1.0], [10.0]]),
    #     np.zeros((2, 1), int), np.ones((2, 1)), np.ones((1, 1, 1)), np.ones((1, 1, 1)), 1), [[0],
    #     [10]])
    # "Cut the list off behind": choice[-keep:], token[-keep:] → choice[:capacity], token[:capacity]
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        keep = capacity or len(chosen)
        choice, token = choice[-keep:], token[-keep:]
        out[token] += gates[token, choice, None] * expert_of(
            x[token], w_in, w_out, expert
        )
    return out


@exercise.bug
def largest_gates_kept(x, chosen, gates, w_in, w_out, capacity=None):
    """The choices with the largest gates are kept. Here the order decides: first choices, then the
    tokens' order."""
    # "The choices with the largest gates are kept": np.allclose(bug(np.array([[1.0], [10.0]]),
    #     np.zeros((2, 1), int), np.array([[0.1], [1.0]]), np.ones((1, 1, 1)), np.ones((1, 1, 1)),
    #     1), [[0], [10]])
    # "Here the order decides: first choices, then the tokens' order": best =
    #     np.argsort(-gates[token, choice], kind='stable')[:capacity] → best = slice(capacity)
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        best = np.argsort(-gates[token, choice], kind="stable")[:capacity]
        choice, token = choice[best], token[best]
        out[token] += gates[token, choice, None] * expert_of(
            x[token], w_in, w_out, expert
        )
    return out


@exercise.bug(kept=(False, True))
def gates_renormalised(x, chosen, gates, w_in, w_out, capacity=None, kept=False):
    """The gates that a token has left are divided by their sum. Here they stay as they are."""
    # "The gates that a token has left are divided by their sum": np.allclose(bug(np.ones((1, 1)),
    #     np.array([[0]]), np.array([[0.25]]), np.ones((1, 1, 1)), np.ones((1, 1, 1))), 1)
    # "Here they stay as they are": out * np.where(left != 0, of_all, 1) / np.where(left != 0, left,
    #     1) → out
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    left = np.zeros((len(x), 1), out.dtype)
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += gates[token, choice, None] * expert_of(
            x[token], w_in, w_out, expert
        )
        left[token] += gates[token, choice, None]
    of_all = gates.sum(axis=1, keepdims=True) if kept else 1
    return out * np.where(left != 0, of_all, 1) / np.where(left != 0, left, 1)


@exercise.bug
def gates_made_to_sum_to_1(x, chosen, gates, w_in, w_out, capacity=None):
    """Each token's gates are divided by their sum. They are weights as they are, and need not sum
    to 1."""
    # "Each token's gates are divided by their sum": np.allclose(got, want / gates.sum(axis=1,
    #     keepdims=True))
    # "They are weights as they are, and need not sum to 1": gates / gates.sum(axis=1,
    #     keepdims=True) → gates
    gates = gates / gates.sum(axis=1, keepdims=True)
    return dispatch(x, chosen, gates, w_in, w_out, capacity)


@exercise.bug
def gate_before_the_relu(x, chosen, gates, w_in, w_out, capacity=None):
    """The gate multiplies what enters the expert, so that ReLU treats a gate below 0 otherwise.
    Multiply what comes out."""
    # "The gate multiplies what enters the expert, so that ReLU treats a gate below 0 otherwise":
    #     np.allclose(bug(np.ones((1, 1)), np.array([[0]]), -np.ones((1, 1)), np.ones((1, 1, 1)),
    #     np.ones((1, 1, 1))), 0)
    # "Multiply what comes out": expert_of(gates[token, choice, None] * x[token], w_in, w_out,
    #     expert) → gates[token, choice, None] * expert_of(x[token], w_in, w_out, expert)
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += expert_of(
            gates[token, choice, None] * x[token], w_in, w_out, expert
        )
    return out


@exercise.bug
def gates_of_0_take_no_room(x, chosen, gates, w_in, w_out, capacity=None):
    """A choice with a gate of 0 is left out before the experts fill. It has a place in the order,
    and takes it, as any other choice does."""
    # "A choice with a gate of 0 is left out before the experts fill": np.allclose(bug(np.ones((2,
    #     1)), np.zeros((2, 1), int), np.array([[0.0], [1.0]]), np.ones((1, 1, 1)), np.ones((1, 1,
    #     1)), 1), [[0], [1]])
    # "and takes it, as any other choice does": np.nonzero((expert == chosen.T) & (gates.T != 0)) →
    #     np.nonzero(expert == chosen.T)
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        choice, token = np.nonzero((expert == chosen.T) & (gates.T != 0))
        choice, token = choice[:capacity], token[:capacity]
        out[token] += gates[token, choice, None] * expert_of(
            x[token], w_in, w_out, expert
        )
    return out


@exercise.bug
def added_once(x, chosen, gates, w_in, w_out, capacity=None):
    """All choices are added at once, and of a token that stands there twice `+=` keeps one result.
    Add by expert, whose tokens differ, or by `np.add.at`."""
    # "of a token that stands there twice": np.allclose(bug(np.ones((1, 1)), np.array([[0, 1]]),
    #     np.ones((1, 2)), np.ones((2, 1, 1)), np.array([[[5.0]], [[7.0]]])), 7)
    # "or by `np.add.at`": out[token] += results → np.add.at(out, token, results)
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    flat, kept = chosen.T.ravel(), np.zeros(chosen.size, bool)
    for expert in range(len(w_in)):
        kept[np.flatnonzero(flat == expert)[:capacity]] = True
    choice, token = np.divmod(np.flatnonzero(kept), len(x))
    experts = chosen[token, choice]
    hidden = np.maximum(np.einsum("nd,ndh->nh", x[token], w_in[experts]), 0)
    results = np.einsum("nh,nho->no", hidden, w_out[experts])
    results *= gates[token, choice, None]
    out[token] += results
    return out


@exercise.bug
def ends_at_a_full_expert(x, chosen, gates, w_in, w_out, capacity=None):
    """At the first full expert `break` ends the loop over tokens, and drops all that follow.
    Go on with the next: `continue`."""
    # "and drops all that follow": np.allclose(bug(np.ones((3, 1)), np.array([[0], [0], [1]]),
    #     np.ones((3, 1)), np.ones((2, 1, 1)), np.ones((2, 1, 1)), 1), [[1], [0], [0]])
    # "Go on with the next: `continue`": break → continue
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    taken, most = np.zeros(len(w_in), int), capacity or chosen.size
    for choice in range(chosen.shape[1]):
        for token, expert in enumerate(chosen[:, choice]):
            if taken[expert] >= most:
                break
            taken[expert] += 1
            out[token] += gates[token, choice] * expert_of(
                x[token], w_in, w_out, expert
            )
    return out


@exercise.bug(padded=(True, False))
def dropped_tokens_pass_through(
    x, chosen, gates, w_in, w_out, capacity=None, padded=True
):
    """A token of which nothing is left keeps its input. The residual connection around the layer
    does that: return zeros."""
    # "A token of which nothing is left keeps its input": np.allclose(bug(np.array([[1.0], [10.0]]),
    #     np.zeros((2, 1), int), np.ones((2, 1)), np.ones((1, 1, 1)), np.ones((1, 1, 1)), 1)[1], 10)
    # "return zeros": np.where(gone, kept, out) → out
    out = dispatch(x, chosen, gates, w_in, w_out, capacity)
    gone = (out == 0).all(axis=1, keepdims=True) & (capacity is not None)
    if not padded and x.shape != out.shape:
        return out
    kept = np.pad(as_float(x), ((0, 0), (0, out.shape[1])))[:, : out.shape[1]]
    return np.where(gone, kept, out)


ACTIVATIONS = {
    "gelu": lambda h: h * (1 + np.tanh(0.7978845608 * (h + 0.044715 * h**3))) / 2,
    "silu": lambda h: h / (1 + np.exp(-h)),
    "leaky": lambda h: np.where(h > 0, h, 0.01 * h),
    "tanh": np.tanh,
    "abs": np.abs,
}


@exercise.bug(curve=("gelu", "silu", "leaky", "tanh", "abs"))
def another_activation(x, chosen, gates, w_in, w_out, capacity=None, curve="gelu"):
    """Between an expert's two matrices stands another function than ReLU. Take max(·, 0)."""
    # "Between an expert's two matrices stands another function than ReLU": (bug(-np.ones((1, 1)),
    #     np.array([[0]]), np.ones((1, 1)), np.ones((1, 1, 1)), np.ones((1, 1, 1))) != 0).all()
    # "Take max(·, 0)": ACTIVATIONS[curve](x[token] @ w_in[expert]) → np.maximum(x[token] @
    #     w_in[expert], 0)
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        hidden = ACTIVATIONS[curve](x[token] @ w_in[expert])
        out[token] += gates[token, choice, None] * (hidden @ w_out[expert])
    return out


@exercise.bug
def first_choices_alone(x, chosen, gates, w_in, w_out, capacity=None):
    """Each token is sent to its first choice only. Send it to all of its experts."""
    # "Each token is sent to its first choice only": np.allclose(got, right(x, chosen[:, :1],
    #     gates[:, :1], w_in, w_out, capacity))
    # "Send it to all of its experts": chosen[:, :1], gates[:, :1] → chosen, gates
    return dispatch(x, chosen[:, :1], gates[:, :1], w_in, w_out, capacity)


@exercise.bug
def one_less_than_the_capacity(x, chosen, gates, w_in, w_out, capacity=None):
    """An expert takes one token less than its capacity. It is full when it has `capacity`."""
    # "An expert takes one token less than its capacity": np.allclose(got, right(x, chosen, gates,
    #     w_in, w_out, capacity - 1))
    # "It is full when it has `capacity`": capacity - 1 → capacity
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    full = None if capacity is None else capacity - 1
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        choice, token = choice[:full], token[:full]
        out[token] += gates[token, choice, None] * expert_of(
            x[token], w_in, w_out, expert
        )
    return out


@exercise.bug
def capacity_times_k(x, chosen, gates, w_in, w_out, capacity=None):
    """An expert takes k times its capacity. The capacity counts all of its tokens, whichever choice
    sent them."""
    # "An expert takes k times its capacity": np.allclose(got, right(x, chosen, gates, w_in, w_out,
    #     capacity * chosen.shape[1]))
    # "The capacity counts all of its tokens, whichever choice sent them": capacity *
    #     chosen.shape[1] → capacity
    more = None if capacity is None else capacity * chosen.shape[1]
    return dispatch(x, chosen, gates, w_in, w_out, more)


@exercise.bug
def second_choices_before_first(x, chosen, gates, w_in, w_out, capacity=None):
    """The last column of `chosen` is sent first, so that second choices take the places of first
    ones. Begin with column 0."""
    # "The last column of `chosen` is sent first": np.allclose(got, right(x, chosen[:, ::-1],
    #     gates[:, ::-1], w_in, w_out, capacity))
    # "so that second choices take the places of first ones": np.allclose(bug(np.array([[1.0],
    #     [10.0]]), np.array([[1, 0], [0, 1]]), np.array([[1.0, 0], [1, 0]]), np.ones((2, 1, 1)),
    #     np.ones((2, 1, 1)), 1), 0)
    # "Begin with column 0": chosen[:, ::-1], gates[:, ::-1] → chosen, gates
    return dispatch(x, chosen[:, ::-1], gates[:, ::-1], w_in, w_out, capacity)


@exercise.bug
def later_tokens_first(x, chosen, gates, w_in, w_out, capacity=None):
    """Tokens are sent from the last to the first, so that early ones are dropped. Begin with token
    0."""
    # "Tokens are sent from the last to the first, so that early ones are dropped": np.allclose(bug(
    #     np.array([[1.0], [10.0]]), np.zeros((2, 1), int), np.ones((2, 1)), np.ones((1, 1, 1)),
    #     np.ones((1, 1, 1)), 1), [[0], [10]])
    # "Begin with token 0": x[::-1], chosen[::-1], gates[::-1], w_in, w_out, capacity)[::-1] → x,
    #     chosen, gates, w_in, w_out, capacity)
    return dispatch(x[::-1], chosen[::-1], gates[::-1], w_in, w_out, capacity)[::-1]


@exercise.bug
def whole_tokens_dropped(x, chosen, gates, w_in, w_out, capacity=None):
    """A token with one choice dropped loses its other choices, too. Each choice is kept or dropped
    by itself."""
    # "A token with one choice dropped loses its other choices, too": np.allclose(bug(
    #     np.array([[1.0], [10.0], [100.0]]), np.array([[0, 1], [1, 2], [2, 0]]), np.ones((3, 2)),
    #     np.ones((3, 1, 1)), np.ones((3, 1, 1)), 1), 0)
    # "Each choice is kept or dropped by itself": np.where(full[:, None], 0, out) → out
    out = dispatch(x, chosen, gates, w_in, w_out, capacity)
    full = np.zeros(len(x), bool)
    for expert in range(len(w_in)):
        _, token = np.nonzero(expert == chosen.T)
        full[token[len(token) if capacity is None else capacity :]] = True
    return np.where(full[:, None], 0, out).astype(out.dtype)


@exercise.bug
def sent_where_there_is_room(x, chosen, gates, w_in, w_out, capacity=None):
    """A choice of a full expert goes to the expert with the fewest tokens. Here it is dropped."""
    # "A choice of a full expert goes to the expert with the fewest tokens": np.allclose(bug(
    #     np.array([[1.0], [10.0]]), np.zeros((2, 1), int), np.ones((2, 1)), np.ones((2, 1, 1)),
    #     np.ones((2, 1, 1)), 1), [[1], [10]])
    # "Here it is dropped": expert = int(taken.argmin()) → continue
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    taken, most = np.zeros(len(w_in), int), capacity or chosen.size
    for choice, token in np.ndindex(chosen.T.shape):
        expert = int(chosen[token, choice])
        if taken[expert] >= most:
            expert = int(taken.argmin())
        if taken[expert] < most:
            taken[expert] += 1
            out[token] += gates[token, choice] * expert_of(
                x[token], w_in, w_out, expert
            )
    return out


@exercise.bug
def relu_after_both(x, chosen, gates, w_in, w_out, capacity=None):
    """ReLU comes after both matrices, which are one matrix in a row. Take max(·, 0) between
    them."""
    # "ReLU comes after both matrices": (got >= 0).all()
    # "which are one matrix in a row": np.allclose(bug(x, chosen, gates, w_in, w_out), bug(x,
    #     chosen, gates, w_in @ w_out, np.eye(w_out.shape[-1]) + np.zeros((len(w_in), 1, 1))))
    # "Take max(·, 0) between them": np.maximum(x[token] @ w_in[expert] @ w_out[expert], 0) →
    #     np.maximum(x[token] @ w_in[expert], 0) @ w_out[expert]
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        y = np.maximum(x[token] @ w_in[expert] @ w_out[expert], 0)
        out[token] += gates[token, choice, None] * y
    return out


@exercise.bug
def softmax_of_gates(x, chosen, gates, w_in, w_out, capacity=None):
    """The gates go through a softmax. They are weights already: multiply by them as they are."""
    # "The gates go through a softmax": np.allclose(got, right(x, chosen, softmax(gates), w_in,
    #     w_out, capacity))
    # "multiply by them as they are": softmax(as_float(gates)) → gates
    return dispatch(x, chosen, softmax(as_float(gates)), w_in, w_out, capacity)


@exercise.bug
def gates_by_rows(x, chosen, gates, w_in, w_out, capacity=None):
    """Choices are read column by column and gates row by row, so that they belong to other tokens.
    Read both by columns: `gates.T`."""
    # "so that they belong to other tokens": np.allclose(bug(np.ones((2, 1)), np.array([[0, 1], [0,
    #     1]]), np.array([[1.0, 2], [3, 4]]), np.ones((2, 1, 1)), np.ones((2, 1, 1))), [[4], [6]])
    # "Read both by columns": gates.reshape(gates.shape[::-1]).T → gates
    return dispatch(
        x, chosen, gates.reshape(gates.shape[::-1]).T, w_in, w_out, capacity
    )


@exercise.bug(factor=(1.0, 1.25, 2.0))
def capacity_made_up(x, chosen, gates, w_in, w_out, capacity=None, factor=1.0):
    """Where no capacity is given, one is made of the numbers of tokens and experts, and choices are
    dropped. None stands for all."""
    # "and choices are dropped": capacity is None and np.allclose(bug(np.ones((2, 1)), np.zeros((2,
    #     1), int), np.ones((2, 1)), np.ones((2, 1, 1)), np.ones((2, 1, 1))), [[1], [0]])
    # "None stands for all": if capacity is None: → if False:
    if capacity is None:
        capacity = int(np.ceil(factor * chosen.size / len(w_in)))
    return dispatch(x, chosen, gates, w_in, w_out, capacity)


@exercise.bug(written=(False, True))
def dropped_read_the_last_place(
    x, chosen, gates, w_in, w_out, capacity=None, written=False
):
    """A dropped choice takes what its expert made of its last place, times its own gate. It adds
    nothing: leave it out of the sum."""
    # "A dropped choice takes what its expert made of its last place, times its own gate":
    #     np.allclose(bug(np.array([[1.0], [10.0]]), np.zeros((2, 1), int), np.array([[1.0],
    #     [3.0]]), np.ones((1, 1, 1)), np.ones((1, 1, 1)), 1), [[1], [3]])
    # "leave it out of the sum": np.nonzero(expert == chosen.T) → (each[:room] for each in
    #     np.nonzero(expert == chosen.T))
    x, gates, w_in, w_out, out = prepared(x, gates, w_in, w_out)
    room = chosen.size if capacity is None else capacity
    for expert in range(len(w_in)):
        choice, token = np.nonzero(expert == chosen.T)
        places, held = np.minimum(np.arange(len(token)), room - 1), token[:room].copy()
        if written:
            held[-1:] = token[-1:]
        y = expert_of(x[held], w_in, w_out, expert)[places]
        out[token] += gates[token, choice, None] * y
    return out
