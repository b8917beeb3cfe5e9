"""From a reward with a KL penalty to DPO, for any number K of answers to a prompt, by SymPy.

To check a line, the best policy is solved for by its log-odds, and differences are taken.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.operators import Partial
from answers.derivations.softmax import chances

# --8<-- [start:symbols]
K = sp.Symbol("K", integer=True, positive=True)  # answers to a prompt
# Any answer, the chosen one and the rejected one.
i, w, l = sp.symbols("i w l", integer=True, positive=True)
policy, reference = map(sp.IndexedBase, ("pi", "rho"))
best = sp.IndexedBase(r"\pi^{*}")
r = sp.IndexedBase("r")  # rewards
beta, Z = sp.symbols("beta Z", positive=True)
OBJECTIVE, LOSS = sp.symbols(r"J \mathcal{L}")


def over_answers(term: sp.Expr) -> sp.Sum:
    return sp.Sum(term, (i, 1, K))


# --8<-- [end:symbols]


# --8<-- [start:optimum]
def optimum() -> list[Line]:
    """The mean reward less β KL to the reference is β log Z less β KL to the best policy."""
    tilted = reference[i] * sp.exp(r[i] / beta)
    (reward,) = sp.solve(sp.Eq(best[i], tilted / Z), r[i])
    reward = sp.expand_log(reward, force=True)
    ratio = sp.log(policy[i] / reference[i])
    term = policy[i] * (reward - beta * sp.expand_log(ratio, force=True))
    # The mean of β log Z, which is no answer's own, is β log Z: probabilities add up to 1.
    own = sp.factor(sp.expand(term - policy[i] * beta * sp.log(Z)))
    divergence = over_answers(policy[i] * sp.log(policy[i] / best[i]))
    if sp.expand(own + beta * sp.expand_log(divergence.function, force=True)) != 0:
        raise ValueError(f"{own} is not what is left")
    mean = over_answers(policy[i] * r[i])
    return [
        Line(best[i], tilted / Z, of_policies),
        Line(OBJECTIVE, mean - beta * over_answers(policy[i] * ratio), of_policies),
        Line(
            OBJECTIVE, beta * sp.log(Z) - beta * divergence, of_policies, goes_on=True
        ),
    ]


# --8<-- [end:optimum]


# --8<-- [start:rewards]
def rewards() -> list[Line]:
    """A reward by its best policy; in a difference of two, Z is gone."""
    (reward,) = sp.solve(sp.Eq(best[i], reference[i] * sp.exp(r[i] / beta) / Z), r[i])
    apart = sp.expand_log(reward, force=True)
    ratio = beta * sp.log(best[i] / reference[i])
    rest = sp.expand(apart - sp.expand_log(ratio, force=True))
    of_two = (ratio + rest).subs(i, w) - (ratio + rest).subs(i, l)
    return [
        Line(r[i], ratio + rest, of_policies),
        Line(r[w] - r[l], of_two, of_policies),
    ]


# --8<-- [end:rewards]


def of_policies(rng, size):
    """Any policy and any reference; the best policy by its log-odds."""
    policy, reference = rng.dirichlet(np.full(size, 3.0), size=2)
    beta = rng.uniform(0.5, 2)
    indices = dict(zip("iwl", rng.integers(1, size + 1, 3), strict=True))

    def objective(pi, rho, r, beta):
        return sum(
            p * (x - beta * np.log(p / q)) for p, q, x in zip(pi, rho, r, strict=True)
        )

    return {
        **{"K": size, "beta": beta, "pi": policy, "rho": reference, **indices},
        "r": rng.normal(size=size),
        "Z": lambda rho, r, beta: np.dot(rho, np.exp(r / beta)),
        r"\pi^{*}": lambda rho, r, beta: chances(np.log(rho) + r / beta),
        "J": objective,
    }


# --8<-- [start:loss]
chosen, rejected = sp.symbols("u_w u_l", real=True)  # log-ratios


def loss() -> list[Line]:
    """-log of the chance of the choice, by scores β u; and its gradient."""
    powers = sp.exp(beta * chosen), sp.exp(beta * rejected)
    chance = powers[0] / sum(powers)
    softplus = sp.log(1 + sp.exp(sp.expand(-beta * (chosen - rejected))))
    if sp.simplify(sp.exp(-softplus) - chance) != 0:
        raise ValueError(f"{softplus} is not -log of {chance}")
    weight = 1 / (1 + sp.exp(beta * (chosen - rejected)))  # of the other choice
    slope = -beta * weight
    if sp.simplify(sp.diff(softplus, chosen) - slope) != 0:
        raise ValueError(f"{slope} is no slope of {softplus}")
    return [
        Line((LOSS, -sp.log(chance)), softplus, of_a_pair),
        Line(Partial(LOSS, chosen), slope, of_a_pair),
    ]


# --8<-- [end:loss]


def of_a_pair(rng, size):
    """The chance by solving for it."""

    def surprise(u_w, u_l, beta):
        return -np.log(chances(beta * np.array([u_w, u_l]))[0])

    u_w, u_l = rng.normal(size=2)
    return {"u_w": u_w, "u_l": u_l, "beta": rng.uniform(0.5, 2), LOSS.name: surprise}
