"""Mixtures for tests: drawn, a lopsided one, and SciPy's density of each."""

import math

import numpy as np
import scipy.special
import scipy.stats
from hypothesis import strategies as st

from answers.probability.densities import Mixture

LOPSIDED = Mixture(np.array([0.2, 0.5, 0.3]), np.array([-4.0, 0.5, 2.0]), np.array([0.5, 1.2, 0.8]))
for array in vars(LOPSIDED).values():
    array.flags.writeable = False


def scipy_log_density(mixture, x):
    logs = [
        math.log(w) + scipy.stats.norm.logpdf(x, m, s)
        for w, m, s in zip(mixture.weights, mixture.means, mixture.deviations, strict=True)
    ]
    return scipy.special.logsumexp(logs, axis=0)


mixtures = st.integers(1, 4).flatmap(
    lambda n: st.builds(
        lambda w, m, s: Mixture(np.array(w) / sum(w), np.array(m), np.array(s)),
        st.lists(st.integers(1, 9), min_size=n, max_size=n),
        st.lists(st.integers(-60, 60).map(lambda i: i / 10), min_size=n, max_size=n),
        st.lists(st.integers(5, 20).map(lambda i: i / 10), min_size=n, max_size=n),
    )
)
