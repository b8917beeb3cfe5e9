"""Right and wrong ways to write the loss of distillation with its gradient."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def _log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def _softmax(z):
    return np.exp(_log_softmax(z))


def _kl(v, z):
    return (_softmax(v) * (_log_softmax(v) - _log_softmax(z))).sum(axis=1).mean()


def _hard(student, targets):
    z, n = _float(student), len(student)
    log_q, own = _log_softmax(z), (np.arange(n), targets.astype(int))
    gradient = np.exp(log_q)
    gradient[own] -= 1
    return -log_q[own].mean(), gradient / n


def in_two_terms(student, teacher, targets, temperature, weight):
    t = float(temperature)
    z, v = _float(student) / t, _float(teacher) / t
    hard, dhard = _hard(student, targets)
    soft, dsoft = _kl(v, z), (_softmax(z) - _softmax(v)) / t / len(z)
    return weight * t**2 * soft + (1 - weight) * hard, weight * t**2 * dsoft + (1 - weight) * dhard


def example_by_example(student, teacher, targets, temperature, weight):
    losses, rows = [], []
    for z, v, y in zip(_float(student), _float(teacher), targets.astype(int), strict=True):
        log = {}
        for name, logits in (("q", z / temperature), ("p", v / temperature), ("z", z)):
            top = logits.max()
            log[name] = logits - top - np.log(np.exp(logits - top).sum())
        p = np.exp(log["p"])
        soft = p @ (log["p"] - log["q"]) * temperature**2
        losses.append(weight * soft - (1 - weight) * log["z"][y])
        onehot = np.arange(len(z)) == y
        rows.append(
            weight * temperature * (np.exp(log["q"]) - p)
            + (1 - weight) * (np.exp(log["z"]) - onehot)
        )
    return np.mean(losses), (np.array(rows) / len(rows)).astype(_float(student).dtype)


def cross_entropy_minus_entropy(student, teacher, targets, temperature, weight):
    t = float(temperature)
    z, v = _float(student) / t, _float(teacher) / t
    p = _softmax(v)
    entropy = -(p * _log_softmax(v)).sum(1)
    soft = (-(p * _log_softmax(z)).sum(1) - entropy).mean()
    hard, dhard = _hard(student, targets)
    gradient = weight * t * (_softmax(z) - p) / len(p) + (1 - weight) * dhard
    return weight * t * t * soft + (1 - weight) * hard, gradient


def by_logaddexp(student, teacher, targets, temperature, weight):
    t, n = float(temperature), len(student)
    z, v, own = _float(student), _float(teacher), (np.arange(n), targets.astype(int))

    def log_p(logits):
        return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)

    p, log_q = np.exp(log_p(v / t)), log_p(z / t)
    soft = np.einsum("nk,nk->", p, log_p(v / t) - log_q) / n
    onehot = np.zeros_like(z)
    onehot[own] = 1
    hard = -np.einsum("nk,nk->", onehot, log_p(z)) / n
    gradient = (weight * t * (np.exp(log_q) - p) + (1 - weight) * (np.exp(log_p(z)) - onehot)) / n
    return [weight * t**2 * soft + (1 - weight) * hard, gradient]


def pytorch(student, teacher, targets, temperature, weight):
    import torch
    from torch.nn import functional

    kind = torch.float32 if student.dtype == np.float32 else torch.float64
    z = torch.tensor(student, dtype=kind, requires_grad=True)
    v, y = torch.tensor(teacher, dtype=kind), torch.tensor(targets.astype(int))
    soft = functional.kl_div(
        functional.log_softmax(z / temperature, 1),
        functional.log_softmax(v / temperature, 1),
        reduction="batchmean",
        log_target=True,
    )
    loss = weight * temperature**2 * soft + (1 - weight) * functional.cross_entropy(z, y)
    loss.backward()
    return loss.detach().numpy(), z.grad.numpy()


def with_scipy(student, teacher, targets, temperature, weight):
    from scipy.special import log_softmax, softmax

    t, n = float(temperature), len(student)
    z, v = _float(student), _float(teacher)
    p, onehot = softmax(v / t, axis=1), np.eye(z.shape[1], dtype=z.dtype)[targets.astype(int)]
    soft = (p * (log_softmax(v / t, axis=1) - log_softmax(z / t, axis=1))).sum() / n
    hard = -(onehot * log_softmax(z, axis=1)).sum() / n
    dsoft, dhard = t * (softmax(z / t, axis=1) - p) / n, (softmax(z, axis=1) - onehot) / n
    return weight * t**2 * soft + (1 - weight) * hard, weight * dsoft + (1 - weight) * dhard


def _made(student, teacher, targets, t, weight, s=None, ds=None, z=None, v=None, labels=None):
    """The loss and gradient with factors of the soft term, logits and the labels' share."""
    z = _float(student) / t if z is None else z
    v = _float(teacher) / t if v is None else v
    s, ds = t**2 if s is None else s, t if ds is None else ds
    labels = 1 - weight if labels is None else labels
    hard, dhard = _hard(student, targets)
    gradient = weight * ds * (_softmax(z) - _softmax(v)) / len(z) + labels * dhard
    return weight * s * _kl(v, z) + labels * hard, gradient


def t_squared_forgotten(student, teacher, targets, temperature, weight):
    return _made(student, teacher, targets, temperature, weight, s=1, ds=1 / temperature)


def t_squared_in_the_loss_alone(student, teacher, targets, temperature, weight):
    return _made(student, teacher, targets, temperature, weight, ds=1 / temperature)


def t_squared_in_the_gradient(student, teacher, targets, temperature, weight):
    return _made(student, teacher, targets, temperature, weight, ds=temperature**2)


def q_minus_p(student, teacher, targets, temperature, weight):
    return _made(student, teacher, targets, temperature, weight, ds=1)


def t_not_squared(student, teacher, targets, temperature, weight):
    return _made(student, teacher, targets, temperature, weight, s=temperature, ds=1)


def sharp_teacher(student, teacher, targets, temperature, weight):
    return _made(student, teacher, targets, temperature, weight, v=_float(teacher))


def sharp_student(student, teacher, targets, temperature, weight):
    t = temperature
    return _made(student, teacher, targets, t, weight, z=_float(student), ds=t**2)


def softened_labels(student, teacher, targets, temperature, weight):
    t = float(temperature)
    z, v = _float(student) / t, _float(teacher) / t
    hard, dhard = _hard(z, targets)
    dsoft = t * (_softmax(z) - _softmax(v)) / len(z)
    loss = weight * t**2 * _kl(v, z) + (1 - weight) * hard
    return loss, weight * dsoft + (1 - weight) * dhard / t


def softened_labels_times_t_squared(student, teacher, targets, temperature, weight):
    t = float(temperature)
    z, v = _float(student) / t, _float(teacher) / t
    hard, dhard = _hard(z, targets)
    dsoft = t * (_softmax(z) - _softmax(v)) / len(z)
    loss = t**2 * (weight * _kl(v, z) + (1 - weight) * hard)
    return loss, weight * dsoft + (1 - weight) * t * dhard


def kl_the_other_way(student, teacher, targets, temperature, weight):
    t = float(temperature)
    z, v = _float(student) / t, _float(teacher) / t
    log_ratio, q = _log_softmax(z) - _log_softmax(v), _softmax(z)
    kl = (q * log_ratio).sum(1, keepdims=True)
    hard, dhard = _hard(student, targets)
    gradient = weight * t * q * (log_ratio - kl) / len(z) + (1 - weight) * dhard
    return weight * t**2 * kl.mean() + (1 - weight) * hard, gradient


def kl_the_other_way_in_the_loss_alone(student, teacher, targets, temperature, weight):
    t = float(temperature)
    z, v = _float(student) / t, _float(teacher) / t
    loss, gradient = in_two_terms(student, teacher, targets, temperature, weight)
    return loss + weight * t**2 * (_kl(z, v) - _kl(v, z)), gradient


def no_entropy_subtracted(student, teacher, targets, temperature, weight):
    loss, gradient = in_two_terms(student, teacher, targets, temperature, weight)
    v = _float(teacher) / temperature
    entropy = -(_softmax(v) * _log_softmax(v)).sum(1).mean()
    return loss + weight * temperature**2 * entropy, gradient


def default_mean_of_kl_div(student, teacher, targets, temperature, weight):
    t, k = temperature, student.shape[1]
    return _made(student, teacher, targets, t, weight, s=t**2 / k, ds=t / k)


def sums(student, teacher, targets, temperature, weight):
    loss, gradient = in_two_terms(student, teacher, targets, temperature, weight)
    return len(student) * loss, len(student) * gradient


def soft_term_summed(student, teacher, targets, temperature, weight):
    t, n = temperature, len(student)
    return _made(student, teacher, targets, t, weight, s=t**2 * n, ds=t * n)


def gradient_of_the_sum(student, teacher, targets, temperature, weight):
    t, n = temperature, len(student)
    return _made(student, teacher, targets, t, weight, ds=t * n)


def other_share(student, teacher, targets, temperature, weight):
    return in_two_terms(student, teacher, targets, temperature, 1 - weight)


def labels_in_full(student, teacher, targets, temperature, weight):
    return _made(student, teacher, targets, temperature, weight, labels=1)


def away_from_the_teacher(student, teacher, targets, temperature, weight):
    return _made(student, teacher, targets, temperature, weight, ds=-temperature)


def without_maximum(student, teacher, targets, temperature, weight):
    t = temperature
    q, p = (np.exp(_float(x) / t) for x in (student, teacher))
    q, p = (x / x.sum(1, keepdims=True) for x in (q, p))
    soft = (p * np.log(p / q)).sum(1).mean()
    hard, dhard = _hard(student, targets)
    gradient = weight * t * (q - p) / len(q) + (1 - weight) * dhard
    return weight * t**2 * soft + (1 - weight) * hard, gradient


def logarithm_of_probabilities(student, teacher, targets, temperature, weight):
    t = temperature
    q, p = _softmax(_float(student) / t), _softmax(_float(teacher) / t)
    loss, gradient = in_two_terms(student, teacher, targets, temperature, 0.0)[0], None
    _, gradient = in_two_terms(student, teacher, targets, temperature, weight)
    soft = (p * (np.log(p) - np.log(q))).sum(1).mean()
    return weight * t**2 * soft + (1 - weight) * loss, gradient


def logarithm_with_eps(student, teacher, targets, temperature, weight):
    t = temperature
    q, p = _softmax(_float(student) / t), _softmax(_float(teacher) / t)
    hard, _ = in_two_terms(student, teacher, targets, temperature, 0.0)
    _, gradient = in_two_terms(student, teacher, targets, temperature, weight)
    soft = (p * (np.log(p + 1e-10) - np.log(q + 1e-10))).sum(1).mean()
    return weight * t**2 * soft + (1 - weight) * hard, gradient


def over_examples(student, teacher, targets, temperature, weight):
    t = float(temperature)
    z, v = _float(student).T / t, _float(teacher).T / t
    soft = (_softmax(v) * (_log_softmax(v) - _log_softmax(z))).sum() / z.shape[1]
    hard, dhard = _hard(student, targets)
    dsoft = t * (_softmax(z) - _softmax(v)).T / z.shape[1]
    return weight * t**2 * soft + (1 - weight) * hard, weight * dsoft + (1 - weight) * dhard


def teacher_learns_too(student, teacher, targets, temperature, weight):
    """The gradient with respect to the teacher's logits comes out, too."""
    loss, gradient = in_two_terms(student, teacher, targets, temperature, weight)
    return loss, gradient, -gradient


def at_least_1_degree(student, teacher, targets, temperature, weight):
    return in_two_terms(student, teacher, targets, max(temperature, 1.0), weight)


def teacher_alone_at_weight_0(student, teacher, targets, temperature, weight):
    return in_two_terms(student, teacher, targets, temperature, weight or 0.5)


def labels_by_the_teacher(student, teacher, targets, temperature, weight):
    """The labels are the teacher's best classes."""
    return in_two_terms(student, teacher, teacher.argmax(axis=1), temperature, weight)


def clipped_logits(student, teacher, targets, temperature, weight):
    z, v = (np.clip(_float(each), -500, 500) for each in (student, teacher))
    return in_two_terms(z, v, targets, temperature, weight)


def as_whole_numbers(student, teacher, targets, temperature, weight):
    loss, gradient = in_two_terms(student, teacher, targets, temperature, weight)
    return loss, gradient.astype(student.dtype)


def transposed_where_square(student, teacher, targets, temperature, weight):
    loss, gradient = in_two_terms(student, teacher, targets, temperature, weight)
    return loss, gradient.T if gradient.shape[0] == gradient.shape[1] else gradient


def student_in_place(student, teacher, targets, temperature, weight):
    found = in_two_terms(student, teacher, targets, temperature, weight)
    if student.dtype.kind == "f":
        student /= temperature
    return found


def times_t(student, teacher, targets, temperature, weight):
    t = temperature
    z, v = _float(student) * t, _float(teacher) * t
    return _made(student, teacher, targets, t, weight, z=z, v=v, ds=t**3)


def t_squared_for_all(student, teacher, targets, temperature, weight):
    return _made(
        student, teacher, targets, temperature, weight, labels=(1 - weight) * temperature**2
    )


def softmax_twice(student, teacher, targets, temperature, weight):
    return in_two_terms(student, _softmax(_float(teacher)), targets, temperature, weight)


def times_t_in_the_logits_alone(student, teacher, targets, temperature, weight):
    t = float(temperature)
    z, v = _float(student) * t, _float(teacher) * t
    return _made(student, teacher, targets, t, weight, z=z, v=v)


def t_squared_in_the_gradient_alone(student, teacher, targets, temperature, weight):
    return _made(student, teacher, targets, temperature, weight, s=1)


def _of_logarithms(log_softmax, student, teacher, targets, t, weight):
    """The loss and gradient with another logarithm of softmax."""
    with np.errstate(all="ignore"):
        log_p, log_q = log_softmax(_float(teacher) / t), log_softmax(_float(student) / t)
        log_y, own = log_softmax(_float(student)), (np.arange(len(student)), targets.astype(int))
        soft = (np.exp(log_p) * (log_p - log_q)).sum(axis=1).mean()
        dhard = np.exp(log_y)
        dhard[own] -= 1
        gradient = weight * t * (np.exp(log_q) - np.exp(log_p)) + (1 - weight) * dhard
        return weight * t**2 * soft - (1 - weight) * log_y[own].mean(), gradient / len(dhard)


def one_maximum_for_the_batch(*arguments):
    def log_softmax(x):
        x = x - x.max()
        return x - np.log(np.exp(x).sum(axis=1, keepdims=True))

    return _of_logarithms(log_softmax, *arguments)


def log_softmax_with_eps(*arguments):
    return _of_logarithms(lambda x: np.log(_softmax(x) + 1e-8), *arguments)


def all_targets_in_the_loss(student, teacher, targets, temperature, weight):
    loss, gradient = _made(student, teacher, targets, temperature, weight, labels=0)
    hard = -_log_softmax(_float(student))[:, targets.astype(int)].mean()
    _, dhard = _hard(student, targets)
    return loss + (1 - weight) * hard, gradient + (1 - weight) * dhard


def all_targets_in_the_gradient(student, teacher, targets, temperature, weight):
    loss, gradient = _made(student, teacher, targets, temperature, weight)
    _, dhard = _hard(student, targets)
    wrong = _softmax(_float(student))
    wrong[:, targets.astype(int)] -= 1
    return loss, gradient + (1 - weight) * (wrong / len(wrong) - dhard)


def identity_of_the_batch(student, teacher, targets, temperature, weight):
    loss, gradient = _made(student, teacher, targets, temperature, weight, labels=0)
    hard, _ = _hard(student, targets)
    dhard = _softmax(_float(student)) - np.eye(len(student))[targets.astype(int)]
    return loss + (1 - weight) * hard, gradient + (1 - weight) * dhard / len(student)


# What each is told; None where no known mistake explains it.
WRONG = {
    t_squared_forgotten: "no_squared_temperature",
    t_squared_in_the_loss_alone: "gradient_without_t_squared",
    t_squared_in_the_gradient: "chain_rule_forgotten",
    q_minus_p: "gradient_without_any_t",
    t_not_squared: "temperature_once",
    sharp_teacher: "teacher_not_softened",
    sharp_student: "student_not_softened",
    softened_labels: "labels_softened_too",
    softened_labels_times_t_squared: None,
    kl_the_other_way: "reverse_kl",
    kl_the_other_way_in_the_loss_alone: "wrong_only_in_loss",
    no_entropy_subtracted: "cross_entropy_with_the_teacher",
    default_mean_of_kl_div: "mean_over_classes_too",
    sums: "summed_over_the_batch",
    soft_term_summed: "summed_over_the_batch",
    gradient_of_the_sum: "gradient_not_averaged",
    other_share: "weights_exchanged",
    labels_in_full: "labels_not_weighted",
    away_from_the_teacher: "soft_gradient_of_opposite_sign",
    without_maximum: "no_maximum",
    logarithm_of_probabilities: "log_of_zero",
    logarithm_with_eps: "log_p_plus_eps",
    over_examples: "softmax_over_the_batch",
    teacher_learns_too: "a_result_of_another_kind",
    at_least_1_degree: "wrong_where_temperature_is_0.5",
    teacher_alone_at_weight_0: "wrong_where_weight_is_0.0",
    labels_by_the_teacher: None,
    clipped_logits: None,
    as_whole_numbers: "truncated_to_integers",
    transposed_where_square: "transposed",
    times_t: "logits_times_the_temperature",
    t_squared_for_all: "all_times_the_squared_temperature",
    softmax_twice: "teacher_normalised_twice",
    student_in_place: "an_argument_changed",
    times_t_in_the_logits_alone: "logits_times_the_temperature",
    t_squared_in_the_gradient_alone: "loss_without_t_squared",
    one_maximum_for_the_batch: "global_maximum",
    log_softmax_with_eps: "log_p_plus_eps",
    identity_of_the_batch: "identity_of_another_size",
    all_targets_in_the_loss: "columns_of_all_targets",
    all_targets_in_the_gradient: "columns_of_all_targets",
}
