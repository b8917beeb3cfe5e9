"""How long a training run takes, from FLOPs, devices and their utilisation."""

from answers.inputs import refuse_below, refuse_not_positive
from answers.inputs.contracts import refuses


def negative(number, name):
    refuse_below(0, **{name: number})


def not_positive(number, name):
    refuse_not_positive(**{name: number})


# --8<-- [start:training_time_refuses]
def no_share(utilisation, name):
    if not 0 < utilisation <= 1:
        raise ValueError(f"`{name}` is {utilisation}; make it a share, above 0 up to 1")


@refuses(
    parameters=not_positive,
    tokens=not_positive,
    devices=not_positive,
    peak=not_positive,
    utilisation=no_share,
    layers=negative,
    width=negative,
    length=negative,
)
# --8<-- [end:training_time_refuses]
# --8<-- [start:training_time]
def training_time(
    parameters: float,
    tokens: float,
    devices: int,
    peak: float,
    utilisation: float,
    layers: int = 0,
    width: int = 0,
    length: int = 0,
    checkpoint: bool = False,
) -> float:
    """Days to train a decoder on so many tokens.

    How:
        A parameter costs 6 FLOPs a token: it multiplies and adds in the forward pass, and twice
        in the backward pass, for the gradient of its input and for its own. Attention makes two
        products of 2 width length FLOPs a token forward, and four backward: 12 layers width
        length. A second forward pass makes 8 of 6.

    Args:
        parameters: What multiplies each token: with experts, those in use.
        tokens: Of the whole run; may be an integer of NumPy, as `parameters`: products overflow.
        devices: How many compute at once.
        peak: FLOPs a second of one device.
        utilisation: The share of the peak that is spent on the FLOPs counted here.
        layers: How many blocks have attention; 0 leaves its scores out.
        width: Heads times head size.
        length: Tokens of a sequence: each meets all of them, in scores and in values, causal or
            not, as PaLM and torchtitan count.
        checkpoint: Whether the whole forward pass is run again in the backward pass, and
            counted, as in hardware FLOPs utilisation.

    Raises:
        ValueError: A number is negative, `parameters`, `tokens`, `devices` or `peak` is 0, or
            `utilisation` is not above 0 and at most 1.

    Source:
        Chowdhery et al. (2022), PaLM, appendix B, https://arxiv.org/abs/2204.02311

    Example:
        1,000 parameters, 10 tokens and one device of 1 FLOP a second, in seconds.

        >>> training_time(1000, 10, 1, 1.0, 1.0) * 86_400
        60000.0
    """
    flops = 6 * float(parameters) + 12 * float(layers) * float(width) * float(length)
    if checkpoint:
        flops *= 8 / 6
    seconds = (
        flops * float(tokens) / (float(devices) * float(peak) * float(utilisation))
    )
    return seconds / 86_400


# --8<-- [end:training_time]


# --8<-- [start:compute_optimal_refuses]
@refuses(
    **dict.fromkeys(("flops", "a", "b", "alpha", "beta"), not_positive),
)
# --8<-- [end:compute_optimal_refuses]
# --8<-- [start:compute_optimal]
def compute_optimal(
    flops: float,
    a: float = 482.01,
    b: float = 2085.43,
    alpha: float = 0.3478,
    beta: float = 0.3658,
) -> tuple[float, float]:
    """Parameters and tokens that give the least loss for so many FLOPs.

    The loss is E + a / parameters**alpha + b / tokens**beta, and 6 parameters tokens = flops.

    Args:
        flops: The budget of the run.
        a: How much parameters are missed; its default and the other defaults are Besiroglu et
            al.'s.
        b: How much tokens are missed.
        alpha: How fast parameters help.
        beta: How fast tokens help.

    Returns:
        Parameters and tokens, as floats.

    Raises:
        ValueError: A number is not positive.

    Source:
        Hoffmann et al. (2022), Training Compute-Optimal Large Language Models, equation 4,
        https://arxiv.org/abs/2203.15556; constants of Besiroglu et al. (2024), Chinchilla
        Scaling: A Replication Attempt, https://arxiv.org/abs/2404.10102

    Example:
        With one exponent for both and a = b, there are as many parameters as tokens.

        >>> compute_optimal(600.0, 1.0, 1.0, 0.5, 0.5)
        (10.0, 10.0)
    """
    product = float(flops) / 6
    power = 1 / (alpha + beta)
    parameters = (alpha * a / (beta * b)) ** power * product ** (beta * power)
    return parameters, product / parameters


# --8<-- [end:compute_optimal]
