"""Right and wrong ways to write bpe_encode."""

from itertools import pairwise

import numpy as np


def _put(word, pair, new):
    out = []
    for token in word:
        if out and out[-1] == pair[0] and token == pair[1]:
            out[-1] = new
        else:
            out.append(token)
    return out


def _first_place(word, pair, new):
    for place, each in enumerate(pairwise(word)):
        if each == pair:
            return [*word[:place], new, *word[place + 2 :]]
    return word


def _number(merges):
    """The number of each token by its bytes."""
    names = [bytes([i]) for i in range(256)]
    for a, b in merges.tolist():
        names.append(names[a] + names[b])
    return {name: i for i, name in enumerate(names)}


def each_merge_in_turn(word, merges):
    tokens = [int(byte) for byte in word]
    for row, (a, b) in enumerate(merges):
        tokens = _put(tokens, (int(a), int(b)), 256 + row)
    return np.array(tokens, dtype=np.int64)


def as_minbpe(word, merges):
    table = {(int(a), int(b)): 256 + i for i, (a, b) in enumerate(merges)}
    ids = word.tolist()
    while len(ids) >= 2:
        pair = min(pairwise(ids), key=lambda p: table.get(p, float("inf")))
        if pair not in table:
            break
        ids = _put(ids, pair, table[pair])
    return np.array(ids, dtype=int)


def one_pair_at_a_time(word, merges):
    """As tiktoken: the place of the lowest rank, the leftmost of several."""
    table = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    ids = list(map(int, word))
    while True:
        ranks = [table.get(pair, len(table)) for pair in pairwise(ids)]
        if not ranks or min(ranks) == len(table):
            return np.array(ids, dtype=np.intp)
        place = ranks.index(min(ranks))
        ids[place : place + 2] = [256 + ranks[place]]


def by_replace(word, merges):
    text = "".join(map(chr, word.tolist()))
    for row, (a, b) in enumerate(merges.tolist()):
        text = text.replace(chr(a) + chr(b), chr(256 + row))
    return np.array([ord(c) for c in text], dtype=np.int64)


def by_heap(word, merges):
    import heapq

    rank = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    ids = word.tolist()
    after = [*range(1, len(ids) + 1)]
    before = [*range(-1, len(ids) - 1)]
    heap = []

    def push(left):
        right = after[left] if left >= 0 else len(ids)
        if left >= 0 and right < len(ids) and (ids[left], ids[right]) in rank:
            heapq.heappush(heap, (rank[ids[left], ids[right]], left, ids[left], ids[right]))

    for left in range(len(ids) - 1):
        push(left)
    while heap:
        row, left, a, b = heapq.heappop(heap)
        right = after[left]
        if right >= len(ids) or ids[left] != a or ids[right] != b:
            continue
        ids[left], ids[right] = 256 + row, None
        after[left] = after[right]
        if after[left] < len(ids):
            before[after[left]] = left
        push(before[left])
        push(left)
    return np.array([token for token in ids if token is not None], dtype=np.int64)


def in_numpy(word, merges):
    tokens = word.astype(np.int64)
    for row, (a, b) in enumerate(merges.astype(np.int64)):
        here = (tokens[:-1] == a) & (tokens[1:] == b)
        if a == b:
            for place in np.flatnonzero(here):
                here[place] = not (place and here[place - 1])
        places = np.flatnonzero(here)
        tokens[places] = 256 + row
        tokens = np.delete(tokens, places + 1)
    return tokens


def recursive(word, merges):
    rank = {tuple(pair): row for row, pair in enumerate(merges.tolist())}

    def go(ids):
        known = [rank[pair] for pair in pairwise(ids) if pair in rank]
        if not known:
            return ids
        row = min(known)
        return go(tuple(_put(ids, tuple(merges[row].tolist()), 256 + row)))

    return np.array(go(tuple(word.tolist())), dtype=np.int64)


def greedy_longest(word, merges):
    number = _number(merges)
    rest, found = bytes(word.tolist()), []
    while rest:
        size = max(k for k in range(1, len(rest) + 1) if rest[:k] in number)
        found.append(number[rest[:size]])
        rest = rest[size:]
    return np.array(found, dtype=int)


def dynamic_programming(word, merges):
    number = _number(merges)
    text = bytes(word.tolist())
    best = [[]]
    for end in range(1, len(text) + 1):
        starts = [start for start in range(end) if text[start:end] in number]
        best.append(
            min(([*best[s], number[text[s:end]]] for s in starts), key=lambda ids: (len(ids), ids))
        )
    return np.array(best[-1], dtype=int)


def leftmost_pair(word, merges):
    rank = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    ids, place = word.tolist(), 0
    while place < len(ids) - 1:
        pair = (ids[place], ids[place + 1])
        if pair in rank:
            ids[place : place + 2] = [256 + rank[pair]]
            place = 0
        else:
            place += 1
    return np.array(ids, dtype=int)


def a_stack(word, merges):
    rank = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    stack = []
    for byte in word.tolist():
        stack.append(byte)
        while len(stack) > 1 and (stack[-2], stack[-1]) in rank:
            pair = (stack[-2], stack.pop())
            stack[-1] = 256 + rank[pair]
    return np.array(stack, dtype=int)


def latest_first(word, merges):
    tokens = word.tolist()
    changed = True
    while changed:
        changed = False
        for row in reversed(range(len(merges))):
            pair = tuple(merges[row].tolist())
            if pair in pairwise(tokens):
                tokens = _put(tokens, pair, 256 + row)
                changed = True
                break
    return np.array(tokens, dtype=int)


def first_occurrence_of_each(word, merges):
    tokens = word.tolist()
    for row, pair in enumerate(merges.tolist()):
        tokens = _first_place(tokens, tuple(pair), 256 + row)
    return np.array(tokens, dtype=int)


def breaks_off(word, merges):
    tokens = word.tolist()
    for row, pair in enumerate(merges.tolist()):
        if tuple(pair) not in pairwise(tokens):
            break
        tokens = _put(tokens, tuple(pair), 256 + row)
    return np.array(tokens, dtype=int)


def last_of_a_run(word, merges):
    tokens = word.tolist()[::-1]
    for row, (a, b) in enumerate(merges.tolist()):
        tokens = _put(tokens, (b, a), 256 + row)
    return np.array(tokens[::-1], dtype=int)


def rows_for_numbers(word, merges):
    tokens = each_merge_in_turn(word, merges)
    return np.where(tokens > 255, tokens - 256, tokens)


def one_too_high(word, merges):
    tokens = each_merge_in_turn(word, merges)
    return np.where(tokens > 255, tokens + 1, tokens)


def no_second_round(word, merges):
    rank = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    ids = word.tolist()
    known = sorted((rank[pair], pair) for pair in set(pairwise(ids)) if pair in rank)
    for row, pair in known:
        ids = _put(ids, pair, 256 + row)
    return np.array(ids, dtype=int)


def one_merge(word, merges):
    rank = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    ids = word.tolist()
    known = [pair for pair in pairwise(ids) if pair in rank]
    if known:
        best = min(known, key=rank.get)
        ids = _put(ids, best, 256 + rank[best])
    return np.array(ids, dtype=int)


def overlaps(word, merges):
    tokens = word.tolist()
    for row, (a, b) in enumerate(merges.tolist()):
        out, k = [], 0
        while k < len(tokens):
            if tokens[k : k + 2] == [a, b]:
                out.append(256 + row)
                k += 1 if a == b and tokens[k + 1 : k + 3] == [a, b] else 2
            else:
                out.append(tokens[k])
                k += 1
        tokens = out
    return np.array(tokens, dtype=int)


def frequent_first(word, merges):
    rank = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    ids = word.tolist()
    while True:
        known = [pair for pair in pairwise(ids) if pair in rank]
        if not known:
            return np.array(ids, dtype=int)
        best = max(known, key=known.count)
        ids = _put(ids, best, 256 + rank[best])


def as_tiktoken_looks_up(word, merges):
    """By the bytes of two tokens, not by the pair."""
    number = _number(merges)
    parts = [bytes([byte]) for byte in word.tolist()]
    while True:
        known = [
            (number[a + b], place)
            for place, (a, b) in enumerate(pairwise(parts))
            if a + b in number
        ]
        if not known:
            return np.array([number[part] for part in parts], dtype=int)
        _, place = min(known)
        parts[place : place + 2] = [parts[place] + parts[place + 1]]


def longest_at_the_end(word, merges):
    number = _number(merges)
    text, found = bytes(word.tolist()), []
    while text:
        start = next(k for k in range(len(text)) if text[k:] in number)
        found.insert(0, number[text[start:]])
        text = text[:start]
    return np.array(found, dtype=int)


def never_at_the_end(word, merges):
    tokens = word.tolist()
    for row, pair in enumerate(merges.tolist()):
        out, k = [], 0
        while k < len(tokens) - 1:
            both = tokens[k : k + 2] == pair
            out.append(256 + row if both else tokens[k])
            k += 1 + both
        tokens = out
    return np.array(tokens, dtype=int)


def a_place_too_far(word, merges):
    """Behind a pair one more token is passed over."""
    tokens = word.tolist()
    for row, pair in enumerate(merges.tolist()):
        k = 0
        while k < len(tokens) - 1:
            if tokens[k : k + 2] == pair:
                tokens[k : k + 2] = [256 + row]
                k += 1
            k += 1
    return np.array(tokens, dtype=int)


def a_list(word, merges):
    return each_merge_in_turn(word, merges).tolist()


def in_the_type_of_the_word(word, merges):
    return as_minbpe(word, merges).astype(word.dtype)


def floats(word, merges):
    return as_minbpe(word, merges).astype(float)


def zero_is_false(word, merges):
    table = {(int(a), int(b)): i for i, (a, b) in enumerate(merges)}
    ids = [int(byte) for byte in word]
    while rows := [table[pair] for pair in pairwise(ids) if table.get(pair)]:
        ids = _put(ids, tuple(merges[min(rows)].tolist()), 256 + min(rows))
    return np.array(ids, dtype=int)


def while_there_are_three(word, merges):
    table = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    ids = word.tolist()
    while len(ids) > 2 and any(pair in table for pair in pairwise(ids)):
        pair = min(pairwise(ids), key=lambda pair: table.get(pair, len(table)))
        ids = _put(ids, pair, 256 + table[pair])
    return np.array(ids, dtype=int)


def signed(word, merges):
    return as_minbpe(word.astype(np.int8), merges)


def one_step_behind_a_pair(word, merges):
    ids = [int(byte) for byte in word]
    for row, (a, b) in enumerate(merges.tolist()):
        ids = [256 + row if pair == (a, b) else pair[0] for pair in pairwise([*ids, None])]
    return np.array(ids, dtype=int)


def one_place_too_few(word, merges):
    ids = [int(byte) for byte in word]
    for row, pair in enumerate(merges.tolist()):
        place = 0
        while place < len(ids) - 2:
            if ids[place : place + 2] == pair:
                ids[place : place + 2] = [256 + row]
            place += 1
    return np.array(ids, dtype=int)


def frequent_then_early(word, merges):
    table = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    ids = word.tolist()
    while known := [pair for pair in pairwise(ids) if pair in table]:
        pair = max(known, key=lambda p: (known.count(p), -table[p]))
        ids = _put(ids, pair, 256 + table[pair])
    return np.array(ids, dtype=int)


def right_and_left_exchanged(word, merges):
    return as_minbpe(word, np.flip(merges, axis=1))


def smallest_pair(word, merges):
    table = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    ids = word.tolist()
    while known := {pair for pair in pairwise(ids) if pair in table}:
        pair = min(known)
        ids = _put(ids, pair, 256 + table[pair])
    return np.array(ids, dtype=int)


def in_either_order(word, merges):
    table = {}
    for row, (a, b) in enumerate(merges.tolist()):
        table[a, b] = row
    for (a, b), row in [*table.items()]:
        table.setdefault((b, a), row)
    ids = word.tolist()
    while known := [pair for pair in pairwise(ids) if pair in table]:
        pair = min(known, key=table.get)
        ids = _put(ids, pair, 256 + table[pair])
    return np.array(ids, dtype=int)


def replaced_in_a_text(word, merges):
    text = " ".join(str(byte) for byte in word)
    for row, (a, b) in enumerate(merges):
        text = text.replace(f"{a} {b}", f"{256 + row}")
    return np.array([int(number) for number in text.split()], dtype=int)


def _in_rounds(word, merges, first=256, least=1):
    """Walks as long as `least` tokens are ahead."""
    table = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    ids = word.tolist()
    while known := [pair for pair in pairwise(ids) if pair in table]:
        best, out, place = min(known, key=table.get), [], 0
        while place <= len(ids) - least:
            if tuple(ids[place : place + 2]) == best:
                out.append(first + table[best])
                place += 2
            else:
                out.append(ids[place])
                place += 1
        ids = out
    return np.array(ids, dtype=int)


def last_token_lost_in_each_round(word, merges):
    return _in_rounds(word, merges, least=2)


def one_too_high_in_each_round(word, merges):
    return _in_rounds(word, merges, first=257)


def of_its_memory(word, merges):
    return each_merge_in_turn(list(bytes(word)), merges)


def smallest_of_nothing(word, merges):
    table = {tuple(pair): row for row, pair in enumerate(merges.tolist())}
    ids = word.tolist()
    while True:
        pair = min(pairwise(ids), key=lambda p: table.get(p, float("inf")))
        if pair not in table:
            return np.array(ids, dtype=int)
        ids = _put(ids, pair, 256 + table[pair])


def a_number_for_each_merge_used(word, merges):
    ids, new = word.tolist(), 256
    for pair in map(tuple, merges.tolist()):
        if pair in pairwise(ids):
            ids = _put(ids, pair, new)
            new += 1
    return np.array(ids, dtype=int)


def as_a_set(word, merges):
    ids = word.tolist()
    for row, pair in enumerate(merges.tolist()):
        place = 0
        while place < len(ids) - 1:
            if sorted(ids[place : place + 2]) == sorted(pair):
                ids[place : place + 2] = [256 + row]
            place += 1
    return np.array(ids, dtype=int)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    greedy_longest: "longest_match",
    dynamic_programming: "fewest_tokens",
    leftmost_pair: "from_the_left",
    a_stack: "from_the_left",
    latest_first: "learned_last_first",
    first_occurrence_of_each: "merged_in_one_place",
    breaks_off: "ends_at_a_merge_that_is_missing",
    last_of_a_run: "merged_from_the_right",
    rows_for_numbers: "numbered_from_elsewhere",
    one_too_high: "numbered_from_elsewhere",
    no_second_round: "pairs_of_bytes_only",
    one_merge: "merged_once",
    overlaps: "pairs_that_overlap",
    frequent_first: "most_frequent_first",
    as_tiktoken_looks_up: "joined_bytes_looked_for",
    longest_at_the_end: "longest_match_from_the_right",
    never_at_the_end: "last_token_lost",
    a_place_too_far: "passed_over_behind_a_pair",
    a_list: "a_result_of_another_kind",
    in_the_type_of_the_word: "tokens_of_the_type_of_the_word",
    floats: "a_property_fails",
    zero_is_false: "row_0_counts_as_none",
    while_there_are_three: "two_tokens_stay",
    signed: "bytes_with_a_sign",
    one_step_behind_a_pair: "second_of_a_pair_left",
    one_place_too_few: "pair_at_the_end_left",
    frequent_then_early: "most_frequent_first",
    right_and_left_exchanged: "pairs_turned_around",
    smallest_pair: "lowest_numbers_first",
    in_either_order: "pairs_in_either_order",
    replaced_in_a_text: "digits_for_numbers",
    last_token_lost_in_each_round: "last_token_lost",
    one_too_high_in_each_round: "numbered_from_elsewhere",
    of_its_memory: "memory_of_the_word",
    smallest_of_nothing: "fails_at_one_token",
    a_number_for_each_merge_used: "numbered_as_they_are_used",
    as_a_set: "pairs_in_either_order",
}
