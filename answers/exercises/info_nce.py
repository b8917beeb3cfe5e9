"""Practice for question 32: InfoNCE, each query among all keys."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models.contrastive import info_nce, unit
from answers.probability.softmax import log_softmax, logsumexp

exercise = Exercise(
    info_nce,
    page="32-contrastive-and-distillation",
    hints=(
        "Think of each query as an example to classify. What are its classes, and which is right?",
        "All cosines stand in one matrix, queries by keys, and the right ones on its diagonal.",
        "The loss of one query is logsumexp of its logits minus its own logit: no probability is "
        "formed, so none can round to 0.",
    ),
)

rng = np.random.default_rng(3234)


def pairs(batch, d):
    return list(rng.normal(size=(2, batch, d)))


queries, keys = pairs(5, 3)
exercise.case("two pairs in the plane, a temperature of 1", *pairs(2, 2), 1.0)
exercise.case("five pairs, a temperature of 1", queries, keys, 1.0)
exercise.case("five pairs, a temperature of 0.07", queries, keys, 0.07)
exercise.case("one pair alone", *pairs(1, 3), 0.07)
exercise.case("embeddings of length 1", unit(queries), unit(keys), 0.5)
exercise.case("a temperature above 1", queries, keys, 2.5)
exercise.case("as many dimensions as pairs", *pairs(4, 4), 0.3)
exercise.case("more dimensions than pairs", *pairs(3, 7), 0.3)
exercise.case("a single dimension", *pairs(4, 1), 0.3)
lengths = np.array([[0.1], [30.0], [1.0], [4.0], [0.5]])
exercise.case("lengths from 0.05 to 60", lengths * queries, lengths[::-1] * keys, 0.3)
exercise.case("embeddings of some 1e-5", 1e-5 * queries, 1e-5 * keys, 0.3)
exercise.case("embeddings of some 1e-14", 1e-14 * queries, 1e-14 * keys, 0.3)
exercise.case("each pair twice", *(np.repeat(a, 2, axis=0) for a in pairs(3, 4)), 0.2)
exercise.case("all keys alike", queries, np.ones((5, 3)), 0.07)
exercise.case("keys that are their queries", queries, queries.copy(), 0.07)
exercise.case("their queries at a temperature of 0.001", queries, queries.copy(), 0.001)
line = np.array([[1.0, 2.0]])
exercise.case(
    "a query along all keys, and one against",
    line * [[1], [-1]],
    line * [[1], [1]],
    0.001,
)
exercise.case("keys opposite to their queries", queries, -queries, 0.02)
exercise.case("a temperature of 0.0005", queries, keys, 0.0005)
exercise.case("float32", *(a.astype(np.float32) for a in pairs(4, 5)), 0.3)
add_whole_numbers(exercise, *(1 + np.rint(9 * np.abs(a)) for a in pairs(4, 3)), 1)
exercise.case(
    "int32 of some 5e4",
    np.array([[5, 1, 2], [2, 1, -4], [1, 6, 3]], dtype=np.int32) * 10000,
    np.array([[3, 2, 1], [5, 2, 1], [-3, 1, 5]], dtype=np.int32) * 10000,
    0.3,
)


def cosines(queries, keys):
    return unit(queries) @ unit(keys).T


def mean_loss(logits, axis=1):
    """The mean of -log softmax of the diagonal."""
    return -np.diag(log_softmax(logits, axis=axis)).mean()


@exercise.bug
def not_normalised(queries, keys, temperature):
    """The logits are plain products, so a long key wins by its length. Divide each row by its
    length first."""
    # "The logits are plain products": np.isclose(got, mean_loss(queries @ keys.T / temperature))
    # "Divide each row by its length first": as_float(queries) @ as_float(keys).T → unit(queries) @
    #     unit(keys).T
    # "so a long key wins by its length": bug(np.eye(2), np.array([[1.0, 0], [9, 9]]), 1.0) > 3 and
    #     right(np.eye(2), np.array([[1.0, 0], [9, 9]]), 1.0) < 1 and not np.isclose(got, want)
    return mean_loss(as_float(queries) @ as_float(keys).T / temperature)


@exercise.bug
def only_queries_normalised(queries, keys, temperature):
    """The queries have length 1, and the keys keep theirs. Normalise both."""
    # "The queries have length 1, and the keys keep theirs": np.isclose(got, mean_loss(
    #     unit(queries) @ keys.T / temperature))
    # "Normalise both": as_float(keys) → unit(keys)
    return mean_loss(unit(queries) @ as_float(keys).T / temperature)


@exercise.bug
def normalised_over_the_batch(queries, keys, temperature):
    """Each column is divided by its length over the batch. An embedding is a row: `axis=1`."""
    # "Each column is divided by its length over the batch": np.isclose(got, mean_loss(
    #     unit(queries.T).T @ unit(keys.T) / temperature))
    # "An embedding is a row: `axis=1`": axis=0 → axis=1
    a, b = (
        x / np.linalg.norm(x, axis=0, keepdims=True)
        for x in (as_float(queries), as_float(keys))
    )
    return mean_loss(a @ b.T / temperature)


@exercise.bug
def length_not_rooted(queries, keys, temperature):
    """Each row is divided by the square of its length. Take the root of the sum of squares."""
    # "Each row is divided by the square of its length": np.isclose(got, mean_loss(
    #     queries @ keys.T / (queries**2).sum(axis=1)[:, None] / (keys**2).sum(axis=1) /
    #     temperature))
    # "Take the root of the sum of squares": (x ** 2).sum(axis=1, keepdims=True) → np.sqrt((x **
    #     2).sum(axis=1, keepdims=True))
    a, b = (
        x / (x**2).sum(axis=1, keepdims=True) for x in map(as_float, (queries, keys))
    )
    return mean_loss(a @ b.T / temperature)


@exercise.bug
def keys_choose(queries, keys, temperature):
    """The softmax runs over the queries: each key finds its query. Each query chooses among the
    keys: `axis=1`."""
    # "The softmax runs over the queries: each key finds its query": np.isclose(got, right(keys,
    #     queries, temperature))
    # "Each query chooses among the keys: `axis=1`": axis=0 → axis=1
    return mean_loss(cosines(queries, keys) / temperature, axis=0)


@exercise.bug
def both_directions(queries, keys, temperature):
    """This is CLIP's loss, the mean of both directions. Here queries alone choose."""
    # "This is CLIP's loss, the mean of both directions": np.isclose(got, (right(queries, keys,
    #     temperature) + right(keys, queries, temperature)) / 2)
    # "Here queries alone choose": (mean_loss(logits, 0) + mean_loss(logits, 1)) / 2 →
    #     mean_loss(logits, 1)
    logits = cosines(queries, keys) / temperature
    return (mean_loss(logits, 0) + mean_loss(logits, 1)) / 2


@exercise.bug
def softmax_over_all_pairs(queries, keys, temperature):
    """One softmax runs over all pairs of the batch, so each pair competes with other queries'
    pairs. Each row is a distribution of its own."""
    # "One softmax runs over all pairs of the batch": np.isclose(got, -(np.diag(cosines(queries,
    #     keys) / temperature) - np.log(np.exp(cosines(queries, keys) / temperature).sum())).mean())
    # "Each row is a distribution of its own": logsumexp(logits.ravel()) → logsumexp(logits)
    # "so each pair competes with other queries' pairs": np.isclose(bug(np.eye(2), np.eye(2), 0.01),
    #     np.log(2))
    logits = cosines(queries, keys) / temperature
    return (logsumexp(logits.ravel()) - np.diag(logits)).mean()


@exercise.bug
def multiplied_by_the_temperature(queries, keys, temperature):
    """The cosines are multiplied by the temperature. Divide: a small one makes softmax sharp."""
    # "The cosines are multiplied by the temperature": np.isclose(got, right(queries, keys, 1 /
    #     temperature))
    # "Divide: a small one makes softmax sharp": * temperature → / temperature
    return mean_loss(cosines(queries, keys) * temperature)


@exercise.bug
def no_temperature(queries, keys, temperature):
    """The temperature is missing: cosines between -1 and 1 leave softmax nearly flat. Divide by
    it."""
    # "The temperature is missing": np.isclose(got, right(queries, keys, 1.0))
    # "Divide by it": cosines(queries, keys) → cosines(queries, keys) / temperature
    # "cosines between -1 and 1 leave softmax nearly flat": np.isclose(bug(each := np.array([[-1.0],
    #     [1.0]]), each, 0.01), np.log(1 + np.exp(-1 - 1)))
    return mean_loss(cosines(queries, keys))


@exercise.bug
def own_key_not_in_the_sum(queries, keys, temperature):
    """A query's own key is missing in the sum below the line, so the loss can fall below 0. Sum
    over all keys: it is a softmax."""
    # "so the loss can fall below 0": bug(np.eye(2), np.eye(2), 0.1) < 0
    # "Sum over all keys: it is a softmax": np.where(np.eye(len(logits)) > 0, -np.inf, logits) →
    #     logits
    # "A query's own key is missing in the sum below the line": (lambda logits: np.isclose(got,
    #     (np.log((np.exp(logits) * (1 - np.eye(len(keys)))).sum(axis=1)) -
    #     np.diag(logits)).mean()))(cosines(queries, keys) / temperature)
    logits = cosines(queries, keys) / temperature
    others = np.where(np.eye(len(logits)) > 0, -np.inf, logits)
    return (np.logaddexp.reduce(others, axis=1) - np.diag(logits)).mean()


@exercise.bug
def own_key_twice(queries, keys, temperature):
    """A query's own key is added to the sum over all keys, which holds it already, so the loss
    cannot fall below log 2. Count it once."""
    # "so the loss cannot fall below log 2": np.isclose(bug(np.eye(2), np.eye(2), 0.01), np.log(2))
    # "Count it once": np.logaddexp(logsumexp(logits), own) → logsumexp(logits)
    # "A query's own key is added to the sum over all keys, which holds it already": (lambda logits:
    #     np.isclose(got, (np.log((np.exp(logits) * (1 + np.eye(len(keys)))).sum(axis=1)) -
    #     np.diag(logits)).mean()))(cosines(queries, keys) / temperature)
    logits = cosines(queries, keys) / temperature
    own = np.diag(logits)
    return (np.logaddexp(logsumexp(logits), own) - own).mean()


@exercise.bug
def summed_over_the_batch(queries, keys, temperature):
    """The losses are summed over the queries. Take their mean."""
    # "The losses are summed over the queries": np.isclose(got, len(queries) * want)
    # "Take their mean": len(queries) * →
    return len(queries) * mean_loss(cosines(queries, keys) / temperature)


@exercise.bug
def no_maximum(queries, keys, temperature):
    """exp overflows where the temperature is small: of 1/0.001 it is infinite, and the loss is nan
    or infinite. Subtract each row's maximum first."""
    # "exp overflows where the temperature is small: of 1/0.001 it is infinite, and the loss is nan
    #     or infinite": temperature == 0.001 and not np.isfinite(got)
    # "Subtract each row's maximum first": cosines(queries, keys) / temperature → (c :=
    #     cosines(queries, keys) / temperature) - c.max(axis=1, keepdims=True)
    logits = cosines(queries, keys) / temperature
    return (np.log(np.exp(logits).sum(axis=1)) - np.diag(logits)).mean()


@exercise.bug
def maximum_of_the_batch(queries, keys, temperature):
    """One number is subtracted from the whole matrix, such as its maximum, so all exponentials of a
    row far below it are 0, and so is their sum. Take each row's own, with keepdims=True."""
    # "One number is subtracted from the whole matrix, such as its maximum, so all exponentials of a
    #     row far below it are 0, and so is their sum": not np.isfinite(got) and np.isclose(bug(
    #     queries[:1], keys[:1], temperature), 0)
    # "Take each row's own, with keepdims=True": logits.max() → logits.max(axis=1, keepdims=True)
    logits = cosines(queries, keys) / temperature
    below = logits - logits.max()
    return (np.log(np.exp(below).sum(axis=1)) - np.diag(below)).mean()


@exercise.bug
def log_of_zero(queries, keys, temperature):
    """The probability of a query's own key rounds to 0, and its logarithm is -inf. Form none: the
    loss is logsumexp(logits) minus the own logit."""
    # "The probability of a query's own key rounds to 0, and its logarithm is -inf": got == np.inf
    # "Form none: the loss is logsumexp(logits) minus the own logit":
    #     -np.log(np.exp(np.diag(log_p))) → -np.diag(log_p)
    log_p = log_softmax(cosines(queries, keys) / temperature)
    return -np.log(np.exp(np.diag(log_p))).mean()


@exercise.bug(eps=(1e-12, 1e-8, 1e-9, 1e-10, 1e-15, 1e-7, 1e-6))
def log_p_plus_eps(queries, keys, temperature, eps=1e-12):
    """log(p + eps), or of p raised to eps, caps a query's loss at -log(eps), so the worst all cost
    the same. Use logsumexp(logits) minus the own logit; it needs no eps."""
    # "log(p + eps), or of p raised to eps, caps a query's loss at -log(eps)":
    #     bug(np.eye(2), -np.eye(2), 1e-3) < 28 < right(np.eye(2), -np.eye(2), 1e-3)
    # "Use logsumexp(logits) minus the own logit; it needs no eps": np.log(np.exp(np.diag(log_p)) +
    #     eps) → np.diag(log_p)
    # "so the worst all cost the same": np.isclose(bug(np.eye(2), -np.eye(2), 1e-3), bug(np.eye(2),
    #     -np.eye(2), 2e-3))
    log_p = log_softmax(cosines(queries, keys) / temperature)
    return -np.log(np.exp(np.diag(log_p)) + eps).mean()


@exercise.bug(eps=(1e-8, 1e-6, 1e-7))
def eps_beside_the_length(queries, keys, temperature, eps=1e-8):
    """A number added to each length shortens short rows: at embeddings of 1e-5 all cosines are
    off. Divide by the length alone."""
    # "at embeddings of 1e-5 all cosines are off": not np.isclose(bug(1e-5 * queries, 1e-5 * keys,
    #     1.0), right(queries, keys, 1.0), rtol=1e-5)
    # "Divide by the length alone": + eps →
    # "A number added to each length shortens short rows": bug(1e-5 * np.eye(2), 1e-5 * np.eye(2),
    #     1.0) > 1.0001 * right(np.eye(2), np.eye(2), 1.0)
    a, b = (
        x / (np.linalg.norm(x, axis=1, keepdims=True) + eps)
        for x in map(as_float, (queries, keys))
    )
    return mean_loss(a @ b.T / temperature)


@exercise.bug(floor=(1e-12, 1e-8, 1e-6))
def floor_under_the_length(queries, keys, temperature, floor=1e-12):
    """Rows are divided by their length or a smallest number, whichever is larger: shorter rows
    stay short, though lengths do not count. Divide by the length alone."""
    # "shorter rows stay short, though lengths do not count": bug(1e-14 * np.eye(2), 1e-14 *
    #     np.eye(2), 1.0) > 1.0001 * right(np.eye(2), np.eye(2), 1.0)
    # "Divide by the length alone": np.maximum(np.linalg.norm(x, axis=1, keepdims=True), floor) →
    #     np.linalg.norm(x, axis=1, keepdims=True)
    a, b = (
        x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), floor)
        for x in map(as_float, (queries, keys))
    )
    return mean_loss(a @ b.T / temperature)


@exercise.bug
def squares_of_integers(queries, keys, temperature):
    """Integers are squared as integers: in int32, squares from 2**31 on wrap around. Convert them
    to floats first."""
    # "in int32, squares from 2**31 on wrap around": np.isnan(bug(*[np.array([[46341]], np.int32)] *
    #     2, 1.0)) and not np.isnan(bug(*[np.array([[46340]], np.int32)] * 2, 1.0))
    # "Convert them to floats first": (x * x) → (x.astype(float) ** 2)
    a, b = (x / np.sqrt((x * x).sum(axis=1, keepdims=True)) for x in (queries, keys))
    logits = a @ b.T / temperature
    leads = logits - np.diag(logits)[:, None]
    return np.logaddexp.reduce(leads, axis=1).mean()


@exercise.bug
def mean_below_the_line(queries, keys, temperature):
    """A query's own key is compared with the mean over all keys: the loss is too small by
    log(batch). Take the sum."""
    # "the loss is too small by log(batch)": np.isclose(got + np.log(len(keys)), want)
    # "Take the sum": - np.log(len(keys)) →
    return mean_loss(cosines(queries, keys) / temperature) - np.log(len(keys))


@exercise.bug
def temperature_twice(queries, keys, temperature):
    """The temperature divides both embeddings, and so twice the cosines. Divide the cosines."""
    # "The temperature divides both embeddings, and so twice the cosines": np.isclose(got,
    #     right(queries, keys, temperature**2))
    # "Divide the cosines": unit(queries) / temperature → unit(queries)
    return mean_loss((unit(queries) / temperature) @ (unit(keys) / temperature).T)


@exercise.bug
def scale_capped(queries, keys, temperature):
    """The cosines are multiplied by 100 at most, a cap that CLIP puts on the scale it learns. Here
    the temperature is given: divide by it."""
    # "The cosines are multiplied by 100 at most": np.isclose(bug(queries, keys, 0.001),
    #     right(queries, keys, 0.01))
    # "divide by it": min(1 / temperature, 100) → 1 / temperature
    return mean_loss(cosines(queries, keys) * min(1 / temperature, 100))


@exercise.bug
def equal_keys_left_out(queries, keys, temperature):
    """Keys that equal a query's own key are no negatives of it. Here every other row is one."""
    # "Keys that equal a query's own key are no negatives of it": np.isclose(bug(queries,
    #     np.ones_like(keys), 1.0), 0)
    # "Here every other row is one": np.where(same, -np.inf, logits) → logits
    logits, rows = cosines(queries, keys) / temperature, unit(keys)
    same = np.isclose(rows[:, None], rows).all(axis=2) & ~np.eye(len(rows), dtype=bool)
    return mean_loss(np.where(same, -np.inf, logits))


@exercise.bug
def log_of_the_mean(queries, keys, temperature):
    """The probabilities are averaged, and the logarithm comes after: a query that fails costs
    little. Take the mean of the logarithms."""
    # "The probabilities are averaged, and the logarithm comes after": np.isclose(got, -np.log(
    #     np.exp(np.diag(log_softmax(cosines(queries, keys) / temperature))).mean()))
    # "a query that fails costs little": bug(np.ones((2, 1)), np.array([[1.0], [-1.0]]), 0.01) < 1
    #     and right(np.ones((2, 1)), np.array([[1.0], [-1.0]]), 0.01) > 99
    # "Take the mean of the logarithms": -logsumexp(own) + np.log(len(own)) → -own.mean()
    own = np.diag(log_softmax(cosines(queries, keys) / temperature))
    return -logsumexp(own) + np.log(len(own))


@exercise.bug
def queries_among_the_negatives(queries, keys, temperature):
    """The other queries are negatives, too, as in SimCLR's loss. Here they are keys alone."""
    # "The other queries are negatives, too": np.isclose(bug(np.ones((2, 1)), np.ones((2, 1)), 1.0),
    #     np.log(2 + 1))
    # "Here they are keys alone": np.hstack([logits, among]) → logits
    # "as in SimCLR's loss": np.isclose(got, mean_loss(np.hstack([cosines(queries, keys) /
    #     temperature, np.where(np.eye(len(keys)) > 0, -np.inf, cosines(queries, queries) /
    #     temperature)])))
    logits = cosines(queries, keys) / temperature
    among = cosines(queries, queries) / temperature
    np.fill_diagonal(among, -np.inf)
    return mean_loss(np.hstack([logits, among]))


@exercise.bug
def own_logit_undivided(queries, keys, temperature):
    """The temperature divides the logits in the sum over all keys, and not a query's own in the
    numerator. Divide all cosines."""
    # "The temperature divides the logits in the sum over all keys, and not a query's own in the
    #     numerator": np.isclose(got, want + np.diag(cosines(queries, keys)).mean() * (1 /
    #     temperature - 1))
    # "Divide all cosines": np.diag(cosines(queries, keys)) → np.diag(logits)
    logits = cosines(queries, keys) / temperature
    return (logsumexp(logits) - np.diag(cosines(queries, keys))).mean()


@exercise.bug
def bound_of_the_information(queries, keys, temperature):
    """This is log(batch) minus the loss, a lower bound of the mutual information. Return the
    loss."""
    # "This is log(batch) minus the loss": np.isclose(got, np.log(len(keys)) - want)
    # "Return the loss": np.log(len(keys)) - loss → loss
    loss = mean_loss(cosines(queries, keys) / temperature)
    return np.log(len(keys)) - loss


@exercise.bug(bound=(50, 10, 20, 30, 80, 88, 100, 500, 700))
def logits_clipped(queries, keys, temperature, bound=50):
    """The logits are clipped, so that keys beyond the bound look alike. Subtract each row's
    maximum instead: then no exp overflows."""
    # "The logits are clipped, so that keys beyond the bound look alike": np.isclose(bug(each :=
    #     np.array([[0.0, 1], [3, 4]]), each, 1e-5), np.log(2))
    # "Subtract each row's maximum instead": np.clip(logits, -bound, bound) → logits -
    #     logits.max(axis=1, keepdims=True)
    logits = cosines(queries, keys) / temperature
    return mean_loss(np.clip(logits, -bound, bound))


@exercise.bug
def root_of_the_width(queries, keys, temperature):
    """The logits are divided by the root of d, as the scores of attention are. Cosines do not grow
    with d: divide them by the temperature alone."""
    # "The logits are divided by the root of d, as the scores of attention are": np.isclose(got,
    #     right(queries, keys, temperature * keys.shape[1]**0.5))
    # "divide them by the temperature alone": np.sqrt(keys.shape[1]) → 1
    # "Cosines do not grow with d": np.isclose(right(e := np.eye(2), e, 1.0), right(f :=
    #     np.repeat(e, 4, axis=1), f, 1.0)) and not np.isclose(bug(e, e, 1.0), bug(f, f, 1.0))
    logits = cosines(queries, keys) / temperature
    return mean_loss(logits / np.sqrt(keys.shape[1]))


@exercise.bug
def unit_rows_of_integers(queries, keys, temperature):
    """Rows of length 1 are stored in the type of the inputs: of integers the fractions are lost,
    and 0.8 becomes 0. Store floats."""
    # "Rows of length 1 are stored in the type of the inputs: of integers the fractions are lost,
    #     and 0.8 becomes 0": np.isclose(bug(rows := np.array([[3, 4], [4, 3]]), rows, 0.1),
    #     np.log(2))
    # "Store floats": .astype(x.dtype) →
    a, b = (unit(x).astype(x.dtype) for x in (queries, keys))
    return mean_loss(as_float(a) @ as_float(b).T / temperature)
