"""What the left sides of derivations mean in the library, in one list: by derivation and LaTeX.

A name that a line defines is built from nothing, and this list says what it is. A meaning gets
the values of the line that its parameters name, and as `drawn` all of them.
"""

import itertools
import math
from functools import cache
from statistics import NormalDist

import numpy as np
from scipy.optimize import brentq

from answers.alignment.advantages import gae
from answers.alignment.dpo import best_policy, dpo_loss
from answers.alignment.grpo import group_advantages, grpo_loss
from answers.alignment.ppo import ppo_loss
from answers.alignment.reward_model import bradley_terry_loss
from answers.classical.boosting import boost_step, leaf_value
from answers.classical.gaussian_mixture import gmm_em_step, responsibilities
from answers.classical.k_means import nearest_centres
from answers.classical.linear_regression import ridge, ridge_by_svd
from answers.classical.logistic_regression import logistic_loss, newton_step
from answers.classical.pca import pca
from answers.classical.trees import best_split
from answers.gradient_check import numerical_gradient
from answers.labels.annotation import Votes, cohen_kappa, raw_agreement
from answers.labels.dawid_skene import estimates
from answers.labels.metrics import confusion_counts, matthews_correlation, precision_recall_f1
from answers.labels.model_comparison import cost_threshold, unpaired_sample_size
from answers.language_models.bpe import bpe_encode, merge_pair
from answers.language_models.contrastive import through_unit
from answers.language_models.distillation import distillation_loss
from answers.language_models.evaluation import paired_difference, pass_at_k
from answers.language_models.lora import lora_backward
from answers.language_models.model_counts import count_gpt2_parameters, count_parameters
from answers.language_models.rope_layouts import rope_scaling
from answers.language_models.routing import (
    load_balancing_gradient,
    load_balancing_loss,
    top_k_gating,
)
from answers.language_models.sampling import min_p, sample
from answers.language_models.swiglu import swiglu, swiglu_backward
from answers.networks.layers import affine, affine_backward, relu, relu_backward
from answers.networks.matrix_calculus import linear_jacobian, linear_vjp
from answers.probability.bayes import (
    beta_update,
    natural_frequencies,
    posterior,
    posterior_odds,
)
from answers.probability.densities import kl_of_densities
from answers.probability.diffusion import ddim_step, denoise_points, q_sample, x0_and_noise
from answers.probability.divergence import entropy, kl_divergence, rel_entr
from answers.probability.flow_matching import flow_matching_loss
from answers.probability.gaussian_fit import Gaussian, Mixture, fit_gaussian
from answers.probability.kl_estimators import k1, k2, k3
from answers.probability.kl_of_logits import kl_gradients
from answers.probability.loss_bounds import (
    confidence_loss_bounds,
    loss_bounds,
    loss_of,
    threshold_loss_bounds,
    top_k_loss_bounds,
)
from answers.probability.rate_comparison import log_beta, mean
from answers.probability.softmax import cross_entropy, log_softmax, logsumexp, softmax
from answers.scale.memory import activation_memory
from answers.scale.neighbours import fill_cells
from answers.scale.tensor_parallel import column_parallel_backward, row_parallel_backward
from answers.scale.training_cost import compute_optimal
from answers.training.chained_products import multi_dot_backward
from answers.training.convolution import conv2d, conv2d_backward
from answers.training.dropout import dropout
from answers.training.initialization import kaiming_normal
from answers.training.mixed_precision import round_to_format, stochastic_round
from answers.training.normalization import (
    layer_norm_backward,
    normalize,
    rms_norm,
    rms_norm_backward,
)
from answers.training.optimizers import adam_step, sgd_momentum_step
from answers.training.recurrent import lstm, lstm_step, lstm_step_backward
from answers.training.scans import associative_scan
from answers.training.streaming_entropy import merge, moments, streaming_entropy
from answers.transformers.attention import attend, attend_backward
from answers.transformers.inference_costs import (
    Decoder,
    Machine,
    decode_phases,
    tokens_per_verification,
)
from answers.transformers.quantization import quantization_error, quantize


def loss_and_slope(z, y):
    """The cross-entropy of one example whose right class is number y, and its gradient."""
    loss, (gradient,) = cross_entropy(z[None], np.array([y - 1]))
    return loss, gradient


def of_group(drawn):
    """GRPO's loss and gradient, the mean over answers of each one's mean."""
    arrays = (drawn[name] for name in ("n", "o", "A", "mask"))
    return grpo_loss(*arrays, "sequence")


def of_population(rewards):
    """Advantages by the deviation whose divisor is the size of the group."""
    return group_advantages(rewards, eps=0) * np.sqrt(len(rewards) / (len(rewards) - 1))


def lagrangian_slope(x, v, lamda):
    """By the covariance that all principal components and their variances make up.

    The rows are centred by their negatives, which double the squares.
    """
    _, components, variances = pca(np.concatenate([x, -x]), x.shape[1])
    squares = (2 * len(x) - 1) / 2 * components.T * variances @ components
    return 2 * (squares / (len(x) - 1) @ v - lamda * v)


def score(q, k):
    """q·k, of columns: the log-odds, times √d, of a key against a key of zeros."""
    keys = np.stack([k.T, 0 * k.T], axis=1)
    weights = attend(q.T[:, None], keys, np.broadcast_to(np.eye(2), (q.shape[1], 2, 2)))
    return np.log(weights[:, 0, 0] / weights[:, 0, 1]) * np.sqrt(len(q))


def scale(d):
    """What attention multiplies q·k by: the log-odds where it is 1."""
    unit = np.eye(d)[:1]
    ((one, other),) = attend(unit, np.vstack([unit, 0 * unit]), np.eye(2))
    return np.log(one / other)


def score_slope(S, V, G):
    """The gradient at the scores: queries are scores if the keys are √m I."""
    keys = np.sqrt(S.shape[1]) * np.eye(S.shape[1])
    return attend_backward(G, S, keys, V)[0]


def counted(truth, answers):
    return confusion_counts(truth == 1, answers == 1)


def of_columns(truth, answers):
    """n² times covariance and variances: counts, and what Matthews' correlation makes of them."""
    tn, fp, fn, tp = counted(truth, answers)
    variances = (tp + fn) * (tn + fp), (tp + fp) * (tn + fn)
    return matthews_correlation(truth, answers) * math.sqrt(math.prod(variances)), *variances


def two_annotators(c, q):
    """A thousand items: true classes, and two labels of each, by exact shares."""
    kinds = list(itertools.product((0, 1), repeat=3))
    shares = [
        (q if truth else 1 - q) * math.prod(c if said == truth else 1 - c for said in labels)
        for truth, *labels in kinds
    ]
    return np.repeat(kinds, np.round(np.array(shares) * 1000).astype(int), axis=0).T


def agreement(one, two):
    items, both = np.arange(len(one)), np.ones(len(one), dtype=int)
    votes = Votes(np.tile(items, 2), np.r_[0 * both, both], np.r_[one, two], 2)
    return raw_agreement(votes)


def agreement_by_chance(c, q):
    _, one, two = two_annotators(c, q)
    observed, kappa = agreement(one, two), cohen_kappa(one, two)
    return (observed - kappa) / (1 - kappa)


def measured(c, e):
    right, clean = np.repeat([(1, 1), (1, 0), (0, 1), (0, 0)], hundreds(c, e), axis=0).T
    return agreement(right, clean)


def hundreds(c, e):
    shares = np.outer([c, 1 - c], [1 - e, e]).ravel()
    return np.round(shares * 100).astype(int)


def confusion_row(n, s):
    """The M-step for one annotator, whose votes for each label weigh n in all."""
    labels = np.arange(len(n))
    votes = Votes(labels, 0 * labels, labels, len(n))
    weights = np.vstack([n, np.ones((len(n) - 1, len(n)))])
    return estimates(votes, labels, weights, np.array(s))[1][0, 0]


def density(p, a, b):
    return np.exp((a - 1) * np.log(p) + (b - 1) * np.log(1 - p) - log_beta(a, b))


def probability_of_data(alpha, beta, s, f):
    after = beta_update(alpha, beta, s, f)
    return math.comb(s + f, s) * np.exp(log_beta(*after) - log_beta(alpha, beta))


def shares(A, B):
    return A.mean(), B[A].mean(), B[~A].mean()


def estimate(k, power=1):
    """The mean of an estimator over p, or of the square of its distance to the mean."""

    def over_p(d):
        x = np.arange(-10, 16, 0.1)
        log_p, log_q = (Gaussian(float(at), 1.0).log_density(x) for at in (0, d))
        found, weights = k(log_p, log_q), np.exp(log_p) / 10
        average = weights @ found
        return average if power == 1 else weights @ (found - average) ** 2

    return over_p


def noisy_cubic(drawn, h):
    """How far the centred difference of the library is off, if both values are."""
    f, third, epsilon = drawn["|f|"], drawn["|f'''|"], drawn["epsilon"]

    def off(x):
        return f + 0.7 * x[0] + third / 6 * x[0] ** 3 + np.sign(x[0]) * epsilon * f

    return numerical_gradient(off, np.zeros(1), h)[0] - 0.7


def centred(f, x, h):
    return numerical_gradient(lambda at: f(at[0]), np.array([x]), h)[0] - f.deriv()(x)


SMALL = Decoder(2, 8, 2, 1, 12, 17)


def flops_and_bytes(w, B=1):
    return decode_phases(SMALL, B, 0, weight_bits=8 * w)[0]


def one_term(p, q):
    return rel_entr(np.array([p]), np.array([q]))[0]


def saturated_slope(delta):
    """Of the weight of the better of two keys: the loss is minus its logarithm."""
    scores = np.array([delta, 0])
    return -softmax(scores)[0] * loss_and_slope(scores, 1)[1][0]


def share_of_ill(counts):
    return counts[0, 0] / counts[:, 0].sum()


@cache
def evenly_spread(bits):
    """Numbers anywhere between the least and the largest code."""
    last = quantize(np.ones((1, 1)), bits)[0].item()
    return np.linspace(-last, last, 2_000_001)[None]


def one_hot(X, W, i, j):
    g = np.zeros((len(X), W.shape[1]))
    g[i - 1, j - 1] = 1
    return g


def variance(fan_in, gain=2**0.5):
    """Of the library's initial weights: how they scale the numbers that they are drawn from."""
    weights = kaiming_normal(fan_in, 1, np.random.default_rng(0), gain)
    return (weights[0, 0] / np.random.default_rng(0).normal()) ** 2


def affine_outcomes(x, w):
    """The output of the layer for the inputs and weights of each outcome, a column of either."""
    return np.array([affine(a, b[:, None], np.zeros(1)) for a, b in zip(x.T, w.T, strict=True)])


def every_sign(count):
    return np.array(list(itertools.product((-1.0, 1.0), repeat=count)))


def kept_mean_square(n, v):
    """The share of the mean square that a layer with ReLU leaves, by all signs of its weights."""
    weights = np.sqrt(v) * every_sign(n).T
    return np.mean(relu(affine(np.ones(n), weights, np.zeros(2**n))) ** 2)


def stream_variance(L, g):
    start, *added = every_sign(2 * L + 1).T
    branches = affine(np.array(added).T, np.full((2 * L, 1), g), np.zeros(1))
    return np.var(start + branches[:, 0])


def dropped(x, p):
    """Ten equal numbers behind dropout, each draw as likely as the others."""
    return dropout(np.full(10, x), p, (np.arange(10) + 0.5) / 10)[0]


def adam(gradients, beta1=0.9, beta2=0.999, eps=1e-12, lr=1.0):
    """The last step of Adam along these gradients, one a row, and its moments after it."""
    m = v = np.zeros(np.shape(gradients)[1])
    for step, gradient in enumerate(gradients, 1):
        w, m, v = adam_step(0 * gradient, gradient, m, v, step, lr, beta1, beta2, eps)
    return -w, m, v


def convolved(x, w, b, s, d):
    """A convolution along one axis."""
    return conv2d(x[None, None, None], w[None, None, None], np.array([b]), s, 0, d)[0, 0, 0]


def convolved_backward(g, x, w, s, d):
    """Its gradients: of the padded image, of the kernel and of the bias."""
    g, x, w = (each[None, None, None] for each in (g, x, w))
    dx, dw, db = conv2d_backward(g, x, w, s, 0, d)
    return dx.ravel(), dw.ravel(), db[0]


def cells_left(T):
    """What is left of a cell of 1 after each of T steps whose forget bias is log T."""
    one, T = np.ones((1, 1)), int(T)
    b = np.array([0.0, np.log(T), 0.0, 0.0])
    zeros = np.zeros((1, 4))
    return lstm(np.zeros((T, 1, 1)), one, one, zeros, zeros, b)[1].ravel()


def back_of_one(drawn):
    """The backward pass of a step of one unit, whose gates get their numbers as a bias."""
    one, zeros = np.ones((1, 1)), np.zeros((1, 4))
    b = np.array([drawn[f"a_{gate}"] for gate in "ifgo"])
    c, dh, dc = (drawn[name] * one for name in ("c", "d_h", "d_c"))
    _, _, gates = lstm_step(one, one, c, zeros, zeros, b)
    back = lstm_step_backward(dh, dc, one, one, c, gates, zeros, zeros)
    return *(each.item() for each in back[:3]), back[-1]


def through_the_origin(f, x, y, lamda):
    """The weights of rows and their mirror images, whose means are 0."""
    return f(np.concatenate([x, -x]), np.concatenate([y, -y]), 2 * lamda)[0]


def ridge_slope(x, y, w, lamda):
    """Of a quadratic: the Hessian times the distance to its least point."""
    hessian = 2 * (x.T @ x + lamda * np.eye(len(w)))
    return hessian @ (w - through_the_origin(ridge, x, y, lamda))


def logistic_slope(w, x, y, lamda):
    """Of shares of class 1: the gradient is linear in the labels."""
    labels = np.eye(len(y) + 1, len(y), -1, dtype=int)
    none, *each = (logistic_loss(w, 0.0, x, one, lamda)[1] for one in labels)
    return none + sum(share * (one - none) for share, one in zip(y, each, strict=True))


def logistic_hessian(w, x, lamda):
    """By steps of Newton from each of d other labels, whose gradients are d vectors, after mirrored
    rows have set the intercept apart."""
    x, gradients, steps = np.concatenate([x, -x]), [], []
    for labels in np.random.default_rng(0).integers(0, 2, size=(9, len(x) // 2)):
        both = np.concatenate([labels, 1 - labels])
        gradients.append(logistic_loss(w, 0.0, x, both, 2 * lamda)[1])
        steps.append(w - newton_step(w, 0.0, x, both, 2 * lamda)[0])
    return np.linalg.lstsq(np.array(steps), np.array(gradients))[0].T / 2


def shrunk(s, w, epsilon, lamda):
    """Ridge's weight of one row, for each noise."""
    row = np.array([[s]])
    each = [
        through_the_origin(ridge_by_svd, row, np.array([s * w + e]), lamda)[0]
        for e in np.atleast_1d(epsilon)
    ]
    return np.array(each) if np.ndim(epsilon) else each[0]


def shrunk_error_slope(s, w, epsilon):
    """At a penalty of 0, by values on one side."""
    h = 3e-5
    at, near, far = (np.mean((shrunk(s, w, epsilon, n * h) - w) ** 2) for n in range(3))
    return (4 * near - far - 3 * at) / (2 * h)


def tokens_left(text, pairs):
    """How many tokens two words, a text and the same backwards, have after these merges."""
    words = (np.frombuffer(word.encode(), np.uint8) for word in (text, text[::-1]))
    merges = np.array(pairs, int).reshape(-1, 2)
    return sum(len(bpe_encode(word, merges)) for word in words)


def tokens_seen(size):
    """Of a word of different bytes that merges join from the left, before each merge."""
    word, seen = tuple(range(size)), 0
    while len(word) > 1:
        seen += len(word)
        word = merge_pair(word, word[:2], 1000 + len(word))
    return seen


def corrected_mean(gradients, beta1):
    """The corrected m: beside so large an eps nothing else divides it."""
    return adam(gradients, beta1, eps=1e9, lr=1e9)[0]


def floats_of(p, b):
    """0 and all positive floats of a format: what a fine grid is rounded to."""
    grid = np.arange(2 ** (2 * b + p + 3)) * 2.0 ** (-b - p - 1)
    rounded = round_to_format(grid, p, b)
    return grid, rounded, np.unique(rounded[np.isfinite(rounded)])


def lost(p, b):
    """The largest number of the grid that is rounded to 0."""
    grid, rounded, _ = floats_of(p, b)
    return grid[rounded == 0].max()


def sum_of_ones(p, b):
    total, after = np.zeros(1), np.ones(1)
    while after != total:
        total, after = after, round_to_format(after + 1, p, b)
    return total.item()


class EachChance:
    """A generator that draws each number once."""

    def integers(self, end, size, dtype):
        return np.arange(end, dtype=dtype).reshape(size)


def layer_norm_slope(dout, x, epsilon):
    return layer_norm_backward(dout, x, np.ones(len(x)), epsilon)[0]


def rms(x, epsilon):
    return np.max(x / rms_norm(x, np.ones(len(x)), epsilon))


def compared(vectors, cells, searched):
    """The centres, and the vectors that stand in the first cells of a line."""
    line = np.arange(float(vectors))[:, None]
    filled = fill_cells(line, line.reshape(cells, -1).mean(axis=1, keepdims=True))
    return cells + filled.starts[searched]


def all_fail(n, c, k):
    """The chance that none of k samples passes, for each count of passes."""
    c = np.atleast_1d(c)
    return 1 - pass_at_k(np.full(len(c), n), c, k)


def squared_errors(drawn):
    """The squared error of a mean over two texts of prompts, in each outcome of their luck."""
    rows = drawn["d"](drawn["sigma"], drawn["rho"])
    names = np.repeat([0, 1], drawn["m"])
    nothing = np.zeros(len(names))
    # In the other half of the outcomes all signs are turned.
    half = rows[: len(rows) // 2]
    return [paired_difference(row.ravel(), nothing, names)[1] ** 2 for row in half]


def middle_gradient(G, L, R):
    """The gradient of the middle one of three factors, which zeros make square."""
    square = [np.zeros((5, 5)) for _ in range(3)]
    for filled, each in zip(square, (G, L, R), strict=True):
        filled[: each.shape[0], : each.shape[1]] = each
    found = multi_dot_backward(square[0], np.stack([square[1], np.zeros((5, 5)), square[2]]))
    return found[1, : L.shape[1], : R.shape[0]]


def three_advantages(r, V, gamma, lamda):
    never = np.zeros(3, bool)
    return gae(r, V[:-1], V[1:], never, never, gamma, lamda)


def unclipped(drawn, z):
    """PPO's loss of one step, by its logits, with a clip that never binds."""
    logs = log_softmax(z)[drawn["a"] - 1 :][:1], np.log([drawn[r"p_{\text{old}}"]])
    return ppo_loss(*logs, np.array([drawn["A"]]), 1e9)[0]


def of_gelu(d):
    """The weights of GPT-2's feed-forward layer: two thirds of a block's matrices."""
    block = count_gpt2_parameters(2, d, 1, 1) - count_gpt2_parameters(1, d, 1, 1)
    return (block - 13 * d) * 2 / 3


def of_swiglu(d, f):
    """What a block has more if its feed-forward layer is twice as wide."""
    twice, once = (count_parameters(1, d, 1, 1, width, 1) for width in (2 * f, f))
    return twice - once


def swish_slope(z):
    one = np.ones((1, 1))
    return swiglu_backward(one, np.array([[z]]), one, one, one)[0].item() - (
        swiglu(np.array([[z]]), one, one, one).item() / z
    )


def near_and_sure(a):
    """The balancing loss where a share a of 100 tokens takes the first of two by a hair."""
    near = round(100 * a)
    rows = np.repeat([[1e-13, 0.0], [0.0, 50.0]], [near, 100 - near], axis=0)
    return load_balancing_loss(rows, 1)


def distilled(z, v, T):
    """The soft term and its gradient, T² included."""
    loss, slope = distillation_loss(z[None], v[None], np.zeros(1, int), T, 1.0)
    return loss, slope[0]


def of_log_ratios(u_w, u_l, beta):
    """DPO's loss and gradient of one pair, at a reference of 0."""
    ratios = np.array([u_w]), np.array([u_l])
    loss, dchosen, _ = dpo_loss(*ratios, np.zeros(1), np.zeros(1), beta)
    return loss, dchosen.item()


def noised(x_0, keeps):
    """One number behind all steps at once, with noise of either sign."""
    schedule = np.array([1.0, *np.cumprod(keeps)])
    signs, last = np.array([1.0, -1.0]), np.full(2, len(keeps))
    return q_sample(np.full(2, x_0), last, signs, schedule)


def parts_of_a_sample(x_0, epsilon, share):
    """Data and noise, of the sample and of v."""
    sample = np.sqrt(share) * x_0 + np.sqrt(1 - share) * epsilon
    v = np.sqrt(share) * epsilon - np.sqrt(1 - share) * x_0
    return [each[0] for each in x0_and_noise(*np.array([[sample], [v]]), share, "v")]


def score_of_a_point(x_t, x_0, share):
    """Minus the noise that the exact denoiser sees where all data are one point."""
    x = np.array([[x_t]])
    data = denoise_points(x, share, np.array([[x_0]]), np.ones(1))
    return -x0_and_noise(x, data, share, "x0")[1].item() / np.sqrt(1 - share)


def between_steps(x_0, keep, share, at, guess):
    """KL of DDPM's step with the true noise against its step with the guess."""
    x, after = np.array([at]), keep * share
    steps = []
    for data in (x_0, guess):
        eps = x0_and_noise(x, np.array([data]), after, "x0")[1]
        still, moved = (
            ddim_step(x, eps, after, share, 1.0, np.array([fresh])).item() for fresh in (0.0, 1.0)
        )
        steps.append(Gaussian(still, moved - still))
    return kl_of_densities(*steps)


def euler_step(x_0, epsilon, t, s):
    """Along the velocity that flow matching asks for, from the sample that it shows."""
    seen = []
    data = np.array([[x_0]]), np.array([[epsilon]]), np.array([t])
    _, gradient = flow_matching_loss(lambda x, t: seen.append(x) or 0 * x, *data)
    return seen[0].item() - (s - t) * gradient.item() / 2


def of_gpt(s, b, h, a, flash=True):
    return activation_memory(1, b, s, h, a, 4 * h, flash=flash, dropout=True)


def gained(n, a, T, S):
    """By the split of a feature that is 0 in a rows and 1 in the others."""
    targets = np.repeat([S / a, (T - S) / (n - a)], [a, n - a])
    return best_split(np.repeat([[0], [1]], [a, n - a], axis=0), targets)[3]


def log_loss_slope(y, s):
    """What a tree is fitted to, but for the sign, where the share y of labels is 1."""
    targets = []

    def grow(target):
        targets.append(target)
        return np.zeros(2, int)

    boost_step(grow, np.array([0, 1]), np.array([s, s]))
    return -np.dot([1 - y, y], targets[0])


def log_loss_curvature(y, s):
    """By the step of a leaf with one example: the slope over the curvature."""
    one = np.array([1]), np.array([s])
    [step] = boost_step(lambda _: np.zeros(1, int), *one, rate=1.0, penalty=0.0)[1]
    return -log_loss_slope(1.0, s) / step


def best_step(G, H, penalty):
    return leaf_value(np.array([G]), np.array([H]), np.zeros(1, int), penalty)[0]


LIBRARY = {
    "adam.bias": {
        "m_{t}": lambda g, beta: adam(g, beta)[1],
        r"\mathbb{E}\left[m_{t}\right]": lambda series, beta: adam(series, beta)[1].mean(),
        r"\mathbb{E}\left[\frac{m_{t}}{1 - \beta^{t}}\right]": lambda series, beta: corrected_mean(
            series, beta
        ).mean(),
    },
    "adam.penalty": {
        r"w - \eta \left(g + \lambda w\right)": lambda drawn, w, eta, g: sgd_momentum_step(
            np.array([w]), np.array([g + drawn["lambda"] * w]), np.zeros(1), eta, 0
        )[0][0],
        # Two gradients of one weight, of opposite signs but for the penalty's, and almost equally old.
        r"\frac{\mathbb{E}\left[g + \lambda w\right]}{\sqrt{\mathbb{E}\left[\left(g + \lambda w"
        r"\right)^{2}\right]}}": lambda drawn, w, g: adam(
            (g + drawn["lambda"] * w)[:, None], 1 - 3e-9, 1 - 3e-9
        )[0][0],
    },
    "adam.steps": {
        r"\frac{m_{t}}{1 - \beta_{1}^{t}}": lambda g, t, beta_1: corrected_mean(
            np.full((t, 1), g), beta_1
        )[0],
        r"\frac{v_{t}}{1 - \beta_{2}^{t}}": lambda g, t, beta_1, beta_2: (
            (
                corrected_mean(np.full((t, 1), g), beta_1)[0]
                / adam(np.full((t, 1), g), beta_1, beta_2)[0][0]
            )
            ** 2
        ),
        r"\frac{m_{t}}{\sqrt{v_{t}}}": lambda g, t, beta_1, beta_2: (
            adam(np.full((t, 1), g), beta_1)[1][0]
            / np.sqrt(adam(np.full((t, 1), g), beta_1, beta_2)[2][0])
        ),
    },
    "attention_backward.of_queries_and_keys": {
        r"\frac{\partial \mathcal{L}}{\partial Q_{i,l}}": lambda Q, K, Sdot, i, l: linear_vjp(
            Q, K.T * scale(Q.shape[1]), Sdot
        )[0][i - 1, l - 1],
        r"\frac{\partial \mathcal{L}}{\partial K_{j,l}}": lambda Q, K, Sdot, j, l: linear_vjp(
            K, Q.T * scale(Q.shape[1]), Sdot.T
        )[0][j - 1, l - 1],
    },
    "attention_backward.of_scores": {
        r"\dot{S}_{i,j} = \frac{\partial \mathcal{L}}{\partial S_{i,j}}": lambda S, V, G, i, j: (
            score_slope(S, V, G)[i - 1, j - 1]
        ),
    },
    "attention_backward.of_values": {
        r"\frac{\partial \mathcal{L}}{\partial V_{j,l}}": lambda G, Q, K, V, j, l: attend_backward(
            G, Q, K, V
        )[2][j - 1, l - 1],
        r"\dot{P}_{i,j} = \frac{\partial \mathcal{L}}{\partial P_{i,j}}": lambda G, V, P, i, j: (
            linear_vjp(P, V, G)[0][i - 1, j - 1]
        ),
    },
    "attention_scale.saturation": {
        "p": lambda delta: softmax(np.array([delta, 0]))[0],
        r"\frac{d p}{d \delta}": lambda delta: saturated_slope(delta),
        r"\lim_{\delta \to \infty} \frac{d p}{d \delta} e^{\delta}": lambda: (
            np.exp(16) * saturated_slope(16.0)
        ),
    },
    "attention_scale.variance": {
        r"\operatorname{Var}\left(k_{i} q_{i}\right)": lambda q_i, k_i, mu, sigma: np.var(
            score(q_i(mu, sigma)[None], k_i(mu, sigma)[None])
        ),
        r"\operatorname{Var}\left(q \cdot k\right)": lambda q, k, mu, sigma: np.var(
            score(q(mu, sigma), k(mu, sigma))
        ),
        r"\operatorname{Var}\left(q \cdot k\right)\big|_{\mu = 0,\ \sigma = 1}": lambda q, k: (
            np.var(score(q(0, 1), k(0, 1)))
        ),
        r"\operatorname{Var}\left(q \cdot k\right)\big|_{\mu = 1,\ \sigma = 1}": lambda q, k: (
            np.var(score(q(1, 1), k(1, 1)))
        ),
    },
    "backprop.delta_recursion": {
        r"z^{(\ell+1)}_{k}": lambda z, phi, w, b, k: affine(phi(z)[None], w, b)[0, k - 1],
        r"\delta^{(\ell)}_{d} = \frac{\partial \mathcal{L}}{\partial z_{d}}": lambda drawn, z, phi, w, d: (
            affine_backward(drawn[r"\delta^{(\ell+1)}"][None], phi(z)[None], w)[0][0, d - 1]
            * drawn[r"\phi'"](z[d - 1])
        ),
    },
    "backprop.of_affine": {
        r"\frac{\partial \mathcal{L}}{\partial w_{d,c}} = \left(X^{T} G\right)_{d,c}": lambda G, x, w, d, c: (
            affine_backward(G, x, w)[1][d - 1, c - 1]
        ),
        r"\frac{\partial \mathcal{L}}{\partial b_{c}} = \left(\mathbf{1}^{T} G\right)_{c}": lambda G, x, w, c: (
            affine_backward(G, x, w)[2][c - 1]
        ),
        r"\frac{\partial \mathcal{L}}{\partial x_{m,d}} = \left(G W^{T}\right)_{m,d}": lambda G, x, w, m, d: (
            affine_backward(G, x, w)[0][m - 1, d - 1]
        ),
    },
    "backprop.of_logits": {
        r"\mathcal{L}": lambda s, y: cross_entropy(s, y - 1)[0],
        r"\frac{\partial \mathcal{L}}{\partial s_{m,c}}": lambda s, y, m, c: cross_entropy(
            s, y - 1
        )[1][m - 1, c - 1],
    },
    "backprop.of_relu": {
        r"\frac{d}{d z}\max\left(0, z\right)": lambda z: relu_backward(
            np.ones((1, 1)), np.array([[z]])
        )[0, 0],
    },
    "bayes.beta_binomial": {
        "P(p)": lambda p, alpha, beta: density(p, alpha, beta),
        "P(s, f)": lambda alpha, beta, s, f: probability_of_data(alpha, beta, s, f),
        r"\frac{P(p) P(s, f \mid p)}{P(s, f)}": lambda p, alpha, beta, s, f: density(
            p, *beta_update(alpha, beta, s, f)
        ),
    },
    "bayes.dependent": {
        r"P(H \mid e_{1}, e_{2})": lambda H, e_1, e_2: posterior(
            np.array([H.mean(), (~H).mean()]),
            np.array([(e_1 & e_2)[each].mean() for each in (H, ~H)]),
        )[0],
        r"\text{naive: } P(H \mid e_{1}, e_{2})": lambda H, e_1, e_2: posterior(
            np.array([H.mean(), (~H).mean()]),
            np.array([e_1[each].mean() * e_2[each].mean() for each in (H, ~H)]),
        )[0],
    },
    "bayes.l2": {
        r"- \log{\left(P(w \mid y) \right)}": lambda y, m, w, sigma, tau: (
            -Gaussian(0.0, sigma).log_density(y - m).sum() - Gaussian(0.0, tau).log_density(w).sum()
        ),
        # σ² times what a weight of 1 costs more than one of 0 is λ/2.
        r"\lambda": lambda sigma, tau: (
            2 * sigma**2 * -np.diff(Gaussian(0.0, tau).log_density(np.arange(2)))[0]
        ),
    },
    "bayes.parametrisation": {
        # The mode of a Beta density is the mean of one with a success and a failure less.
        r"\arg\max_{p} P(p)": lambda alpha, beta: mean((alpha - 1, beta - 1)),
        r"\frac{1}{1 + e^{- \arg\max_{t} P(t)}}": lambda alpha, beta: mean((alpha, beta)),
    },
    "bayes.screening": {
        r"P(\text{ill} \mid +)": lambda: share_of_ill(natural_frequencies(0.01, 0.90, 0.09)),
    },
    "bayes.sequential": {
        r"P(H_{j} \mid e_{1})": lambda P, a, j: posterior(P, a)[j - 1],
        r"P(H_{j} \mid e_{1}, e_{2})": lambda P, a, b, j: posterior(posterior(P, a), b)[j - 1],
    },
    "bayes.shrinkage": {
        r"\mathbb{E}\left[p \mid s, f\right]": lambda alpha, beta, s, f: mean(
            beta_update(alpha, beta, s, f)
        ),
        r"\rho": lambda alpha, beta, s, f: (
            (mean(beta_update(alpha, beta, s, f)) - mean((s, f)))
            / (mean((alpha, beta)) - mean((s, f)))
        ),
    },
    "bayes.theorem": {
        "P(B)": lambda A, B: natural_frequencies(*shares(A, B), 1)[:, 0].sum(),
        r"P(A \mid B)": lambda A, B: share_of_ill(natural_frequencies(*shares(A, B))),
        r"\frac{P(A \mid B)}{P(\neg A \mid B)}": lambda A, B: posterior_odds(
            A.sum() / (~A).sum(), B[A].mean() / B[~A].mean()
        ),
    },
    "boosting.derivatives": {
        r"\frac{\partial \mathcal{L}}{\partial s}": log_loss_slope,
        r"\frac{\partial}{\partial s}\frac{\partial \mathcal{L}}{\partial s}": log_loss_curvature,
    },
    "boosting.gain": {
        r"\Delta": gained,
        r"\Delta\big|_{T = 0}": lambda n, a, S: gained(n, a, 0.0, S),
    },
    "boosting.leaf": {
        r"\arg\min_{w} \left(G w + \frac{w^{2} \left(H + \lambda\right)}{2}\right)": lambda G, H, drawn: (
            best_step(G, H, drawn["lambda"])
        ),
        r"\left(G w + \frac{w^{2} \left(H + \lambda\right)}{2}\right)\big|_{w = - \frac{G}{H + \lambda}}": lambda G, H, drawn: (
            G * best_step(G, H, drawn["lambda"]) / 2
        ),
    },
    "bpe.cost": {
        "N_{M}": lambda text, pairs: tokens_left(text, pairs),
        "T": lambda text, pairs: sum(tokens_left(text, pairs[:i]) for i in range(len(pairs))),
        "V": lambda ell: tokens_seen(ell),
    },
    "contrastive.through_length": {
        r"\frac{\partial}{\partial x_{j}}\sum_{i=1}^{D} g_{i} u_{i}": lambda g, x, j: through_unit(
            g[None], x[None]
        )[0, j - 1],
    },
    "convolution.gradients": {
        "y_{p}": lambda x, w, b, s, d, p: convolved(x, w, b, s, d)[p - 1],
        r"\frac{\partial \mathcal{L}}{\partial b}": lambda g, x, w, s, d: convolved_backward(
            g, x, w, s, d
        )[2],
        r"\frac{\partial \mathcal{L}}{\partial w_{m}}": lambda g, x, w, s, d, m: convolved_backward(
            g, x, w, s, d
        )[1][m - 1],
        r"\frac{\partial \mathcal{L}}{\partial x_{j}}": lambda g, x, w, s, d, j: convolved_backward(
            g, x, w, s, d
        )[0][j - 1],
    },
    "dawid_skene.kappa": {
        "p": lambda c, q: two_annotators(c, q)[1].mean(),
        "p_{o}": lambda c, q: agreement(*two_annotators(c, q)[1:]),
        "p_{e}": lambda c, q: agreement_by_chance(c, q),
        r"\kappa = \frac{p_{o} - p_{e}}{1 - p_{e}}": lambda c, q: cohen_kappa(
            *two_annotators(c, q)[1:]
        ),
        r"\lim_{q \to 0} \kappa": lambda c: cohen_kappa(*two_annotators(c, 0)[1:]),
    },
    "dawid_skene.m_step": {
        r"\frac{\partial \Lambda}{\partial \pi_{l}}": lambda n, s, pi, drawn, l: (
            # For the largest expected row, the slope is what the multiplier leaves.
            numerical_gradient(lambda row: np.dot(n + s, np.log(row)), pi, 1e-4)[l - 1]
            - drawn["lambda"]
        ),
        r"\lambda = \sum_{j=1}^{K} \lambda \pi_{j}": lambda n, s: ((n + s) / confusion_row(n, s))[
            0
        ],
        r"\pi_{l}": lambda n, s, l: confusion_row(n, s)[l - 1],
    },
    "dawid_skene.noisy_score": {
        r"\text{measured}": lambda c, e: measured(c, e),
        r"\frac{\partial \text{measured}}{\partial c}": lambda e: measured(1, e) - measured(0, e),
    },
    "decoding.gumbel_max": {
        # The uniform number at which a token of logit 0 overtakes one of x, whose noise is 0.
        "F(x)": lambda x: brentq(
            lambda u: sample(np.array([x, 0.0]), np.array([np.exp(-1), u])) - 0.5, 0.01, 0.99
        ),
        r"\mathbb{E}\left[u^{\sum_{j=1}^{K} e^{\frac{z_{j} - z_{i}}{T}} - 1}\right]": (
            lambda z, T, i: softmax(z / T)[i - 1]
        ),
    },
    "decoding.least_logit": {
        r"z\big|_{e^{\frac{z}{T}} e^{- \frac{z_{\max}}{T}} = m}": lambda drawn, T, m: brentq(
            lambda z: (min_p(np.array([drawn[r"z_{\max}"], z]) / T, m)[1] > -np.inf) - 0.5,
            drawn[r"z_{\max}"] - 9 * T,
            drawn[r"z_{\max}"],
        ),
    },
    "evaluation.choices": {
        r"P(\text{none passes})": lambda n, c, k: all_fail(n, c, k)[0],
        r"\mathbb{E}\left[\hat{q}\right]": lambda drawn, n, c, k: np.average(
            all_fail(n, c, k), weights=drawn["weights"]
        ),
    },
    "evaluation.clusters": {
        # The sum of one text is that of two texts, which are as variable, divided by √2.
        r"\operatorname{Var}\left(s\right)": lambda drawn, m: (
            np.mean(squared_errors(drawn)) * (2 * m) ** 2 / 2
        ),
        r"\operatorname{Var}\left(\bar{d}\right)": lambda drawn: np.mean(squared_errors(drawn)),
    },
    "evaluation.plug_in": {
        r"\mathbb{E}\left[\left(1 - \frac{c}{n}\right)^{2}\right]": lambda drawn, n, c: np.average(
            all_fail(n, c, 1) ** 2, weights=drawn["weights"]
        ),
    },
    "experts.balance": {
        r"\mathcal{L}": lambda logits: load_balancing_loss(logits, 1),
        r"\frac{\partial \mathcal{L}}{\partial z_{j}}": lambda logits, j: load_balancing_gradient(
            logits, 1
        )[0, j - 1],
    },
    "experts.gates": {
        r"p_{j}": lambda z, j: softmax(z)[j - 1],
        r"g_{j} = \frac{p_{j}}{\sum_{i=1}^{k} p_{i}}": lambda z, k, j: top_k_gating(z, int(k))[0][
            j - 1
        ],
    },
    "experts.least": {
        r"\mathcal{L}": near_and_sure,
        r"a\big|_{\frac{d \mathcal{L}}{d a} = 0}": lambda: (
            min(range(101), key=lambda near: near_and_sure(near / 100)) / 100
        ),
        r"\mathcal{L}\big|_{a = \frac{3}{4}}": lambda: near_and_sure(0.75),
    },
    "diffusion.closed_form": {
        r"\mathbb{E}\left[x_{t}\right]": lambda x_0, keeps: noised(x_0, keeps).mean(),
        r"\operatorname{Var}\left(x_{t}\right)": lambda x_0, keeps: noised(x_0, keeps).var(),
    },
    "diffusion.relations": {
        "x_{0}": lambda x_0, epsilon, share: parts_of_a_sample(x_0, epsilon, share)[0],
        r"\varepsilon": lambda x_0, epsilon, share: parts_of_a_sample(x_0, epsilon, share)[1],
    },
    "diffusion.score": {r"\frac{\partial \log q}{\partial x_{t}}": score_of_a_point},
    "diffusion.elbo": {"L_{t-1}": between_steps},
    "diffusion.flow": {r"u \left(s - t\right) + x_{t}": euler_step},
    "distillation.gradient": {
        r"D = \sum_{i=1}^{K} \log{\left(\frac{p_{i}}{q_{i}} \right)} p_{i}": lambda z, v, T: (
            distilled(z, v, T)[0] / T**2
        ),
        r"\frac{\partial D}{\partial z_{j}}": lambda z, v, T, j: (
            distilled(z, v, T)[1][j - 1] / T**2
        ),
        r"\frac{\partial}{\partial z_{j}}D T^{2}": lambda z, v, T, j: distilled(z, v, T)[1][j - 1],
    },
    "distillation.limit": {
        r"\lim_{h \to 0} \frac{q_{j} - p_{j}}{h}": lambda z, v, j: distilled(z, v, 1e7)[1][j - 1],
    },
    "finite_differences.best_step": {
        r"E{\left(h \right)}": lambda drawn, h: noisy_cubic(drawn, h),
    },
    "finite_differences.truncation": {
        r"\frac{f{\left(x + h \right)} - f{\left(x - h \right)}}{2 h} - f'{\left(x \right)}": (
            lambda f, x, h: centred(f, x, h)
        ),
    },
    "floats.by_chance": {
        r"\mathbb{E}\left[r\right]": lambda x: stochastic_round.__wrapped__(
            np.full(1 << 16, x), EachChance()
        ).mean(dtype=float),
    },
    "floats.limits": {
        r"x_{\max}": lambda p, b: floats_of(p, b)[2][-1],
        r"x_{\text{normal}}": lambda p, b: floats_of(p, b)[2][2**p],
        r"x_{\min}": lambda p, b: floats_of(p, b)[2][1],
        r"x_{\text{lost}}": lost,
    },
    "floats.stall": {r"s_{\text{stall}}": sum_of_ones},
    "initialization.depth": {
        "q_{L}": lambda n, v, L, q_0: q_0 * kept_mean_square(n, v) ** L,
        r"v\big|_{q_{L} = q_{0}}": lambda n: variance(n),
    },
    "initialization.layer": {
        r"\operatorname{Var}\left(w_{i} x_{i}\right)": lambda w_i, x_i, v: np.var(
            affine_outcomes(x_i[None], w_i(v)[None])
        ),
        r"\operatorname{Var}\left(z\right) = \operatorname{Var}\left(w \cdot x\right)": lambda w, x, v: (
            np.var(affine_outcomes(x, w(v)))
        ),
        r"\mathbb{E}\left[y^{2}\right]": lambda w, x, v: np.mean(
            relu(affine_outcomes(x, w(v))) ** 2
        ),
        r"v\big|_{\mathbb{E}\left[y^{2}\right] = q}": lambda n: variance(n),
    },
    "initialization.masked": {
        r"\mathbb{E}\left[m x\right]": lambda p, x: np.mean(dropped(x, p)),
        r"\operatorname{Var}\left(m x\right)": lambda p, x: np.var(dropped(x, p)),
    },
    "initialization.residual": {
        r"\operatorname{Var}\left(s\right)": lambda L, g: stream_variance(L, g),
        r"\operatorname{Var}\left(s\right)\big|_{g = \frac{\sqrt{2}}{2 \sqrt{L}}}": lambda L: (
            stream_variance(L, math.sqrt(variance(1, 1 / math.sqrt(2 * L))))
        ),
    },
    "grpo.gradient": {
        r"\mathcal{L}": lambda drawn: of_group(drawn)[0],
        r"\frac{\partial \mathcal{L}}{\partial n_{j,m}}": lambda drawn, j, m: of_group(drawn)[1][
            j - 1, m - 1
        ],
    },
    "grpo.right_answer": {
        r"A_{\text{right}}": lambda r: of_population(r)[0],
        r"A_{\text{wrong}}": lambda r: of_population(r)[-1],
    },
    "kl.alpha_divergence": {
        r"\lim_{\alpha \to 1} D_{\alpha}": lambda p, q: one_term(p, q) - p + q,
        r"\lim_{\alpha \to 0} D_{\alpha}": lambda p, q: one_term(q, p) - q + p,
    },
    "kl.decomposition": {
        "H(p)": lambda p: entropy(p),
        r"D_{KL}(p\|q)": lambda p, q: kl_divergence(p, q),
        r"D_{KL}(p\|q) + H(p)": lambda p, q: -p @ log_softmax(np.log(q)),
    },
    "kl.estimators": {
        rf"{name}\left{left}k_{{{which}}}\right{right}": estimate(k, power)
        for which, k in ((1, k1), (2, k2), (3, k3))
        for name, left, right, power in (
            (r"\mathbb{E}", "[", "]", 1),
            (r"\operatorname{Var}", "(", ")", 2),
        )
    },
    "kl.example": {
        r"D_{KL}(p\|q)": lambda: kl_divergence(np.array([1, 1]) / 2, np.array([4, 1]) / 5),
        r"D_{KL}(q\|p)": lambda: kl_divergence(np.array([4, 1]) / 5, np.array([1, 1]) / 2),
    },
    "kl.gibbs": {
        # The third estimator of a ratio t.
        r"g{\left(t \right)}": lambda t: k3(np.zeros(1), np.log([t]))[0],
        r"\sum_{i=1}^{K} g{\left(\frac{q_{i}}{p_{i}} \right)} p_{i}": lambda p, q: (
            p @ k3(np.log(p), np.log(q))
        ),
    },
    "kl.moment_matching": {
        r"\mathbb{E}_p\left[- \log{\left(q \right)}\right]": lambda x, mu, sigma: (
            -Gaussian(float(mu), float(sigma)).log_density(x).mean()
        ),
        r"\arg\min_{\mu, \sigma} \mathbb{E}_p\left[- \log{\left(q \right)}\right]": (
            lambda x: np.array(fit_gaussian(Mixture(0 * x + 1 / len(x), x, 0 * x + 1e-7)))
        ),
    },
    "kl.regularised_reward": {
        r"\pi^{*}": lambda rewards, reference, beta, k: softmax(np.log(reference) + rewards / beta)[
            k
        ],
    },
    "llama.base": {
        r"\omega{\left(b,d_{h} \right)}": lambda d_h, b: rope_scaling(d_h, 1.0, base=b)[-1],
        r"b'\big|_{\omega{\left(b',d_{h} \right)} = \frac{\omega{\left(b,d_{h} \right)}}{s}}": (
            lambda d_h, b, s: rope_scaling(d_h, s, "ntk", b)[1] ** (-d_h / 2)
        ),
    },
    "llama.swish": {
        # z is the gate and the other factor, too: the gradient is z swish'(z) + swish(z).
        r"\frac{d}{d z}\sigma z": lambda z: swish_slope(z) / z,
    },
    "llama.width": {
        r"N_{\text{GELU}}": of_gelu,
        r"N_{\text{SwiGLU}}": of_swiglu,
        r"f\big|_{N_{\text{SwiGLU}} = N_{\text{GELU}}}": lambda d: of_gelu(d) / of_swiglu(d, 1),
    },
    "lora.gradients": {
        r"\frac{\partial \mathcal{L}}{\partial a_{c,j}} = \left(s B^{T} G^{T} X\right)_{c,j}": lambda g, x, w, a, b, s, c, j: (
            lora_backward(g, x, w, a, b, s * len(a))[1][c - 1, j - 1]
        ),
        r"\frac{\partial \mathcal{L}}{\partial b_{o,c}} = \left(s G^{T} X A^{T}\right)_{o,c}": lambda g, x, w, a, b, s, o, c: (
            lora_backward(g, x, w, a, b, s * len(a))[2][o - 1, c - 1]
        ),
        r"\frac{\partial \mathcal{L}}{\partial x_{m,j}} = \left(G \left(s B A + W\right)\right)_{m,j}": lambda g, x, w, a, b, s, m, j: (
            lora_backward(g, x, w, a, b, s * len(a))[0][m - 1, j - 1]
        ),
    },
    "loss_bounds.confidence": {
        r"\min p_{y}": lambda K, c: np.exp(-confidence_loss_bounds(K, c, correct=False)[1]),
    },
    "loss_bounds.margins": {
        r"\mathcal{L} = - \log{\left(p_{y} \right)}": lambda d, K: loss_and_slope(
            np.append(-d, 0), K
        )[0],
        r"\frac{\partial \mathcal{L}}{\partial d_{j}}": lambda d, K, j: (
            -loss_and_slope(np.append(-d, 0), K)[1][j - 1]
        ),
        r"\lim_{d \to 0} \mathcal{L}": lambda K: loss_bounds(K)[1],
        r"\lim_{d \to \infty} \mathcal{L}": lambda K: loss_bounds(K)[0],
    },
    "loss_bounds.right": {
        r"\mathcal{L}{\left(p_{y} \right)}": lambda p_y: loss_of(p_y),
        r"\mathcal{L}{\left(\frac{1}{K} \right)}": lambda K: loss_bounds(K)[1],
    },
    "loss_bounds.second": {
        r"\lim_{\varepsilon \to 0} \mathcal{L}{\left(\varepsilon \right)}": lambda: loss_bounds(
            2, correct=False
        )[1],
        # With this threshold a right positive costs up to L.
        r"p_{y}\big|_{\mathcal{L}{\left(p_{y} \right)} = L}": lambda L: brentq(
            lambda p: threshold_loss_bounds(p)[1] - L, 1e-3, 1 - 1e-9
        ),
    },
    "loss_bounds.threshold": {
        r"\mathcal{L}_1": lambda p: loss_of(p),
        r"\mathcal{L}_0": lambda p: loss_of(1 - p),
        r"\frac{d \mathcal{L}_1}{d p}": lambda p: numerical_gradient(
            lambda p: loss_of(p[0]), np.array([p]), 1e-5
        )[0],
        r"\frac{d \mathcal{L}_0}{d p}": lambda p: numerical_gradient(
            lambda p: loss_of(1 - p[0]), np.array([p]), 1e-5
        )[0],
        r"\lim_{p \to 1} \mathcal{L}_1": lambda t: threshold_loss_bounds(t)[0],
        r"\lim_{p \to t} \mathcal{L}_1": lambda t: threshold_loss_bounds(t)[1],
        r"\lim_{p \to 0} \mathcal{L}_0": lambda t: threshold_loss_bounds(t, positive=False)[0],
        r"\lim_{p \to t} \mathcal{L}_0": lambda t: threshold_loss_bounds(t, positive=False)[1],
    },
    "loss_bounds.wrong": {
        r"\lim_{\varepsilon \to 0} \mathcal{L}": lambda K, k: top_k_loss_bounds(
            K, k, correct=False
        )[0],
    },
    "matrix_calculus.entries": {
        r"Y_{i,j}": lambda X, W, i, j: affine(X, W, np.zeros(W.shape[1]))[i - 1, j - 1],
        r"\frac{\partial Y_{i,j}}{\partial W_{k,l}}": lambda X, W, i, j, k, l: linear_jacobian(
            X, W
        )[i - 1, j - 1, k - 1, l - 1],
        r"\frac{\partial Y_{i,j}}{\partial X_{l,k}}": lambda X, W, i, j, k, l: linear_vjp(
            X, W, one_hot(X, W, i, j)
        )[0][l - 1, k - 1],
    },
    "matrix_calculus.layouts": {
        r"X \otimes I": lambda X: linear_jacobian(X, np.eye(2)).reshape(2 * len(X), 4),
        r"I \otimes X": lambda X: linear_jacobian(X, np.eye(2)).reshape(2 * len(X), 4, order="F"),
    },
    "matrix_calculus.of_input": {
        r"\langle G, \,dX\, W \rangle": lambda X, W, G, dX: (linear_vjp(X, W, G)[0] * dX).sum(),
    },
    "matrix_calculus.of_weights": {
        r"\langle G, X \,dW \rangle": lambda X, W, G, dW: (linear_vjp(X, W, G)[1] * dW).sum(),
    },
    "metrics.f1": {
        r"F_{1} = \frac{2}{\frac{1}{R} + \frac{1}{P}}": lambda truth, answers: precision_recall_f1(
            truth, answers
        )[2],
    },
    "metrics.gap": {
        r"V_{\text{paired}}": lambda A, B: np.var(A - B),
        r"V_{\text{unpaired}} - V_{\text{paired}}": lambda A, B: (
            np.var(A) + np.var(B) - np.var(A - B)
        ),
        r"n\big|_{\frac{\sqrt{V} z}{\sqrt{n}} = \Delta}": lambda p_A, p_B: unpaired_sample_size(
            p_A, p_B, power=0.5
        ),
    },
    "metrics.matthews": {
        r"n^{2} \operatorname{Cov}\left(\text{truth}, \text{answers}\right)": (
            lambda truth, answers: of_columns(truth, answers)[0]
        ),
        r"n^{2} \operatorname{Var}\left(\text{truth}\right)": (
            lambda truth, answers: of_columns(truth, answers)[1]
        ),
        r"n^{2} \operatorname{Var}\left(\text{answers}\right)": (
            lambda truth, answers: of_columns(truth, answers)[2]
        ),
    },
    "metrics.precision": {
        r"\text{precision}": lambda truth, answers: precision_recall_f1(truth, answers)[0],
    },
    "metrics.threshold": {
        "p^{*}": lambda C_TN, C_FP, C_FN, C_TP: cost_threshold(
            np.array([[C_TN, C_FP], [C_FN, C_TP]])
        ),
        r"p^{*}\big|_{C_{TN} = 0,\ C_{TP} = 0}": lambda C_FP, C_FN: cost_threshold(
            np.array([[0, C_FP], [C_FN, 0]])
        ),
    },
    "mixtures.m_step": {
        r"\hat{\mu}": lambda drawn: gmm_em_step(*drawn["mixture"], 0.0)[1][0, 0],
        r"\hat{v}": lambda drawn: gmm_em_step(*drawn["mixture"], 0.0)[2][0, 0, 0],
    },
    "mixtures.narrow": {
        "r": lambda g, sigma: responsibilities(*two_spheres(g, sigma))[0][0, 0],
        r"\lim_{\sigma \to 0} r": lambda g: float(nearest_centres(*two_spheres(g, 1)[::2])[0] == 0),
    },
    "normalization.of_layer_norm": {
        r"\frac{\partial s}{\partial x_{j}}": lambda x, epsilon, j: numerical_gradient(
            lambda x: normalize(x, -1, epsilon)[1][0], x
        )[j - 1],
        r"\frac{\partial \hat{x}_{k}}{\partial x_{j}}": lambda x, epsilon, j, k: layer_norm_slope(
            np.eye(len(x))[k - 1], x, epsilon
        )[j - 1],
        r"\frac{\partial \mathcal{L}}{\partial x_{j}}": lambda x, g, epsilon, j: layer_norm_slope(
            g, x, epsilon
        )[j - 1],
    },
    "normalization.of_rms_norm": {
        r"\frac{\partial s}{\partial x_{j}}": lambda x, epsilon, j: numerical_gradient(
            lambda x: rms(x, epsilon), x
        )[j - 1],
        r"\frac{\partial \mathcal{L}}{\partial x_{j}}": lambda x, g, epsilon, j: rms_norm_backward(
            g, x, np.ones(len(x)), epsilon
        )[0][j - 1],
    },
    "pca.stationary": {
        r"\frac{\partial \mathcal{L}}{\partial v_{j}} = 2 \sum_{i=1}^{D} v_{i} \left(\frac{1}{N - 1} X^{T} X\right)_{j,i} - 2 \lambda v_{j}": lambda x, v, lamda, j: (
            lagrangian_slope(x, v, lamda)[j - 1]
        ),
    },
    "preferences.optimum": {
        r"\pi^{*}_{i}": lambda rho, r, beta, i: best_policy(np.log(rho), r, beta)[i - 1],
        "J": lambda pi, rho, r, beta: pi @ r - beta * kl_divergence(pi, rho),
    },
    "preferences.rewards": {
        "r_{w} - r_{l}": lambda r, w, l: (
            -np.log(np.expm1(bradley_terry_loss(r[[w - 1]], r[[l - 1]])[0]))
        ),
    },
    "preferences.loss": {
        r"\mathcal{L} = - \log{\left(\frac{e^{\beta u_{w}}}{e^{\beta u_{l}} + e^{\beta u_{w}}} \right)}": (
            lambda u_w, u_l, beta: of_log_ratios(u_w, u_l, beta)[0]
        ),
        r"\frac{\partial \mathcal{L}}{\partial u_{w}}": lambda u_w, u_l, beta: of_log_ratios(
            u_w, u_l, beta
        )[1],
    },
    "ppo.advantages": {
        r"\delta_{1}": lambda r, V, gamma: three_advantages(r, V, gamma, 0)[0],
        r"A_{1}": lambda r, V, gamma, lamda: three_advantages(r, V, gamma, lamda)[0],
        r"A_{1}\big|_{\lambda = 0}": lambda r, V, gamma: three_advantages(r, V, gamma, 0)[0],
        r"A_{1}\big|_{\lambda = 1}": lambda r, V, gamma: three_advantages(r, V, gamma, 1)[0],
    },
    "ppo.gradient": {
        r"\mathcal{L}": lambda drawn, z: unclipped(drawn, z),
        r"\frac{\partial \mathcal{L}}{\partial z_{j}}": lambda drawn, z, j: numerical_gradient(
            lambda z: unclipped(drawn, z), z, 1e-5
        )[j - 1],
    },
    "quantization.ridge": {
        r"t_{\text{arithmetic}}": lambda B, k, F: flops_and_bytes(k, B).flops / F,
        r"t_{\text{memory}}": lambda k, W: flops_and_bytes(k).bytes / W,
        # Of one example: the FLOPs per byte that the machine has, over those that it needs.
        r"B\big|_{t_{\text{arithmetic}} = t_{\text{memory}}}": lambda k, F, W: (
            Machine(F, W, 0).ridge / flops_and_bytes(k).intensity
        ),
    },
    "quantization.rounding": {
        r"\frac{\lVert w - \hat{w} \rVert}{\lVert w \rVert}": lambda b: quantization_error(
            evenly_spread(b), b
        ),
    },
    "quantization.speculation": {
        r"\mathbb{E}\left[\text{tokens}\right] = \sum_{k=0}^{n} a^{k}": lambda a, n: (
            tokens_per_verification(a, n)
        ),
    },
    "recurrent.kept": {
        "f": lambda T: cells_left(T)[0],
        "K": lambda T: cells_left(T)[-1],
    },
    "recurrent.step": {
        r"\delta": lambda drawn: back_of_one(drawn)[2] / drawn["f"](drawn["a_f"]),
        r"\frac{\partial \mathcal{L}}{\partial a_{i}}": lambda drawn: back_of_one(drawn)[-1][0],
        r"\frac{\partial \mathcal{L}}{\partial a_{f}}": lambda drawn: back_of_one(drawn)[-1][1],
        r"\frac{\partial \mathcal{L}}{\partial a_{g}}": lambda drawn: back_of_one(drawn)[-1][2],
        r"\frac{\partial \mathcal{L}}{\partial a_{o}}": lambda drawn: back_of_one(drawn)[-1][3],
        r"\frac{\partial \mathcal{L}}{\partial c}": lambda drawn: back_of_one(drawn)[2],
    },
    "regression.logistic": {
        r"\frac{\partial \mathcal{L}}{\partial w_{j}}": lambda w, x, y, lamda, j: logistic_slope(
            w, x, y, lamda
        )[j - 1],
        r"\frac{\partial}{\partial w_{k}}\frac{\partial \mathcal{L}}{\partial w_{j}}": lambda w, x, lamda, j, k: (
            logistic_hessian(w, x, lamda)[j - 1, k - 1]
        ),
    },
    "regression.ridge": {
        r"\frac{\partial \mathcal{L}}{\partial w_{j}}": lambda x, y, w, lamda, j: ridge_slope(
            x, y, w, lamda
        )[j - 1],
    },
    "regression.shrinkage": {
        r"\hat{w}": lambda s, w, epsilon, lamda: shrunk(s, w, epsilon, lamda),
        r"\mathbb{E}\left[\hat{w}\right] - w": lambda s, w, epsilon, lamda: (
            np.mean(shrunk(s, w, epsilon, lamda)) - w
        ),
        r"\operatorname{Var}\left(\hat{w}\right)": lambda s, w, epsilon, lamda: np.var(
            shrunk(s, w, epsilon, lamda)
        ),
        r"\frac{d}{d \lambda}\mathbb{E}\left[\left(\hat{w} - w\right)^{2}\right]\big|_{\lambda = 0}": lambda s, w, epsilon: (
            shrunk_error_slope(s, w, epsilon)
        ),
    },
    "retrieval.cells": {
        r"\arg\min_{C} \left(C + \frac{N p}{C}\right)": lambda N, p: min(
            (c for c in range(p, N + 1) if N % c == 0), key=lambda c: compared(N, c, p)
        ),
        r"\left(C + \frac{N p}{C}\right)\big|_{C = \sqrt{N} \sqrt{p}}": lambda N, p: min(
            compared(N, c, p) for c in range(p, N + 1) if N % c == 0
        ),
    },
    "scans.pairs": {
        "h_{2}": lambda h_0, a_1, a_2, b_1, b_2: associative_scan(
            np.array([0, a_1, a_2]), np.array([h_0, b_1, b_2])
        )[2],
    },
    "scans.product": {
        r"\langle G, L \,dM_{i}\, R \rangle": lambda drawn, G, L, R: (
            middle_gradient(G, L, R) * drawn[r"\,dM_{i}\,"]
        ).sum(),
    },
    "scans.raised": {
        "s'": lambda drawn, l: merge(moments(l), (drawn["m'"], 0.0, 0.0))[1],
        "t'": lambda drawn, l: merge(moments(l), (drawn["m'"], 0.0, 0.0))[2],
        "H": lambda l: streaming_entropy(l, 2),
    },
    "softmax.binary": {
        r"\frac{e^{a}}{e^{a} + e^{b}}": lambda a, b: softmax(np.array([a, b]))[0],
    },
    "softmax.cross_entropy": {
        r"\mathcal{L} = - \log{\left(p_{y} \right)}": lambda z, y: loss_and_slope(z, y)[0],
        r"\frac{\partial \mathcal{L}}{\partial z_{j}}": lambda z, y, j: loss_and_slope(z, y)[1][
            j - 1
        ],
        r"\mathcal{L}_t = - \sum_{i=1}^{K} \log{\left(p_{i} \right)} t_{i}": lambda z, t: (
            entropy(t) + kl_divergence(t, softmax(z))
        ),
        r"\frac{\partial \mathcal{L}_t}{\partial z_{j}}": lambda z, t, j: kl_gradients(t, z)[0][
            j - 1
        ],
    },
    "softmax.from_log_odds": {
        r"\sum_{k=1}^{K} p_{k}": lambda z: softmax(z).sum(),
        r"p_{k} = c e^{z_{k}}": lambda z, k: softmax(z)[k - 1],
    },
    "softmax.from_maximum_entropy": {
        r"p_{j}\big|_{\frac{\partial \Lambda}{\partial p_{j}} = 0}": lambda z, beta, j: softmax(
            beta * z
        )[j - 1],
    },
    "softmax.jacobian": {
        r"\frac{\partial p_{k}}{\partial z_{j}}": lambda z, k, j: (
            -softmax(z)[k - 1] * loss_and_slope(z, k)[1][j - 1]
        ),
    },
    "softmax.shift": {
        "p_{k}": lambda z, s, k: softmax(z + s)[k - 1],
        r"\frac{d p_{k}}{d s}": lambda z, k: softmax(z + 1)[k - 1] - softmax(z)[k - 1],
    },
    "softmax.with_eps": {
        r"\mathcal{L}_\varepsilon": lambda z, y, epsilon: loss_of(softmax(z)[y - 1] + epsilon),
        r"\lim_{p_{y} \to 0} \mathcal{L}_\varepsilon": lambda epsilon: loss_of(epsilon),
    },
    "softmax.with_temperature": {
        r"\frac{\partial \mathcal{L}}{\partial z_{j}}": lambda z, y, j, T: (
            loss_and_slope(z / T, y)[1][j - 1] / T
        ),
    },
    "tensor_parallel.column_gradients": {
        r"\frac{\partial \mathcal{L}}{\partial x_{m,j}}": lambda g, x, w, m, j: (
            column_parallel_backward(g, x, w)[0][m - 1, j - 1]
        ),
        r"\frac{\partial \mathcal{L}}{\partial w_{q,j,o}}": lambda g, x, w, q, j, o: (
            column_parallel_backward(g, x, w)[1][q - 1, j - 1, o - 1]
        ),
    },
    "tensor_parallel.row_gradients": {
        r"\frac{\partial \mathcal{L}}{\partial x_{q,m,j}}": lambda g, x, w, q, m, j: (
            row_parallel_backward(g, x, w)[0][q - 1, m - 1, j - 1]
        ),
        r"\frac{\partial \mathcal{L}}{\partial w_{q,j,o}}": lambda g, x, w, q, j, o: (
            row_parallel_backward(g, x, w)[1][q - 1, j - 1, o - 1]
        ),
    },
    "training_memory.block": {
        r"M_{\text{flash}}": lambda s, b, h, a: of_gpt(s, b, h, a),
        r"M_{\text{scores}}": lambda s, b, h, a: (
            of_gpt(s, b, h, a, flash=False) - of_gpt(s, b, h, a)
        ),
        r"M_{\text{GPT}}": lambda s, b, h, a: of_gpt(s, b, h, a, flash=False),
        r"M_{\text{Llama}}": lambda s, b, h, a, f: activation_memory(1, b, s, h, a, f, gated=True),
    },
    "training_memory.budget": {
        r"\arg\min_{N} \left(A N^{- \alpha} + B \left(\frac{C}{6 N}\right)^{- \beta}\right)": lambda C, A, B, alpha, beta: (
            compute_optimal(C, A, B, alpha, beta)[0]
        ),
    },
}


def distributions(rng, size):
    p, q = rng.dirichlet(np.ones(size), 2)
    return {"p": p, "q": q}


def shares_of_a_thousand(rng, _):
    return {"c": rng.choice([0.6, 0.7, 0.8, 0.9]), "q": rng.choice([0.1, 0.2, 0.3])}


def shares_of_a_hundred(rng, _):
    return {"c": rng.choice([0.6, 0.7, 0.8]), "e": rng.choice([0.1, 0.2, 0.3])}


def confident(rng, size):
    """A winner that leaves too little for the others to be level with it."""
    return {"c": rng.uniform(1 / size, 1 / (size - 1))}


def a_whole_number(rng, _):
    """A gap for which the size of a test set need not be rounded up."""
    n, z, p_a = rng.integers(300, 900), NormalDist().inv_cdf(0.975), rng.uniform(0.7, 0.9)

    def size(p_b):
        return z**2 * (p_a * (1 - p_a) + p_b * (1 - p_b)) / (p_a - p_b) ** 2

    p_b = brentq(lambda p: size(p) - n + 1e-7, 0.1, p_a - 1e-3, xtol=1e-15)
    variance = p_a * (1 - p_a) + p_b * (1 - p_b)
    return {"p_A": p_a, "p_B": p_b, "V": variance, "z": z, "Delta": p_a - p_b}


def a_decoder(rng, _):
    return {"P": SMALL.matmul_params, "B": rng.integers(1, 99), "k": rng.choice([1, 2])}


def bits(rng, _):
    b = int(rng.integers(2, 6))
    return {"b": b, "c": crest(b)}


@cache
def crest(bits):
    w = evenly_spread(bits)
    return w.max() / np.sqrt(np.mean(w**2))


def normalised(rng, size):
    """The multiplier that makes the solution sum to 1."""
    z, beta = rng.normal(size=size), rng.normal()
    return {"z": z, "beta": beta, "lambda": logsumexp(beta * z) - 1}


# Where the library asks for values of some kind, beside those of the line.
def a_mixture(rng, size):
    """Points on a line, two components, and the first one's shares and new mean."""
    x = rng.normal(size=size)
    mixture = x[:, None], np.array([0.4, 0.6]), np.array([[-1.0], [0.7]]), np.ones((2, 1, 1))
    shares, _ = responsibilities(*mixture)
    mean = gmm_em_step(*mixture, reg_covar=0.0)[1]
    return {"x": x, "mixture": mixture, "r": shares[:, 0], r"\hat{\mu}": mean[0, 0]}


def two_spheres(g, sigma):
    """A point at 0, and two equal components at squared distances that differ by g."""
    centres = np.array([[math.sqrt(3), 0.0], [0.0, math.sqrt(3 + g)]])
    return np.zeros((1, 2)), np.ones(2) / 2, centres, np.stack([sigma**2 * np.eye(2)] * 2)


VALUES = {
    "mixtures.m_step": a_mixture,
    "dawid_skene.kappa": shares_of_a_thousand,
    "dawid_skene.noisy_score": shares_of_a_hundred,
    "kl.decomposition": distributions,
    "loss_bounds.confidence": confident,
    r"n\big|_{\frac{\sqrt{V} z}{\sqrt{n}} = \Delta}": a_whole_number,
    "quantization.ridge": a_decoder,
    "quantization.rounding": bits,
    "softmax.from_maximum_entropy": normalised,
}
