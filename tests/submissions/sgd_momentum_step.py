"""Right and wrong ways to write a step of gradient descent with momentum."""

import numpy as np


def _floats(*arrays):
    return [a if a.dtype.kind == "f" else a.astype(float) for a in arrays]


def two_lines(w, gradient, velocity, lr, momentum=0.9):
    w, gradient, velocity = _floats(w, gradient, velocity)
    velocity = velocity * momentum + gradient
    return w - velocity * lr, velocity


def on_copies(w, gradient, velocity, lr, momentum=0.9):
    w, velocity = (a.copy() for a in _floats(w, velocity))
    velocity *= momentum
    velocity += gradient
    w -= lr * velocity
    return [w, velocity]


def entry_by_entry(w, gradient, velocity, lr, momentum=0.9):
    new_w, new_velocity = (np.zeros_like(a) for a in _floats(w, velocity))
    for at in np.ndindex(w.shape):
        new_velocity[at] = momentum * float(velocity[at]) + float(gradient[at])
        new_w[at] = float(w[at]) - lr * new_velocity[at]
    return new_w, new_velocity


def two_parts(w, gradient, velocity, lr, momentum=0.9):
    """The weights move by what is old, then by what is new."""
    w, gradient, velocity = _floats(w, gradient, velocity)
    old = momentum * velocity
    return w - lr * old - lr * gradient, np.add(old, gradient)


def pytorch(w, gradient, velocity, lr, momentum=0.9):
    import torch

    kind = torch.float32 if w.dtype == np.float32 else torch.float64
    w, gradient, velocity = (torch.tensor(a, dtype=kind) for a in (w, gradient, velocity))
    optimizer = torch.optim.SGD([w], lr=lr, momentum=momentum)
    w.grad = gradient
    optimizer.state[w]["momentum_buffer"] = velocity
    optimizer.step()
    # Without momentum PyTorch keeps no velocity.
    return w.numpy(), (velocity if momentum else gradient).numpy()


def by_a_matrix(w, gradient, velocity, lr, momentum=0.9):
    """(w, velocity) is linear in (w, velocity, gradient)."""
    kind = np.float32 if w.dtype == np.float32 else np.float64
    step = np.array([[1, -lr * momentum, -lr], [0, momentum, 1]], kind)
    return tuple(np.tensordot(step, np.array([w, velocity, gradient], kind), axes=1))


def rate_in_the_velocity(w, gradient, velocity, lr, momentum=0.9):
    velocity = momentum * velocity + lr * gradient
    return w - velocity, velocity


def rate_in_both(w, gradient, velocity, lr, momentum=0.9):
    velocity = momentum * velocity + lr * gradient
    return w - lr * velocity, velocity


def averaged(w, gradient, velocity, lr, momentum=0.9):
    velocity = momentum * velocity + (1 - momentum) * gradient
    return w - lr * velocity, velocity


def looking_ahead(w, gradient, velocity, lr, momentum=0.9):
    velocity = momentum * velocity + gradient
    return w - lr * (momentum * velocity + gradient), velocity


def added(w, gradient, velocity, lr, momentum=0.9):
    velocity = momentum * velocity - gradient
    return w + lr * velocity, velocity


def stepped_before(w, gradient, velocity, lr, momentum=0.9):
    return w - lr * velocity, momentum * velocity + gradient


def without_state(w, gradient, velocity, lr, momentum=0.9):
    return w - lr * gradient, gradient * 1.0


def in_place(w, gradient, velocity, lr, momentum=0.9):
    velocity = velocity if velocity.dtype.kind == "f" else velocity.astype(float)
    velocity *= momentum
    velocity += gradient
    return w - lr * velocity, velocity


def weights_alone(w, gradient, velocity, lr, momentum=0.9):
    return w - lr * (momentum * velocity + gradient)


def velocity_first(w, gradient, velocity, lr, momentum=0.9):
    return two_lines(w, gradient, velocity, lr, momentum)[::-1]


def momentum_of_the_default(w, gradient, velocity, lr, momentum=0.9):
    return two_lines(w, gradient, velocity, lr)


def old_where_no_gradient(w, gradient, velocity, lr, momentum=0.9):
    """Nothing moves where the gradient is 0."""
    new, faster = two_lines(w, gradient, velocity, lr, momentum)
    still = not gradient.any()
    return (w * 1.0, velocity * 1.0) if still else (new, faster)


def rate_at_most_1(w, gradient, velocity, lr, momentum=0.9):
    return two_lines(w, gradient, velocity, min(lr, 1.0), momentum)


def in_the_type_of_the_weights(w, gradient, velocity, lr, momentum=0.9):
    return tuple(a.astype(w.dtype) for a in two_lines(w, gradient, velocity, lr, momentum))


def flat_beyond_two_axes(w, gradient, velocity, lr, momentum=0.9):
    new = two_lines(w, gradient, velocity, lr, momentum)
    return tuple(a.reshape(len(a), -1) if a.ndim > 2 else a for a in new)


def whole_at_first(w, gradient, velocity, lr, momentum=0.9):
    """Dampening, but for the first step, as PyTorch's option has it."""
    share = 1 - momentum if velocity.any() else 1
    return two_lines(w, share * gradient, velocity, lr, momentum)


def rows_share_a_velocity(w, gradient, velocity, lr, momentum=0.9):
    w, gradient, velocity = _floats(w, gradient, velocity)
    velocity = momentum * velocity + gradient
    shared = velocity.mean(0, keepdims=True) + 0 * velocity if w.ndim > 1 else velocity
    return w - lr * shared, velocity


def plain_without_momentum(w, gradient, velocity, lr, momentum=0.9):
    """Keeps the old velocity where momentum is 0."""
    new, faster = two_lines(w, gradient, velocity, lr, momentum)
    return new, faster if momentum else velocity * 1.0


def as_keras(w, gradient, velocity, lr, momentum=0.9):
    w, gradient, velocity = _floats(w, gradient, velocity)
    velocity = momentum * velocity - lr * gradient
    return w + velocity, velocity


def dust_removed(w, gradient, velocity, lr, momentum=0.9):
    return two_lines(w, np.where(abs(gradient) < 2e-6, 0, gradient), velocity, lr, momentum)


def long_gradients_cut(w, gradient, velocity, lr, momentum=0.9):
    (gradient,) = _floats(gradient)
    length = np.sqrt((gradient**2).sum())
    return two_lines(w, gradient * min(1, 500 / max(length, 1e-9)), velocity, lr, momentum)


_LAST = {}


def own_memory(w, gradient, velocity, lr, momentum=0.9):
    new, _LAST[w.shape] = two_lines(w, gradient, _LAST.get(w.shape, velocity), lr, momentum)
    return new, _LAST[w.shape]


def momentum_or_its_default(w, gradient, velocity, lr, momentum=0.9):
    return two_lines(w, gradient, velocity, lr, momentum or 0.9)


# What each is told; None where no known mistake explains it.


def rest_of_the_velocity(w, gradient, velocity, lr, momentum=0.9):
    w, gradient, velocity = _floats(w, gradient, velocity)
    velocity = (1 - momentum) * velocity + gradient
    return w - lr * velocity, velocity


def default_of_pytorch(w, gradient, velocity, lr, momentum=0.0):
    return two_lines(w, gradient, velocity, lr, momentum)


def shares_the_wrong_way_round(w, gradient, velocity, lr, momentum=0.9):
    velocity = (1 - momentum) * velocity + momentum * gradient
    return w - lr * velocity, velocity


def with_weight_decay(w, gradient, velocity, lr, momentum=0.9):
    velocity = momentum * velocity + gradient + 0.01 * w
    return w - lr * velocity, velocity


WRONG = {
    rate_in_the_velocity: "rate_inside_the_velocity",
    rate_in_both: "rate_inside_the_velocity",
    averaged: "gradient_damped",
    looking_ahead: "nesterov",
    added: "velocity_points_downhill",
    stepped_before: "old_velocity_used",
    without_state: "no_momentum",
    in_place: "an_argument_changed",
    weights_alone: "a_result_of_another_kind",
    velocity_first: "parts_in_another_order",
    momentum_of_the_default: "momentum_ignored",
    old_where_no_gradient: "factor_of_a_size",
    rate_at_most_1: "wrong_where_lr_is_1.7",
    in_the_type_of_the_weights: "truncated_to_integers",
    flat_beyond_two_axes: "right_numbers_in_another_shape",
    whole_at_first: "gradient_damped",
    rows_share_a_velocity: "wrong_except_where_gradient_has_1_axis",
    plain_without_momentum: "wrong_where_momentum_is_0.0",
    as_keras: "rate_inside_the_velocity",
    dust_removed: "wrong_for_numbers_that_are_tiny",
    long_gradients_cut: "wrong_for_numbers_that_are_large",
    own_memory: "kept_from_an_earlier_call",
    momentum_or_its_default: "wrong_where_momentum_is_0.0",
    rest_of_the_velocity: "share_of_the_rest",
    default_of_pytorch: "another_default",
    shares_the_wrong_way_round: "shares_exchanged",
    with_weight_decay: "weights_decayed",
}
