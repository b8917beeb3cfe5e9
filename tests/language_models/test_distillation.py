"""The loss of distillation against PyTorch's autograd, and what must hold."""

import math

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional

from answers.language_models.distillation import distillation_loss


def arrays(batch, classes, dtype=np.float64):
    rng = np.random.default_rng([batch, classes])
    logits = [3 * rng.normal(size=(batch, classes)).astype(dtype) for _ in range(2)]
    return *logits, rng.integers(classes, size=batch)


each_size = pytest.mark.parametrize("size", [(5, 3), (1, 4), (3, 1), (4, 50)], ids=str)


def by_pytorch(student, teacher, targets, temperature, weight):
    z, v = torch.tensor(student, requires_grad=True), torch.tensor(teacher)
    log_q = functional.log_softmax(z / temperature, dim=-1)
    p = functional.softmax(v / temperature, dim=-1)
    soft = functional.kl_div(log_q, p, reduction="batchmean")
    hard = functional.cross_entropy(z, torch.tensor(targets))
    loss = weight * temperature**2 * soft + (1 - weight) * hard
    loss.backward()
    return loss.detach().numpy(), z.grad.numpy()


@each_size
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("temperature", "weight"), [(1, 0.5), (2.5, 0.9), (20, 1), (0.3, 0)])
def test_agrees_with_pytorch(size, dtype, temperature, weight):
    given = arrays(*size, dtype)
    found = distillation_loss(*given, temperature, weight)
    close = 1e-10 if dtype == np.float64 else 5e-4
    for ours, theirs in zip(found, by_pytorch(*given, temperature, weight), strict=True):
        assert ours.dtype == dtype
        assert_allclose(ours, theirs, rtol=close, atol=close / 10)


@each_size
@pytest.mark.parametrize("shift", [0.0, 1000.0])
def test_of_a_teacher_of_the_same_probabilities_nothing_is_learned(size, shift):
    student, _, targets = arrays(*size)
    loss, gradient = distillation_loss(student, student + shift, targets, 3.0, 1.0)
    assert_allclose(loss, 0, atol=1e-12)
    assert_allclose(gradient, 0, atol=1e-12)


@each_size
def test_at_a_high_temperature_it_is_the_squared_distance_of_centred_logits(size):
    """Hinton et al., equation 4: T² KL(p‖q) nears |z - v|² / 2K."""
    student, teacher, targets = arrays(*size)
    z, v = (each - each.mean(axis=1, keepdims=True) for each in (student, teacher))
    loss, gradient = distillation_loss(student, teacher, targets, 1e5, 1.0)
    k = student.shape[1]
    assert_allclose(gradient, (z - v) / k / len(z), rtol=1e-2, atol=1e-5)
    assert_allclose(loss, ((z - v) ** 2).sum() / (2 * k * len(z)), rtol=1e-2, atol=1e-5)


def test_a_gradient_adds_to_0_over_classes():
    _, gradient = distillation_loss(*arrays(5, 3), 2.0, 0.7)
    assert_allclose(gradient.sum(axis=1), 0, atol=1e-12)


def test_a_probability_that_rounds_to_0_leaves_the_loss_finite():
    student, teacher = np.array([[0.0, 4000.0]]), np.array([[4000.0, 0.0]])
    loss, gradient = distillation_loss(student, teacher, np.array([0]), 2.0, 1.0)
    assert_allclose(loss, 4 * 2000)
    assert_allclose(gradient, [[-2, 2]])


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_integers_compute_in_float64(dtype):
    student, teacher, targets = arrays(5, 3)
    whole = [np.rint(np.abs(each)).astype(dtype) for each in (student, teacher)]
    floats = [each.astype(float) for each in whole]
    found = distillation_loss(*whole, targets, 2, 0.5)
    for one, other in zip(found, distillation_loss(*floats, targets, 2, 0.5), strict=True):
        assert one.dtype == np.float64
        assert_array_equal(one, other)


def test_no_argument_is_changed():
    given = arrays(5, 3)
    before = [each.copy() for each in given]
    distillation_loss(*given, 2.0, 0.5)
    for one, other in zip(given, before, strict=True):
        assert_array_equal(one, other)


def test_bad_values_are_refused_in_words():
    student, teacher, targets = arrays(5, 3)
    with pytest.raises(ValueError, match="`teacher` holds inf"):
        distillation_loss(student, np.where(teacher < 0, np.inf, teacher), targets, 2.0, 0.5)
    with pytest.raises(ValueError, match="`student` is empty"):
        distillation_loss(student[:0], teacher[:0], targets[:0], 2.0, 0.5)
    with pytest.raises(ValueError, match="`targets` holds 3"):
        distillation_loss(student, teacher, targets + 3, 2.0, 0.5)
    for temperature in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="`temperature` is"):
            distillation_loss(student, teacher, targets, temperature, 0.5)
    for weight in (-0.1, 1.5, np.nan):
        with pytest.raises(ValueError, match="`weight` is"):
            distillation_loss(student, teacher, targets, 2.0, weight)
    with pytest.raises(ValueError, match="the loss overflows"):
        distillation_loss(student, teacher, targets, 1e200, 1.0)
    with pytest.raises(TypeCheckError):
        distillation_loss(student, teacher[:, :2], targets, 2.0, 0.5)


@pytest.mark.filterwarnings("ignore:reduction")  # PyTorch advises against this mean
def test_the_default_mean_of_kl_div_divides_by_the_classes_too():
    student, teacher, targets = arrays(5, 3)
    log_q = functional.log_softmax(torch.tensor(student), dim=-1)
    p = functional.softmax(torch.tensor(teacher), dim=-1)
    assert math.isclose(
        3 * functional.kl_div(log_q, p, reduction="mean").item(),
        distillation_loss(student, teacher, targets, 1.0, 1.0)[0],
    )
