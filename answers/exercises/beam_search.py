"""Practice for question 28: beam search over a batch, with ends and a length in the score."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.language_models.beam_search import beam_search

exercise = Exercise(
    beam_search,
    page="28-decoding",
    returns=("ids", "scores"),
    hints=(
        "Begin with one beam for each prompt, not with copies: copies stay copies.",
        "All beams of a prompt times all tokens are candidates, in one row of length beams · "
        "vocab. A place in that row, divided by vocab, is a parent and a token.",
        "A text that has ended has one candidate alone: `end`, which adds 0. Its length no longer "
        "grows. And a prompt may hold `end` without being ended.",
        "Carry the sums of log-probabilities from step to step, and rank by sum / lengthᵅ.",
    ),
)


def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def of_the_last(ids):
    """Log-probabilities of 3 tokens, by the last id alone"""
    table = np.array([[0.2, 1.1, -0.4], [0.9, -0.3, 0.5], [-0.8, 0.1, 0.7]])
    return log_softmax(table)[ids[:, -1] % 3]


def of_all(ids):
    """Log-probabilities of 4 tokens, by all ids so far"""
    mixed = (ids * np.sqrt(2 + np.arange(ids.shape[1]))).sum(axis=1)
    return log_softmax(
        1.5 * np.sin(mixed[:, None] * (1.3 + np.arange(4)) + ids.shape[1])
    )


def of_seven(ids):
    """Log-probabilities of 7 tokens, by all ids so far"""
    mixed = (ids * np.sqrt(3 + np.arange(ids.shape[1]))).sum(axis=1)
    return log_softmax(2 * np.cos(mixed[:, None] * (1.7 + np.arange(7)) + ids.shape[1]))


def late_reward(ids):
    """Log-probabilities of 3 tokens: 0 leads at first, 1 leads on to a token that is certain"""
    first, sure, even = [0.5, 0.4, 0.1], [0.01, 0.98, 0.01], [0.36, 0.33, 0.31]
    if ids.shape[1] == 1:
        return np.log(np.tile(first, (len(ids), 1)))
    return np.log(np.where(ids[:, -1:] == 1, sure, even))


def sure_then_even(ids):
    """Log-probabilities of 4 tokens: the first is nearly sure, then all are about equal"""
    first, even = [0.02, 0.94, 0.01, 0.03], [0.26, 0.23, 0.27, 0.24]
    row = first if ids.shape[1] == 1 else even
    return np.log(np.tile(row, (len(ids), 1)))


def sure_after_1(ids):
    """Log-probabilities of 2 tokens: after 1 only 0 may stand"""
    with np.errstate(divide="ignore"):
        return np.log(np.array([[0.3, 0.7], [1.0, 0.0]]))[ids[:, -1]]


def near_400(ids):
    """Log-probabilities of 4 tokens that are near -400, by all ids so far"""
    return of_all(ids) - 400


def not_to_be_written_to(ids):
    """Log-probabilities of 3 tokens, one row for all texts, in a read-only array"""
    return np.broadcast_to(np.log([0.5, 0.2, 0.3]), (len(ids), 3))


def in_float32(ids):
    """Log-probabilities of 4 tokens in float32, by all ids so far"""
    return of_all(ids).astype(np.float32)


one, three = np.array([[2]]), np.array([[2, 1], [0, 3], [1, 1]])
exercise.case("one beam, one step", of_the_last, one, 1, 1)
exercise.case("two beams, one step", of_the_last, one, 2, 1)
exercise.case("one beam, four steps", of_all, one, 1, 4)
exercise.case("two beams, and a reward that comes late", late_reward, one, 2, 2)
exercise.case("two beams, four steps", of_all, one, 2, 4)
exercise.case("three beams, four steps", of_seven, one, 3, 4)
exercise.case("three beams that have one parent", sure_then_even, one, 3, 2)
exercise.case("three prompts", of_all, three, 2, 4)
exercise.case("three prompts, as many beams as prompts", of_seven, three, 3, 3)
exercise.case("more beams than tokens", of_the_last, one, 5, 3)
exercise.case("more beams than texts", of_the_last, three, 9, 1)
exercise.case(
    "as many beams as texts, and one is impossible", sure_after_1, one - 2, 4, 2
)
exercise.case("texts whose probability is too small for a float", near_400, one, 2, 3)
exercise.case("an end", of_all, one, 2, 5, end=1)
exercise.case("an end, three prompts", of_all, three, 3, 5, end=2)
exercise.case("an end that prompts hold", of_all, three, 3, 4, end=1)
exercise.case(
    "an end after which the model gives no end a chance",
    *(sure_after_1, one - 2, 2, 3),
    end=1,
)
exercise.case("token 0 is the end", of_seven, three, 3, 5, end=0)
exercise.case("the mean of a token, without an end", of_all, three, 2, 4, alpha=1.0)
exercise.case("the mean of a token", of_all, three, 3, 5, end=2, alpha=1.0)
exercise.case("a length that counts by 0.6", of_seven, three, 3, 5, end=0, alpha=0.6)
exercise.case("a length that counts double", of_all, three, 3, 5, end=1, alpha=2.0)
exercise.case("one beam, and an end", of_all, three, 1, 5, end=2)
exercise.case("a long prompt", of_seven, np.array([[6, 2, 0, 5, 1, 3]]), 3, 3, end=4)
exercise.case(
    "log-probabilities that cannot be written to",
    *(not_to_be_written_to, np.array([[2, 1]]), 3, 3),
    end=2,
)
exercise.case("float32", in_float32, three, 3, 4, end=2, alpha=1.0)
exercise.case("ids of one byte", of_all, three.astype(np.uint8), 2, 3)


@exercise.check
def tokens_are_integers(beam_search):
    """The tokens are floats, which are no index into an embedding: return integers."""
    return np.asarray(beam_search(of_all, one, 2, 2)[0]).dtype.kind in "iu"


def search(log_probs, prompts, beams, new_tokens, end, alpha, wrong=""):
    """Beam search with one mistake, which is named, or none."""
    rows = np.arange(len(prompts))[:, None]
    first = beams if wrong == "copies" else 1
    ids = np.repeat(prompts.astype(int)[:, None], first, axis=1)
    total, length = np.zeros(ids.shape[:2]), np.zeros(ids.shape[:2], int)
    over = np.zeros(ids.shape[:2], bool)
    for step in range(1, new_tokens + 1):
        seen = ids[..., -1:] if wrong == "last alone" else ids
        new = log_probs(seen.reshape(-1, seen.shape[-1])).reshape(*ids.shape[:2], -1)
        vocab = new.shape[-1]
        ended = (ids[..., -1] == end) & ((step > 1) | (wrong == "prompt ends"))
        ended &= wrong != "no end"
        if wrong == "prompt ends anywhere":
            ended = ended | (prompts == end).any(axis=1)[:, None]
        if wrong == "ends stay":
            ended = over
        if wrong == "best ended":
            ended = ended | ended[:, :1]
        if wrong in ("ends stay", "lengths stay", "lengths stay, scores last"):
            length = length + ~ended
        else:
            length = np.where(ended & (wrong != "all lengths"), length, step)
        length = length + prompts.shape[1] * (wrong == "prompt counts")
        free = np.where(np.arange(vocab) == end, 0, -np.inf)
        if wrong in ("end costs", "end costs 0 times"):
            cost = new * 0 if wrong.endswith("times") else new
            free = np.where(np.arange(vocab) == end, cost, -np.inf)
        sums = total[..., None] + np.where(ended[..., None], free, new)
        power = 0 if wrong == "late" and step < new_tokens else alpha
        counted = np.maximum(length, 1)[..., None]
        if wrong == "end uncounted":
            counted = np.maximum(counted - (np.arange(vocab) == end), 1)
        if wrong == "penalty":
            counted = (5 + counted) / 6
        scores = sums / counted**power
        if wrong == "each":
            own = scores.argmax(axis=-1)[..., None] == np.arange(vocab)
            scores = np.where(own | (step == 1), scores, -np.inf)
        flat = scores.reshape(len(prompts), -1)
        signed = np.where(flat == -np.inf, np.inf, flat) if wrong == "worst" else -flat
        most = min(beams, vocab) if wrong == "no more than tokens" else beams
        best = np.argsort(signed, axis=1, kind="stable")[:, :most]
        parent, token = np.divmod(best, vocab)
        same_place = np.minimum(np.arange(best.shape[1]), ids.shape[1] - 1)
        parent_ids = ids[rows, same_place if wrong == "orphans" else parent]
        ids = np.concatenate([parent_ids, token[..., None]], axis=-1)
        carried = scores if wrong == "scores carried" else sums
        old, total = total, carried[rows, parent, token]
        if wrong == "sums stay":
            total = total - old[rows, parent] + old[rows, same_place]
        if not wrong.startswith("lengths stay") or length.shape != parent.shape:
            length = length[rows, parent]
        length = length - prompts.shape[1] * (wrong == "prompt counts")
        if over.shape != parent.shape:
            over = over[rows, parent]
        over = over | (token == end)
    found = flat[rows, best]
    if wrong == "lengths stay, scores last":
        found = total / length**alpha
    return ids, np.exp(found) if wrong == "exp" else found


@exercise.bug
def copies_at_the_start(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """The search begins with copies of the prompt, so all beams stay the same text: it is greedy.
    Begin with one beam for each prompt."""
    # "so all beams stay the same text: it is greedy": (got.ids == got.ids[:, :1]).all()
    # "The search begins with copies of the prompt": len({*map(tuple, got.ids[0].tolist())}) == 1
    # "Begin with one beam for each prompt": 'copies' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "copies")


@exercise.bug
def each_beam_by_itself(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """Each beam is continued by its best token alone, as greedy search from several starts. The
    best of all continuations of all beams stay: two may have one parent, and another none."""
    # "Each beam is continued by its best token alone, as greedy search from several starts":
    #     len(set(got.ids[0, :, prompts.shape[1]].tolist())) == beams
    # "The best of all continuations of all beams stay: two may have one parent, and another none":
    #     'each' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "each")


@exercise.bug
def parents_not_followed(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """New tokens are put behind the beams as they stand, not behind their parents, so ids and
    scores are of different texts. Take the ids of each token's parent first."""
    # "New tokens are put behind the beams as they stand, not behind their parents, so ids and
    #     scores are of different texts": not np.array_equal(got.ids, want.ids)
    # "Take the ids of each token's parent first": 'orphans' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "orphans")


@exercise.bug
def sums_not_followed(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """A token's log-probability is added to the sum that stands at its place, not to the sum of its
    parent. Take each sum from the parent, as ids."""
    # "A token's log-probability is added to the sum that stands at its place, not to the sum of its
    #     parent": beams > 1 and not np.array_equal(got.scores, want.scores)
    # "Take each sum from the parent, as ids": 'sums stay' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "sums stay")


@exercise.bug
def ends_not_followed(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """Whether a text has ended stays at its place while the beams are sorted anew, so that others
    count as ended. Take it from each token's parent, as ids and sums."""
    # "Whether a text has ended stays at its place while the beams are sorted anew": end is not None
    #     and not np.array_equal(got.ids, want.ids)
    # "Take it from each token's parent, as ids and sums": 'ends stay' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "ends stay")


@exercise.bug(scores=("", ", scores last"))
def lengths_not_followed(
    log_probs, prompts, beams, new_tokens, end=None, alpha=0.0, scores=""
):
    """Lengths stay at their places while the beams are sorted anew, so that texts are divided by
    lengths of others. Take each length from the parent, as ids and sums."""
    # "Lengths stay at their places while the beams are sorted anew": end is not None and alpha and
    #     not np.allclose(got.scores, want.scores)
    # "Take each length from the parent, as ids and sums": 'lengths stay' + scores → ''
    wrong = "lengths stay" + scores
    return search(log_probs, prompts, beams, new_tokens, end, alpha, wrong)


@exercise.bug
def no_more_beams_than_tokens(
    log_probs, prompts, beams, new_tokens, end=None, alpha=0.0
):
    """No more beginnings are kept than the vocabulary has tokens. From the second step on there are
    more candidates: keep as many as `beams` says."""
    # "No more beginnings are kept than the vocabulary has tokens": got.ids.shape[1] == 3 < beams
    # "From the second step on there are more candidates": 'no more than tokens' → ''
    wrong = "no more than tokens"
    return search(log_probs, prompts, beams, new_tokens, end, alpha, wrong)


@exercise.bug
def stops_with_the_best(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """When the best text of a prompt has ended, the others are filled up with ends as they stand.
    They have not ended: continue each until its own `end`."""
    # "When the best text of a prompt has ended, the others are filled up with ends as they stand":
    #     (got.scores > want.scores + 1e-9).any() and (got.ids[..., -1] == end).all(axis=1).any()
    # "They have not ended": 'best ended' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "best ended")


@exercise.bug
def goes_on_behind_the_end(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """A text goes on behind its `end`. After it only further ends may follow, and they add
    nothing."""
    # "A text goes on behind its `end`": any((row[row.tolist().index(end) :] != end).any() for row
    #     in got.ids[..., prompts.shape[1] :].reshape(-1, new_tokens) if end in row)
    # "After it only further ends may follow, and they add nothing": 'no end' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "no end")


@exercise.bug
def ended_texts_set_aside(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """Texts that have ended are set aside, and `beams` others go on beside them. An ended text
    keeps its place among the `beams`, or loses it for good."""
    # "`beams` others go on beside them": (got.scores > want.scores + 1e-9).any() and
    #     got.scores.shape[1] == beams
    # "An ended text keeps its place among the `beams`, or loses it for good": if end is None → if
    #     beams
    if end is None:
        return search(log_probs, prompts, beams, new_tokens, end, alpha)
    found = []
    for prompt in prompts.astype(int).tolist():
        live, ended = [(0.0, prompt)], []
        for step in range(1, new_tokens + 1):
            rows = zip(live, log_probs(np.array([ids for _, ids in live])), strict=True)
            grown = [
                (total + each, [*ids, token])
                for (total, ids), row in rows
                for token, each in enumerate(row)
            ]
            live = []
            for total, ids in sorted(grown, key=lambda text: -text[0]):
                if ids[-1] != end:
                    live.append((total, ids))
                elif len(live) < beams and total > -np.inf:
                    full = ids + [end] * (new_tokens - step)
                    ended.append((total / step**alpha, full))
            live = live[:beams]
        ended += [(total / new_tokens**alpha, ids) for total, ids in live]
        found.append(sorted(ended, key=lambda text: -text[0])[:beams])
    ids = np.array([[ids for _, ids in texts] for texts in found])
    return ids, np.array([[score for score, _ in texts] for texts in found])


@exercise.bug(times=("", " 0 times"))
def further_ends_cost(
    log_probs, prompts, beams, new_tokens, end=None, alpha=0.0, times=""
):
    """The ends that fill up a text add log-probabilities of their own, or 0 times these, which is
    nan for -inf. They cost 0."""
    # "The ends that fill up a text add log-probabilities of their own": (got.scores < want.scores -
    #     1e-9).any()
    # "or 0 times these, which is nan for -inf": np.isnan(0 * -np.inf) and bug(sure_after_1,
    #     one - 2, 1, 2, 1, times=" 0 times")[1].tolist() == [[-np.inf]]
    # "They cost 0": 'end costs' + times → ''
    wrong = "end costs" + times
    return search(log_probs, prompts, beams, new_tokens, end, alpha, wrong)


@exercise.bug(where=("", " anywhere"))
def an_end_in_the_prompt_ends(
    log_probs, prompts, beams, new_tokens, end=None, alpha=0.0, where=""
):
    """A prompt that holds `end`, last or anywhere, counts as ended, and gets no text. Only new
    tokens end one."""
    # "A prompt that holds `end`, last or anywhere, counts as ended, and gets no text":
    #     (got.ids[prompts[:, -1] == end, 0, prompts.shape[1] :] == end).all()
    # "Only new tokens end one": 'prompt ends' + where → ''
    wrong = "prompt ends" + where
    return search(log_probs, prompts, beams, new_tokens, end, alpha, wrong)


@exercise.bug
def one_length_for_all(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """All scores are divided by the same length, also of texts that have ended, which changes no
    order. Divide by each text's own length, up to its first end."""
    # "All scores are divided by the same length, also of texts that have ended":
    #     np.allclose(got.scores * new_tokens ** alpha, right(log_probs, prompts, beams, new_tokens,
    #     end)[1])
    # "which changes no order": np.array_equal(got.ids, right(log_probs, prompts, beams,
    #     new_tokens, end)[0])
    # "Divide by each text's own length, up to its first end": 'all lengths' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "all lengths")


@exercise.bug
def the_end_does_not_count(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """The length of a text does not count its `end`, whose log-probability is in the sum. Count the
    first end, too."""
    # "The length of a text does not count its `end`": end is not None and not
    #     np.allclose(got.scores, want.scores)
    # "Count the first end, too": 'end uncounted' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "end uncounted")


@exercise.bug
def penalty_of_the_paper(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """The sums are divided by ((5 + length) / 6)ᵅ, as in the paper. Here it is lengthᵅ, so that 1
    gives the mean of a token."""
    # "The sums are divided by ((5 + length) / 6)ᵅ": end is None and np.allclose(got.scores * ((5 +
    #     new_tokens) / 6) ** alpha, want.scores * new_tokens ** alpha)
    # "Here it is lengthᵅ, so that 1 gives the mean of a token": 'penalty' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "penalty")


@exercise.bug
def last_token_alone(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """The model is given the last token alone. What follows depends on all ids so far, the prompt
    included: pass them all."""
    # "The model is given the last token alone": log_probs is of_all and not
    #     np.array_equal(got.scores, want.scores)
    # "pass them all": 'last alone' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "last alone")


@exercise.bug(keep=(False, True))
def best_text_alone(
    log_probs, prompts, beams, new_tokens, end=None, alpha=0.0, keep=False
):
    """Only the best text of each prompt is returned. Return every beam that is kept, the best
    first."""
    # "Only the best text of each prompt is returned": np.array_equal(got.ids, want.ids[:, 0])
    # "Return every beam that is kept, the best first": [:, kept] →
    ids, scores = search(log_probs, prompts, beams, new_tokens, end, alpha)
    kept = slice(1) if keep else 0
    return ids[:, kept], scores[:, kept]


@exercise.bug
def filled_up_to_beams(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """Where there are fewer texts than beams, the last stands there again. Return the texts that
    there are."""
    # "Where there are fewer texts than beams, the last stands there again": got.ids.shape[1] ==
    #     beams > want.ids.shape[1]
    # "Return the texts that there are": [:, kept] →
    ids, scores = search(log_probs, prompts, beams, new_tokens, end, alpha)
    kept = np.minimum(np.arange(beams), ids.shape[1] - 1)
    return ids[:, kept], scores[:, kept]


@exercise.bug
def impossible_texts_left_out(
    log_probs, prompts, beams, new_tokens, end=None, alpha=0.0
):
    """Texts of a score of -inf are left out. They are kept where no others are left, so that every
    prompt has as many."""
    # "Texts of a score of -inf are left out": (want.scores == -np.inf).any() and (got.scores >
    #     -np.inf).all()
    # "They are kept where no others are left": [:, kept] →
    ids, scores = search(log_probs, prompts, beams, new_tokens, end, alpha)
    kept = (scores > -np.inf).all(axis=0)
    return ids[:, kept], scores[:, kept]


@exercise.bug
def the_prompt_counts(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """The prompt counts in the length, so lengths differ less than they should. Count new tokens
    alone."""
    # "The prompt counts in the length, so lengths differ less than they should": (abs(got.scores) <
    #     abs(want.scores)).any()
    # "Count new tokens alone": 'prompt counts' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "prompt counts")


@exercise.bug
def ranked_by_length_at_the_end(
    log_probs, prompts, beams, new_tokens, end=None, alpha=0.0
):
    """The beams are ranked by their sums until the last step, and long texts are lost before their
    length could count. Rank by sum / lengthᵅ at each step."""
    # "The beams are ranked by their sums until the last step, and long texts are lost before their
    #     length could count": alpha != 0 and not np.array_equal(got.scores, want.scores)
    # "Rank by sum / lengthᵅ at each step": 'late' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "late")


@exercise.bug
def scores_carried_on(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """The score that is already divided by a length is carried to the next step and divided again.
    Carry the sum."""
    # "The score that is already divided by a length is carried to the next step and divided again":
    #     (abs(got.scores) < abs(want.scores)).all()
    # "Carry the sum": 'scores carried' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "scores carried")


@exercise.bug
def worst_first(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """The smallest scores stay, which a plain argsort puts first. Sort the negated scores."""
    # "The smallest scores stay, which a plain argsort puts first": got.scores.max() <
    #     want.scores.min()
    # "Sort the negated scores": 'worst' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "worst")


@exercise.bug
def probabilities(log_probs, prompts, beams, new_tokens, end=None, alpha=0.0):
    """The scores are exponentials. Return them as logarithms, which no long text brings to 0."""
    # "The scores are exponentials": np.allclose(np.log(got.scores), want.scores)
    # "Return them as logarithms, which no long text brings to 0": 'exp' → ''
    return search(log_probs, prompts, beams, new_tokens, end, alpha, "exp")
