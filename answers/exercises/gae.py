"""Practice for question 34: generalized advantage estimation."""

import numpy as np

from answers.alignment.advantages import gae
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    gae,
    page="34-ppo",
    hints=(
        "Write the sum for the last step, then for the one before. Which loop needs no second one "
        "inside?",
        "Two things happen at an end: something is left out of the error of that step, and the sum "
        "of later errors stops. Which end does which?",
        "Rows are steps, and all further axes are independent: one row at a time is enough, "
        "whatever its shape.",
        "What is 0 for a flag that is set, and 1 for one that is not? It may be a factor.",
    ),
)

rng = np.random.default_rng(34)
EPS = 1e-8


def steps(*shape, terminated=(), truncated=()):
    """Rewards, values, next values, and both ends at these rows or indices. Where an episode goes
    on, the next value is that of the next row."""
    ends = np.zeros((2, *shape), bool)
    for which, places in enumerate((terminated, truncated)):
        for place in places:
            ends[which][place] = True
    rewards, values, next_values = rng.normal(size=(3, *shape))
    goes_on = ~ends.any(axis=0)[:-1]
    next_values[:-1][goes_on] = values[1:][goes_on]
    return [rewards, values, next_values, *ends]


exercise.case("one step", *steps(1), 0.9, 0.8)
exercise.case("two steps", *steps(2), 0.9, 0.8)
exercise.case("five steps of one episode", *steps(5), 0.9, 0.7)
exercise.case("λ is 0", *steps(4), 0.9, 0.0)
exercise.case("λ is 1", *steps(4), 0.9, 1.0)
exercise.case("gamma and λ are 1", *steps(4), 1.0, 1.0)
exercise.case("gamma is 0", *steps(4), 0.0, 0.9)
exercise.case("the last step is terminal", *steps(4, terminated=[3]), 0.9, 0.7)
exercise.case("the last step is cut off", *steps(4, truncated=[3]), 0.9, 0.7)
exercise.case("a terminal step within", *steps(6, terminated=[2]), 0.9, 0.7)
exercise.case("a cut within", *steps(6, truncated=[2]), 0.9, 0.7)
both = steps(6, terminated=[2], truncated=[2])
exercise.case("a terminal step at which time is up", *both, 0.9, 0.7)
exercise.case(
    "both kinds of end", *steps(9, terminated=[1, 6], truncated=[4]), 0.9, 0.7
)
exercise.case("an end at the first step", *steps(4, terminated=[0]), 0.9, 0.7)
exercise.case("every step is cut off", *steps(4, truncated=[0, 1, 2, 3]), 0.9, 0.7)
exercise.case(
    "three environments",
    *steps(5, 3, terminated=[(1, 0), (4, 2)], truncated=[(2, 1)]),
    *(0.9, 0.7),
)
exercise.case(
    "as many steps as environments", *steps(3, 3, terminated=[(1, 0)]), 0.9, 0.7
)
exercise.case(
    "two further axes", *steps(4, 2, 3, truncated=[(1, 0, 2), (2, 1)]), 0.9, 0.7
)
far = steps(5, terminated=[2])
exercise.case(
    "values of 100, where rewards are of 1",
    *(far[0], far[1] + 100, far[2] + 100, *far[3:]),
    *(0.99, 0.95),
)
small = steps(4, 3, terminated=[(2, 1)], truncated=[(1, 0)])
exercise.case(
    "float32", *(each.astype(np.float32) for each in small[:3]), *small[3:], 0.9, 0.7
)
add_whole_numbers(
    exercise,
    *(np.rint(9 * each) for each in small[:3]),
    *small[3:],
    0.5,
    0.75,
    fraction=0,
)
exercise.case(
    "int32, of some 1e9",
    *(np.rint(7e8 * each).astype(np.int32) for each in small[:3]),
    *(*small[3:], 0.5, 0.75),
)


def run(deltas, weights):
    """The sum from behind: deltas[t] + weights[t] · the sum of what follows."""
    found, later = np.empty_like(deltas), np.zeros_like(deltas[0])
    for t in reversed(range(len(deltas))):
        later = deltas[t] + weights[t] * later
        found[t] = later
    return found


def parts(rewards, values, next_values, terminated, truncated, gamma, lam):
    """δ, and the weight of the next advantage, where nothing is wrong."""
    deltas = as_float(rewards) + gamma * next_values * ~terminated - values
    return deltas, (gamma * lam * ~(terminated | truncated)).astype(deltas.dtype)


@exercise.bug
def cut_is_an_end(rewards, values, next_values, terminated, truncated, gamma, lam):
    """A cut counts as a terminal state: its next value is left out. The episode would have gone
    on, so keep it: only `terminated` takes it away."""
    # "A cut counts as a terminal state: its next value is left out": np.allclose(got,
    #     right(rewards, values, next_values, terminated | truncated, truncated, gamma, lam))
    # "only `terminated` takes it away": ~ends - → ~terminated -
    ends = terminated | truncated
    deltas = as_float(rewards) + gamma * next_values * ~ends - values
    return run(deltas, gamma * lam * ~ends)


@exercise.bug
def end_keeps_its_next_value(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """The next value counts after a terminal state, too, where nothing follows. Multiply it by
    `~terminated`."""
    # "The next value counts after a terminal state, too": np.allclose(got, right(rewards, values,
    #     next_values, terminated & False, terminated | truncated, gamma, lam))
    # "Multiply it by `~terminated`": gamma * next_values → gamma * next_values * ~terminated
    _, weights = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return run(as_float(rewards) + gamma * next_values - values, weights)


@exercise.bug
def sum_runs_over_a_cut(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """The sum runs on over a cut, into the next episode. Stop it at both kinds of end."""
    # "The sum runs on over a cut, into the next episode": not np.allclose(got, bug(np.where(
    #     np.maximum.accumulate(truncated), rewards + 1, rewards), values, next_values, terminated,
    #     truncated, gamma, lam)) and (got != want).any()
    # "Stop it at both kinds of end": ~terminated) → ~(terminated | truncated))
    deltas, _ = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return run(deltas, gamma * lam * ~terminated)


@exercise.bug
def sum_runs_over_a_terminal_state(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """The sum runs on over a terminal state, into the next episode. Stop it at both kinds of
    end."""
    # "The sum runs on over a terminal state, into the next episode": (got != want).any() and
    #     terminated[:-1].any()
    # "Stop it at both kinds of end": ~truncated) → ~(terminated | truncated))
    deltas, _ = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return run(deltas, gamma * lam * ~truncated)


@exercise.bug
def sum_runs_over_every_end(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """The sum runs on over each end, into the next episode. Stop it where an episode ended or was
    cut off."""
    # "The sum runs on over each end, into the next episode": (got != want).any() and (terminated |
    #     truncated)[:-1].any()
    # "Stop it where an episode ended or was cut off": np.ones_like(deltas) → ~(terminated |
    #     truncated)
    deltas, _ = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return run(deltas, gamma * lam * np.ones_like(deltas))


@exercise.bug
def next_row_of_values(rewards, values, next_values, terminated, truncated, gamma, lam):
    """At a cut the next row of `values` is taken, which belongs to another episode. Take
    `next_values` there, and after the last step."""
    # "At a cut the next row of `values` is taken": np.allclose(got, right(rewards, values,
    #     np.concatenate([values[1:], next_values[-1:]]), terminated, truncated, gamma, lam))
    # "Take `next_values` there, and after the last step": gamma * follows → gamma * next_values
    follows = np.concatenate([values[1:], next_values[-1:]])
    deltas = as_float(rewards) + gamma * follows * ~terminated - values
    return run(deltas, gamma * lam * ~(terminated | truncated))


@exercise.bug
def value_before_the_cut(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """At a cut V(s_t) is taken, of the state in which the step began. The episode would have gone
    on from the next one: take `next_values`."""
    # "At a cut V(s_t) is taken": np.allclose(got, right(rewards, values, np.where(truncated,
    #     values, next_values), terminated, truncated, gamma, lam))
    # "The episode would have gone on from the next one: take `next_values`": np.where(truncated,
    #     values, next_values) → next_values
    _, weights = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    follows = np.where(truncated, values, next_values) * ~terminated
    return run(as_float(rewards) + gamma * follows - values, weights)


@exercise.bug
def cut_outranks_a_terminal_state(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """A step that is terminal when its time is up counts as cut off, and keeps its next value. A
    terminal state has no future, whenever it is reached."""
    # "A step that is terminal when its time is up counts as cut off, and keeps its next value":
    #     np.allclose(got, right(rewards, values, next_values, terminated & ~truncated, truncated,
    #     gamma, lam))
    # "A terminal state has no future, whenever it is reached": ~terminated | truncated →
    #     ~terminated
    _, weights = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    follows = next_values * (~terminated | truncated)
    return run(as_float(rewards) + gamma * follows - values, weights)


@exercise.bug(cut_kept=(True, False))
def last_row_is_an_end(
    rewards, values, next_values, terminated, truncated, gamma, lam, cut_kept=True
):
    """After the last row the next value is left out. The rollout ends there, and the episode goes
    on: only `terminated` takes it away."""
    # "After the last row the next value is left out": (got != want)[-1].any() and np.allclose(
    #     np.where(got == want, 0, got - rewards + values)[-1], 0, atol=1e-6)
    # "only `terminated` takes it away": ~ends - → ~terminated -
    _, weights = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    ends = terminated.copy()
    ends[-1] |= ~truncated[-1] | (not cut_kept)
    deltas = as_float(rewards) + gamma * next_values * ~ends - values
    return run(deltas, weights)


@exercise.bug
def end_of_the_next_row(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """The sum stops at the ends of the next row, a step too early. An end in row t keeps out the
    advantage of row t + 1: read both flags at t."""
    # "The sum stops at the ends of the next row, a step too early": np.allclose(got[-2:-1],
    #     right(rewards[-2:-1], values[-2:-1], next_values[-2:-1], terminated[-2:-1],
    #     truncated[-2:-1], gamma, lam) + gamma * lam * want[-1:] * ~(terminated | truncated)[-1:])
    # "An end in row t keeps out the advantage of row t + 1: read both flags at t": over =
    #     np.concatenate([over[1:], over[:1] & False]) → over = over
    deltas, _ = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    over = terminated | truncated
    over = np.concatenate([over[1:], over[:1] & False])
    return run(deltas, gamma * lam * ~over)


@exercise.bug(last=("kept", "none"))
def flags_of_the_next_row(
    rewards, values, next_values, terminated, truncated, gamma, lam, last="kept"
):
    """Both flags are read in the next row, for the next value and for the sum: a step too early.
    They say how step t ended, so read them at t."""

    # "Both flags are read in the next row, for the next value and for the sum: a step too early":
    #     np.allclose(got[:-1], right(rewards, values, next_values, np.append(terminated[1:],
    #     terminated[-1:]), np.append(truncated[1:], truncated[-1:]), gamma, lam)[:-1])
    # "They say how step t ended, so read them at t": np.concatenate([flags[1:], end]) → flags
    def shifted(flags):
        end = flags[-1:] if last == "kept" else flags[:1] & False
        return np.concatenate([flags[1:], end])

    ends = shifted(terminated), shifted(truncated)
    return run(*parts(rewards, values, next_values, *ends, gamma, lam))


@exercise.bug
def value_lost_at_an_end(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """At a terminal step V(s_t) is left out with the next value, as by a factor around both. Only
    what follows counts as 0: subtract V(s_t) at each step."""
    # "At a terminal step V(s_t) is left out with the next value": np.allclose(got, right(rewards,
    #     values * ~terminated, next_values, terminated, truncated, gamma, lam))
    # "Only what follows counts as 0: subtract V(s_t) at each step": (gamma * next_values - values)
    #     * ~terminated → gamma * next_values * ~terminated - values
    _, weights = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    gain = (gamma * next_values - values) * ~terminated
    return run(as_float(rewards) + gain, weights)


@exercise.bug
def sum_begins_with_the_last_value(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """The sum begins with the last next value, as a sum of rewards would, though δ of the last row
    holds it already. After the last row the advantage is 0."""
    # "The sum begins with the last next value": np.allclose(got[-1] - want[-1], gamma * lam *
    #     next_values[-1]) and not (terminated | truncated)[-1].any()
    # "After the last row the advantage is 0": + weights[-1] * next_values[-1] → + 0
    deltas, weights = parts(
        rewards, values, next_values, terminated, truncated, gamma, lam
    )
    deltas[-1] = deltas[-1] + weights[-1] * next_values[-1]
    return run(deltas, weights)


@exercise.bug
def return_begins_at_0(rewards, values, next_values, terminated, truncated, gamma, lam):
    """As a sum of rewards the λ-return begins with 0 after the last row, though the episode goes
    on. Begin with the last next value."""
    # "As a sum of rewards the λ-return begins with 0 after the last row": np.allclose(want[-1] -
    #     got[-1], gamma * lam * next_values[-1]) and not (terminated | truncated)[-1].any()
    # "Begin with the last next value": - weights[-1] * next_values[-1] → - 0
    deltas, weights = parts(
        rewards, values, next_values, terminated, truncated, gamma, lam
    )
    deltas[-1] = deltas[-1] - weights[-1] * next_values[-1]
    return run(deltas, weights)


@exercise.bug
def end_of_all_environments(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """Where one environment's episode ends, the sum stops in all of them. Each has flags of its
    own: take them entry by entry."""
    # "Where one environment's episode ends, the sum stops in all of them": np.allclose(got,
    #     right(rewards, values, next_values, terminated, truncated | (terminated |
    #     truncated).any(axis=1, keepdims=True), gamma, lam))
    # "Each has flags of its own: take them entry by entry": over.reshape(len(over), -1).any(axis=1)
    #     → True; over | np.reshape(one, (-1,) + (1,) * (over.ndim - 1)) → over
    deltas, _ = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    over = terminated | truncated
    one = over.reshape(len(over), -1).any(axis=1)
    over = over | np.reshape(one, (-1,) + (1,) * (over.ndim - 1))
    return run(deltas, gamma * lam * ~over)


@exercise.bug(ends_too=(True, False))
def next_value_twice(
    rewards, values, next_values, terminated, truncated, gamma, lam, ends_too=True
):
    """At a cut the next value is added to the reward, and stands in δ, too. Count it once."""
    # "At a cut the next value is added to the reward, and stands in δ, too": np.allclose(got,
    #     right(rewards + gamma * next_values * truncated, values, next_values, terminated,
    #     truncated, gamma, lam))
    # "Count it once": + gamma * next_values * twice → + 0 * twice
    deltas, weights = parts(
        rewards, values, next_values, terminated, truncated, gamma, lam
    )
    twice = truncated if ends_too else truncated & ~terminated
    return run(deltas + gamma * next_values * twice, weights)


@exercise.bug
def last_reward_lost(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The reward of a terminal step is left out with what follows it. It was earned before the end:
    only the next value counts as 0."""
    # "The reward of a terminal step is left out with what follows it": np.allclose(got,
    #     right(rewards * ~terminated, values, next_values, terminated, truncated, gamma, lam))
    # "It was earned before the end: only the next value counts as 0": - rewards * terminated → - 0
    deltas, weights = parts(
        rewards, values, next_values, terminated, truncated, gamma, lam
    )
    return run(deltas - rewards * terminated, weights)


@exercise.bug
def share_of_lambda(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The sum is multiplied by 1 - λ. In the mean of n-step advantages that factor is gone once
    errors are added up: leave it out."""
    # "The sum is multiplied by 1 - λ": np.allclose(got, (1 - lam) * want)
    # "In the mean of n-step advantages that factor is gone once errors are added up: leave it
    #     out": (1 - lam) * → 1 *
    given = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return (1 - lam) * run(*given)


@exercise.bug
def reward_discounted(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The reward of the step itself is discounted, too. It comes at once: gamma belongs to the next
    value."""
    # "The reward of the step itself is discounted, too": np.allclose(got, right(gamma * rewards,
    #     values, next_values, terminated, truncated, gamma, lam))
    # "It comes at once: gamma belongs to the next value": (gamma - 1) * rewards → 0
    deltas, weights = parts(
        rewards, values, next_values, terminated, truncated, gamma, lam
    )
    return run(deltas + (gamma - 1) * rewards, weights)


@exercise.bug(before=(False, True))
def advantage_lost_at_a_cut(
    rewards, values, next_values, terminated, truncated, gamma, lam, before=False
):
    """The step that was cut off gets an advantage of 0. Its next value is known, so it has one like
    any other."""
    # "The step that was cut off gets an advantage of 0": not got[truncated].any() and
    #     truncated.any() and want[truncated].any()
    # "Its next value is known, so it has one like any other": if before → if False;
    #     np.where(truncated, 0, found) → found
    deltas, weights = parts(
        rewards, values, next_values, terminated, truncated, gamma, lam
    )
    if before:  # The errors are masked, as in Brax.
        deltas = deltas * ~truncated
    found = run(deltas, weights)
    return np.where(truncated, 0, found)


@exercise.bug
def lambda_alone(rewards, values, next_values, terminated, truncated, gamma, lam):
    """Later errors are weighted by λ alone. They are rewards of later, and are discounted, too:
    gamma · λ."""
    # "Later errors are weighted by λ alone": gamma < 1 and (got != want).any()
    # "They are rewards of later, and are discounted, too: gamma · λ": lam * ~ → gamma * lam * ~
    deltas, _ = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return run(deltas, lam * ~(terminated | truncated))


@exercise.bug
def gamma_alone(rewards, values, next_values, terminated, truncated, gamma, lam):
    """λ is missing: later errors are weighted by gamma alone, as if λ were 1. Weight them by gamma
    · λ."""
    # "later errors are weighted by gamma alone, as if λ were 1": np.allclose(got, right(rewards,
    #     values, next_values, terminated, truncated, gamma, 1.0))
    # "Weight them by gamma · λ": gamma * ~ → gamma * lam * ~
    deltas, _ = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return run(deltas, gamma * ~(terminated | truncated))


@exercise.bug
def next_value_not_discounted(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """The next value is not discounted in the error. It comes one step later: gamma ·
    V(s_{t+1})."""
    # "The next value is not discounted in the error": np.allclose(got - want, run((1 - gamma) *
    #     next_values * ~terminated, gamma * lam * ~(terminated | truncated)))
    # "It comes one step later: gamma · V(s_{t+1})": + next_values → + gamma * next_values
    _, weights = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return run(as_float(rewards) + next_values * ~terminated - values, weights)


@exercise.bug(ends_too=(False, True))
def cut_not_discounted(
    rewards, values, next_values, terminated, truncated, gamma, lam, ends_too=False
):
    """At a cut the next value is added to the reward as it is. It comes one step later there, too:
    gamma · V(s_{t+1})."""
    # "At a cut the next value is added to the reward as it is": np.allclose(got, right(rewards + (1
    #     - gamma) * next_values * truncated, values, next_values, terminated, truncated, gamma,
    #     lam))
    # "It comes one step later there, too: gamma · V(s_{t+1})": (1 - gamma) * next_values * whole →
    #     0 * whole
    deltas, weights = parts(
        rewards, values, next_values, terminated, truncated, gamma, lam
    )
    whole = truncated if ends_too else truncated & ~terminated
    return run(deltas + (1 - gamma) * next_values * whole, weights)


@exercise.bug
def lambda_taken_from_1(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """The next advantage is weighted by 1 - λ, so that a λ of 0 adds up all errors, and a λ of 1
    none but the first. Weight it by gamma · λ."""
    # "The next advantage is weighted by 1 - λ": np.allclose(got, right(rewards, values,
    #     next_values, terminated, truncated, gamma, 1 - lam))
    # "so that a λ of 0 adds up all errors, and a λ of 1 none but the first": np.allclose(
    #     bug(rewards, values, next_values, terminated, truncated, gamma, 1.0), parts(rewards,
    #     values, next_values, terminated, truncated, gamma, 1.0)[0])
    # "Weight it by gamma · λ": (1 - lam) * ~ → lam * ~
    deltas, _ = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return run(deltas, gamma * (1 - lam) * ~(terminated | truncated))


@exercise.bug
def value_not_subtracted(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """V(s_t) is not subtracted, so the result is no advantage over what was expected. Each error
    is r + gamma · V(s_{t+1}) - V(s_t)."""
    # "V(s_t) is not subtracted": np.allclose(got, right(rewards, 0 * values, next_values,
    #     terminated, truncated, gamma, lam))
    # "Each error is r + gamma · V(s_{t+1}) - V(s_t)": ~terminated, weights → ~terminated - values,
    #     weights
    _, weights = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return run(as_float(rewards) + gamma * next_values * ~terminated, weights)


@exercise.bug
def returns_for_advantages(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """The result is the critic's target, advantage plus value. Return the advantage."""
    # "The result is the critic's target, advantage plus value": np.allclose(got, want + values)
    # "Return the advantage": + values → + 0
    weighted = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return run(*weighted) + values


@exercise.bug
def normalised(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The advantages are normalised. That is a step of its own, for a whole batch: return them as
    they are."""
    # "The advantages are normalised": abs(got.mean()) < 1e-9
    # "return them as they are": (found - found.mean()) / (found.std() + EPS) → found
    found = run(*parts(rewards, values, next_values, terminated, truncated, gamma, lam))
    return (found - found.mean()) / (found.std() + EPS)


@exercise.bug
def from_the_front(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The sum runs forwards, so each step gets the errors before it. Go from the last step back:
    what an action brings about comes after it."""
    # "The sum runs forwards, so each step gets the errors before it": np.allclose(got[0], parts(
    #     rewards, values, next_values, terminated, truncated, gamma, lam)[0][0])
    # "Go from the last step back: what an action brings about comes after it": deltas[::-1],
    #     weights[::-1])[::-1] → deltas, weights)
    deltas, weights = parts(
        rewards, values, next_values, terminated, truncated, gamma, lam
    )
    return run(deltas[::-1], weights[::-1])[::-1]


@exercise.bug
def one_step_only(rewards, values, next_values, terminated, truncated, gamma, lam):
    """Only the error of the step itself is returned, as if λ were 0. Add the next advantage,
    weighted by gamma · λ."""
    # "Only the error of the step itself is returned, as if λ were 0": np.allclose(got,
    #     right(rewards, values, next_values, terminated, truncated, gamma, 0.0))
    # "Add the next advantage, weighted by gamma · λ": return parts(rewards, values, next_values,
    #     terminated, truncated, gamma, lam)[0] → return run(*parts(rewards, values, next_values,
    #     terminated, truncated, gamma, lam))
    return parts(rewards, values, next_values, terminated, truncated, gamma, lam)[0]


@exercise.bug
def lambda_in_the_error(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """λ weighs the next value, too, within δ. There it is discounted by gamma alone: λ belongs to
    the next advantage."""
    # "λ weighs the next value, too, within δ": np.allclose(got, right(rewards, values, lam *
    #     next_values, terminated, truncated, gamma, lam))
    # "There it is discounted by gamma alone": gamma * lam * next_values → gamma * next_values
    _, weights = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    deltas = as_float(rewards) + gamma * lam * next_values * ~terminated - values
    return run(deltas, weights)


@exercise.bug
def both_ends_subtracted(
    rewards, values, next_values, terminated, truncated, gamma, lam
):
    """A step with both flags has the weight 1 - 1 - 1 = -1, so what follows is subtracted. Join the
    flags by a logical or before they are taken from 1."""
    # "A step with both flags has the weight 1 - 1 - 1 = -1": (terminated & truncated).any() and
    #     (got != want).any()
    # "Join the flags by a logical or before they are taken from 1": 1.0 - terminated -
    #     truncated → 1.0 - (terminated | truncated)
    deltas, _ = parts(rewards, values, next_values, terminated, truncated, gamma, lam)
    return run(deltas, gamma * lam * (1.0 - terminated - truncated))
