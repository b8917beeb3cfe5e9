"""Right and wrong ways to write generalized advantage estimation."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def loop_with_where(rewards, values, next_values, terminated, truncated, gamma, lam):
    follows = np.where(terminated, 0, next_values)
    delta = _float(rewards) + gamma * follows - values
    out = np.zeros_like(delta)
    after = 0
    for t in range(len(delta) - 1, -1, -1):
        after = delta[t] + np.where(terminated[t] | truncated[t], 0, gamma * lam * after)
        out[t] = after
    return out


def sums_by_definition(rewards, values, next_values, terminated, truncated, gamma, lam):
    """Each sum anew, quadratic in time."""
    delta = _float(rewards) - values + gamma * np.where(terminated, 0, next_values)
    out = np.zeros_like(delta)
    for t in range(len(delta)):
        alive = np.ones(delta.shape[1:], delta.dtype)
        for k in range(t, len(delta)):
            out[t] += alive * (gamma * lam) ** (k - t) * delta[k]
            alive = alive * ~(terminated[k] | truncated[k])
    return out


def by_returns(rewards, values, next_values, terminated, truncated, gamma, lam):
    """λ-returns from behind, less the values."""
    rewards, over = _float(rewards), terminated | truncated
    target = np.empty_like(rewards + next_values)
    later = next_values[-1]
    for t in reversed(range(len(rewards))):
        mixed = np.where(over[t], next_values[t], (1 - lam) * next_values[t] + lam * later)
        later = rewards[t] + gamma * ~terminated[t] * mixed
        target[t] = later
    return target - values


def matrix(rewards, values, next_values, terminated, truncated, gamma, lam):
    """A triangle of weights for each environment."""
    delta = _float(rewards) + gamma * (~terminated * next_values) - values
    rows = delta.reshape(len(delta), -1)
    over = (terminated | truncated).reshape(rows.shape)
    out = np.empty_like(rows)
    for env in range(rows.shape[1]):
        episode = np.concatenate([[0], np.cumsum(over[:-1, env])])
        t = np.arange(len(rows))
        same = (episode[:, None] == episode) & (t[:, None] <= t)
        out[:, env] = np.where(same, (gamma * lam) ** np.abs(t - t[:, None]), 0) @ rows[:, env]
    return out.reshape(delta.shape)


def lists(rewards, values, next_values, terminated, truncated, gamma, lam):
    rewards = _float(rewards)
    found = [None] * len(rewards)
    for t in reversed(range(len(rewards))):
        error = rewards[t] + gamma * next_values[t] * (1 - terminated[t]) - values[t]
        if t + 1 < len(rewards):
            stop = np.logical_or(terminated[t], truncated[t])
            error = error + gamma * lam * (1 - stop) * found[t + 1]
        found[t] = error
    return np.array(found).astype(np.result_type(rewards, values, next_values))


def recursive(rewards, values, next_values, terminated, truncated, gamma, lam):
    rewards = _float(rewards)
    first = rewards[:1] + gamma * next_values[:1] * ~terminated[:1] - values[:1]
    if len(rewards) == 1:
        return first
    rest = [each[1:] for each in (rewards, values, next_values, terminated, truncated)]
    rest = recursive(*rest, gamma, lam)
    return np.concatenate([first + gamma * lam * ~(terminated | truncated)[:1] * rest[:1], rest])


def pytorch(rewards, values, next_values, terminated, truncated, gamma, lam):
    import torch

    kind = torch.float32 if rewards.dtype == np.float32 else torch.float64
    r, v, n = (torch.tensor(each, dtype=kind) for each in (rewards, values, next_values))
    ends, cuts = torch.tensor(terminated), torch.tensor(truncated)
    delta = r + gamma * n.masked_fill(ends, 0) - v
    out = [delta[-1]]
    for t in range(len(r) - 2, -1, -1):
        out.append(delta[t] + (gamma * lam * out[-1]).masked_fill(ends[t] | cuts[t], 0))
    return torch.stack(out[::-1]).numpy()


def _swept(delta, weight):
    out, later = np.zeros_like(delta), 0 * delta[0]
    for t in reversed(range(len(delta))):
        later = delta[t] + weight[t] * later
        out[t] = later
    return out


def shifted_values_but_at_a_cut(rewards, values, next_values, terminated, truncated, gamma, lam):
    """Inside an episode the next row of values is the same."""
    over = terminated | truncated
    over[-1] = True  # a new array
    follows = np.where(over, next_values, np.roll(values, -1, axis=0))
    alive = ~(terminated | truncated)
    return _swept(_float(rewards) + gamma * follows * ~terminated - values, gamma * lam * alive)


def done_for_all(rewards, values, next_values, terminated, truncated, gamma, lam):
    alive = ~(terminated | truncated)
    return _swept(_float(rewards) + gamma * next_values * alive - values, gamma * lam * alive)


def nothing_masked_in_the_error(rewards, values, next_values, terminated, truncated, gamma, lam):
    alive = 1 - np.logical_or(terminated, truncated)
    return _swept(_float(rewards) + gamma * next_values - values, gamma * lam * alive)


def stopped_by_terminated(rewards, values, next_values, terminated, truncated, gamma, lam):
    alive = ~terminated
    return _swept(_float(rewards) + gamma * next_values * alive - values, gamma * lam * alive)


def stopped_by_truncated(rewards, values, next_values, terminated, truncated, gamma, lam):
    delta = _float(rewards) + gamma * next_values * ~terminated - values
    return _swept(delta, gamma * lam * ~truncated)


def never_stopped(rewards, values, next_values, terminated, truncated, gamma, lam):
    delta = _float(rewards) + gamma * next_values * ~terminated - values
    return _swept(delta, gamma * lam * np.ones_like(delta))


def shifted_values(rewards, values, next_values, terminated, truncated, gamma, lam):
    follows = np.roll(values, -1, axis=0)
    follows[-1] = next_values[-1]
    alive = ~(terminated | truncated)
    return _swept(_float(rewards) + gamma * follows * ~terminated - values, gamma * lam * alive)


def weighted_by_lambda(rewards, values, next_values, terminated, truncated, gamma, lam):
    delta = _float(rewards) + gamma * next_values * ~terminated - values
    return _swept(delta, lam * ~(terminated | truncated))


def weighted_by_gamma(rewards, values, next_values, terminated, truncated, gamma, lam):
    delta = _float(rewards) + gamma * next_values * ~terminated - values
    return _swept(delta, gamma * ~(terminated | truncated))


def undiscounted_value(rewards, values, next_values, terminated, truncated, gamma, lam):
    delta = _float(rewards) + next_values * ~terminated - values
    return _swept(delta, gamma * lam * ~(terminated | truncated))


def targets(rewards, values, next_values, terminated, truncated, gamma, lam):
    return loop_with_where(rewards, values, next_values, terminated, truncated, gamma, lam) + values


def whitened(rewards, values, next_values, terminated, truncated, gamma, lam):
    out = loop_with_where(rewards, values, next_values, terminated, truncated, gamma, lam)
    return (out - out.mean()) / (out.std() + 1e-8)


def one_error(rewards, values, next_values, terminated, truncated, gamma, lam):
    return _float(rewards) + gamma * next_values * ~terminated - values


def later_is_lost_at_a_cut(rewards, values, next_values, terminated, truncated, gamma, lam):
    """A step that is terminal when time is up counts as a cut."""
    delta = _float(rewards) + gamma * next_values * ~(terminated & ~truncated) - values
    return _swept(delta, gamma * lam * ~(terminated | truncated))


def bonus_for_a_cut(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The value at hand is added to the reward, then the cut is an end."""
    alive = ~(terminated | truncated)
    paid = _float(rewards) + gamma * values * (truncated & ~terminated)
    return _swept(paid + gamma * next_values * alive - values, gamma * lam * alive)


def last_step_always_terminal(rewards, values, next_values, terminated, truncated, gamma, lam):
    ends = terminated.copy()
    ends[-1] |= ~truncated[-1]
    delta = _float(rewards) + gamma * next_values * ~ends - values
    return _swept(delta, gamma * lam * ~(terminated | truncated))


def nothing_after_the_rollout(rewards, values, next_values, terminated, truncated, gamma, lam):
    """Both the sum and the value start from 0, as they may where answers always end."""
    rewards, known = _float(rewards), next_values * ~terminated
    known[-1] = 0
    return _swept(rewards + gamma * known - values, gamma * lam * ~(terminated | truncated))


def in_float64(rewards, values, next_values, terminated, truncated, gamma, lam):
    delta = rewards + gamma * next_values * (1.0 - terminated) - values
    return _swept(delta, gamma * lam * (1.0 - (terminated | truncated)))


def in_the_type_of_rewards(rewards, values, next_values, terminated, truncated, gamma, lam):
    out = loop_with_where(rewards, values, next_values, terminated, truncated, gamma, lam)
    return out.astype(rewards.dtype)


def one_stop_for_all_environments(rewards, values, next_values, terminated, truncated, gamma, lam):
    """An end in one environment stops the sums of all."""
    over = (terminated | truncated).reshape(len(rewards), -1).any(axis=1)
    delta = _float(rewards) + gamma * next_values * ~terminated - values
    return _swept(delta, gamma * lam * ~over)


def along_the_last_axis(rewards, values, next_values, terminated, truncated, gamma, lam):
    delta = np.moveaxis(_float(rewards) + gamma * next_values * ~terminated - values, -1, 0)
    over = np.moveaxis(terminated | truncated, -1, 0)
    return np.moveaxis(_swept(delta, gamma * lam * ~over), 0, -1)


def rewards_changed(rewards, values, next_values, terminated, truncated, gamma, lam):
    if rewards.dtype.kind != "f":
        return loop_with_where(rewards, values, next_values, terminated, truncated, gamma, lam)
    rewards += (gamma * next_values * ~terminated - values).astype(rewards.dtype)
    return _swept(rewards, gamma * lam * ~(terminated | truncated))


def at_most_ten_steps(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The sum of the first few errors, as many as matter."""
    delta = _float(rewards) + gamma * next_values * ~terminated - values
    out = np.zeros_like(delta)
    for t in range(len(delta)):
        alive = np.ones(delta.shape[1:], delta.dtype)
        for k in range(t, min(t + 4, len(delta))):
            out[t] += alive * (gamma * lam) ** (k - t) * delta[k]
            alive = alive * ~(terminated[k] | truncated[k])
    return out


def done_flags_a_row_later(rewards, values, next_values, terminated, truncated, gamma, lam):
    """As where a flag belongs to the observation, and not to the step."""
    delta = _float(rewards) + gamma * np.where(terminated, 0, next_values) - values
    done, out, after = terminated | truncated, np.zeros_like(delta), 0
    for t in range(len(delta) - 1, -1, -1):
        stop = done[t + 1] if t + 1 < len(delta) else np.zeros_like(done[0])
        after = delta[t] + gamma * lam * np.where(stop, 0, after)
        out[t] = after
    return out


def bonus_and_next_value(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The wrapper's bonus for a cut, and the next value kept."""
    paid = _float(rewards) + gamma * np.where(truncated & ~terminated, next_values, 0)
    return loop_with_where(paid, values, next_values, terminated, truncated, gamma, lam)


def nothing_at_a_terminal_step(rewards, values, next_values, terminated, truncated, gamma, lam):
    paid = np.where(terminated, 0, _float(rewards))
    return loop_with_where(paid, values, next_values, terminated, truncated, gamma, lam)


def no_credit_at_a_cut(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The step that was cut off is masked out of the loss."""
    given = rewards, values, next_values, terminated, truncated
    return np.where(truncated, 0, loop_with_where(*given, gamma, lam))


def weights_of_n_steps(rewards, values, next_values, terminated, truncated, gamma, lam):
    """Of the mean over n the factor 1 - λ is kept."""
    given = rewards, values, next_values, terminated, truncated
    return loop_with_where(*given, gamma, lam) * (1 - lam)


def all_of_the_target_discounted(rewards, values, next_values, terminated, truncated, gamma, lam):
    """Reward and next value are discounted together."""
    later = gamma * _float(rewards)
    return loop_with_where(later, values, next_values, terminated, truncated, gamma, lam)


def flags_from_the_row_after(rewards, values, next_values, terminated, truncated, gamma, lam):
    out, later = np.zeros(rewards.shape), 0.0
    for t in reversed(range(len(rewards))):
        row = min(t + 1, len(rewards) - 1)
        delta = rewards[t] + gamma * next_values[t] * (1 - terminated[row]) - values[t]
        later = delta + gamma * lam * (1 - (terminated | truncated)[row]) * later
        out[t] = later
    return out


def one_factor_for_both_values(rewards, values, next_values, terminated, truncated, gamma, lam):
    out, later = np.zeros(rewards.shape), 0.0
    for t in reversed(range(len(rewards))):
        alive = 1.0 - terminated[t]
        delta = rewards[t] + alive * (gamma * next_values[t] - values[t])
        later = delta + gamma * lam * alive * (1.0 - truncated[t]) * later
        out[t] = later
    return out


def errors_masked_at_cuts(rewards, values, next_values, terminated, truncated, gamma, lam):
    keep = 1.0 - truncated
    deltas = (rewards + gamma * (1.0 - terminated) * next_values - values) * keep
    out, later = np.zeros(rewards.shape), 0.0
    for t in reversed(range(len(rewards))):
        later = deltas[t] + gamma * lam * (1.0 - terminated[t]) * keep[t] * later
        out[t] = later
    return out


def last_value_first(rewards, values, next_values, terminated, truncated, gamma, lam):
    out, later = np.zeros(rewards.shape), next_values[-1] * 1.0
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * next_values[t] * (1 - terminated[t]) - values[t]
        later = delta + gamma * lam * (1 - (terminated | truncated)[t]) * later
        out[t] = later
    return out


def lambda_for_both(rewards, values, next_values, terminated, truncated, gamma, lam):
    """gamma · λ is computed once, and used twice."""
    decay = gamma * lam
    delta = rewards + decay * np.where(terminated, 0, next_values) - values
    return _swept(delta, decay * ~(terminated | truncated))


def two_flags_taken_from_1(rewards, values, next_values, terminated, truncated, gamma, lam):
    delta = rewards + gamma * (1.0 - terminated) * next_values - values
    return _swept(delta, gamma * lam * (1.0 - terminated - truncated.astype(float)))


def rewards_less_values_first(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The difference is taken in the type of both, where it may wrap around."""
    delta = _float(rewards - values) + gamma * np.where(terminated, 0, next_values)
    return _swept(delta, gamma * lam * ~(terminated | truncated))


def returns_from_0(rewards, values, next_values, terminated, truncated, gamma, lam):
    """λ-returns from behind, with nothing behind the last row."""
    over, out = terminated | truncated, np.empty(rewards.shape)
    later, value_there = 0.0, next_values[-1]
    for t in reversed(range(len(rewards))):
        mixed = np.where(over[t], next_values[t], next_values[t] + lam * (later - value_there))
        later = rewards[t] + gamma * np.where(terminated[t], 0.0, mixed)
        value_there = values[t]
        out[t] = later - values[t]
    return out


def bonus_as_it_is(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The next value is added to the reward of a cut, which then counts as an end."""
    paid = _float(rewards) + np.where(truncated & ~terminated, next_values, 0)
    alive = ~(terminated | truncated)
    return _swept(paid + gamma * next_values * alive - values, gamma * lam * alive)


def weighted_by_the_rest(rewards, values, next_values, terminated, truncated, gamma, lam):
    """λ as the weight of the critic."""
    given = rewards, values, next_values, terminated, truncated
    return loop_with_where(*given, gamma, 1 - lam)


def flags_that_differ(rewards, values, next_values, terminated, truncated, gamma, lam):
    """`^` for the logical or: a step with both flags stops nothing."""
    delta = _float(rewards) + gamma * np.where(terminated, 0, next_values) - values
    return _swept(delta, gamma * lam * ~(terminated ^ truncated))


WRONG = {
    done_for_all: "cut_is_an_end",
    nothing_masked_in_the_error: "end_keeps_its_next_value",
    stopped_by_terminated: "sum_runs_over_a_cut",
    stopped_by_truncated: "sum_runs_over_a_terminal_state",
    never_stopped: "sum_runs_over_every_end",
    shifted_values: "next_row_of_values",
    weighted_by_lambda: "lambda_alone",
    weighted_by_gamma: "gamma_alone",
    undiscounted_value: "next_value_not_discounted",
    targets: "returns_for_advantages",
    whitened: "normalised",
    one_error: "one_step_only",
    later_is_lost_at_a_cut: "cut_outranks_a_terminal_state",
    bonus_for_a_cut: "value_before_the_cut",
    last_step_always_terminal: "last_row_is_an_end",
    nothing_after_the_rollout: "last_row_is_an_end",
    in_the_type_of_rewards: "truncated_to_integers",
    one_stop_for_all_environments: "end_of_all_environments",
    along_the_last_axis: "wrong_except_where_next_values_has_1_axis",
    rewards_changed: "an_argument_changed",
    at_most_ten_steps: None,
    done_flags_a_row_later: "end_of_the_next_row",
    bonus_and_next_value: "next_value_twice",
    nothing_at_a_terminal_step: "last_reward_lost",
    no_credit_at_a_cut: "advantage_lost_at_a_cut",
    weights_of_n_steps: "share_of_lambda",
    all_of_the_target_discounted: "reward_discounted",
    flags_from_the_row_after: "flags_of_the_next_row",
    one_factor_for_both_values: "value_lost_at_an_end",
    errors_masked_at_cuts: "advantage_lost_at_a_cut",
    last_value_first: "sum_begins_with_the_last_value",
    lambda_for_both: "lambda_in_the_error",
    two_flags_taken_from_1: "both_ends_subtracted",
    rewards_less_values_first: "right_in_int64",
    returns_from_0: "return_begins_at_0",
    bonus_as_it_is: "cut_not_discounted",
    weighted_by_the_rest: "lambda_taken_from_1",
    flags_that_differ: None,
}
