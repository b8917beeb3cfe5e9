"""Right and wrong ways to write `beam_search`."""

import heapq

import numpy as np


def _ask(log_probs, ids):
    return np.asarray(log_probs(np.array(ids)), float)


def with_lists(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    all_ids, all_scores = [], []
    for prompt in prompts.tolist():
        kept = [(0.0, 0, prompt, False)]
        for _ in range(new_tokens):
            found = []
            for total, length, ids, over in kept:
                if over:
                    found.append((total, length, [*ids, end], True))
                    continue
                for token, value in enumerate(_ask(log_probs, [ids])[0]):
                    found.append((total + value, length + 1, [*ids, token], token == end))
            found.sort(key=lambda each: each[0] / each[1] ** alpha, reverse=True)
            kept = found[:beams]
        all_ids.append([ids for _, _, ids, _ in kept])
        all_scores.append([total / length**alpha for total, length, _, _ in kept])
    return np.array(all_ids), np.array(all_scores)


def with_a_heap(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    results = []
    for prompt in prompts.tolist():
        kept = [(0.0, 0.0, 0, (*prompt,))]
        for step in range(new_tokens):
            found = []
            for _, total, length, ids in kept:
                if step and ids[-1] == end:
                    found.append((total / length**alpha, total, length, (*ids, end)))
                    continue
                values = _ask(log_probs, [ids])[0]
                sums, n = total + values, length + 1
                found += [(s / n**alpha, s, n, (*ids, t)) for t, s in enumerate(sums.tolist())]
            kept = heapq.nlargest(beams, found, key=lambda each: each[0])
        results.append(kept)
    ids = np.array([[each[3] for each in kept] for kept in results])
    return ids, np.array([[each[0] for each in kept] for kept in results])


def copies_with_all_but_one_impossible(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    n = len(prompts)
    ids = np.repeat(prompts[:, None].astype(int), beams, axis=1)
    total = np.where(np.arange(beams) == 0, 0.0, -np.inf) * np.ones((n, 1))
    length, over = np.zeros((n, beams)), np.zeros((n, beams), bool)
    for _ in range(new_tokens):
        new = np.array(log_probs(ids.reshape(n * beams, -1)), float).reshape(n, beams, -1)
        vocab = new.shape[-1]
        new[over] = -np.inf
        if end is not None:
            new[..., end][over] = 0
        length = length + ~over
        sums = (total[:, :, None] + new).reshape(n, -1)
        ranks = sums / np.repeat(length, vocab, axis=1) ** alpha
        best = np.argsort(-ranks, axis=1, kind="stable")[:, :beams]
        parent = best // vocab
        total = np.take_along_axis(sums, best, 1)
        scores = np.take_along_axis(ranks, best, 1)
        length = np.take_along_axis(length, parent, 1)
        over = np.take_along_axis(over, parent, 1) | (best % vocab == end)
        ids = np.take_along_axis(ids, parent[..., None], 1)
        ids = np.append(ids, (best % vocab)[..., None], axis=2)
    possible = min((scores > -np.inf).sum(1))
    return ids[:, :possible], scores[:, :possible]


def by_a_table_of_what_exists(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, total = np.asarray(prompts, int)[:, None], np.zeros((len(prompts), 1))
    length, over = np.zeros(total.shape), np.zeros(total.shape, bool)
    for _ in range(new_tokens):
        n, kept, _ = ids.shape
        new = np.asarray(log_probs(ids.reshape(n * kept, -1)), float).reshape(n, kept, -1)
        vocab = new.shape[-1]
        lengths = np.repeat((length + ~over)[..., None], vocab, axis=2)
        sums, exists = total[..., None] + new, np.ones(new.shape, bool)
        if over.any():
            exists[over] = np.arange(vocab) == end
            sums[over] = total[over][:, None]
        ranks = np.where(exists, sums / lengths**alpha, -np.inf).reshape(n, -1)
        most = min(beams, exists.reshape(n, -1).sum(axis=1).min())
        best = np.lexsort((-ranks, ~exists.reshape(n, -1)), axis=-1)[:, :most]
        parent, token = best // vocab, best % vocab
        scores, total, length = (
            np.take_along_axis(each.reshape(n, -1), best, 1) for each in (ranks, sums, lengths)
        )
        over = np.take_along_axis(over, parent, 1)
        if end is not None:
            over = over | (token == end)
        ids = np.take_along_axis(ids, parent[..., None], 1)
        ids = np.concatenate([ids, token[..., None]], axis=2)
    return ids, scores


def prompt_by_prompt(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    def one(prompt):
        ids, sums, lengths = prompt[None].astype(int), np.zeros(1), np.zeros(1)
        for step in range(new_tokens):
            new = _ask(log_probs, ids)
            alive = np.ones(len(ids), bool) if step == 0 or end is None else ids[:, -1] != end
            lengths = lengths + alive
            table = np.full(new.shape, -np.inf)
            table[alive] = sums[alive, None] + new[alive]
            if end is not None:
                table[~alive, end] = sums[~alive]
            ranks = (table / lengths[:, None] ** alpha).ravel()
            best = np.lexsort((np.arange(ranks.size), -ranks))[:beams]
            parent, token = np.unravel_index(best, table.shape)
            ids = np.column_stack([ids[parent], token])
            sums, lengths = table[parent, token], lengths[parent]
        return ids, ranks[best]

    found = [one(prompt) for prompt in prompts]
    return np.stack([ids for ids, _ in found]), np.stack([scores for _, scores in found])


def recursive(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    def grown(kept, steps):
        if steps == 0:
            return kept
        found = []
        for ids, total, length in kept:
            if length and ids[-1] == end:
                found.append(([*ids, end], total, length))
            else:
                values = _ask(log_probs, [ids])[0]
                found += [([*ids, t], total + v, length + 1) for t, v in enumerate(values)]
        return grown(sorted(found, key=score, reverse=True)[:beams], steps - 1)

    def score(each):
        return each[1] / each[2] ** alpha

    kept = [grown([(prompt, 0.0, 0)], new_tokens) for prompt in prompts.tolist()]
    ids = np.array([[ids for ids, _, _ in each] for each in kept])
    return ids, np.array([[*map(score, each)] for each in kept])


def pytorch(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    import torch

    n = len(prompts)
    ids = torch.tensor(prompts.astype(int))[:, None]
    total = torch.zeros(n, 1, dtype=torch.float64)
    length = torch.zeros(n, 1, dtype=torch.float64)
    over = torch.zeros(n, 1, dtype=torch.bool)
    for _ in range(new_tokens):
        flat = ids.reshape(-1, ids.shape[-1]).numpy()
        new = torch.tensor(np.array(log_probs(flat), float)).reshape(n, ids.shape[1], -1)
        vocab = new.shape[-1]
        if end is not None:
            only = torch.full((vocab,), -torch.inf, dtype=torch.float64)
            only[end] = 0
            new = torch.where(over[..., None], only, new)
        length = length + (~over).double()
        sums = total[..., None] + new
        ranks = (sums / length[..., None] ** alpha).reshape(n, -1)
        scores, best = ranks.topk(min(beams, ranks.shape[1]))
        parent, token = best // vocab, best % vocab
        total = sums.reshape(n, -1).gather(1, best)
        length = length.gather(1, parent)
        over = over.gather(1, parent)
        if end is not None:
            over = over | (token == end)
        ids = ids.gather(1, parent[..., None].expand(-1, -1, ids.shape[-1]))
        ids = torch.cat([ids, token[..., None]], -1)
    return ids.numpy(), scores.numpy()


def _search(log_probs, prompts, beams, new_tokens, end, alpha, **slip):
    """A right search, and one slip of it."""
    results = []
    for prompt in prompts.tolist():
        kept = [(0.0, 0, prompt, False)] * slip.get("starts", 1)
        for step in range(1, new_tokens + 1):
            found = []
            for total, length, ids, over in kept:
                values = _ask(log_probs, [ids])[0]
                if over and not slip.get("goes_on"):
                    cost = values[end] * slip["cost"] if "cost" in slip else 0
                    found.append((total + cost, length + slip.get("grows", 0), [*ids, end], True))
                    continue
                fresh = [(total + v, length + 1, [*ids, t], t == end) for t, v in enumerate(values)]
                found += slip.get("own", lambda each, step: each)(fresh, step)
            power = slip.get("power", lambda step: alpha)(step)
            found.sort(key=lambda each: slip.get("rank", _rank)(each, power), reverse=True)
            kept = found[:beams]
            if "after" in slip:
                kept = slip["after"](kept, step)
        results.append(kept)
    ids = np.array([[each[2] for each in kept] for kept in results])
    scores = [[slip.get("shown", _rank)(each, alpha) for each in kept] for kept in results]
    return ids, np.array(scores)


def _rank(each, alpha):
    return each[0] / each[1] ** alpha


def started_by_copies(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _search(log_probs, prompts, beams, new_tokens, end, alpha, starts=beams)


def started_by_two(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _search(log_probs, prompts, beams, new_tokens, end, alpha, starts=min(beams, 2))


def greedy_from_each(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    def own(fresh, step):
        return fresh if step == 1 else [max(fresh, key=lambda each: each[0])]

    return _search(log_probs, prompts, beams, new_tokens, end, alpha, own=own)


def two_of_each(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    def own(fresh, step):
        return sorted(fresh, key=lambda each: -each[0])[: max(2, len(fresh) if step == 1 else 0)]

    return _search(log_probs, prompts, beams, new_tokens, end, alpha, own=own)


def ends_are_tokens(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _search(log_probs, prompts, beams, new_tokens, end, alpha, goes_on=True)


def ends_cost(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _search(log_probs, prompts, beams, new_tokens, end, alpha, cost=1)


def padding_counts(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _search(log_probs, prompts, beams, new_tokens, end, alpha, grows=1)


def end_does_not_count(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    def rank(each, power):
        return each[0] / max(each[1] - each[3], 1) ** power

    return _search(log_probs, prompts, beams, new_tokens, end, alpha, rank=rank, shown=rank)


def prompt_in_the_length(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    def rank(each, power):
        return each[0] / (each[1] + prompts.shape[1]) ** power

    return _search(log_probs, prompts, beams, new_tokens, end, alpha, rank=rank, shown=rank)


def penalty_of_gnmt(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    def rank(each, power):
        return each[0] / ((5 + each[1]) / 6) ** power

    return _search(log_probs, prompts, beams, new_tokens, end, alpha, rank=rank, shown=rank)


def times_the_length(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    def rank(each, power):
        return each[0] * each[1] ** power

    return _search(log_probs, prompts, beams, new_tokens, end, alpha, rank=rank, shown=rank)


def length_at_the_end_only(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    def power(step):
        return alpha if step == new_tokens else 0

    return _search(log_probs, prompts, beams, new_tokens, end, alpha, power=power)


def ranked_by_sums_shown_by_means(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _search(log_probs, prompts, beams, new_tokens, end, alpha, power=lambda step: 0)


def sums_are_shown(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _search(log_probs, prompts, beams, new_tokens, end, alpha, shown=lambda each, _: each[0])


def lowest_first(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    def rank(each, power):
        return -_rank(each, power)

    return _search(log_probs, prompts, beams, new_tokens, end, alpha, rank=rank)


def probabilities_shown(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts, beams, new_tokens, end, alpha)
    return ids, np.exp(scores)


def last_first(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts, beams, new_tokens, end, alpha)
    return ids[:, ::-1], scores[:, ::-1]


def new_tokens_alone(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts, beams, new_tokens, end, alpha)
    return ids[..., prompts.shape[1] :], scores


def best_text_alone(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts, beams, new_tokens, end, alpha)
    return ids[:, 0], scores[:, 0]


def scores_first(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts, beams, new_tokens, end, alpha)
    return scores, ids


def stops_when_the_best_has_ended(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    done = {}

    def after(kept, step):
        if step == 1:
            done.clear()
        if "kept" not in done and kept[0][3]:
            done["kept"] = kept
        if "kept" in done:
            size = len(kept[0][2])
            return [(t, n, [*ids, *[end] * 9][:size], o) for t, n, ids, o in done["kept"]]
        return kept

    return _search(log_probs, prompts, beams, new_tokens, end, alpha, after=after)


def ended_texts_are_dropped(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    def own(fresh, step):
        return [each for each in fresh if not each[3] or step == new_tokens]

    return _search(log_probs, prompts, beams, new_tokens, end, alpha, own=own)


def a_prompt_may_have_ended(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts, beams, new_tokens, end, alpha)
    ids, scores = ids.copy(), scores.copy()
    if end is not None:
        over = prompts[:, -1] == end
        ids[over, :, prompts.shape[1] :] = end
        scores[over] = 0
    return ids, scores


def no_end_at_zero(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return with_lists(log_probs, prompts, beams, new_tokens, end or None, alpha)


def first_prompt_for_all(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts[:1], beams, new_tokens, end, alpha)
    return np.repeat(ids, len(prompts), 0), np.repeat(scores, len(prompts), 0)


def last_text_again(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts, beams, new_tokens, end, alpha)
    more = (0, 0), (0, beams - scores.shape[1])
    return np.pad(ids, (*more, (0, 0)), "edge"), np.pad(scores, more, "edge")


def lowest_for_impossible(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts, beams, new_tokens, end, alpha)
    return ids, np.maximum(scores, -1e9)


def best_text_in_an_axis(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts, beams, new_tokens, end, alpha)
    return ids[:, :1], scores[:, :1]


def the_model_sees_one_token(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return with_lists(lambda ids: log_probs(ids[:, -1:]), prompts, beams, new_tokens, end, alpha)


def logarithm_of_a_product(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts, beams, new_tokens, end, alpha)
    with np.errstate(divide="ignore"):
        return ids, np.log(np.exp(scores))


def ids_as_floats(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    ids, scores = with_lists(log_probs, prompts, beams, new_tokens, end, alpha)
    return ids.astype(float), scores


def _batched(log_probs, prompts, beams, new_tokens, end, alpha, stay=(), own=False, most=np.inf):
    """All prompts at once; what is in `stay` keeps its place when beams are sorted anew."""
    n, rows = len(prompts), np.arange(len(prompts))[:, None]
    ids = prompts[:, None].astype(int)
    total, held = np.zeros((n, 1)), {"length": np.zeros((n, 1)), "over": np.zeros((n, 1), bool)}
    for _ in range(new_tokens):
        new = log_probs(ids.reshape(-1, ids.shape[-1]))
        new = (new if own else np.array(new, float)).reshape(n, -1, new.shape[-1])
        if end is not None:
            new[held["over"]] = -np.inf
            new[held["over"], end] = 0
        sums = total[..., None] + new
        held["length"] = held["length"] + ~held["over"]
        rank = (sums / held["length"][..., None] ** alpha).reshape(n, -1)
        best = np.argsort(-rank, kind="stable")[:, : min(beams, most * new.shape[-1])]
        parent, token = np.divmod(best, new.shape[-1])
        ids = np.concatenate([ids[rows, parent], token[..., None]], axis=2)
        at = np.minimum(np.arange(best.shape[1]), total.shape[1] - 1)
        total = (
            total[rows, at] + new[rows, parent, token]
            if "sums" in stay
            else sums[rows, parent, token]
        )
        for what, values in held.items():
            if what not in stay or values.shape != parent.shape:
                held[what] = values[rows, parent]
        held["over"] = held["over"] | (token == (-1 if end is None else end))
    last = total / held["length"] ** alpha
    return ids, last if "scores" in stay else np.take_along_axis(rank, best, 1)


def ends_at_their_old_places(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _batched(log_probs, prompts, beams, new_tokens, end, alpha, ["over"])


def lengths_at_their_old_places(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _batched(log_probs, prompts, beams, new_tokens, end, alpha, ["length"])


def lengths_at_their_old_places_until_the_end(
    log_probs, prompts, beams, new_tokens, end=None, alpha=0.0
):
    return _batched(log_probs, prompts, beams, new_tokens, end, alpha, ["length", "scores"])


def as_many_as_tokens(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _batched(log_probs, prompts, beams, new_tokens, end, alpha, most=1)


def into_the_array_of_the_model(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _batched(log_probs, prompts, beams, new_tokens, end, alpha, own=True)


# What each is told.
def an_end_anywhere_in_the_prompt(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    results = []
    for prompt in prompts:
        if end in prompt:
            ids = np.append(prompt, [end] * new_tokens)
            fill = min(beams, log_probs(prompt[None]).shape[1] ** new_tokens)
            scores = np.where(np.arange(fill) == 0, 0.0, -np.inf)
            results.append((np.tile(ids, (fill, 1)), scores))
        else:
            ids, scores = _search(log_probs, prompt[None], beams, new_tokens, end, alpha)
            results.append((ids[0], scores[0]))
    return np.array([ids for ids, _ in results]), np.array([each for _, each in results])


def ends_cost_0_times(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _search(log_probs, prompts, beams, new_tokens, end, alpha, cost=0)


def sums_at_their_old_places(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    return _batched(log_probs, prompts, beams, new_tokens, end, alpha, ["sums"])


WRONG = {
    started_by_copies: "copies_at_the_start",
    started_by_two: None,
    greedy_from_each: "each_beam_by_itself",
    two_of_each: None,
    ends_are_tokens: "goes_on_behind_the_end",
    ends_cost: "further_ends_cost",
    padding_counts: "one_length_for_all",
    end_does_not_count: "the_end_does_not_count",
    prompt_in_the_length: "the_prompt_counts",
    penalty_of_gnmt: "penalty_of_the_paper",
    times_the_length: "times_for_divided_by",
    length_at_the_end_only: "ranked_by_length_at_the_end",
    ranked_by_sums_shown_by_means: None,
    sums_are_shown: "wrong_where_alpha_is_passed",
    lowest_first: "worst_first",
    probabilities_shown: "probabilities",
    last_first: "reversed",
    new_tokens_alone: "wrong_only_in_ids",
    best_text_alone: "best_text_alone",
    scores_first: "parts_in_another_order",
    stops_when_the_best_has_ended: "stops_with_the_best",
    ended_texts_are_dropped: "wrong_where_end_is_passed",
    a_prompt_may_have_ended: "zero_instead",
    no_end_at_zero: "wrong_where_end_is_0",
    first_prompt_for_all: "prompts_read_at_its_first_entry_alone",
    last_text_again: "filled_up_to_beams",
    lowest_for_impossible: "wrong_only_where_it_should_be_-inf",
    best_text_in_an_axis: "best_text_alone",
    the_model_sees_one_token: "last_token_alone",
    logarithm_of_a_product: "not_finite",
    ids_as_floats: "a_property_fails",
    copies_with_all_but_one_impossible: "impossible_texts_left_out",
    ends_at_their_old_places: "ends_not_followed",
    lengths_at_their_old_places: "lengths_not_followed",
    lengths_at_their_old_places_until_the_end: "lengths_not_followed",
    as_many_as_tokens: "no_more_beams_than_tokens",
    into_the_array_of_the_model: "raises_ValueError",
    an_end_anywhere_in_the_prompt: "an_end_in_the_prompt_ends",
    ends_cost_0_times: "not_finite",
    sums_at_their_old_places: "sums_not_followed",
}
