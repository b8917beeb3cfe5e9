"""Practice for question 32: distillation with a temperature, its loss and its gradient."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import BOOLEAN
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models.distillation import distillation_loss
from answers.probability.softmax import cross_entropy, log_softmax, softmax

exercise = Exercise(
    distillation_loss,
    page="32-contrastive-and-distillation",
    returns=("loss", "gradient"),
    hints=(
        "Two terms: one compares the student with the teacher, both at T, the other with the "
        "labels, at T = 1. Write each with its own gradient, then weight them.",
        "KL(p‖q) = Σ p (log p - log q), summed over classes and averaged over examples. Take the "
        "logarithms from the logits, so that none is log 0.",
        "The gradient of KL(p‖q) with respect to the logits of q is q - p. Here q's logits are the "
        "student's over T: what does the chain rule add?",
        "1/T from the chain rule times T² leaves one T. The labels' term has no T at all.",
    ),
)

rng = np.random.default_rng(3233)


def arrays(batch, classes, size=2.0):
    logits = size * rng.normal(size=(2, batch, classes))
    return [*logits, rng.integers(classes, size=batch)]


student, teacher, targets = arrays(6, 5)
exercise.case("one example of two classes", *arrays(1, 2), 2.0, 0.5)
exercise.case("6 examples of 5 classes", student, teacher, targets, 3.0, 0.7)
exercise.case("the teacher alone", student, teacher, targets, 2.0, 1.0)
exercise.case("the labels alone", student, teacher, targets, 2.0, 0.0)
exercise.case("a temperature of 1", student, teacher, targets, 1.0, 0.5)
exercise.case("a temperature below 1", student, teacher, targets, 0.5, 0.3)
exercise.case("a temperature of 20", student, teacher, targets, 20.0, 0.9)
exercise.case("a student that agrees", student, student.copy(), targets, 4.0, 0.6)
exercise.case("a teacher 1000 above", student, student + 1e3, targets, 4.0, 0.6)
exercise.case("a sharp teacher", student, 10 * teacher, targets, 2.5, 0.8)
exercise.case("as many classes as examples", *arrays(4, 4), 2.0, 0.25)
exercise.case("a single class", *arrays(3, 1), 2.0, 0.5)
exercise.case("logits near 10 000", 1e4 + student, 1e4 + teacher, targets, 3.0, 0.7)
exercise.case("logits near -10 000", student - 1e4, teacher - 1e4, targets, 3.0, 0.7)
steps = 1e4 * np.arange(-1, 5)[:, None]
exercise.case(
    "examples 10 000 apart", student + steps, teacher + steps, targets, 2.0, 0.7
)
far = np.array([[-1.5, 4000.0, 3.0], [2.0, -2.5, 4000.0]])
exercise.case("a student that is sure and wrong", far, -far, np.array([0, 1]), 2.0, 0.5)
exercise.case(
    "a teacher that is sure",
    *(np.array([[0.5, 2.0, -1.0]]), far[:1], np.array([1])),
    2.0,
    0.5,
)
single = [each.astype(np.float32) for each in arrays(4, 5)[:2]]
exercise.case("float32", *single, np.array([0, 4, 2, 2]), 2.0, 0.5)
whole = [np.rint(2 * each) for each in arrays(3, 4)[:2]]
add_whole_numbers(exercise, *whole, np.array([0, 3, 1]), 2, 0.5)
exercise.case(
    "targets as booleans", *arrays(4, 2)[:2], targets[:4] > 1, 2.0, 0.5, noted=BOOLEAN
)


def kl(p_logits, q_logits):
    """KL of each row, in nats."""
    log_p, log_q = log_softmax(p_logits), log_softmax(q_logits)
    return (np.exp(log_p) * (log_p - log_q)).sum(axis=1)


def over(t, *logits):
    """Logits divided by the temperature."""
    return [as_float(each) / t for each in logits]


@exercise.bug
def no_squared_temperature(student, teacher, targets, temperature, weight):
    """T² is missing: the gradient of the soft term falls as 1/T², and at a high temperature the
    labels alone count. Multiply the soft term and its gradient by T²."""
    # "T² is missing": np.allclose(got.loss - (1 - weight) * cross_entropy(student, targets)[0],
    #     (want.loss - (1 - weight) * cross_entropy(student, targets)[0]) / temperature**2)
    # "Multiply the soft term and its gradient by T²": factor = 1 → factor = t**2
    # "the gradient of the soft term falls as 1/T²": np.allclose(bug(student, teacher, targets, 2e3,
    #     1.0)[1], bug(student, teacher, targets, 1e3, 1.0)[1] / 2**2, rtol=0.05, atol=0)
    # "at a high temperature the labels alone count": np.allclose(bug(student, teacher, targets,
    #     1e3, 0.5)[1], 0.5 * cross_entropy(student, targets)[1], atol=1e-5)
    t, (z, v) = temperature, over(temperature, student, teacher)
    factor = 1
    dsoft = factor * (softmax(z) - softmax(v)) / t / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * factor * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def loss_without_t_squared(student, teacher, targets, temperature, weight):
    """The gradient has its T², and the loss has not. Multiply the soft term of the loss by T²."""
    # "The gradient has its T², and the loss has not": np.allclose(got.gradient, want.gradient) and
    #     np.isclose(got.loss, weight * kl(teacher / temperature, student / temperature).mean() +
    #     (1 - weight) * cross_entropy(student, targets)[0])
    # "Multiply the soft term of the loss by T²": loss = weight * → loss = weight * t**2 *
    t, (z, v) = temperature, over(temperature, student, teacher)
    dsoft = t * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def gradient_without_t_squared(student, teacher, targets, temperature, weight):
    """The loss has its T², and the gradient has not. Multiply both: T² times 1/T leaves
    T (q - p)."""
    # "The loss has its T², and the gradient has not": np.isclose(got.loss, want.loss) and
    #     np.allclose(got.gradient, weight / temperature * (softmax(student / temperature) -
    #     softmax(teacher / temperature)) / len(student) + (1 - weight) * cross_entropy(student,
    #     targets)[1])
    # "Multiply both: T² times 1/T leaves T (q - p)": / t / len → * t / len
    t, (z, v) = temperature, over(temperature, student, teacher)
    dsoft = (softmax(z) - softmax(v)) / t / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def chain_rule_forgotten(student, teacher, targets, temperature, weight):
    """The gradient is T² (q - p): the student's logits are divided by T inside of the softmax, and
    the chain rule divides by T once. That leaves T (q - p)."""
    # "The gradient is T² (q - p)": np.isclose(got.loss, want.loss) and np.allclose(got.gradient,
    #     weight * temperature**2 * (softmax(student / temperature) - softmax(teacher /
    #     temperature)) / len(student) + (1 - weight) * cross_entropy(student, targets)[1])
    # "That leaves T (q - p)": dsoft = t ** 2 → dsoft = t
    # "the student's logits are divided by T inside of the softmax, and the chain rule divides by T
    #     once": np.allclose((got.gradient - (1 - weight) * cross_entropy(student, targets)[1]) /
    #     temperature, want.gradient - (1 - weight) * cross_entropy(student, targets)[1]) and
    #     np.isclose(bug(3 * student, 3 * teacher, targets, 3.0, 1.0)[0], 3**2 * kl(teacher,
    #     student).mean()) and not np.allclose(got.gradient, want.gradient)
    t, (z, v) = temperature, over(temperature, student, teacher)
    dsoft = t**2 * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def gradient_without_any_t(student, teacher, targets, temperature, weight):
    """The gradient of the soft term is q - p, as at T = 1. T² times the 1/T of the chain rule
    leaves a factor T."""
    # "The gradient of the soft term is q - p": np.isclose(got.loss, want.loss) and np.allclose(
    #     got.gradient, weight * (softmax(student / temperature) - softmax(teacher /
    #     temperature)) / len(student) + (1 - weight) * cross_entropy(student, targets)[1])
    # "T² times the 1/T of the chain rule leaves a factor T": dsoft = ( → dsoft = t**2 * 1 / t * (
    # "as at T = 1": np.array_equal(*(each(student, teacher, targets, 1, weight)[1] for each in
    #     (bug, right))) and not np.allclose(got.gradient, want.gradient)
    t, (z, v) = temperature, over(temperature, student, teacher)
    dsoft = (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def temperature_once(student, teacher, targets, temperature, weight):
    """The soft term is multiplied by T. Its gradient shrinks as 1/T²: multiply by T²."""
    # "The soft term is multiplied by T": np.isclose((got.loss - (1 - weight) *
    #     cross_entropy(student, targets)[0]) * temperature, want.loss - (1 - weight) *
    #     cross_entropy(student, targets)[0])
    # "multiply by T²": factor = t → factor = t**2
    # "Its gradient shrinks as 1/T²": np.allclose(bug(student, teacher, targets, 2e3, 1.0)[1] / 2e3,
    #     bug(student, teacher, targets, 1e3, 1.0)[1] / 1e3 / 2**2, rtol=0.05, atol=0)
    t, (z, v) = temperature, over(temperature, student, teacher)
    factor = t
    dsoft = factor * (softmax(z) - softmax(v)) / t / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * factor * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def teacher_not_softened(student, teacher, targets, temperature, weight):
    """The teacher's logits are not divided by T, so a student that agrees is pushed away. Soften
    both."""
    # "The teacher's logits are not divided by T": np.isclose(got.loss, weight * temperature**2 *
    #     kl(teacher, student / temperature).mean() + (1 - weight) * cross_entropy(student,
    #     targets)[0])
    # "so a student that agrees is pushed away": bug(student, student, targets, 2.0, 1.0)[0] > 1e-3
    # "Soften both": as_float(teacher) → as_float(teacher) / t
    t, (z,) = temperature, over(temperature, student)
    v = as_float(teacher)
    dsoft = t * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def student_not_softened(student, teacher, targets, temperature, weight):
    """The student's logits are not divided by T, so it learns the softened probabilities as its
    own and stays unsure. Soften both."""
    # "The student's logits are not divided by T": np.isclose(got.loss, weight * temperature**2 *
    #     kl(teacher / temperature, as_float(student)).mean() + (1 - weight) *
    #     cross_entropy(student, targets)[0])
    # "so it learns the softened probabilities as its own": np.isclose(bug(student / 3, student,
    #     targets, 3.0, 1.0)[0], 0)
    # "Soften both": as_float(student) → as_float(student) / t; t ** 2 * (softmax → t *
    #     (softmax
    t, (v,) = temperature, over(temperature, teacher)
    z = as_float(student)
    dsoft = t**2 * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def labels_softened_too(student, teacher, targets, temperature, weight):
    """The labels are met at the temperature, too. They are met at T = 1: give cross-entropy its
    plain logits."""
    # "The labels are met at the temperature, too": np.isclose(got.loss - want.loss, (1 - weight) *
    #     (cross_entropy(student / temperature, targets)[0] - cross_entropy(student, targets)[0]))
    # "They are met at T = 1: give cross-entropy its plain logits": (z, targets) → (student,
    #     targets); dhard / t → dhard
    t, (z, v) = temperature, over(temperature, student, teacher)
    dsoft = t * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(z, targets)
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard / t


@exercise.bug
def reverse_kl(student, teacher, targets, temperature, weight):
    """This is KL(q‖p), the student's first: it pulls only where the student has mass. The soft term
    is KL(p‖q), an expectation under the teacher."""
    # "This is KL(q‖p), the student's first": np.isclose(got.loss, weight * temperature**2 *
    #     kl(student / temperature, teacher / temperature).mean() + (1 - weight) *
    #     cross_entropy(student, targets)[0])
    # "The soft term is KL(p‖q), an expectation under the teacher": kl(z, v) → kl(v, z); q * (log_q
    #     - log_p - soft[:, None]) → (q - np.exp(log_p))
    # "it pulls only where the student has mass": np.allclose(bug(np.array([[0.0, -40.0]]),
    #     np.array([[0.0, 5.0]]), np.array([0]), 1.0, 1.0)[1], 0)
    t, (z, v) = temperature, over(temperature, student, teacher)
    log_p, log_q, q = log_softmax(v), log_softmax(z), softmax(z)
    soft = kl(z, v)
    dsoft = t * (q * (log_q - log_p - soft[:, None])) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * soft.mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def cross_entropy_with_the_teacher(student, teacher, targets, temperature, weight):
    """The soft term is the cross-entropy with the teacher, whose gradient is right; the loss is
    too large by the teacher's entropy, and not 0 when both agree. Subtract it: KL(p‖q)."""
    # "The soft term is the cross-entropy with the teacher, whose gradient is right; the loss is too
    #     large by the teacher's entropy": np.allclose(got.gradient, want.gradient) and
    #     np.isclose(got.loss - want.loss, weight * temperature**2 * -(softmax(teacher /
    #     temperature) * log_softmax(teacher / temperature)).sum(axis=1).mean())
    # "Subtract it: KL(p‖q)": * log_softmax(z) → * (log_softmax(z) - log_softmax(v))
    # "and not 0 when both agree": bug(student, student, targets, temperature, 1.0)[0] > 0.1
    t, (z, v) = temperature, over(temperature, student, teacher)
    soft = -(softmax(v) * log_softmax(z)).sum(axis=1).mean()
    dsoft = t * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * soft + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug(gradient_too=(True, False))
def mean_over_classes_too(
    student, teacher, targets, temperature, weight, gradient_too=True
):
    """The soft term is divided by the number of classes, too, as F.kl_div does by default. Sum over
    classes, and average over examples: batchmean."""
    # "The soft term is divided by the number of classes, too": np.isclose(got.loss - (1 - weight) *
    #     cross_entropy(student, targets)[0], (want.loss - (1 - weight) * cross_entropy(student,
    #     targets)[0]) / student.shape[1])
    # "Sum over classes, and average over examples: batchmean": k = z.shape[1] → k = 1
    t, (z, v) = temperature, over(temperature, student, teacher)
    k = z.shape[1]
    dsoft = t * (softmax(z) - softmax(v)) / len(z) / (k if gradient_too else 1)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() / k + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug(hard_too=(True, False))
def summed_over_the_batch(
    student, teacher, targets, temperature, weight, hard_too=True
):
    """The soft term is a sum over the batch, so it grows with it. Divide it and its gradient by the
    number of examples."""
    # "The soft term is a sum over the batch, so it grows with it": np.isclose(got.loss,
    #     len(student) * want.loss) and np.isclose(bug(*(np.repeat(each, 2, axis=0) for each in
    #     (student, teacher, targets)), temperature, 1.0)[0], 2 * bug(student, teacher, targets,
    #     temperature, 1.0)[0])
    # "Divide it and its gradient by the number of examples": n, m = (len(z), len(z) if hard_too
    #     else 1) → n = m = 1
    t, (z, v) = temperature, over(temperature, student, teacher)
    n, m = len(z), len(z) if hard_too else 1
    dsoft = n * t * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * n * kl(v, z).mean() + (1 - weight) * m * hard
    return loss, weight * dsoft + (1 - weight) * m * dhard


@exercise.bug
def gradient_not_averaged(student, teacher, targets, temperature, weight):
    """The loss is a mean over the batch, and the soft term's gradient is of a sum. Divide it by the
    number of examples."""
    # "The loss is a mean over the batch, and the soft term's gradient is of a sum": np.isclose(
    #     got.loss, want.loss) and np.allclose(got.gradient - want.gradient, (1 - 1 /
    #     len(student)) * weight * temperature * (softmax(student / temperature) -
    #     softmax(teacher / temperature)))
    # "Divide it by the number of examples": softmax(v)) → softmax(v)) / len(z)
    t, (z, v) = temperature, over(temperature, student, teacher)
    dsoft = t * (softmax(z) - softmax(v))
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def weights_exchanged(student, teacher, targets, temperature, weight):
    """The labels have the weight of the teacher. `weight` is the share of the soft term, and 1
    minus it that of the labels."""
    # "The labels have the weight of the teacher": np.isclose(got.loss, right(student, teacher,
    #     targets, temperature, 1 - weight)[0])
    # "`weight` is the share of the soft term, and 1 minus it that of the labels": soft, labels =
    #     (1 - weight, weight) → soft, labels = (weight, 1 - weight)
    t, (z, v) = temperature, over(temperature, student, teacher)
    soft, labels = 1 - weight, weight
    dsoft = t * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = soft * t**2 * kl(v, z).mean() + labels * hard
    return loss, soft * dsoft + labels * dhard


@exercise.bug
def labels_not_weighted(student, teacher, targets, temperature, weight):
    """The labels count in full. Their share is 1 - weight."""
    # "The labels count in full": np.isclose(got.loss - want.loss, weight * cross_entropy(student,
    #     targets)[0])
    # "Their share is 1 - weight": labels = 1 → labels = 1 - weight
    t, (z, v) = temperature, over(temperature, student, teacher)
    labels = 1
    dsoft = t * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() + labels * hard
    return loss, weight * dsoft + labels * dhard


@exercise.bug(of=("loss", "gradient", "both"))
def columns_of_all_targets(student, teacher, targets, temperature, weight, of="loss"):
    """`[:, targets]` takes the columns of all targets from every example. Pair each row with its
    own target: `[np.arange(n), targets]`."""
    # "takes the columns of all targets from every example": np.isclose(got.loss - want.loss, (1 -
    #     weight) * (-log_softmax(student)[:, targets].mean() - cross_entropy(student,
    #     targets)[0]))
    # "Pair each row with its own target: `[np.arange(n), targets]`": log_y[:, targets] →
    #     log_y[np.arange(n), targets]; dhard[:, targets] → dhard[np.arange(n), targets]
    t, (z, v) = temperature, over(temperature, student, teacher)
    n, log_y = len(z), log_softmax(as_float(student))
    dsoft = t * (softmax(z) - softmax(v)) / n
    hard, dhard = cross_entropy(student, targets)
    if of != "gradient":
        hard = -log_y[:, targets].mean()
    if of != "loss":
        dhard = np.exp(log_y)
        dhard[:, targets] -= 1
        dhard /= n
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug(of=("batch", "targets"))
def identity_of_another_size(
    student, teacher, targets, temperature, weight, of="batch"
):
    """The one-hot rows are cut from an identity matrix that is as large as the batch, or as the
    largest target needs. It has a row for each class: `np.eye(student.shape[1])`."""
    # "The one-hot rows are cut from an identity matrix that is as large as the batch, or as the
    #     largest target needs": isinstance(got, Exception) and len(student) != student.shape[1]
    # "It has a row for each class: `np.eye(student.shape[1])`": np.eye(size) →
    #     np.eye(student.shape[1])
    t, (z, v) = temperature, over(temperature, student, teacher)
    hard, _ = cross_entropy(student, targets)
    size = len(z) if of == "batch" else int(targets.max()) + 1
    dhard = softmax(as_float(student)) - np.eye(size)[targets]
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    dsoft = t * (softmax(z) - softmax(v))
    return loss, (weight * dsoft + (1 - weight) * dhard) / len(z)


@exercise.bug
def soft_gradient_of_opposite_sign(student, teacher, targets, temperature, weight):
    """The soft term's gradient is p - q, which leads away from the teacher. It is q - p, the
    student's minus the teacher's."""
    # "The soft term's gradient is p - q": np.isclose(got.loss, want.loss) and np.allclose(
    #     got.gradient - want.gradient, 2 * weight * temperature * (softmax(teacher /
    #     temperature) - softmax(student / temperature)) / len(student))
    # "It is q - p": t * (softmax(v) - softmax(z)) → t * (softmax(z) - softmax(v))
    t, (z, v) = temperature, over(temperature, student, teacher)
    dsoft = t * (softmax(v) - softmax(z)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


def plain_softmax(x):
    powers = np.exp(x)
    return powers / powers.sum(axis=1, keepdims=True)


@exercise.bug(logs=(True, False))
def no_maximum(student, teacher, targets, temperature, weight, logs=True):
    """exp of large logits overflows, of very negative ones it is 0, and the result is nan. Subtract
    each row's maximum before exp."""
    # "exp of large logits overflows, of very negative ones it is 0, and the result is nan":
    #     np.isnan(got.loss) and np.isnan(bug(student - 3e4, teacher - 3e4, targets, temperature,
    #     weight)[0])
    # "Subtract each row's maximum before exp": plain_softmax(z) → softmax(z);
    #     plain_softmax(v) → softmax(v); np.log(p) - np.log(q) if logs else np.log(p / q) →
    #     log_softmax(v) - log_softmax(z)
    t, (z, v) = temperature, over(temperature, student, teacher)
    p, q = plain_softmax(v), plain_softmax(z)
    terms = p * (np.log(p) - np.log(q) if logs else np.log(p / q))
    dsoft = t * (q - p) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * terms.sum(axis=1).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def global_maximum(student, teacher, targets, temperature, weight):
    """The maximum subtracted is that of the whole batch, so all exponentials of an example far
    below it are 0, and the result is nan. Take the maximum of each row, with keepdims=True."""
    # "all exponentials of an example far below it are 0, and the result is nan":
    #     np.isnan(got.gradient).any() and (np.exp(student / temperature - (student /
    #     temperature).max()) == 0).all(axis=1).any()
    # "Take the maximum of each row, with keepdims=True": x.max() → x.max(axis=1, keepdims=True)

    def logs(x):
        x = x - x.max()
        return x - np.log(np.exp(x).sum(axis=1, keepdims=True))

    t, (z, v) = temperature, over(temperature, student, teacher)
    with np.errstate(all="ignore"):
        log_p, log_q, log_y = logs(v), logs(z), logs(as_float(student))
        p, q, y = np.exp(log_p), np.exp(log_q), np.exp(log_y)
        soft, own = (
            (p * (log_p - log_q)).sum(axis=1),
            (range(len(z)), targets.astype(int)),
        )
        y[own] -= 1
        loss = weight * t**2 * soft.mean() - (1 - weight) * log_y[own].mean()
        return loss, (weight * t * (q - p) + (1 - weight) * y) / len(z)


@exercise.bug(logs=(True, False))
def log_of_zero(student, teacher, targets, temperature, weight, logs=True):
    """A probability rounds to 0, and its logarithm is -inf: the loss is infinite or nan. Take both
    logarithms from the logits, by log-softmax."""
    # "A probability rounds to 0, and its logarithm is -inf: the loss is infinite or nan":
    #     not np.isfinite(got.loss) and np.allclose(got.gradient, want.gradient)
    # "Take both logarithms from the logits, by log-softmax": np.log(p) - np.log(q) if logs else
    #     np.log(p / q) → log_softmax(v) - log_softmax(z)
    t, (z, v) = temperature, over(temperature, student, teacher)
    p, q = softmax(v), softmax(z)
    terms = p * (np.log(p) - np.log(q) if logs else np.log(p / q))
    dsoft = t * (q - p) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * terms.sum(axis=1).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


EPS = (1e-8, 1e-12, 1e-9, 1e-10, 1e-7, 1e-6, 1e-15)


@exercise.bug(eps=EPS, in_log_softmax=EPS)
def log_p_plus_eps(
    student, teacher, targets, temperature, weight, eps=1e-8, in_log_softmax=0
):
    """log(q + eps) caps what a sure and wrong student pays at -log(eps). Take logarithms from the
    logits, by log-softmax; they need no eps."""
    # "log(q + eps) caps what a sure and wrong student pays at -log(eps)": bug(np.array([[0.0,
    #     9e3]]), np.array([[9e3, 0.0]]), np.array([1]), 1.0, 1.0)[0] < 19 < right(np.array([[0.0,
    #     9e3]]), np.array([[9e3, 0.0]]), np.array([1]), 1.0, 1.0)[0]
    # "Take logarithms from the logits, by log-softmax; they need no eps": np.log(p + eps) -
    #     np.log(q + eps) → log_softmax(v) - log_softmax(z); if in_log_softmax: → if False:
    t, (z, v) = temperature, over(temperature, student, teacher)
    p, q = softmax(v), softmax(z)
    if in_log_softmax:
        y, own = softmax(as_float(student)), (range(len(z)), targets.astype(int))
        p, q, y = (each + in_log_softmax for each in (p, q, y))
        hard = -np.log(y[own]).mean()
        y[own] -= 1
        soft = (p * np.log(p / q)).sum(axis=1).mean()
        gradient = (weight * t * (q - p) + (1 - weight) * y) / len(z)
        return weight * t**2 * soft + (1 - weight) * hard, gradient
    terms = p * (np.log(p + eps) - np.log(q + eps))
    dsoft = t * (q - p) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * terms.sum(axis=1).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def softmax_over_the_batch(student, teacher, targets, temperature, weight):
    """Softmax runs over the examples, so each class sums to 1 over the batch. Each example is a
    distribution over classes: `axis=1`."""
    # "Softmax runs over the examples": np.isclose(got.loss - (1 - weight) * cross_entropy(student,
    #     targets)[0], weight * temperature**2 * (softmax(teacher / temperature, axis=0) *
    #     (log_softmax(teacher / temperature, axis=0) - log_softmax(student / temperature,
    #     axis=0))).sum() / len(student))
    # "Each example is a distribution over classes: `axis=1`": axis=0 → axis=1
    # "so each class sums to 1 over the batch": np.allclose(softmax(student / temperature,
    #     axis=0).sum(axis=0), 1) and np.isclose(bug(student[:1], teacher[:1], targets[:1],
    #     temperature, 1.0)[0], 0)
    t, (z, v) = temperature, over(temperature, student, teacher)
    p, q = softmax(v, axis=0), softmax(z, axis=0)
    terms = p * (log_softmax(v, axis=0) - log_softmax(z, axis=0))
    dsoft = t * (q - p) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * terms.sum() / len(z) + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug(of_this_loss=(True, False))
def logits_times_the_temperature(
    student, teacher, targets, temperature, weight, of_this_loss=True
):
    """The logits are multiplied by T, which sharpens where it should soften. Divide both by T."""
    # "The logits are multiplied by T, which sharpens where it should soften": np.isclose(got.loss -
    #     (1 - weight) * cross_entropy(student, targets)[0], weight * temperature**2 * kl(teacher *
    #     temperature, student * temperature).mean())
    # "Divide both by T": over(1 / t, student, teacher) → over(t, student, teacher); t ** 3 → t
    t = temperature
    z, v = over(1 / t, student, teacher)
    dsoft = (t**3 if of_this_loss else t) * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard


@exercise.bug
def all_times_the_squared_temperature(student, teacher, targets, temperature, weight):
    """T² multiplies the labels' term, too, whose gradient does not shrink. It belongs to the soft
    term alone."""
    # "T² multiplies the labels' term, too": np.isclose(got.loss - want.loss, (temperature**2 - 1) *
    #     (1 - weight) * cross_entropy(student, targets)[0])
    # "It belongs to the soft term alone": factor = t ** 2 → factor = 1
    # "whose gradient does not shrink": all(np.allclose(bug(student, teacher, targets, t, 0.0)[1],
    #     t**2 * cross_entropy(student, targets)[1]) for t in (2.0, 20.0))
    t, (z, v) = temperature, over(temperature, student, teacher)
    factor = t**2
    dsoft = t * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * factor * hard
    return loss, weight * dsoft + (1 - weight) * factor * dhard


@exercise.bug
def teacher_normalised_twice(student, teacher, targets, temperature, weight):
    """The teacher's probabilities are divided by T and pass through softmax again, which leaves
    them nearly uniform. Divide its logits, and normalise once."""
    # "The teacher's probabilities are divided by T and pass through softmax again": np.isclose(
    #     got.loss, right(student, softmax(teacher), targets, temperature, weight)[0])
    # "Divide its logits, and normalise once": softmax(teacher) → teacher
    t, (z, v) = temperature, over(temperature, student, softmax(teacher))
    dsoft = t * (softmax(z) - softmax(v)) / len(z)
    hard, dhard = cross_entropy(student, targets)
    loss = weight * t**2 * kl(v, z).mean() + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard
