"""Faults of a step."""

from torch.nn import functional

from answers.transformers.faults.sound import small, sound, then


# --8<-- [start:steps]
def trains_in_eval_mode():
    """The model was evaluated once and never set back: no dropout."""

    def step(training, model, optimizer):
        model.eval()
        optimizer.zero_grad()
        loss = training.loss_of(model)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return sound(step=step)


def dropout_in_evaluation():
    """`functional.dropout` is called without `training=self.training`."""
    return sound(model=then(small(), lambda x: functional.dropout(x, 0.05)), tied=())


def zero_grad_missing():
    """Each step adds its gradient to those of all steps before."""

    def step(training, model, optimizer):
        model.train()
        loss = training.loss_of(model)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return sound(step=step)


# --8<-- [end:steps]


FAULTS = (
    trains_in_eval_mode,
    dropout_in_evaluation,
    zero_grad_missing,
)
