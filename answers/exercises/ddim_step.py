"""Practice for question 44: a step of DDIM, or of DDPM, to lower noise."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.probability.diffusion import ddim_step

exercise = Exercise(
    ddim_step,
    page="44-diffusion",
    hints=(
        "A noisy sample is √ᾱ x₀ + √(1 - ᾱ) ε. Solve for x₀.",
        "With both parts known, which factors mix them at the next time?",
        "Part of the noise is drawn anew: its variance is s². How much of the variance 1 - ᾱ' is "
        "left for ε̂?",
    ),
)

rng = np.random.default_rng(4402)


def samples(*shape):
    """Noisy samples and the noise seen in them."""
    return [*rng.normal(size=(2, *shape))]


def three(*shape):
    """The same, and new noise."""
    x, eps, fresh = rng.normal(size=(3, *shape))
    return x, eps, fresh


def anew(name, ratios, eta, *shape, kind=np.float64):
    x, eps, fresh = (each.astype(kind) for each in three(*shape))
    exercise.case(name, x, eps, *ratios, eta=eta, fresh=fresh)


exercise.case("one number", *samples(1), 0.36, 0.64)
exercise.case("three numbers", *samples(3), 0.2, 0.55)
exercise.case("a small step", *samples(4), 0.5, 0.51)
exercise.case("from almost pure noise", *samples(3), 4e-5, 0.1)
exercise.case("the last step, to an ᾱ of 1", *samples(3), 0.9, 1.0)
exercise.case("in one step to data", *samples(3), 0.05, 1.0)
exercise.case(
    "between nearly clean samples", np.r_[0.5, -1.2], np.r_[2.0, -3], 0.999, 0.9995
)
exercise.case("to where it is", *samples(3), 0.4, 0.4)
exercise.case("a batch", *samples(5, 3), 0.3, 0.7)
exercise.case("two leading axes", *samples(2, 3, 4), 0.6, 0.95)
exercise.case("three leading axes", *samples(2, 3, 4, 2), 0.15, 0.35)
x, eps, fresh = three(3)
exercise.case("new noise that is not used", x, eps, 0.3, 0.6, eta=0.0, fresh=fresh)
anew("as in DDPM, one number", (0.36, 0.64), 1.0, 1)
anew("as in DDPM", (0.2, 0.5), 1.0, 4)
anew("in between, η = 0.5", (0.25, 0.7), 0.5, 4)
anew("a little noise anew", (0.6, 0.8), 0.1, 2, 3)
anew("as in DDPM, the last step", (0.95, 1.0), 1.0, 3)
anew("as in DDPM, from almost pure noise", (1e-4, 0.3), 1.0, 2, 2)
anew("η as a whole number", (0.4, 0.9), 1, 3)
exercise.case("float32", *(each.astype(np.float32) for each in samples(2, 3)), 0.3, 0.6)
anew("float32, as in DDPM", (0.3, 0.6), 1.0, 2, 3, kind=np.float32)
whole = [np.rint(9 * each) for each in three(2, 3)]
add_whole_numbers(exercise, *whole[:2], 0.36, 0.64, 0.5, whole[2])


def data(x, eps, alpha_bar):
    """The prediction of x0."""
    return (as_float(x) - (1 - alpha_bar) ** 0.5 * as_float(eps)) / alpha_bar**0.5


def anew_of(alpha_bar, alpha_bar_next, eta):
    """The deviation of the new noise."""
    share = (1 - alpha_bar_next) / (1 - alpha_bar) * (1 - alpha_bar / alpha_bar_next)
    return eta * share**0.5


def new(s, fresh):
    return 0 if fresh is None else s * fresh


def mixed(x0, eps, alpha_bar_next, s, fresh):
    """Data and noise by the factors of the next time."""
    left = max(1 - alpha_bar_next - s**2, 0) ** 0.5
    return alpha_bar_next**0.5 * x0 + left * as_float(eps) + new(s, fresh)


@exercise.bug
def noise_factor_kept(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """The noise keeps the factor of the old time, so samples never get clean. At the next
    time it is √(1 - ᾱ') without new noise."""
    # "The noise keeps the factor of the old time": np.allclose(bug(x, eps, alpha_bar, 1.0),
    #     data(x, eps, alpha_bar) + (1 - alpha_bar) ** 0.5 * eps)
    # "so samples never get clean": not np.allclose(bug(x, eps, alpha_bar, 1.0), data(x, eps,
    #     alpha_bar))
    # "At the next time it is √(1 - ᾱ') without new noise": max(1 - alpha_bar - s ** 2, 0) →
    #     max(1 - alpha_bar_next - s ** 2, 0)
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    left = max(1 - alpha_bar - s**2, 0) ** 0.5
    return alpha_bar_next**0.5 * data(x, eps, alpha_bar) + left * eps + new(s, fresh)


@exercise.bug
def data_not_scaled(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """x̂₀ is mixed in whole. At the next time it has the factor √ᾱ'."""
    # "x̂₀ is mixed in whole": np.allclose(got - want, (1 - alpha_bar_next**0.5) * data(x, eps,
    #     alpha_bar))
    # "At the next time it has the factor √ᾱ'": return data(x, eps, alpha_bar) → return
    #     alpha_bar_next**0.5 * data(x, eps, alpha_bar)
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    left = max(1 - alpha_bar_next - s**2, 0) ** 0.5
    return data(x, eps, alpha_bar) + left * as_float(eps) + new(s, fresh)


@exercise.bug
def not_divided(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """x̂₀ is not divided by √ᾱ: x - √(1 - ᾱ) ε̂ is √ᾱ x̂₀. Divide it."""
    # "x̂₀ is not divided by √ᾱ: x - √(1 - ᾱ) ε̂ is √ᾱ x̂₀": np.allclose(bug(x, eps, alpha_bar,
    #     1.0), alpha_bar**0.5 * data(x, eps, alpha_bar))
    # "Divide it": (1 - alpha_bar) ** 0.5 * as_float(eps) → ((1 - alpha_bar) ** 0.5 * as_float(eps)
    #     + (1 - alpha_bar ** -0.5) * (as_float(x) - (1 - alpha_bar) ** 0.5 * as_float(eps)))
    x0 = as_float(x) - (1 - alpha_bar) ** 0.5 * as_float(eps)
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    return mixed(x0, eps, alpha_bar_next, s, fresh)


@exercise.bug
def shares_without_roots(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """ᾱ and 1 - ᾱ are taken as factors. They are shares of variance: take their roots."""
    # "ᾱ and 1 - ᾱ are taken as factors": np.allclose(bug(x, eps, alpha_bar, 1.0), (x - (1 -
    #     alpha_bar) * eps) / alpha_bar)
    # "take their roots": (as_float(x) - (1 - alpha_bar) * as_float(eps)) / alpha_bar → data(x, eps,
    #     alpha_bar); alpha_bar_next * x0 + (1 - alpha_bar_next) * as_float(eps) + new(s, fresh) →
    #     mixed(x0, eps, alpha_bar_next, s, fresh)
    x0 = (as_float(x) - (1 - alpha_bar) * as_float(eps)) / alpha_bar
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    return alpha_bar_next * x0 + (1 - alpha_bar_next) * as_float(eps) + new(s, fresh)


@exercise.bug
def times_exchanged(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """x̂₀ is taken out by the factors of the next time and mixed by the old ones. The sample belongs
    to `alpha_bar`."""
    # "x̂₀ is taken out by the factors of the next time and mixed by the old ones":
    #     np.allclose(bug(x, eps, 0.2, 0.6), mixed(data(x, eps, 0.6), eps, 0.2, 0, None))
    # "The sample belongs to `alpha_bar`": data(x, eps, alpha_bar_next) → data(x, eps, alpha_bar);
    #     mixed(x0, eps, alpha_bar, s, fresh) → mixed(x0, eps, alpha_bar_next, s, fresh)
    x0 = data(x, eps, alpha_bar_next)
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    return mixed(x0, eps, alpha_bar, s, fresh)


@exercise.bug
def noise_not_replaced(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """New noise is added, and ε̂ keeps its whole share: the variance is s² too large. Leave
    1 - ᾱ' - s² to ε̂."""
    # "New noise is added, and ε̂ keeps its whole share": np.allclose(got, mixed(data(x, eps,
    #     alpha_bar), eps, alpha_bar_next, 0, None) + anew_of(alpha_bar, alpha_bar_next, eta) *
    #     fresh)
    # "the variance is s² too large": (bug(0.6 * np.ones(4) + 0.8 * np.array([1, 1, -1, -1]),
    #     np.array([1, 1, -1, -1]), 0.36, 0.64, 1.0, np.array([1, -1, 1, -1])).var() > 0.36 + 1e-6)
    # "Leave 1 - ᾱ' - s² to ε̂": max(1 - alpha_bar_next, 0) → max(1 - alpha_bar_next - s ** 2, 0)
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    left = max(1 - alpha_bar_next, 0) ** 0.5
    x0 = data(x, eps, alpha_bar)
    return alpha_bar_next**0.5 * x0 + left * as_float(eps) + new(s, fresh)


@exercise.bug
def nothing_anew(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """`eta` is not used: nothing is drawn anew. Add s · `fresh`, and leave the rest to ε̂."""
    # "`eta` is not used": np.allclose(got, right(x, eps, alpha_bar, alpha_bar_next, eta=0.0))
    # "Add s · `fresh`, and leave the rest to ε̂": alpha_bar_next, 0, None →
    #     alpha_bar_next, anew_of(alpha_bar, alpha_bar_next, eta), fresh
    return mixed(data(x, eps, alpha_bar), eps, alpha_bar_next, 0, None)


@exercise.bug
def eta_of_the_variance(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """η multiplies the variance of the new noise. It multiplies its deviation: s² has η²."""
    # "η multiplies the variance of the new noise": np.allclose(got, right(x, eps, alpha_bar,
    #     alpha_bar_next, eta**0.5, fresh))
    # "It multiplies its deviation: s² has η²": eta ** 0.5 → eta
    s = anew_of(alpha_bar, alpha_bar_next, eta**0.5)
    return mixed(data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)


@exercise.bug
def large_variance(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """The new noise has the variance β = 1 - ᾱ/ᾱ', DDPM's upper choice. Multiply it by
    (1 - ᾱ') / (1 - ᾱ)."""
    # "The new noise has the variance β = 1 - ᾱ/ᾱ'": np.allclose(got, mixed(data(x, eps, alpha_bar),
    #     eps, alpha_bar_next, eta * (1 - alpha_bar / alpha_bar_next) ** 0.5, fresh))
    # "Multiply it by (1 - ᾱ') / (1 - ᾱ)": (1 - alpha_bar / alpha_bar_next) ** 0.5 → ((1 -
    #     alpha_bar_next) / (1 - alpha_bar) * (1 - alpha_bar / alpha_bar_next)) ** 0.5
    s = eta * (1 - alpha_bar / alpha_bar_next) ** 0.5
    return mixed(data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)


@exercise.bug
def noise_added_in_the_prediction(
    x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None
):
    """The noise is added where x̂₀ is taken out of x. Subtract it."""
    # "The noise is added where x̂₀ is taken out of x": np.allclose(bug(x, eps, alpha_bar, 1.0),
    #     data(x, -eps, alpha_bar))
    # "Subtract it": + (1 - alpha_bar) ** 0.5 → - (1 - alpha_bar) ** 0.5
    x0 = (as_float(x) + (1 - alpha_bar) ** 0.5 * as_float(eps)) / alpha_bar**0.5
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    return mixed(x0, eps, alpha_bar_next, s, fresh)


@exercise.bug
def data_at_once(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """x̂₀ itself comes out. It is a first guess: mix it with noise again for the next time."""
    # "x̂₀ itself comes out": np.allclose(got, data(x, eps, alpha_bar))
    # "mix it with noise again for the next time": return data(x, eps, alpha_bar) → return
    #     mixed(data(x, eps, alpha_bar), eps, alpha_bar_next, anew_of(alpha_bar, alpha_bar_next,
    #     eta), fresh)
    return data(x, eps, alpha_bar)


@exercise.bug
def variance_for_the_deviation(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """The new noise is multiplied by s², its variance. Multiply it by s."""
    # "The new noise is multiplied by s², its variance": np.allclose(got - mixed(data(x, eps,
    #     alpha_bar), eps, alpha_bar_next, anew_of(alpha_bar, alpha_bar_next, eta), None),
    #     anew_of(alpha_bar, alpha_bar_next, eta)**2 * fresh)
    # "Multiply it by s": new(s ** 2, fresh) → new(s, fresh)
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    x0 = data(x, eps, alpha_bar)
    return mixed(x0, eps, alpha_bar_next, s, None) + new(s**2, fresh)


@exercise.bug
def ratio_of_noises_inverted(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """In s, 1 - ᾱ is divided by 1 - ᾱ'. New noise grows with the noise behind the step: the
    ratio is (1 - ᾱ') / (1 - ᾱ)."""
    # "In s, 1 - ᾱ is divided by 1 - ᾱ'": np.allclose(got, mixed(data(x, eps, alpha_bar), eps,
    #     alpha_bar_next, eta * ((1 - alpha_bar) / (1 - alpha_bar_next) * (1 - alpha_bar /
    #     alpha_bar_next)) ** 0.5, fresh))
    # "the ratio is (1 - ᾱ') / (1 - ᾱ)": (1 - alpha_bar) / (1 - alpha_bar_next) → (1 -
    #     alpha_bar_next) / (1 - alpha_bar)
    if alpha_bar_next == 1:
        return data(x, eps, alpha_bar)
    share = (1 - alpha_bar) / (1 - alpha_bar_next)
    s = eta * (share * (1 - alpha_bar / alpha_bar_next)) ** 0.5
    return mixed(data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)


@exercise.bug
def deviation_outside_the_root(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """ε̂ gets √(1 - ᾱ') - s. Variances are subtracted, not deviations: √(1 - ᾱ' - s²)."""
    # "ε̂ gets √(1 - ᾱ') - s": np.allclose(got, right(x, eps, alpha_bar, alpha_bar_next) +
    #     anew_of(alpha_bar, alpha_bar_next, eta) * (fresh - eps))
    # "Variances are subtracted, not deviations: √(1 - ᾱ' - s²)": (1 - alpha_bar_next) ** 0.5 - s →
    #     max(1 - alpha_bar_next - s**2, 0) ** 0.5
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    left = (1 - alpha_bar_next) ** 0.5 - s
    x0 = data(x, eps, alpha_bar)
    return alpha_bar_next**0.5 * x0 + left * as_float(eps) + new(s, fresh)


@exercise.bug(limit=(1.0, 5.0, 10.0))
def data_clipped(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None, limit=1.0):
    """x̂₀ is clipped, as pipelines for images do with pixels from -1 to 1. These samples have no
    bounds: leave it as it is."""
    # "x̂₀ is clipped": np.allclose(got, mixed(np.clip(data(x, eps, alpha_bar), -1, 1), eps,
    #     alpha_bar_next, anew_of(alpha_bar, alpha_bar_next, eta), fresh))
    # "leave it as it is": .clip(-limit, limit) →
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    x0 = data(x, eps, alpha_bar).clip(-limit, limit)
    return mixed(x0, eps, alpha_bar_next, s, fresh)


@exercise.bug
def taken_out_at_the_next_time(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """x̂₀ is taken out of x by the factors of the next time. The sample belongs to `alpha_bar`:
    take x̂₀ out by its factors."""
    # "x̂₀ is taken out of x by the factors of the next time": np.allclose(bug(x, eps, 0.2, 0.6),
    #     mixed(data(x, eps, 0.6), eps, 0.6, 0, None))
    # "The sample belongs to `alpha_bar`": data(x, eps, alpha_bar_next) → data(x, eps, alpha_bar)
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    return mixed(data(x, eps, alpha_bar_next), eps, alpha_bar_next, s, fresh)


@exercise.bug(missing=("both", "ratio", "step"))
def root_missing_in_the_deviation(
    x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None, missing="both"
):
    """s is made without a root, of a share of variance. Take the roots of both factors."""
    # "s is made without a root": np.allclose(got, mixed(data(x, eps, alpha_bar), eps,
    #     alpha_bar_next, eta * anew_of(alpha_bar, alpha_bar_next, 1) ** 2, fresh))
    # "Take the roots of both factors": 1 if missing in ('both', 'ratio') else 0.5 → 0.5; 1 if
    #     missing in ('both', 'step') else 0.5 → 0.5
    ratio = 1 if missing in ("both", "ratio") else 0.5
    step = 1 if missing in ("both", "step") else 0.5
    share = ((1 - alpha_bar_next) / (1 - alpha_bar)) ** ratio
    s = eta * share * (1 - alpha_bar / alpha_bar_next) ** step
    return mixed(data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)


@exercise.bug
def fresh_for_the_predicted_noise(
    x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None
):
    """Where noise is drawn anew, it stands in the place of ε̂, too, and ε̂ is lost. Only s² of the
    variance is new: √(1 - ᾱ' - s²) belongs to ε̂."""
    # "it stands in the place of ε̂, too, and ε̂ is lost": np.allclose(got, mixed(data(x, eps,
    #     alpha_bar), fresh, alpha_bar_next, anew_of(alpha_bar, alpha_bar_next, eta), fresh))
    # "√(1 - ᾱ' - s²) belongs to ε̂": fresh if eta else eps → eps
    s = anew_of(alpha_bar, alpha_bar_next, eta)
    left = fresh if eta else eps
    return mixed(data(x, eps, alpha_bar), left, alpha_bar_next, s, fresh)


@exercise.bug
def eta_as_a_switch(x, eps, alpha_bar, alpha_bar_next, eta=0.0, fresh=None):
    """Each η above 0 counts as 1, as if it were a switch. It is a factor of s."""
    # "Each η above 0 counts as 1": np.allclose(got, right(x, eps, alpha_bar, alpha_bar_next, 1.0,
    #     fresh)) and eta < 1
    # "It is a factor of s": bool(eta) → eta
    s = anew_of(alpha_bar, alpha_bar_next, bool(eta))
    return mixed(data(x, eps, alpha_bar), eps, alpha_bar_next, s, fresh)
