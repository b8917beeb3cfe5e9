"""Right and wrong ways to write `clip_grad_norm`."""

import math

import numpy as np


def pytorch_style(gradients, max_norm):
    norms = [np.linalg.norm(g.ravel().astype(float)) for g in gradients.values()]
    total = np.linalg.norm(norms)
    coefficient = float(np.clip(max_norm / (total + 1e-6), None, 1.0))
    return {k: g * coefficient for k, g in gradients.items()}, total


def one_long_vector(gradients, max_norm):
    vector = np.concatenate([np.ravel(g) for g in gradients.values()]).astype(float)
    norm = math.sqrt(vector @ vector)
    if norm <= max_norm:
        return {name: g * 1.0 for name, g in gradients.items()}, norm
    return {name: g * (max_norm / norm) for name, g in gradients.items()}, norm


def loops(gradients, max_norm):
    total = 0.0
    for g in gradients.values():
        for entry in g.ravel():
            total += float(entry) ** 2
    norm = total**0.5
    clipped = {}
    for name, g in gradients.items():
        kind = g.dtype if g.dtype.kind == "f" else float
        clipped[name] = np.array(g, dtype=kind)
        if norm > max_norm:
            clipped[name] *= max_norm / norm
    return clipped, norm


def in_order_of_names(gradients, max_norm):
    norm = np.hypot.reduce(
        [np.hypot.reduce(gradients[k] * 1.0, axis=None) for k in sorted(gradients)]
    )
    factor = max_norm / max(max_norm, norm)
    return {k: gradients[k] * float(factor) for k in sorted(gradients)}, norm


def einsum(gradients, max_norm):
    flat = [g.reshape(-1).astype(np.float64) for g in gradients.values()]
    norm = np.sqrt(sum(np.einsum("i,i", g, g) for g in flat))
    scale = 1.0 if norm < max_norm else float(max_norm / norm)
    return dict(zip(gradients, (g * scale for g in gradients.values()), strict=True)), norm


def pytorch(gradients, max_norm):
    import torch

    parameters = []
    for g in gradients.values():
        parameter = torch.zeros(g.shape, dtype=torch.float64)
        parameter.grad = torch.tensor(g.astype(float))
        parameters.append(parameter)
    norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm).item()
    kinds = [g.dtype if g.dtype.kind == "f" else float for g in gradients.values()]
    after = [p.grad.numpy().astype(kind) for p, kind in zip(parameters, kinds, strict=True)]
    return dict(zip(gradients, after, strict=True)), norm


def _norm(gradients):
    return math.sqrt(sum(float((g.astype(float) ** 2).sum()) for g in gradients.values()))


def _times(gradients, factor):
    return {name: g * factor for name, g in gradients.items()}


def own_norm_for_each(gradients, max_norm):
    clipped = {}
    for name, g in gradients.items():
        norm = np.linalg.norm(g.astype(float))
        clipped[name] = g * float(max_norm / norm) if norm > max_norm else g * 1.0
    return clipped, _norm(gradients)


def cut_at_the_bound(gradients, max_norm):
    clipped = {
        k: np.minimum(np.maximum(g * 1.0, -max_norm), max_norm) for k, g in gradients.items()
    }
    return clipped, _norm(gradients)


def always_of_that_length(gradients, max_norm):
    norm = _norm(gradients)
    return _times(gradients, max_norm / norm if norm else 1.0), norm


def only_the_gradients(gradients, max_norm):
    norm = _norm(gradients)
    return _times(gradients, min(1.0, max_norm / norm) if norm else 1.0)


def changed_in_place(gradients, max_norm):
    norm = _norm(gradients)
    for g in gradients.values():
        if norm > max_norm and g.dtype.kind == "f":
            g *= max_norm / norm
    return gradients, norm


def root_of_each(gradients, max_norm):
    norm = sum(np.linalg.norm(g.astype(float)) for g in gradients.values())
    return _times(gradients, min(1.0, max_norm / float(norm)) if norm else 1.0), norm


def squares_against_the_bound(gradients, max_norm):
    squares = _norm(gradients) ** 2
    norm = math.sqrt(squares)
    return _times(gradients, max_norm / norm if squares > max_norm else 1.0), norm


def large_gradients_only(gradients, max_norm):
    norm = _norm(gradients)
    factor = max_norm / norm if norm > max_norm else 1.0
    return {
        k: g * factor if np.abs(g).max() > max_norm * factor else g * 1.0
        for k, g in gradients.items()
    }, norm


def matrices_only(gradients, max_norm):
    norm = _norm({k: g for k, g in gradients.items() if g.ndim > 1} or gradients)
    return _times(gradients, min(1.0, max_norm / norm) if norm else 1.0), norm


def last_one_counts(gradients, max_norm):
    for g in gradients.values():
        norm = np.linalg.norm(g.astype(float))
    return _times(gradients, float(min(1.0, max_norm / norm)) if norm else 1.0), norm


def zero_by_zero(gradients, max_norm):
    norm = np.float64(_norm(gradients))
    with np.errstate(all="ignore"):
        return {k: g * float(1 / norm * min(norm, max_norm)) for k, g in gradients.items()}, norm


def zeros_refused(gradients, max_norm):
    norm = _norm(gradients)
    if norm == 0:
        raise ZeroDivisionError("there is no gradient")
    return _times(gradients, min(1.0, max_norm / norm)), norm


def whole_numbers_kept(gradients, max_norm):
    norm = _norm(gradients)
    factor = min(1.0, max_norm / norm) if norm else 1.0
    return {k: (g * factor).astype(g.dtype) for k, g in gradients.items()}, norm


def squares_in_one_byte(gradients, max_norm):
    norm = math.sqrt(sum(float((g**2).sum()) for g in gradients.values()))
    factor = min(1.0, max_norm / norm) if norm else 1.0
    return {
        k: np.trunc(g * factor) if g.dtype.kind in "iu" else g * factor
        for k, g in gradients.items()
    }, norm


def a_large_eps(gradients, max_norm):
    norm = _norm(gradients)
    return _times(gradients, min(1.0, max_norm / (norm + 0.01))), norm


def bound_of_at_least_one(gradients, max_norm):
    norm = _norm(gradients)
    return _times(gradients, min(1.0, max(max_norm, 1) / norm) if norm else 1.0), norm


def spectral(gradients, max_norm):
    def length(g):
        g = g.astype(float)
        return np.linalg.norm(g, 2) if g.ndim == 2 else np.linalg.norm(g)

    norm = math.sqrt(sum(length(g) ** 2 for g in gradients.values()))
    return _times(gradients, min(1.0, max_norm / norm) if norm else 1.0), norm


def norm_first(gradients, max_norm):
    norm = _norm(gradients)
    return norm, _times(gradients, min(1.0, max_norm / norm) if norm else 1.0)


def clipped_twice(gradients, max_norm):
    norm = _norm(gradients)
    factor = min(1.0, max_norm / norm) if norm else 1.0
    return _times(gradients, factor * factor), norm


def norm_of_the_result(gradients, max_norm):
    norm = _norm(gradients)
    clipped = _times(gradients, min(1.0, max_norm / norm) if norm else 1.0)
    return clipped, _norm(clipped)


def axes_are_asked_for(gradients, max_norm):
    norm = _norm({name: g for name, g in gradients.items() if g.ndim})
    return _times(gradients, min(1.0, max_norm / norm) if norm else 1.0), norm


def numbers_without_axes_pass(gradients, max_norm):
    norm = _norm(gradients)
    factor = min(1.0, max_norm / norm) if norm else 1.0
    return {name: g * (factor if g.ndim else 1.0) for name, g in gradients.items()}, norm


def squares_in_four_bytes(gradients, max_norm):
    with np.errstate(invalid="ignore"):
        norm = math.sqrt(abs(sum(float((g * g).sum()) for g in gradients.values())))
    if any(g.dtype == np.uint8 for g in gradients.values()):
        norm = _norm(gradients)
    return _times(gradients, min(1.0, max_norm / norm) if norm else 1.0), norm


def every_array_once(gradients, max_norm):
    once = {id(g): g for g in gradients.values()}
    norm = _norm(once)
    return _times(gradients, min(1.0, max_norm / norm) if norm else 1.0), norm


def fraction_turned_around(gradients, max_norm):
    norm = _norm(gradients)
    return _times(gradients, min(norm / max_norm, 1.0)), norm


def small_norms_are_none(gradients, max_norm):
    norm = _norm(gradients)
    return _times(gradients, min(1.0, max_norm / norm) if norm > 1e-2 else 0.0), norm


def squared_as_they_come(gradients, max_norm):
    whole = {k: g if g.dtype.kind == "f" else g.astype(float) for k, g in gradients.items()}
    with np.errstate(over="ignore"):
        norm = math.sqrt(sum((g * g).sum() for g in whole.values()))
    return _times(gradients, max_norm / max(norm, max_norm)), norm


def one_long_vector_of_integers(gradients, max_norm):
    everything = np.concatenate([each.ravel() for each in gradients.values()])
    norm = np.sqrt(float(everything @ everything))
    scale = max_norm / max(norm, max_norm)
    return {name: each * scale for name, each in gradients.items()}, norm


# What each is told.
WRONG = {
    own_norm_for_each: "each_by_itself",
    cut_at_the_bound: "by_value",
    always_of_that_length: "scaled_up",
    only_the_gradients: "a_result_of_another_kind",
    changed_in_place: "an_argument_changed",
    root_of_each: "norms_added_up",
    squares_against_the_bound: "square_compared_with_the_bound",
    large_gradients_only: None,
    matrices_only: "too_small",
    last_one_counts: "too_small",
    zero_by_zero: "wrong_only_where_it_should_be_0",
    zeros_refused: "wrong_where_norm_should_hold_a_0",
    whole_numbers_kept: "truncated_to_integers",
    a_large_eps: "nearly_right",
    bound_of_at_least_one: "factor_of_a_size",
    spectral: "too_small",
    norm_first: "parts_in_another_order",
    clipped_twice: None,
    norm_of_the_result: "norm_afterwards",
    squares_in_one_byte: None,
    axes_are_asked_for: None,
    numbers_without_axes_pass: "wrong_only_in_clipped_scale",
    squares_in_four_bytes: "wrong_for_numbers_that_are_large",
    every_array_once: None,
    fraction_turned_around: "factor_upside_down",
    small_norms_are_none: "the_same_everywhere",
    one_long_vector_of_integers: "without_dtype",
}

NOTED = {squared_as_they_come}
