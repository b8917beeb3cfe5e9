"""The figure of DPO: its steps are autograd's, and its curve and ends the closed form."""

import numpy as np
import torch
from drawing import Drawing

REFERENCE = torch.tensor([0.4, 0.3, 0.15, 0.1, 0.05], dtype=torch.float64)
REWARDS = torch.tensor([0.0, 1.0, -1.0, 2.0, 1.6], dtype=torch.float64)
SHOWN = [0, 1, 3, 10, 30, 300]


def kl_and_reward(log_p):
    p = log_p.exp()
    return np.array([(p * (log_p - REFERENCE.log())).sum(-1), (p * REWARDS).sum(-1)])


def tilted(betas):
    """The best policies by their formula."""
    return (REFERENCE.log() + REWARDS / torch.as_tensor(betas)[..., None]).log_softmax(-1)


def steps(beta):
    """The policies of DPO, step by step, from every ordered pair and how often it is chosen."""
    logits = REFERENCE.log().requires_grad_()
    often = torch.sigmoid(REWARDS[:, None] - REWARDS) * (1 - torch.eye(5))
    while True:
        log_p = logits.log_softmax(-1)
        yield log_p.detach()
        ratio = log_p - REFERENCE.log()
        margins = beta * (ratio[:, None] - ratio)
        loss = -(often * torch.nn.functional.logsigmoid(margins)).sum() / 20
        (slope,) = torch.autograd.grad(loss, logits)
        logits = (logits - 5 / beta**2 * slope).detach().requires_grad_()


def test_dpo_paths():
    figure = Drawing("dpo_paths")
    assert figure.axes() == ("KL from the reference (nats)", "mean reward")
    curve = np.array(figure.line("best policies"))
    assert np.allclose(curve, kl_and_reward(tilted(np.geomspace(1e3, 0.1, 200))))
    start, end = curve[:, 0].round(2), curve[:, -1].round(1)
    figure.says(
        "from a reward of 0.43 at a KL of 0 to 2.0 at 2.3", [*start, *end] == [0, 0.43, 2.3, 2]
    )
    near, ends = kl_and_reward(tilted(np.geomspace(1e4, 0.05, 20_000))), {}
    for beta in (2, 0.5, 0.2):
        dots = np.array(figure.line(f"DPO, β = {beta:g}"))
        kept = [log_p for _, log_p in zip(range(301), steps(beta), strict=False)]
        assert np.allclose(dots, kl_and_reward(torch.stack([kept[n] for n in SHOWN])), atol=1e-12)
        kl, reward = kl_and_reward(torch.stack(kept))
        figure.says("within 0.001 of the curve", (np.interp(kl, *near) - reward < 0.001).all())
        figure.says("ends at the point of its β", torch.allclose(kept[300], tilted(float(beta))))
        ends[beta] = round(dots[1, -1], 2)
    figure.says("end at 0.82 for β = 2, at 1.62 for β = 0.5", ends[2] == 0.82)
    figure.says("and at 1.96 for β = 0.2", (ends[0.5], ends[0.2]) == (1.62, 1.96))
    figure.says("DPO for three β", len(ends) == len(figure.lines()) - 1)
    figure.says("pairs of the five answers", len(REWARDS) == 5)
    figure.says("One curve over the KL")
    figure.says("after 0, 1, 3, 10, 30 and 300 steps of size 5/β²", dots.shape == (2, len(SHOWN)))
