"""SGD with momentum, Adam and AdamW, against PyTorch's optimizers and closed forms."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.training.optimizers import adam_step, adamw_step, sgd_momentum_step

STEPS = 100


def gradient_of(w, step):
    """A gradient that moves with the weights and with the step, of many sizes."""
    sizes = 10.0 ** (np.arange(w.size).reshape(w.shape) % 7 - 3)
    return (sizes * (w - 0.3) + np.cos(step)).astype(w.dtype)


def by_pytorch(optimizer, w, **settings):
    """The weights after each step, and the state after the last."""
    tensor = torch.tensor(w, requires_grad=True)
    steps, made = [], optimizer([tensor], **settings)
    for step in range(1, STEPS + 1):
        tensor.grad = torch.tensor(gradient_of(tensor.detach().numpy(), step))
        made.step()
        steps.append(tensor.detach().numpy().copy())
    return np.array(steps), made.state[tensor]


def by_ours(function, w, states, counts=True, **settings):
    state, steps = [np.zeros_like(w)] * states, []
    for step in range(1, STEPS + 1):
        number = (step,) if counts else ()
        w, *state = function(w, gradient_of(w, step), *state, *number, **settings)
        steps.append(w)
    return np.array(steps), state


@pytest.mark.parametrize("shape", [(1,), (7,), (3, 5), (2, 3, 4)])
@pytest.mark.parametrize("momentum", [0, 0.6, 0.9])
def test_sgd_takes_the_steps_of_pytorch(shape, momentum):
    w = np.random.default_rng(1).normal(size=shape)
    settings = {"lr": 1e-4, "momentum": momentum}
    expected, _ = by_pytorch(torch.optim.SGD, w, **settings)
    found, _ = by_ours(sgd_momentum_step, w, 1, counts=False, **settings)
    assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("shape", [(1,), (7,), (3, 5), (2, 3, 4)])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"lr": 0.05},
        {"lr": 0.01, "betas": (0.8, 0.95)},
        {"lr": 0.01, "betas": (0.0, 0.99), "eps": 0.1},
        {"lr": 0.01, "betas": (0.95, 0.5)},
    ],
)
@pytest.mark.parametrize("decay", [None, 0.0, 0.01, 3.0])
def test_adam_and_adamw_take_the_steps_of_pytorch_and_keep_its_moments(shape, settings, decay):
    w = np.random.default_rng(2).normal(size=shape)
    decays = {} if decay is None else {"weight_decay": decay}
    of = torch.optim.Adam if decay is None else torch.optim.AdamW
    expected, state = by_pytorch(of, w, **settings, **decays)
    ours = {**settings, **decays}
    if "betas" in ours:
        ours["beta1"], ours["beta2"] = ours.pop("betas")
    found, (m, v) = by_ours(adam_step if decay is None else adamw_step, w, 2, **ours)
    # A gradient of a thousand times the weight carries rounding from step to step.
    assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    assert_allclose(m, state["exp_avg"], rtol=1e-9, atol=1e-12)
    assert_allclose(v, state["exp_avg_sq"], rtol=1e-9)


def test_defaults_are_those_of_pytorch():
    w, gradient, zero = np.array([2.0, -3.0]), np.array([0.3, 1e-9]), np.zeros(2)
    for ours, of in ((adam_step, torch.optim.Adam), (adamw_step, torch.optim.AdamW)):
        tensor = torch.tensor(w, requires_grad=True)
        tensor.grad = torch.tensor(gradient)
        of([tensor]).step()
        assert_allclose(ours(w, gradient, zero, zero, 1)[0], tensor.detach(), rtol=1e-15)


def test_float32_follows_pytorch_in_float32():
    w = np.random.default_rng(3).normal(size=(3, 5)).astype(np.float32)
    for ours, of in ((adam_step, torch.optim.Adam), (adamw_step, torch.optim.AdamW)):
        expected, _ = by_pytorch(of, w, lr=0.01)
        found, state = by_ours(ours, w, 2, lr=0.01)
        assert {found.dtype, *(each.dtype for each in state)} == {np.dtype(np.float32)}
        assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


# Closed forms


@given(st.floats(1e-5, 1e5), st.sampled_from([-1, 1]), st.floats(0, 0.99), st.floats(0, 0.999))
def test_the_first_step_is_the_rate_whatever_the_gradients_size(size, sign, beta1, beta2):
    w, zero = np.array([0.7]), np.zeros(1)
    moved, *_ = adam_step(w, np.array([sign * size]), zero, zero, 1, 0.01, beta1, beta2, 1e-14)
    assert_allclose(moved, 0.7 - 0.01 * sign, rtol=1e-6)


@given(st.floats(1e-12, 1e5))
def test_the_first_step_is_shorter_where_the_gradient_is_not_far_above_eps(size):
    zero = np.zeros(1)
    moved, *_ = adam_step(zero, np.array([size]), zero, zero, 1, 0.5)
    assert_allclose(moved, -0.5 * size / (size + 1e-8), rtol=1e-9)


@pytest.mark.parametrize("step", [1, 2, 10, 1000])
def test_a_constant_gradient_leaves_corrected_moments_that_are_it_and_its_square(step):
    gradient = np.array([3.0, -0.2])
    m = v = np.zeros(2)
    for number in range(1, step + 1):
        _, m, v = adam_step(gradient, gradient, m, v, number)
    assert_allclose(m, (1 - 0.9**step) * gradient, rtol=1e-12)
    assert_allclose(v, (1 - 0.999**step) * gradient**2, rtol=1e-10)


def test_the_velocity_of_a_constant_gradient_goes_to_ten_times_it():
    w = velocity = np.zeros(1)
    for _ in range(300):
        w, velocity = sgd_momentum_step(w, np.array([2.0]), velocity, lr=0.1)
    assert_allclose(velocity, 2.0 / (1 - 0.9), rtol=1e-12)


def test_the_factor_of_a_gradient_cancels_in_adam_and_not_in_sgd():
    rng = np.random.default_rng(4)
    w, gradients = rng.normal(size=5), rng.normal(size=(20, 5))

    def ends(factor):
        adam, sgd, m, v, velocity = w, w, *np.zeros((3, 5))
        for step, each in enumerate(factor * gradients, 1):
            adam, m, v = adam_step(adam, each, m, v, step, eps=1e-30)
            sgd, velocity = sgd_momentum_step(sgd, each, velocity, 1e-3)
        return adam, sgd

    (adam, sgd), (large, far) = ends(1.0), ends(64.0)
    assert_allclose(large, adam, rtol=1e-13)
    assert_allclose(far - w, 64 * (sgd - w), rtol=1e-10)


@given(st.integers(1, 50), st.floats(0, 1), st.floats(0, 5))
def test_a_decay_shrinks_by_the_rate_times_it_and_leaves_the_moments_alone(step, lr, decay):
    rng = np.random.default_rng(step)
    w, gradient, m = rng.normal(size=(3, 4))
    v = rng.uniform(0, 2, 4)
    plain, *moments = adam_step(w, gradient, m, v, step, lr)
    decayed, *others = adamw_step(w, gradient, m, v, step, lr, weight_decay=decay)
    assert_allclose(plain - decayed, lr * decay * w, atol=1e-12)
    for one, other in zip(moments, others, strict=True):
        assert_array_equal(one, other)


ALL = {
    adam_step: {"step": 3},
    adamw_step: {"step": 3, "weight_decay": 0.5},
    sgd_momentum_step: {"lr": 0.25},
}
each_function = pytest.mark.parametrize(("function", "numbers"), ALL.items())


def whole_numbers(function, dtype):
    states = 1 if function is sgd_momentum_step else 2
    return np.random.default_rng(5).integers(0, 9, size=(2 + states, 3, 4)).astype(dtype)


@each_function
def test_arguments_stay_as_they_are_and_share_no_memory_with_results(function, numbers):
    arrays = whole_numbers(function, np.float64)
    before = arrays.copy()
    arrays.setflags(write=False)
    for result in function(*arrays, **numbers):
        assert not np.may_share_memory(result, arrays)
    assert_array_equal(arrays, before)


@each_function
@pytest.mark.parametrize(
    ("dtype", "computed"),
    [(np.float16, np.float32), (np.float32, np.float32)]
    + [(dtype, np.float64) for dtype in (np.uint8, np.int8, np.int64)],
)
def test_float32_stays_float16_computes_in_it_and_integers_in_float64(
    function, numbers, dtype, computed
):
    arrays = whole_numbers(function, dtype)
    expected = function(*arrays.astype(np.float64), **numbers)
    for got, wanted in zip(function(*arrays, **numbers), expected, strict=True):
        assert got.dtype == computed
        assert_allclose(got, wanted, rtol=1e-3 if dtype == np.float16 else 1e-5)


# Bad input

ONE = np.ones(2)
ADAM = {"w": ONE, "gradient": ONE, "m": ONE, "v": ONE, "step": 1}
SGD = {"w": ONE, "gradient": ONE, "velocity": ONE, "lr": 0.1}


@pytest.mark.parametrize(
    ("function", "arguments", "wrong", "said"),
    [
        (adam_step, ADAM, {"step": 0}, "`step` is 0; count from 1, or"),
        (adamw_step, ADAM, {"step": -3}, "`step` is -3; count from 1, or"),
        (adam_step, ADAM, {"v": np.array([0, -1e-9])}, "`v` holds -1e-09 at index 1; a mean of"),
        (adamw_step, ADAM, {"beta1": 1.0}, "`beta1` is 1.0; choose a number from 0 to below 1"),
        (adam_step, ADAM, {"beta2": -0.1}, "`beta2` is -0.1; choose"),
        (adam_step, ADAM, {"eps": 0.0}, "`eps` is 0.0; choose a finite number above 0"),
        (adam_step, ADAM, {"lr": -1e-3}, "`lr` is -0.001; choose a finite number, 0 or more"),
        (adamw_step, ADAM, {"weight_decay": -0.1}, "`weight_decay` is -0.1; choose"),
        (sgd_momentum_step, SGD, {"momentum": 1}, "`momentum` is 1; choose"),
        (sgd_momentum_step, SGD, {"lr": np.inf}, "`lr` is inf; choose"),
        (adam_step, ADAM, {"m": np.array([0, np.nan])}, "`m` holds nan at index 1"),
        (adam_step, ADAM, {"gradient": np.array([1e200, 0])}, "v overflows: inf at index 0"),
    ],
)
def test_bad_values_are_refused_in_words(function, arguments, wrong, said):
    with pytest.raises(ValueError, match=f"^{said}"):
        function(**{**arguments, **wrong})


@pytest.mark.parametrize("name", ["gradient", "m", "v"])
@pytest.mark.parametrize("shape", [(1,), (3,), (2, 1), (1, 2)])
def test_a_shape_that_would_broadcast_is_refused(name, shape):
    with pytest.raises(TypeCheckError, match=f"parameter '{name}'"):
        adam_step(**{**ADAM, name: np.ones(shape)})
