"""Practice for question 44: the loss of flow matching, and its gradient at the model's output."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.probability.flow_matching import flow_matching_loss

exercise = Exercise(
    flow_matching_loss,
    page="44-diffusion",
    returns=("loss", "gradient"),
    hints=(
        "At t = 0 the line is at the data, at t = 1 at the noise. Where is it in between?",
        "What is the derivative by t of a point on the line? Does it depend on t?",
        "Each example has a time of its own. Of which shape must these be to multiply examples of "
        "any number of axes? The model gets them as they came.",
        "The loss is a mean over all entries, so each entry of the gradient has the factor 2 "
        "divided by their number.",
    ),
)

rng = np.random.default_rng(4403)


def of_rows(t, x):
    return t.reshape(-1, *[1] * (x.ndim - 1)).astype(x.dtype)


def still(x, t):
    """0"""
    return 0 * x


def halved(x, t):
    """x / 2"""
    return x / 2


def curved(x, t):
    """x² / 2 - x"""
    return x * x / 2 - x


def timed(x, t):
    """x t - 2 t, for each example's t"""
    return x * of_rows(t, x) - 2 * of_rows(t, x)


def neighbours(x, t):
    """0.3 x + 0.7 x from the last entry of the last axis backwards"""
    return 0.3 * x + 0.7 * x[..., ::-1]


def batch(*shape):
    """Data, noise and times."""
    x0, noise = rng.normal(size=(2, *shape))
    return x0, noise, rng.uniform(0.1, 0.9, size=shape[0])


exercise.case("one number, a model that answers 0", still, *batch(1, 1))
exercise.case("one number", halved, *batch(1, 1))
exercise.case("one example, four numbers", halved, *batch(1, 4))
exercise.case("three examples, a time for each", halved, *batch(3, 2))
exercise.case("a model that is not linear", curved, *batch(4, 2))
exercise.case("a model that asks for the time", timed, *batch(4, 3))
exercise.case("a model that mixes entries", neighbours, *batch(5, 3))
x0, noise, _ = batch(3, 4)
exercise.case("at data, halfway and at noise", timed, x0, noise, np.array([0, 0.5, 1]))
exercise.case("all at one time", curved, x0, noise, np.full(3, 0.3))
exercise.case("as many examples as numbers in one", timed, *batch(3, 3))
exercise.case("examples of no axis", timed, *batch(5))
exercise.case("examples of two axes", timed, *batch(4, 2, 3))
exercise.case("all axes equally long", timed, *batch(3, 3, 3))
exercise.case("images with channels", curved, *batch(2, 3, 2, 4))
exercise.case(
    "data and noise that are equal", halved, x0, x0, np.array([0.2, 0.6, 0.9])
)
exercise.case("float32", timed, *(each.astype(np.float32) for each in batch(4, 3)))
x0, noise, t = batch(4, 3)
exercise.case(
    "float32 with times in float64",
    *(curved, x0.astype(np.float32), noise.astype(np.float32), t),
)
whole = (np.rint(9 * each) for each in rng.normal(size=(2, 3, 2)))
add_whole_numbers(exercise, halved, next(whole), next(whole), np.array([0.2, 0.5, 0.9]))
exercise.case(
    "at data and not at noise",
    *(curved, np.array([[1.5, -0.3], [0.2, 2.0], [-1.1, 0.6]]), np.ones((3, 2)) / 3),
    np.array([0.7, 0, 0.4]),
)


@exercise.check
def asks_the_model_once_with_the_times(flow_matching_loss):
    """The model must be called once, with samples in the shape of `x0` and with `t` as it came: a
    network reads one time for each example, and each call is dear."""
    seen, t, shapes = [], np.array([0.25, 0.75]), [(2, 3), (2, 3, 4)]

    def model(x, at):
        as_it_came = np.array_equal(at, t) and at.shape == (2,)
        seen.append(np.shape(x) if as_it_came else None)
        return 0 * x

    for shape in shapes:
        flow_matching_loss(model, np.ones(shape), np.zeros(shape), t)
    return seen == shapes


@exercise.check
def leaves_the_models_array_as_it_is(flow_matching_loss):
    """The array that the model returned came back changed: it may be an input, or kept for another
    call. Take the velocity off in a new array, `out - u` and not `out -= u`."""
    x0, noise = np.arange(6.0).reshape(3, 2), np.ones((3, 2))
    flow_matching_loss(lambda x, t: x0, x0, noise, np.array([0.2, 0.5, 0.9]))
    return (x0 == np.arange(6.0).reshape(3, 2)).all()


def on_line(x0, noise, t):
    x0 = as_float(x0)
    return (1 - of_rows(t, x0)) * x0 + of_rows(t, x0) * as_float(noise)


def squared(predicted, target):
    """The mean squared error, and its gradient."""
    off = predicted - target
    return (off**2).mean(), 2 * off / off.size


@exercise.bug
def velocity_backwards(model, x0, noise, t):
    """The velocity points from noise to data. Here time runs to the noise: it is noise - x0."""
    # "The velocity points from noise to data": np.allclose(got.gradient - want.gradient, 4 *
    #     (as_float(noise) - x0) / x0.size)
    # "it is noise - x0": as_float(x0) - noise → as_float(noise) - x0
    return squared(model(on_line(x0, noise, t), t), as_float(x0) - noise)


@exercise.bug
def line_backwards(model, x0, noise, t):
    """The line starts at the noise. Here t = 0 is data: (1 - t) x0 + t noise."""
    # "The line starts at the noise": np.isclose(got.loss, squared(model(on_line(noise, x0, t), t),
    #     as_float(noise) - x0)[0])
    # "Here t = 0 is data: (1 - t) x0 + t noise": on_line(noise, x0, t) → on_line(x0, noise, t)
    return squared(model(on_line(noise, x0, t), t), as_float(noise) - x0)


@exercise.bug
def time_backwards(model, x0, noise, t):
    """Line and velocity are those of time the other way, from noise at 0 to data at 1. Here 0 is
    data."""
    # "Line and velocity are those of time the other way": np.allclose(got.gradient, right(model,
    #     noise, x0, t)[1])
    # "Here 0 is data": on_line(noise, x0, t) → on_line(x0, noise, t); as_float(x0) - noise →
    #     as_float(noise) - x0
    return squared(model(on_line(noise, x0, t), t), as_float(x0) - noise)


@exercise.bug
def noise_as_target(model, x0, noise, t):
    """The model is asked for the noise. Flow matching asks for the velocity, noise - x0."""
    # "The model is asked for the noise": np.isclose(got.loss, np.mean((model(on_line(x0, noise, t),
    #     t) - noise) ** 2))
    # "Flow matching asks for the velocity, noise - x0": as_float(noise) → as_float(noise) - x0
    return squared(model(on_line(x0, noise, t), t), as_float(noise))


@exercise.bug
def data_as_target(model, x0, noise, t):
    """The model is asked for the data. Flow matching asks for the velocity, noise - x0."""
    # "The model is asked for the data": np.isclose(got.loss, np.mean((model(on_line(x0, noise, t),
    #     t) - x0) ** 2))
    # "Flow matching asks for the velocity, noise - x0": , as_float(x0)) → , as_float(noise) - x0)
    return squared(model(on_line(x0, noise, t), t), as_float(x0))


@exercise.bug(power=(1, 2))
def mixed_by_roots(model, x0, noise, t, power=1):
    """Data and noise are mixed by roots, as in diffusion. The line is straight: its factors are
    1 - t and t."""
    # "Data and noise are mixed by roots": np.isclose(got.loss, squared(model(np.sqrt(1 - of_rows(t,
    #     as_float(x0))) * x0 + np.sqrt(of_rows(t, as_float(x0))) * noise, t), as_float(noise) -
    #     x0)[0])
    # "its factors are 1 - t and t": np.sqrt(1 - at ** power) * x0 + np.sqrt(at ** power) * noise →
    #     (1 - at) * x0 + at * noise
    at = of_rows(t, as_float(x0))
    x = np.sqrt(1 - at**power) * x0 + np.sqrt(at**power) * noise
    return squared(model(x, t), as_float(noise) - x0)


@exercise.bug
def gradient_of_a_sum(model, x0, noise, t):
    """The gradient belongs to a sum of squares. The loss is their mean: divide by the number of
    entries."""
    # "The gradient belongs to a sum of squares": np.allclose(got.gradient, x0.size *
    #     want.gradient)
    # "divide by the number of entries": 2 * off → 2 * off / off.size
    off = model(on_line(x0, noise, t), t) - (as_float(noise) - x0)
    return (off**2).mean(), 2 * off


@exercise.bug
def summed_within_an_example(model, x0, noise, t):
    """Squares are summed in each example, and averaged over examples alone. Take the mean over all
    entries."""
    # "Squares are summed in each example, and averaged over examples alone": np.isclose(got.loss *
    #     len(x0), x0.size * want.loss)
    # "Take the mean over all entries": (off ** 2).sum() / len(off) → (off ** 2).mean(); 2 * off /
    #     len(off) → 2 * off / off.size
    off = model(on_line(x0, noise, t), t) - (as_float(noise) - x0)
    return (off**2).sum() / len(off), 2 * off / len(off)


@exercise.bug
def no_factor_of_two(model, x0, noise, t):
    """The gradient lacks the factor 2 of a square. It is 2 off / n, with the error `off` and n
    entries."""
    # "The gradient lacks the factor 2 of a square": np.allclose(2 * got.gradient, want.gradient)
    # "It is 2 off / n": off / off.size → 2 * off / off.size
    off = model(on_line(x0, noise, t), t) - (as_float(noise) - x0)
    return (off**2).mean(), off / off.size


@exercise.bug
def gradient_backwards(model, x0, noise, t):
    """The gradient has the wrong sign: descent would raise the loss. It has that of the output
    less the velocity."""
    # "The gradient has the wrong sign": np.allclose(got.gradient, -want.gradient)
    # "descent would raise the loss": ((got.gradient * want.gradient).sum() <= 0)
    # "It has that of the output less the velocity": -2 * off → 2 * off
    off = model(on_line(x0, noise, t), t) - (as_float(noise) - x0)
    return (off**2).mean(), -2 * off / off.size


@exercise.bug
def no_axes_added(model, x0, noise, t):
    """t has one axis, which meets the last axis of the data: sizes do not fit, or columns get
    a time each. Give it an axis of 1 for each axis of an example."""
    # "t has one axis, which meets the last axis of the data": isinstance(got, ValueError) or
    #     np.isclose(got.loss, squared(model((1 - t) * x0 + t * noise, t), noise - x0)[0])
    # "sizes do not fit, or columns get a time each": isinstance(got, ValueError) or x0.shape[-1] in
    #     (1, len(t))
    # "Give it an axis of 1 for each axis of an example": (1 - t) * x0 + t * noise → on_line(x0,
    #     noise, t)
    x = (1 - t) * x0 + t * noise
    return squared(model(x, t), as_float(noise) - x0)


@exercise.bug
def one_axis_added(model, x0, noise, t):
    """t gets one axis more, `[:, None]`, which fits examples of one axis only. Add as many as an
    example has, `x0.ndim - 1`."""
    # "t gets one axis more, `[:, None]`": np.isclose(got.loss, squared(model((1 - t[:, None]) * x0
    #     + t[:, None] * noise, t), noise - x0)[0])
    # "which fits examples of one axis only": got.gradient.shape != x0.shape and np.isclose(
    #     bug(halved, x0.reshape(len(x0), -1), noise.reshape(len(x0), -1), t)[0], right(halved,
    #     x0.reshape(len(x0), -1), noise.reshape(len(x0), -1), t)[0])
    # "Add as many as an example has, `x0.ndim - 1`": t[:, None] → t.reshape(-1, *[1] * (x0.ndim -
    #     1))
    at = t[:, None]
    x = (1 - at) * as_float(x0) + at * as_float(noise)
    return squared(model(x, t), as_float(noise) - x0)


@exercise.bug
def one_time_for_all(model, x0, noise, t):
    """All examples stand at the first one's time. Each has its own."""
    # "All examples stand at the first one's time": np.isclose(got.loss, squared(model(on_line(x0,
    #     noise, 0 * t + t[0]), t), as_float(noise) - x0)[0])
    # "Each has its own": t[0] + 0 * t → t
    return squared(model(on_line(x0, noise, t[0] + 0 * t), t), as_float(noise) - x0)


@exercise.bug
def model_at_the_data(model, x0, noise, t):
    """The model sees the data, and not the point on the line. Give it (1 - t) x0 + t noise."""
    # "The model sees the data, and not the point on the line": np.isclose(got.loss,
    #     squared(model(as_float(x0), t), as_float(noise) - x0)[0])
    # "Give it (1 - t) x0 + t noise": model(as_float(x0), t) → model(on_line(x0, noise, t), t)
    return squared(model(as_float(x0), t), as_float(noise) - x0)


@exercise.bug(of=("rest", "start"))
def way_to_the_sample(model, x0, noise, t, of="rest"):
    """The target is a way to or from the point on the line, which the time shortens. The velocity
    is that of the whole line, noise - x0."""
    # "The target is a way to or from the point on the line, which the time shortens":
    #     np.isclose(got.loss, squared(model(on_line(x0, noise, t), t), as_float(noise) -
    #     on_line(x0, noise, t))[0])
    # "The velocity is that of the whole line, noise - x0": as_float(noise) - x if of == 'rest' else
    #     x - x0 → as_float(noise) - x0
    x = on_line(x0, noise, t)
    return squared(model(x, t), as_float(noise) - x if of == "rest" else x - x0)


@exercise.bug
def time_told_backwards(model, x0, noise, t):
    """The model is told 1 - t. Give it t as it came."""
    # "The model is told 1 - t": np.isclose(got.loss, squared(model(on_line(x0, noise, t), 1 - t),
    #     as_float(noise) - x0)[0])
    # "Give it t as it came": 1 - t) → t)
    return squared(model(on_line(x0, noise, t), 1 - t), as_float(noise) - x0)


@exercise.bug
def time_before_the_samples(model, x0, noise, t):
    """The model is called with the times first. The samples come first: `model(x_t, t)`."""
    # "The model is called with the times first": np.isclose(got.loss, squared(model(t, on_line(x0,
    #     noise, t)), as_float(noise) - x0)[0])
    # "The samples come first": model(t, x_t) → model(x_t, t)
    x_t = on_line(x0, noise, t)
    return squared(model(t, x_t), as_float(noise) - x0)


@exercise.bug
def gradient_over_examples_alone(model, x0, noise, t):
    """The gradient is divided by the number of examples. The loss is a mean over all entries:
    divide by their number."""
    # "The gradient is divided by the number of examples": np.allclose(got.gradient * len(x0),
    #     x0.size * want.gradient)
    # "divide by their number": / len(off) → / off.size
    off = model(on_line(x0, noise, t), t) - (as_float(noise) - x0)
    return (off**2).mean(), 2 * off / len(off)


@exercise.bug(steps=(1000, 999))
def time_in_steps(model, x0, noise, t, steps=1000):
    """The model is told the time in steps of diffusion, from 0 to 1000. Give it t as it came."""
    # "The model is told the time in steps of diffusion, from 0 to 1000": np.isclose(got.loss,
    #     squared(model(on_line(x0, noise, t), 1000 * t), as_float(noise) - x0)[0])
    # "Give it t as it came": steps * t → t
    return squared(model(on_line(x0, noise, t), steps * t), as_float(noise) - x0)


@exercise.bug
def size_of_the_error(model, x0, noise, t):
    """The loss is the mean size of the error, without its square, and the gradient holds its
    signs. Square the error."""
    # "The loss is the mean size of the error, without its square": np.isclose(got.loss,
    #     np.mean(abs(model(on_line(x0, noise, t), t) - (as_float(noise) - x0))))
    # "and the gradient holds its signs": np.allclose(abs(got.gradient) * x0.size, 1)
    # "Square the error": abs(off).mean(), np.sign(off) / off.size → (off ** 2).mean(), 2 * off /
    #     off.size
    off = model(on_line(x0, noise, t), t) - (as_float(noise) - x0)
    return abs(off).mean(), np.sign(off) / off.size


@exercise.bug
def samples_without_fractions(model, x0, noise, t):
    """The points on the lines lose their fractions where `x0` holds integers, as in an array of its
    type. Compute them in floats."""
    # "The points on the lines lose their fractions where `x0` holds integers": x0.dtype.kind in
    #     'iu' and np.isclose(got.loss, squared(model(np.trunc(on_line(x0, noise, t)), t),
    #     as_float(noise) - x0)[0])
    # "Compute them in floats": np.trunc(x) if x0.dtype.kind in 'iu' else x → x
    x = on_line(x0, noise, t)
    x = np.trunc(x) if x0.dtype.kind in "iu" else x
    return squared(model(x, t), as_float(noise) - x0)
