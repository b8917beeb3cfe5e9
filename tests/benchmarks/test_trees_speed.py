"""The best split of a table beside a stump of scikit-learn, which also finds no more than it."""

import numpy as np
import pytest
from sklearn.tree import DecisionTreeRegressor

from answers.classical.trees import best_split


@pytest.mark.parametrize(("n", "d"), [(2_000, 10), (100_000, 20)])
def test_a_split_beside_scikit_learn(race, n, d):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, d))
    y = rng.normal(size=n) + (x[:, 3] > 0.4)
    stump = DecisionTreeRegressor(max_depth=1)

    def peer():
        return stump.fit(x, y).tree_

    assert best_split(x, y)[0] == peer().feature[0] == 3
    assert best_split(x, y)[1] == pytest.approx(peer().threshold[0], abs=1e-6)
    race(lambda: best_split(x, y), 5, peer, "scikit-learn", ratio=1.5)
