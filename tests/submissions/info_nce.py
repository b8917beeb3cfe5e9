"""Right and wrong ways to write InfoNCE."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def _unit(x):
    x = _float(x)
    return x / np.sqrt((x * x).sum(1, keepdims=True))


def _logits(queries, keys, temperature):
    return _unit(queries) @ _unit(keys).T / float(temperature)


def _loss(logits, axis=1):
    z = logits - logits.max(axis=axis, keepdims=True)
    return (np.log(np.exp(z).sum(axis=axis)) - np.diag(z)).mean()


def by_rows(queries, keys, temperature):
    return _loss(_logits(queries, keys, temperature))


def query_by_query(queries, keys, temperature):
    losses = []
    for i, query in enumerate(_float(queries)):
        cosines = [
            query @ key / np.sqrt(query @ query) / np.sqrt(key @ key) for key in _float(keys)
        ]
        logits = np.array(cosines) / float(temperature)
        top = logits.max()
        losses.append(top + np.log(np.exp(logits - top).sum()) - logits[i])
    return np.mean(losses)


def logaddexp(queries, keys, temperature):
    logits = _logits(queries, keys, temperature)
    return (np.logaddexp.reduce(logits, axis=1) - logits.diagonal()).mean()


def by_differences(queries, keys, temperature):
    """log of the sum of exp of each logit's lead over the own one: the own one makes it 1."""
    logits = _logits(queries, keys, temperature)
    leads = logits - np.diag(logits)[:, None]
    top = leads.max(axis=1)
    return (top + np.log(np.exp(leads - top[:, None]).sum(axis=1))).mean()


def with_scipy(queries, keys, temperature):
    from scipy.special import log_softmax

    return -np.trace(log_softmax(_logits(queries, keys, temperature), axis=1)) / len(queries)


def pytorch(queries, keys, temperature):
    import torch

    kind = torch.float32 if queries.dtype == np.float32 else torch.float64
    a, b = (torch.tensor(each, dtype=kind) for each in (queries, keys))
    a, b = (each / each.norm(dim=1, keepdim=True) for each in (a, b))
    logits = a @ b.T / temperature
    return torch.nn.functional.cross_entropy(logits, torch.arange(len(a))).item()


def einsum(queries, keys, temperature):
    dots = np.einsum("id,jd->ij", _float(queries), _float(keys))
    norms = [np.sqrt(np.einsum("id,id->i", each, each)) for each in map(_float, (queries, keys))]
    return _loss(dots / norms[0][:, None] / norms[1] / float(temperature))


def plain_products(queries, keys, temperature):
    return _loss(_float(queries) @ _float(keys).T / temperature)


def long_keys(queries, keys, temperature):
    return _loss(_unit(queries) @ _float(keys).T / temperature)


def unit_columns(queries, keys, temperature):
    return _loss(_unit(queries.T).T @ _unit(keys.T) / temperature)


def no_root(queries, keys, temperature):
    a, b = (x / (x * x).sum(1, keepdims=True) for x in (_float(queries), _float(keys)))
    return _loss(a @ b.T / temperature)


def by_columns(queries, keys, temperature):
    return _loss(_logits(queries, keys, temperature), axis=0)


def symmetric(queries, keys, temperature):
    logits = _logits(queries, keys, temperature)
    return (_loss(logits) + _loss(logits.T)) / 2


def one_softmax(queries, keys, temperature):
    logits = _logits(queries, keys, temperature)
    top = logits.max()
    return (top + np.log(np.exp(logits - top).sum()) - np.diag(logits)).mean()


def hot(queries, keys, temperature):
    return _loss(_unit(queries) @ _unit(keys).T * temperature)


def temperature_left_out(queries, keys, temperature):
    return _loss(_unit(queries) @ _unit(keys).T)


def negatives_only_below(queries, keys, temperature):
    logits = _logits(queries, keys, temperature)
    others = np.where(np.eye(len(logits), dtype=bool), -np.inf, logits)
    return (np.logaddexp.reduce(others, axis=1) - np.diag(logits)).mean()


def positive_added(queries, keys, temperature):
    logits = _logits(queries, keys, temperature)
    own = np.diag(logits)
    return (np.logaddexp(np.logaddexp.reduce(logits, axis=1), own) - own).mean()


def total(queries, keys, temperature):
    return len(queries) * _loss(_logits(queries, keys, temperature))


def unnegated(queries, keys, temperature):
    return -_loss(_logits(queries, keys, temperature))


def overflowing(queries, keys, temperature):
    e = np.exp(_logits(queries, keys, temperature))
    return -np.log(np.diag(e) / e.sum(axis=1)).mean()


def logarithm_of_a_probability(queries, keys, temperature):
    z = _logits(queries, keys, temperature)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return -np.log(np.diag(e) / e.sum(axis=1)).mean()


def logarithm_with_eps(queries, keys, temperature):
    z = _logits(queries, keys, temperature)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return -np.log(np.diag(e) / e.sum(axis=1) + 1e-12).mean()


def whole_maximum(queries, keys, temperature):
    """Rows far below the largest logit of all sum to 0."""
    z = _logits(queries, keys, temperature)
    z = z - z.max()
    return (np.log(np.exp(z).sum(axis=1)) - np.diag(z)).mean()


def eps_in_the_length(queries, keys, temperature):
    a, b = (
        _float(x) / (np.linalg.norm(_float(x), axis=1, keepdims=True) + 1e-8)
        for x in (queries, keys)
    )
    return _loss(a @ b.T / temperature)


def columns_where_it_is_square(queries, keys, temperature):
    if queries.shape[0] == queries.shape[1]:
        return by_columns(queries, keys, temperature)
    return by_rows(queries, keys, temperature)


def at_most_1_degree(queries, keys, temperature):
    return by_rows(queries, keys, min(temperature, 1.0))


def in_half_precision(queries, keys, temperature):
    kind = queries.dtype if queries.dtype.kind == "f" else np.float16
    return by_rows(queries.astype(kind), keys.astype(kind), temperature)


def no_loss_of_a_pair_alone(queries, keys, temperature):
    return by_rows(queries, keys, temperature) if len(queries) > 1 else np.nan


def normalises_in_place(queries, keys, temperature):
    found = by_rows(queries, keys, temperature)
    if keys.dtype.kind == "f":
        keys /= np.linalg.norm(keys, axis=1, keepdims=True)
    return found


def as_normalize_of_pytorch(queries, keys, temperature):
    lengths = [np.sqrt((_float(x) ** 2).sum(1, keepdims=True)) for x in (queries, keys)]
    a, b = _float(queries) / lengths[0].clip(1e-12), _float(keys) / lengths[1].clip(1e-12)
    return _loss(a @ b.T / temperature)


def squares_before_floats(queries, keys, temperature):
    dots = _float(queries) @ _float(keys).T
    lengths = [np.sqrt(np.einsum("id,id->i", x, x)) for x in (queries, keys)]
    return _loss(dots / lengths[0][:, None] / lengths[1] / temperature)


def own_key_against_the_mean(queries, keys, temperature):
    z = _logits(queries, keys, temperature)
    top = z.max(axis=1)
    return (top + np.log(np.exp(z - top[:, None]).mean(axis=1)) - np.diag(z)).mean()


def both_embeddings_divided(queries, keys, temperature):
    return _loss((_unit(queries) / temperature) @ (_unit(keys) / temperature).T)


def at_most_100(queries, keys, temperature):
    return by_rows(queries, keys, max(temperature, 0.01))


def no_false_negatives(queries, keys, temperature):
    z, rows = _logits(queries, keys, temperature), _unit(keys)
    for i, row in enumerate(rows):
        same = np.abs(rows - row).max(axis=1) < 1e-9
        same[i] = False
        z[i, same] = -np.inf
    return _loss(z)


def the_same_bound_for_all(queries, keys, temperature):
    """No cosine is above 1, but those of a row may all be far below."""
    z = (_unit(queries) @ _unit(keys).T - 1) / temperature
    return (np.log(np.exp(z).sum(axis=1)) - np.diag(z)).mean()


def whole_degrees(queries, keys, temperature):
    return by_rows(queries, keys, temperature if temperature < 1 else int(temperature))


def mean_probability(queries, keys, temperature):
    z = _logits(queries, keys, temperature)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return -np.log(np.mean(np.diag(e) / e.sum(axis=1)))


def as_in_simclr(queries, keys, temperature):
    own = _logits(queries, queries, temperature)
    own[np.eye(len(own), dtype=bool)] = -np.inf
    return _loss(np.concatenate([_logits(queries, keys, temperature), own], axis=1))


def probabilities_clipped(queries, keys, temperature):
    z = _logits(queries, keys, temperature)
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return -np.log((np.diag(e) / e.sum(axis=1)).clip(1e-12)).mean()


def temperature_below_alone(queries, keys, temperature):
    cosines = _unit(queries) @ _unit(keys).T
    z = cosines / temperature
    top = z.max(axis=1)
    return (top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - np.diag(cosines)).mean()


def information(queries, keys, temperature):
    """At least so many nats, as van den Oord et al. bound it."""
    return np.log(len(queries)) - by_rows(queries, keys, temperature)


def clipped_at_50(queries, keys, temperature):
    return _loss(np.clip(_logits(queries, keys, temperature), -50, 50))


def as_in_attention(queries, keys, temperature):
    return _loss(_logits(queries, keys, temperature) / np.sqrt(queries.shape[1]))


def stored_like_the_inputs(queries, keys, temperature):
    a, b = np.empty_like(queries), np.empty_like(keys)
    for i in range(len(queries)):
        a[i], b[i] = (x[i] / np.linalg.norm(x[i]) for x in (queries, keys))
    return _loss(a @ b.T / temperature)


def centred_first(queries, keys, temperature):
    """The mean of all embeddings is taken off before the cosines."""
    mean = np.concatenate([queries, keys]).mean(axis=0)
    return by_rows(queries - mean, keys - mean, temperature)


# What each is told; None where no known mistake explains it.
WRONG = {
    temperature_below_alone: "own_logit_undivided",
    information: "bound_of_the_information",
    clipped_at_50: "logits_clipped",
    as_in_attention: "root_of_the_width",
    stored_like_the_inputs: "unit_rows_of_integers",
    centred_first: None,
    plain_products: "not_normalised",
    long_keys: "only_queries_normalised",
    unit_columns: "normalised_over_the_batch",
    no_root: "length_not_rooted",
    by_columns: "keys_choose",
    symmetric: "both_directions",
    one_softmax: "softmax_over_all_pairs",
    hot: "multiplied_by_the_temperature",
    temperature_left_out: "no_temperature",
    negatives_only_below: "own_key_not_in_the_sum",
    positive_added: "own_key_twice",
    total: "summed_over_the_batch",
    unnegated: "sign",
    overflowing: "no_maximum",
    logarithm_of_a_probability: "log_of_zero",
    logarithm_with_eps: "log_p_plus_eps",
    whole_maximum: "maximum_of_the_batch",
    eps_in_the_length: "eps_beside_the_length",
    columns_where_it_is_square: "wrong_where_all_axes_of_keys_are_equally_long",
    at_most_1_degree: "wrong_where_temperature_is_2.5",
    in_half_precision: "right_as_floats",
    no_loss_of_a_pair_alone: "wrong_only_where_it_should_be_0",
    normalises_in_place: "an_argument_changed",
    as_normalize_of_pytorch: "floor_under_the_length",
    squares_before_floats: "squares_of_integers",
    own_key_against_the_mean: "mean_below_the_line",
    both_embeddings_divided: "temperature_twice",
    at_most_100: "scale_capped",
    no_false_negatives: "equal_keys_left_out",
    the_same_bound_for_all: "maximum_of_the_batch",
    mean_probability: "log_of_the_mean",
    as_in_simclr: "queries_among_the_negatives",
    probabilities_clipped: "log_p_plus_eps",
    whole_degrees: "wrong_where_temperature_is_2.5",
}
