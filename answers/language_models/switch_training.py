"""A small mixture of linear experts, one for each token, trained with and without balancing."""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from answers.inputs import refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.language_models.routing import load_balancing_gradient
from answers.probability.softmax import softmax

BAD = refuse_empty, refuse_nan


# --8<-- [start:switch_gradients_refuses]
def negative(number, name):
    refuse_below(0, **{name: number})


def overflow(result):
    for each, name in zip(result, ("d_router", "d_experts"), strict=True):
        refuse_overflowed(each, name)


@refuses(overflow, x=BAD, y=BAD, router=BAD, experts=BAD, balance=negative)
# --8<-- [end:switch_gradients_refuses]
# --8<-- [start:switch_gradients]
def switch_gradients(
    x: Float[ndarray, "tokens d"],
    y: Float[ndarray, "tokens d_out"],
    router: Float[ndarray, "d experts"],
    experts: Float[ndarray, "experts d d_out"],
    balance: float = 0.0,
) -> tuple[Float[ndarray, "d experts"], Float[ndarray, "experts d d_out"]]:
    """The gradients of a mixture's loss: squared error and `balance` times the balancing loss.

    Each token has one expert, a matrix, times its probability, as in Switch Transformers.

    Args:
        x: One row of features for each token.
        y: What the mixture should give.
        router: Projection to the experts' logits.
        experts: A matrix for each expert.
        balance: The weight of the balancing loss.

    Returns:
        The gradients with respect to `router` and `experts`.

    Raises:
        ValueError: An array is empty or holds nan or infinity, `balance` is negative, or a gradient
            overflows.

    Source:
        Fedus et al. (2021), Switch Transformers, section 2, https://arxiv.org/abs/2101.03961

    Example:
        The chosen expert learns; the other does not.

        >>> one = np.ones((1, 1))
        >>> _, of_experts = switch_gradients(one, one, np.array([[9.0, -9.0]]), np.zeros((2, 1, 1)))
        >>> of_experts.ravel().round(2) + 0.0
        array([-2.,  0.])
    """
    logits = x @ router
    p = softmax(logits)
    gates = p * (logits.argmax(axis=1)[:, None] == np.arange(len(experts)))
    results = x @ experts  # (experts, tokens, d_out)
    found = np.einsum("te,eto->to", gates, results)
    dfound = 2 * (found - y) / y.size
    dgates = np.einsum("to,eto->te", dfound, results) * (gates > 0)
    dlogits = p * (dgates - (p * dgates).sum(axis=1, keepdims=True))
    dlogits += balance * load_balancing_gradient(logits, 1)
    return x.T @ dlogits, (gates.T[:, None] * x.T) @ dfound


# --8<-- [end:switch_gradients]


# --8<-- [start:train_switch_refuses]
def below_1(number, name):
    refuse_below(1, **{name: number})


@refuses(seed=negative, balance=negative, steps=below_1)
# --8<-- [end:train_switch_refuses]
# --8<-- [start:train_switch]
def train_switch(
    seed: int, balance: float, steps: int = 300
) -> tuple[Float[ndarray, " experts"], float]:
    """The loads of eight experts after training, and the error that is left.

    Tokens come from eight equally likely clusters in eight dimensions, each with a linear map of
    its own to be learned: one expert a cluster would do. SGD with 64 new tokens a step.

    Args:
        seed: Of clusters, maps, first weights and tokens.
        balance: The weight of the balancing loss.
        steps: Of SGD.

    Returns:
        Each expert's share of 2048 new tokens, and the mean squared error on these, divided by
        the mean square of their targets.

    Raises:
        ValueError: `seed` or `balance` is negative, or `steps` is below 1.

    Example:
        >>> load, error = train_switch(0, balance=0.3, steps=10)
        >>> load.sum(), error < 2
        (np.float64(1.0), True)
    """
    rng, size = np.random.default_rng(seed), 8
    centres, maps = (
        rng.normal(size=(size, size)),
        rng.normal(size=(size, size, size)) / size**0.5,
    )
    router, experts = (
        0.1 * rng.normal(size=(size, size)),
        0.035 * rng.normal(size=maps.shape),
    )
    for _ in range(steps):
        d_router, d_experts = switch_gradients(
            *drawn(rng, 64, centres, maps), router, experts, balance
        )
        router, experts = router - 0.3 * d_router, experts - 2.4 * d_experts
    x, y = drawn(rng, 2048, centres, maps)
    p = softmax(x @ router)
    gates = p * (p.argmax(axis=1)[:, None] == np.arange(size))
    error = np.einsum("te,eto->to", gates, x @ experts) - y
    return (gates > 0).mean(axis=0), float((error**2).mean() / (y**2).mean())


def drawn(rng, tokens, centres, maps):
    cluster = rng.integers(len(centres), size=tokens)
    x = centres[cluster] + 0.3 * rng.normal(size=(tokens, centres.shape[1]))
    return x, np.einsum("td,tdo->to", x, maps[cluster])


# --8<-- [end:train_switch]
