"""Practice for question 22: one step of gradient descent with momentum."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.optimizers import sgd_momentum_step

exercise = Exercise(
    sgd_momentum_step,
    page="22-adam",
    returns=("w", "velocity"),
    hints=(
        "The velocity is a sum of gradients, in which old ones count less and less. What happens "
        "to it before the new gradient comes in?",
        "Where does the learning rate stand, so that a lower one acts on the whole velocity at "
        "once: in the sum, or where the weights move?",
    ),
)

rng = np.random.default_rng(24)


def state(*shape):
    """Weights, a gradient and a velocity in the middle of a training."""
    return rng.normal(size=(3, *shape))


exercise.case("one weight that stands", *np.array([[1.5], [0.37], [0]]), 0.1)
exercise.case("one weight that moves", *np.array([[1.5], [0.37], [-2.9]]), 0.1)
exercise.case("five weights at the first step", *state(5)[:2], np.zeros(5), 0.03)
exercise.case("five weights that move", *state(5), 0.07)
exercise.case("a momentum of 0.6", *state(5), 0.07, momentum=0.6)
exercise.case("a momentum of 0.99", *state(5), 0.03, momentum=0.99)
exercise.case("a momentum of 0", *state(5), 0.1, momentum=0.0)
exercise.case("a learning rate of 0", *state(5), 0.0)
sizes = np.array([3e-5, -0.2, 1.0, 40.0, -7e3])
exercise.case("gradients of many sizes", *state(5)[:1], sizes, -2 * sizes, 0.03)
exercise.case("tiny numbers", *state(5) / 1e6, 0.07)
exercise.case("a learning rate above 1", *state(5), 1.7, momentum=0.45)
exercise.case("a gradient of 0", state(5)[0], np.zeros(5), state(5)[0], 0.07)
exercise.case("a matrix", *state(3, 4), 0.1)
exercise.case("three axes", *state(2, 3, 4), 0.1, momentum=0.8)
exercise.case("four axes", *state(2, 3, 1, 4), 0.1)
exercise.case("float32", *(a.astype(np.float32) for a in state(3, 4)), 0.1)
add_whole_numbers(exercise, *np.rint(9 * state(3, 4)), 0.1, momentum=0.7)


@exercise.bug(sign=(1, -1))
def rate_inside_the_velocity(w, gradient, velocity, lr, momentum=0.9, sign=1):
    """The learning rate multiplies the gradient inside the velocity, so that a lowered rate acts
    only on gradients to come. Keep it outside: the weights move by lr * velocity."""
    # "The learning rate multiplies the gradient inside the velocity": np.allclose(got.velocity -
    #     momentum * velocity, lr * gradient)
    # "Keep it outside: the weights move by lr * velocity": sign * lr * gradient → gradient;
    #     as_float(w) - sign * velocity → as_float(w) - lr * velocity
    velocity = momentum * velocity + sign * lr * gradient
    return as_float(w) - sign * velocity, velocity


@exercise.bug
def gradient_damped(w, gradient, velocity, lr, momentum=0.9):
    """The gradient is multiplied by 1 - momentum: the velocity is a moving average as Adam's m, and
    ten times shorter. Add the whole gradient."""
    # "The gradient is multiplied by 1 - momentum": np.allclose(got.velocity, (1 - momentum) *
    #     gradient)
    # "and ten times shorter": np.isclose(want.velocity, 10 * got.velocity)
    # "Add the whole gradient": (1 - momentum) * gradient → as_float(gradient)
    velocity = momentum * velocity + (1 - momentum) * gradient
    return as_float(w) - lr * velocity, velocity


@exercise.bug
def old_velocity_used(w, gradient, velocity, lr, momentum=0.9):
    """The weights move by the velocity before this gradient, so the first step goes nowhere.
    Update the velocity first."""
    # "so the first step goes nowhere": not velocity.any() and np.array_equal(got.w, w)
    # "Update the velocity first": lr * velocity → lr * (momentum * velocity + gradient)
    return as_float(w) - lr * velocity, momentum * velocity + as_float(gradient)


@exercise.bug
def nesterov(w, gradient, velocity, lr, momentum=0.9):
    """The step is Nesterov's: the gradient, and momentum times the new velocity. Asked for is plain
    momentum: the weights move by lr * velocity."""
    # "the gradient, and momentum times the new velocity": np.allclose((w - got.w) / lr, gradient +
    #     momentum * want.velocity)
    # "the weights move by lr * velocity": (gradient + momentum * velocity) → velocity
    velocity = momentum * velocity + as_float(gradient)
    return as_float(w) - lr * (gradient + momentum * velocity), velocity


@exercise.bug
def velocity_points_downhill(w, gradient, velocity, lr, momentum=0.9):
    """The gradient is subtracted from the velocity, and the velocity added to the weights. Here the
    velocity is a sum of gradients: add to it, and subtract it."""
    # "The gradient is subtracted from the velocity": np.allclose(got.velocity, -gradient)
    # "add to it, and subtract it": velocity - as_float(gradient) → velocity + as_float(gradient);
    #     as_float(w) + lr → as_float(w) - lr
    velocity = momentum * velocity - as_float(gradient)
    return as_float(w) + lr * velocity, velocity


@exercise.bug
def uphill(w, gradient, velocity, lr, momentum=0.9):
    """The step is added, so that the loss grows. Subtract it."""
    # "The step is added": np.allclose(got.w - w, w - want.w)
    # "Subtract it": as_float(w) + lr → as_float(w) - lr
    velocity = momentum * velocity + as_float(gradient)
    return as_float(w) + lr * velocity, velocity


@exercise.bug
def no_momentum(w, gradient, velocity, lr, momentum=0.9):
    """The velocity is the gradient alone: what it was before is lost. Add the gradient to
    momentum * velocity."""
    # "The velocity is the gradient alone": np.allclose(got.velocity, gradient)
    # "Add the gradient to momentum * velocity": velocity = as_float(gradient) → velocity =
    #     momentum * velocity + as_float(gradient)
    velocity = as_float(gradient) + 0.0
    return as_float(w) - lr * velocity, velocity


@exercise.bug
def nothing_fades(w, gradient, velocity, lr, momentum=0.9):
    """The velocity keeps all of its old value, so that no gradient is ever forgotten. Multiply the
    old velocity by `momentum`."""
    # "The velocity keeps all of its old value": np.allclose(got.velocity, velocity + gradient)
    # "Multiply the old velocity by `momentum`": velocity + as_float → momentum * velocity +
    #     as_float
    velocity = velocity + as_float(gradient)
    return as_float(w) - lr * velocity, velocity


@exercise.bug
def momentum_of_the_sum(w, gradient, velocity, lr, momentum=0.9):
    """momentum multiplies the new gradient, too. Only the old velocity fades: add the gradient
    after the product."""
    # "momentum multiplies the new gradient, too": np.allclose(got.velocity, momentum * gradient)
    # "add the gradient after the product": (velocity + as_float(gradient)) → velocity +
    #     as_float(gradient)
    velocity = momentum * (velocity + as_float(gradient))
    return as_float(w) - lr * velocity, velocity


@exercise.bug
def velocity_not_returned(w, gradient, velocity, lr, momentum=0.9):
    """The weights are right, and the velocity that comes back is the old one: the next step knows
    nothing of this gradient. Return the new velocity."""
    # "The weights are right, and the velocity that comes back is the old one": np.allclose(got.w,
    #     want.w) and np.array_equal(got.velocity, velocity)
    # "Return the new velocity": new, as_float(velocity) + 0.0 → new, momentum * velocity +
    #     as_float(gradient)
    new = as_float(w) - lr * (momentum * velocity + as_float(gradient))
    return new, as_float(velocity) + 0.0


@exercise.bug
def step_returned(w, gradient, velocity, lr, momentum=0.9):
    """The second result is the step, lr * velocity, and the next call would take it for the
    velocity. Return the velocity itself."""
    # "The second result is the step, lr * velocity": np.allclose(got.velocity, w - got.w)
    # "Return the velocity itself": , lr * velocity → , velocity
    velocity = momentum * velocity + as_float(gradient)
    return as_float(w) - lr * velocity, lr * velocity


@exercise.bug
def share_of_the_rest(w, gradient, velocity, lr, momentum=0.9):
    """The old velocity is multiplied by 1 - momentum. `momentum` is the share of it that stays."""
    # "The old velocity is multiplied by 1 - momentum": np.allclose(got.velocity - gradient, (1 -
    #     momentum) * velocity)
    # "`momentum` is the share of it that stays": (1 - momentum) * velocity → momentum * velocity
    velocity = (1 - momentum) * velocity + as_float(gradient)
    return as_float(w) - lr * velocity, velocity


@exercise.bug
def shares_exchanged(w, gradient, velocity, lr, momentum=0.9):
    """The old velocity is multiplied by 1 - momentum, and the gradient by momentum. `momentum` is
    the share of the old velocity that stays, and the gradient is added whole."""
    # "The old velocity is multiplied by 1 - momentum, and the gradient by momentum":
    #     np.allclose(got.velocity, (1 - momentum) * velocity + momentum * gradient)
    # "`momentum` is the share of the old velocity that stays, and the gradient is added whole": (1
    #     - momentum) * velocity + momentum * as_float(gradient) → momentum * velocity +
    #     as_float(gradient)
    velocity = (1 - momentum) * velocity + momentum * as_float(gradient)
    return as_float(w) - lr * velocity, velocity


@exercise.bug
def weights_decayed(w, gradient, velocity, lr, momentum=0.9, decay=0.01):
    """A share of the weights is added to the gradient, as weight decay does. Nothing in the stub
    asks for it: add the gradient alone."""
    # "A share of the weights is added to the gradient, as weight decay does":
    #     np.allclose(got.velocity - want.velocity, 0.01 * w)
    # "Nothing in the stub asks for it: add the gradient alone": decay * as_float(w) → 0
    velocity = momentum * velocity + as_float(gradient) + decay * as_float(w)
    return as_float(w) - lr * velocity, velocity


@exercise.bug(default=(0.0, 0.99, 0.5))
def another_default(w, gradient, velocity, lr, momentum=None, default=0.0):
    """Where no momentum is given, another is taken than 0.9. Keep the default of the stub."""
    # "Where no momentum is given, another is taken than 0.9": np.allclose(got.velocity, gradient)
    #     and np.allclose(bug(w, gradient, velocity, lr, 0.9)[1], want.velocity)
    # "Keep the default of the stub": default if momentum is None → 0.9 if momentum is None
    momentum = default if momentum is None else momentum
    velocity = momentum * velocity + as_float(gradient)
    return as_float(w) - lr * velocity, velocity
