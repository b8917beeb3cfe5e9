"""Right and wrong ways to write train_bpe."""

from collections import Counter
from itertools import pairwise

import numpy as np


def _joined(word, pair, new):
    out = []
    for token in word:
        if out and out[-1] == pair[0] and token == pair[1]:
            out[-1] = new
        else:
            out.append(token)
    return out


def _neighbours(word):
    return list(pairwise(word))


def _as_rows(found):
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def lists_and_two_keys(words, merges, ties="ids"):
    parts = [(list(word), n) for word, n in words.items()]
    vocabulary = {i: bytes([i]) for i in range(256)}
    found = []
    for new in range(256, 256 + merges):
        counts = {}
        for word, n in parts:
            for pair in _neighbours(word):
                counts[pair] = counts.get(pair, 0) + n
        if not counts:
            break
        if ties == "bytes":
            best = max(
                counts, key=lambda p: (counts[p], vocabulary[p[0]], vocabulary[p[1]], -p[0], -p[1])
            )
        else:
            best = max(counts, key=lambda p: (counts[p], -p[0], -p[1]))
        vocabulary[new] = vocabulary[best[0]] + vocabulary[best[1]]
        found.append(best)
        for k, (word, n) in enumerate(parts):
            parts[k] = (_joined(word, best, new), n)
    return _as_rows(found)


def most_frequent_sorted(words, merges, ties="ids"):
    parts = {tuple(word): n for word, n in words.items()}
    names = [bytes([i]) for i in range(256)]
    found = []
    while len(found) < merges:
        counts = Counter()
        for word, n in parts.items():
            for pair in _neighbours(word):
                counts[pair] += n
        if not counts:
            return _as_rows(found)
        top = max(counts.values())
        tied = sorted(pair for pair in counts if counts[pair] == top)
        if ties == "bytes":
            tied = sorted(tied, key=lambda p: (names[p[0]], names[p[1]]), reverse=True)
        a, b = tied[0]
        new = 256 + len(found)
        names.append(names[a] + names[b])
        found.append((a, b))
        parts = {tuple(_joined(word, (a, b), new)): n for word, n in parts.items()}
    return _as_rows(found)


def text_of_numbers(words, merges, ties="ids"):
    """Words as text with a character for each token, which `replace` merges."""
    parts = [["".join(map(chr, word)), n] for word, n in words.items()]
    names = {chr(i): bytes([i]) for i in range(256)}
    found = []
    for i in range(merges):
        counts = Counter()
        for word, n in parts:
            for a, b in pairwise(word):
                counts[a + b] += n
        if not counts:
            break
        if ties == "ids":
            best = min(counts, key=lambda p: (-counts[p], p))
        else:
            best = max(counts, key=lambda p: (counts[p], names[p[0]], names[p[1]]))
        new = chr(256 + i)
        names[new] = names[best[0]] + names[best[1]]
        found.append([ord(best[0]), ord(best[1])])
        for part in parts:
            part[0] = part[0].replace(best, new)
    return _as_rows(found)


def counts_kept(words, merges, ties="ids"):
    parts, numbers = [list(word) for word in words], list(words.values())
    names = [bytes([i]) for i in range(256)]
    counts, found = Counter(), []
    for word, n in zip(parts, numbers, strict=True):
        for pair in _neighbours(word):
            counts[pair] += n
    while len(found) < merges and any(counts.values()):
        if ties == "ids":
            best = min(counts, key=lambda p: (-counts[p], p))
        else:
            best = max(counts, key=lambda p: (counts[p], (names[p[0]], names[p[1]])))
        new = 256 + len(found)
        found.append(best)
        names.append(names[best[0]] + names[best[1]])
        for k, n in enumerate(numbers):
            if best not in _neighbours(parts[k]):
                continue
            for pair in _neighbours(parts[k]):
                counts[pair] -= n
            parts[k] = _joined(parts[k], best, new)
            for pair in _neighbours(parts[k]):
                counts[pair] += n
    return _as_rows(found)


def one_array(words, merges, ties="ids"):
    """All words in one array, with -1 between them, and a weight for each place."""
    tokens = np.array([t for word in words for t in (*word, -1)], dtype=int)
    weights = np.array([n for word, n in words.items() for _ in range(len(word) + 1)], dtype=int)
    names = [bytes([i]) for i in range(256)]
    found = []
    while len(found) < merges:
        inside = (tokens[:-1] >= 0) & (tokens[1:] >= 0)
        if not inside.any():
            break
        pairs = np.stack([tokens[:-1], tokens[1:]], axis=1)[inside]
        different, where = np.unique(pairs, axis=0, return_inverse=True)
        counts = np.bincount(where.reshape(-1), weights[:-1][inside])
        tied = different[counts == counts.max()].tolist()
        tied.sort(key=lambda pair: [names[t] for t in pair], reverse=True)
        best = min(tied) if ties == "ids" else tied[0]
        new, keep, place = 256 + len(found), [], 0
        while place < len(tokens):
            keep.append(place)
            both = tokens[place : place + 2].tolist() == best
            tokens[place] = new if both else tokens[place]
            place += 2 if both else 1
        tokens, weights = tokens[keep], weights[keep]
        names.append(names[best[0]] + names[best[1]])
        found.append(best)
    return _as_rows(found)


def repeated_words(words, merges, ties="ids"):
    """No counts at all: each word stands there as often as it occurs."""
    parts = [list(word) for word, n in words.items() for _ in range(n)]
    names = [bytes([i]) for i in range(256)]
    found = []
    for new in range(256, 256 + merges):
        counts = Counter(pair for word in parts for pair in _neighbours(word))
        if len(counts) == 0:
            break
        rows = [
            (n, -a, -b, a, b) if ties == "ids" else (n, names[a], names[b], a, b)
            for (a, b), n in counts.items()
        ]
        best = sorted(rows)[-1][3:]
        names.append(names[best[0]] + names[best[1]])
        found.append(best)
        parts = [_joined(word, best, new) for word in parts]
    return _as_rows(found)


def _of_ids(pair, counts, names):
    return counts[pair], -pair[0], -pair[1]


def _of_bytes(pair, counts, names):
    return counts[pair], names[pair[0]], names[pair[1]]


def _general(words, merges, ties, key=None, joined=_joined, neighbours=_neighbours, first=256):
    parts = [(list(word), n) for word, n in words.items()]
    names = {i: bytes([i]) for i in range(256)}
    rule = key or (_of_bytes if ties == "bytes" else _of_ids)
    found = []
    for new in range(first, first + merges):
        counts = Counter()
        for word, n in parts:
            for pair in neighbours(word):
                counts[pair] += n
        if not counts:
            break
        top = max(rule(pair, counts, names) for pair in counts)
        best = next(pair for pair in counts if rule(pair, counts, names) == top)
        names[new] = names[best[0]] + names[best[1]]
        found.append(best)
        parts = [(joined(word, best, new), n) for word, n in parts]
    return _as_rows(found)


def minbpe_ties(words, merges, ties="ids"):
    """`max` by the count alone: of a tie the pair seen first."""
    return _general(words, merges, ties, key=lambda p, counts, names: counts[p])


def greater_pair_for_both(words, merges, ties="ids"):
    return _general(words, merges, ties, key=lambda p, counts, names: (counts[p], p))


def bytes_for_both(words, merges, ties="ids"):
    return _general(
        words, merges, ties, key=lambda p, counts, names: (counts[p], names[p[0]], names[p[1]])
    )


def ids_for_both(words, merges, ties="ids"):
    return _general(words, merges, "ids")


def joined_bytes(words, merges, ties="ids"):
    if ties == "ids":
        return _general(words, merges, ties)
    return _general(
        words, merges, ties, key=lambda p, counts, names: (counts[p], names[p[0]] + names[p[1]])
    )


def numbers_for_bytes(words, merges, ties="ids"):
    if ties == "ids":
        return _general(words, merges, ties)
    return _general(words, merges, ties, key=lambda p, counts, names: (counts[p], p))


def smaller_bytes(words, merges, ties="ids"):
    if ties == "ids":
        return _general(words, merges, ties)
    parts = {tuple(word): n for word, n in words.items()}
    names, found = [bytes([i]) for i in range(256)], []
    for i in range(merges):
        counts = Counter()
        for word, n in parts.items():
            for pair in _neighbours(word):
                counts[pair] += n
        if not counts:
            break
        best = min(counts, key=lambda p: (-counts[p], names[p[0]], names[p[1]]))
        names.append(names[best[0]] + names[best[1]])
        found.append(best)
        parts = {tuple(_joined(word, best, 256 + i)): n for word, n in parts.items()}
    return _as_rows(found)


def unweighted(words, merges, ties="ids"):
    return _general(dict.fromkeys(words, 1), merges, ties)


def set_of_pairs(words, merges, ties="ids"):
    return _general(words, merges, ties, neighbours=lambda word: set(_neighbours(word)))


def text_count(words, merges, ties="ids"):
    """`str.count` does not see pairs that overlap."""

    def neighbours(word):
        found, last = [], None
        for k, pair in enumerate(_neighbours(word)):
            if pair[0] == pair[1] and last == (pair, k - 1):
                last = None
                continue
            found.append(pair)
            last = (pair, k)
        return found

    return _general(words, merges, ties, neighbours=neighbours)


def only_first_place(words, merges, ties="ids"):
    def joined(word, pair, new):
        for k, each in enumerate(_neighbours(word)):
            if each == pair:
                return [*word[:k], new, *word[k + 2 :]]
        return word

    return _general(words, merges, ties, joined=joined)


def backwards(words, merges, ties="ids"):
    def joined(word, pair, new):
        return _joined(word[::-1], pair[::-1], new)[::-1]

    return _general(words, merges, ties, joined=joined)


def one_long_text(words, merges, ties="ids"):
    text = b"".join(word * n for word, n in words.items())
    return _general({text: 1}, merges, ties)


def counted_once(words, merges, ties="ids"):
    counts = Counter()
    for word, n in words.items():
        for pair in _neighbours(word):
            counts[pair] += n
    if ties == "ids":
        best = sorted(counts, key=lambda p: (-counts[p], p))
    else:
        best = sorted(counts, key=lambda p: (counts[p], p), reverse=True)
    return _as_rows(best[:merges])


def stops_at_single_pairs(words, merges, ties="ids"):
    found = _general(words, merges, ties)
    parts = [(list(word), n) for word, n in words.items()]
    for k, pair in enumerate(found.tolist()):
        count = sum(n * _neighbours(word).count(tuple(pair)) for word, n in parts)
        if count < 2:
            return found[:k]
        parts = [(_joined(word, pair, 256 + k), n) for word, n in parts]
    return found


def numbered_from_257(words, merges, ties="ids"):
    """Number 256 is kept for the end of a text."""
    return _general(words, merges, ties, first=257)


def vocabulary_size(words, merges, ties="ids"):
    return _general(words, max(0, merges - 256), ties)


def max_of_nothing(words, merges, ties="ids"):
    parts = [(list(word), n) for word, n in words.items()]
    names, found = [bytes([i]) for i in range(256)], []
    for new in range(256, 256 + merges):
        counts = Counter()
        for word, n in parts:
            for pair in _neighbours(word):
                counts[pair] += n
        if ties == "ids":
            best = min(counts, key=lambda p: (-counts[p], p))
        else:
            best = max(counts, key=lambda p: (counts[p], names[p[0]], names[p[1]]))
        names.append(names[best[0]] + names[best[1]])
        found.append(best)
        parts = [(_joined(word, best, new), n) for word, n in parts]
    return _as_rows(found)


def words_as_text(words, merges, ties="ids"):
    """Characters in place of bytes."""
    parts = {tuple(w.decode(errors="replace")): n for w, n in words.items()}
    numbers, found = {}, []
    for i in range(merges):
        counts = Counter()
        for word, n in parts.items():
            for pair in pairwise(word):
                counts[pair] += n
        if not counts:
            break
        top = max(counts.values())
        tied = [pair for pair in counts if counts[pair] == top]
        rows = [tuple(numbers.get(part) or ord(part) for part in pair) for pair in tied]
        k = rows.index(min(rows)) if ties == "ids" else tied.index(max(tied))
        new = "".join(tied[k])
        numbers[new] = 256 + i
        found.append(rows[k])
        parts = {tuple(_joined(word, tied[k], new)): n for word, n in parts.items()}
    return _as_rows(found)


def a_list_of_pairs(words, merges, ties="ids"):
    return [tuple(pair) for pair in _general(words, merges, ties).tolist()]


def replaced_in_text(words, merges, ties="ids"):
    """As in the paper, but without its spaces: "97 98" stands in "197 98", too."""
    parts = {" ".join(map(str, word)): n for word, n in words.items()}
    names, found = [bytes([i]) for i in range(256)], []
    for i in range(merges):
        counts = Counter()
        for word, n in parts.items():
            for pair in pairwise(map(int, word.split())):
                counts[pair] += n
        if not counts:
            break
        rule = _of_bytes if ties == "bytes" else _of_ids
        rows = {pair: rule(pair, counts, names) for pair in counts}
        a, b = max(rows, key=rows.get)
        names.append(names[a] + names[b])
        found.append((a, b))
        parts = {word.replace(f"{a} {b}", str(256 + i)): n for word, n in parts.items()}
    return _as_rows(found)


def counts_in_place(words, merges, ties="ids"):
    """Words that are one byte are thrown away, in the dictionary that was given."""
    for word in [word for word in words if len(word) < 2]:
        del words[word]
    return _general(words, merges, ties)


def counts_halved(words, merges, ties="ids"):
    """The counts that were given are changed."""
    found = _general(words, merges, ties)
    for word in words:
        words[word] -= 1
    return found


def floats(words, merges, ties="ids"):
    return _general(words, merges, ties).astype(float)


def second_number_first(words, merges, ties="ids"):
    if ties == "bytes":
        return _general(words, merges, ties)
    return _general(words, merges, ties, key=lambda p, counts, names: (counts[p], -p[1], -p[0]))


def decoded_for_the_tie(words, merges, ties="ids"):
    if ties == "ids":
        return _general(words, merges, ties)

    def key(pair, counts, names):
        return counts[pair], *(names[part].decode(errors="replace") for part in pair)

    return _general(words, merges, ties, key=key)


def two_steps_behind_each(words, merges, ties="ids"):
    def joined(word, pair, new):
        word, place = list(word), 0
        while place < len(word):
            step = 1
            if tuple(word[place : place + 2]) == pair:
                word[place : place + 2], step = [new], 2
            place += step
        return word

    return _general(words, merges, ties, joined=joined)


def later_second_bytes(words, merges, ties="ids"):
    if ties == "ids":
        return _general(words, merges, ties)
    return _general(
        words, merges, ties, key=lambda p, counts, names: (counts[p], names[p[1]], names[p[0]])
    )


def bytes_of_the_first_token_alone(words, merges, ties="ids"):
    if ties == "ids":
        return _general(words, merges, ties)
    return _general(words, merges, ties, key=lambda p, counts, names: (counts[p], names[p[0]]))


def first_seen_by_ids_alone(words, merges, ties="ids"):
    if ties == "bytes":
        return _general(words, merges, ties)
    return _general(words, merges, ties, key=lambda p, counts, names: counts[p])


def largest_count_of_nothing(words, merges, ties="ids"):
    parts = [(list(word), n) for word, n in words.items()]
    names, found = {i: bytes([i]) for i in range(256)}, []
    rule = _of_ids if ties == "ids" else _of_bytes
    for new in range(256, 256 + merges):
        counts = Counter()
        for word, n in parts:
            for pair in _neighbours(word):
                counts[pair] += n
        top = max(counts.values())
        tied = [pair for pair in counts if counts[pair] == top]
        best = max(tied, key=lambda pair: rule(pair, counts, names))
        names[new] = names[best[0]] + names[best[1]]
        found.append(best)
        parts = [(_joined(word, best, new), n) for word, n in parts]
    return _as_rows(found)


def both_of_three(words, merges, ties="ids"):
    """Places are found first, overlapping ones too, and each becomes a token."""

    def joined(word, pair, new):
        places = [i for i in range(len(word) - 1) if (word[i], word[i + 1]) == pair]
        ends = {i + 1 for i in places} - set(places)
        return [new if i in places else t for i, t in enumerate(word) if i not in ends]

    return _general(words, merges, ties, joined=joined)


def counts_only_grow(words, merges, ties="ids"):
    """Counts are kept; a merge adds the new token's pairs and takes none away."""
    parts = [(list(word), n) for word, n in words.items()]
    names, found, counts = {i: bytes([i]) for i in range(256)}, [], Counter()
    for word, n in parts:
        for pair in _neighbours(word):
            counts[pair] += n
    rule = _of_ids if ties == "ids" else _of_bytes
    for new in range(256, 256 + merges):
        if not any(counts.values()):
            break
        best = max(counts, key=lambda pair: rule(pair, counts, names))
        names[new] = names[best[0]] + names[best[1]]
        found.append(best)
        counts[best] = 0
        parts = [(_joined(word, best, new), n) for word, n in parts]
        for word, n in parts:
            for pair in _neighbours(word):
                counts[pair] += n if new in pair else 0
    return _as_rows(found)


def least_bytes_by_ids(words, merges, ties="ids"):
    parts = [(list(word), count) for word, count in words.items()]
    names, found = [bytes([i]) for i in range(256)], []
    while len(found) < merges:
        counts = Counter()
        for ids, count in parts:
            for pair in pairwise(ids):
                counts[pair] += count
        if not counts:
            break
        best = [pair for pair in sorted(counts) if counts[pair] == max(counts.values())]
        order = max if ties == "bytes" else min
        pair = order(best, key=lambda p: (names[p[0]], names[p[1]]))
        parts = [(_joined(ids, pair, len(names)), count) for ids, count in parts]
        names.append(names[pair[0]] + names[pair[1]])
        found.append(pair)
    return np.array(found, int).reshape(-1, 2)


def assigned_counts(words, merges, ties="ids"):
    """`=` for `+=`: the last word's count stands."""
    parts = [(list(word), n) for word, n in words.items()]
    names, found = {i: bytes([i]) for i in range(256)}, []
    rule = _of_ids if ties == "ids" else _of_bytes
    for new in range(256, 256 + merges):
        counts = {pair: n for word, n in parts for pair in _neighbours(word)}
        if not counts:
            break
        best = max(counts, key=lambda pair: rule(pair, counts, names))
        names[new] = names[best[0]] + names[best[1]]
        found.append(best)
        parts = [(_joined(word, best, new), n) for word, n in parts]
    return _as_rows(found)


def largest_counts(words, merges, ties="ids"):
    parts = [(list(word), n) for word, n in words.items()]
    names, found = {i: bytes([i]) for i in range(256)}, []
    rule = _of_ids if ties == "ids" else _of_bytes
    while len(found) < merges:
        counts = Counter()
        for word, n in parts:
            for pair in _neighbours(word):
                counts[pair] = max(counts[pair], n)
        if not counts:
            break
        best = max(counts, key=lambda pair: rule(pair, counts, names))
        names[256 + len(found)] = names[best[0]] + names[best[1]]
        parts = [(_joined(word, best, 256 + len(found)), n) for word, n in parts]
        found.append(best)
    return _as_rows(found)


def numbers_as_text(words, merges, ties="ids"):
    """`sorted` of texts."""
    parts = {" ".join(map(str, word)): n for word, n in words.items()}
    names, found = [bytes([i]) for i in range(256)], []
    for i in range(merges):
        counts = Counter()
        for text, n in parts.items():
            for pair in pairwise(text.split()):
                counts[pair] += n
        if not counts:
            break
        tied = sorted(pair for pair in counts if counts[pair] == max(counts.values()))
        rows = [(int(a), int(b)) for a, b in tied]
        if ties == "bytes":
            rows.sort(key=lambda p: (names[p[0]], names[p[1]]), reverse=True)
        best = rows[0]
        names.append(names[best[0]] + names[best[1]])
        found.append(best)
        parts = {
            " ".join(map(str, _joined(map(int, text.split()), best, 256 + i))): n
            for text, n in parts.items()
        }
    return _as_rows(found)


def first_bytes_then_numbers(words, merges, ties="ids"):
    if ties == "ids":
        return _general(words, merges, ties)

    def key(pair, counts, names):
        return counts[pair], names[pair[0]], -pair[0], -pair[1]

    return _general(words, merges, ties, key=key)


def with_an_end(words, merges, ties="ids"):
    """As in the paper: number 256 ends each word."""
    parts = [([*word, 256], n) for word, n in words.items()]
    names, found = {i: bytes([i]) for i in range(256)} | {256: b""}, []
    rule = _of_ids if ties == "ids" else _of_bytes
    for new in range(257, 257 + merges):
        counts = Counter()
        for word, n in parts:
            for pair in _neighbours(word):
                counts[pair] += n
        if not counts:
            break
        best = max(counts, key=lambda pair: rule(pair, counts, names))
        names[new] = names[best[0]] + names[best[1]]
        found.append(best)
        parts = [(_joined(word, best, new), n) for word, n in parts]
    return _as_rows(found)


def with_an_end_of_bytes(words, merges, ties="ids"):
    return _general({word + b"</w>": n for word, n in words.items()}, merges, ties)


def pair_at_the_end_left(words, merges, ties="ids"):
    def joined(word, pair, new):
        return [*_joined(word[:-1], pair, new), *word[-1:]]

    return _general(words, merges, ties, joined=joined)


def walk_over_pairs(words, merges, ties="ids"):
    """The loop ends before the last token, which nothing appends."""

    def joined(word, pair, new):
        out, i = [], 0
        while i < len(word) - 1:
            if (word[i], word[i + 1]) == pair:
                out.append(new)
                i += 2
            else:
                out.append(word[i])
                i += 1
        return out

    return _general(words, merges, ties, joined=joined)


def rows_of_bytes(words, merges, ties="ids"):
    return _general(words, merges, ties).astype(np.uint8)


def rows_of_three(words, merges, ties="ids"):
    found = _general(words, merges, ties).tolist()
    rows = [(a, b, 256 + i) for i, (a, b) in enumerate(found)]
    return np.array(rows, dtype=int).reshape(-1, 3)


def rows_made_before(words, merges, ties="ids"):
    rows = np.zeros((merges, 2), dtype=int)
    for i, pair in enumerate(_general(words, merges, ties)):
        rows[i] = pair
    return rows


def counts_of_0_kept(words, merges, ties="ids"):
    """Counts go down where a pair is merged; nothing asks whether one is 0."""
    parts, counts = [(list(word), n) for word, n in words.items()], Counter()
    names, found = {i: bytes([i]) for i in range(256)}, []
    rule = _of_ids if ties == "ids" else _of_bytes
    for word, n in parts:
        for pair in _neighbours(word):
            counts[pair] += n
    while counts and len(found) < merges:
        new = 256 + len(found)
        best = max(counts, key=lambda pair: rule(pair, counts, names))
        names[new] = names[best[0]] + names[best[1]]
        found.append(best)
        for k, (word, n) in enumerate(parts):
            for pair in _neighbours(word):
                counts[pair] -= n
            parts[k] = (_joined(word, best, new), n)
            for pair in _neighbours(parts[k][0]):
                counts[pair] += n
    return _as_rows(found)


def longer_bytes_first(words, merges, ties="ids"):
    """Bytes are compared by their length, then by their order."""
    if ties == "ids":
        return _general(words, merges, ties)

    def key(pair, counts, names):
        return counts[pair], *((len(names[part]), names[part]) for part in pair)

    return _general(words, merges, ties, key=key)


def repeated_as_often_as_it_occurs(words, merges, ties="ids"):
    return _general({word * n: 1 for word, n in words.items()}, merges, ties)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    minbpe_ties: "ties_to_the_first_seen",
    greater_pair_for_both: "ties_to_the_higher_numbers",
    bytes_for_both: "ties_by_bytes_always",
    ids_for_both: "ties_by_ids_always",
    joined_bytes: "ties_by_the_joined_bytes",
    numbers_for_bytes: "ties_of_bytes_by_numbers",
    smaller_bytes: "ties_to_the_lower_bytes",
    unweighted: "words_counted_once",
    set_of_pairs: "pairs_counted_once_a_word",
    text_count: "runs_counted_without_overlap",
    only_first_place: "merged_in_one_place",
    backwards: "merged_from_the_right",
    one_long_text: "pairs_across_words",
    counted_once: "counts_of_the_first_pass",
    stops_at_single_pairs: "pairs_that_occur_once_are_left",
    numbered_from_257: "numbered_from_elsewhere",
    vocabulary_size: "size_of_the_vocabulary",
    max_of_nothing: "fails_when_no_pair_is_left",
    words_as_text: "characters_for_bytes",
    replaced_in_text: "pairs_within_longer_numbers",
    counts_in_place: "an_argument_changed",
    counts_halved: "an_argument_changed",
    a_list_of_pairs: "a_result_of_another_kind",
    floats: "a_property_fails",
    second_number_first: "second_of_a_pair_compared_first",
    decoded_for_the_tie: "bytes_compared_as_text",
    two_steps_behind_each: "passed_over_behind_a_pair",
    later_second_bytes: "second_bytes_compared_first",
    first_seen_by_ids_alone: "ties_to_the_first_seen",
    largest_count_of_nothing: "fails_when_no_pair_is_left",
    both_of_three: "a_token_in_two_merges",
    counts_only_grow: "old_pairs_still_counted",
    bytes_of_the_first_token_alone: "first_bytes_compared_alone",
    least_bytes_by_ids: "ties_of_ids_by_bytes",
    assigned_counts: "count_of_one_word",
    largest_counts: "count_of_one_word",
    numbers_as_text: "ties_of_numbers_as_text",
    first_bytes_then_numbers: "first_bytes_compared_alone",
    with_an_end: "end_of_word_added",
    with_an_end_of_bytes: "end_of_word_added",
    pair_at_the_end_left: "left_at_the_end_of_a_word",
    walk_over_pairs: "last_token_lost",
    rows_of_bytes: "numbers_of_bytes_again",
    rows_of_three: "number_in_the_row",
    rows_made_before: "rows_without_a_merge",
    counts_of_0_kept: "pairs_counted_0_times",
    longer_bytes_first: None,
    repeated_as_often_as_it_occurs: "pairs_across_words",
}
