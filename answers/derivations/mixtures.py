"""EM's M-step for one Gaussian, and k-means as the limit of narrow ones, by SymPy.

Each function returns the lines that a page shows. To check a line, the maximum is searched for by
the sign of a slope, and a share is computed with the nearer centre's density as its unit.
"""

import math

import sympy as sp

from answers.derivations import Line
from answers.derivations.numerics import root_near, slope
from answers.derivations.operators import Limit

# --8<-- [start:m_step]
N = sp.Symbol("N", integer=True, positive=True)  # points
n = sp.Symbol("n", integer=True, positive=True)
r, x = sp.IndexedBase("r"), sp.IndexedBase("x")  # a component's shares, and the points
mu = sp.Symbol("mu", real=True)
v = sp.Symbol("v", positive=True)  # variance
BEST_MEAN, BEST_VARIANCE = sp.symbols(r"\hat{\mu} \hat{v}")


def over_points(term: sp.Expr) -> sp.Sum:
    return sp.Sum(term, (n, 1, N))


def m_step() -> list[Line]:
    """The best mean and variance of a component, with its shares held fixed."""
    log_density = -((x[n] - mu) ** 2) / (2 * v) - sp.log(2 * sp.pi * v) / 2
    share = over_points(r[n])
    # Slopes term by term: r (x - mu) / v, and r ((x - mu)² / v - 1) / 2v.
    by_mean = sp.simplify(sp.diff(log_density, mu) * v)
    by_variance = sp.expand(sp.diff(log_density, v) * 2 * v**2)
    if sp.expand(by_mean - (x[n] - mu)) or sp.expand(
        by_variance - (x[n] - mu) ** 2 + v
    ):
        raise ValueError(f"{by_mean} and {by_variance} are other slopes")
    mean = over_points(r[n] * (by_mean + mu)) / share
    squares = sp.factor(by_variance + v).subs(mu, BEST_MEAN)  # both slopes are 0
    variance = over_points(r[n] * squares) / share
    return [
        Line(BEST_MEAN, mean, of_shares),
        Line(BEST_VARIANCE, variance, of_shares),
    ]


# --8<-- [end:m_step]


def of_shares(rng, size):
    def log_likelihood(r, x, mu, v):
        root = math.sqrt(2 * math.pi * v)
        return sum(
            share * math.log(math.exp(-((at - mu) ** 2) / (2 * v)) / root)
            for share, at in zip(r, x, strict=True)
        )

    def best_mean(r, x):
        return root_near(
            lambda mu: slope(lambda at: log_likelihood(r, x, at, 1.0), mu), 0.0, False
        )

    def best_variance(r, x):
        mu = best_mean(r, x)

        def of_log(log_v):
            return log_likelihood(r, x, mu, math.exp(log_v))

        return math.exp(root_near(lambda log_v: slope(of_log, log_v), 0.0, False))

    return {
        **{"N": size, "x": rng.normal(size=size), "r": rng.uniform(0.2, 0.8, size)},
        **{r"\hat{\mu}": best_mean, r"\hat{v}": best_variance},
    }


# --8<-- [start:narrow]
sigma = sp.Symbol("sigma", positive=True)
gap = sp.Symbol(
    "g", real=True
)  # by how much the other centre's squared distance is larger
SHARE = sp.Symbol("r")


def narrow() -> list[Line]:
    """The share of a point that one of two equal spheres has, and where it goes as they narrow."""
    near = sp.Symbol("near", positive=True)
    first, second = (sp.exp(-far / (2 * sigma**2)) for far in (near, near + gap))
    share = 1 / (1 + sp.simplify(second / first))
    ends = [sp.limit(share.subs(gap, side * near), sigma, 0, "+") for side in (1, -1)]
    if ends != [1, 0]:
        raise ValueError(f"the share goes to {ends}")
    return [
        Line(SHARE, share, of_two_centres),
        Line(Limit(SHARE, sigma, 0), sp.Heaviside(gap), of_two_centres),
    ]


# --8<-- [end:narrow]


def of_two_centres(rng, size):
    def share(g, sigma):
        """Both densities over the larger one."""
        first, second = (math.exp((min(0, g) - far) / sigma**2 / 2) for far in (0, g))
        return first / (first + second)

    return {
        **{"g": rng.choice([-1, 1]) * rng.uniform(0.5, 2)},
        **{"sigma": rng.uniform(0.5, 1), "r": share},
    }
