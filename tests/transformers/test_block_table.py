"""Block tables against a cache kept as one array for each sequence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from answers.transformers.block_table import BlockPool

# Most begin alike.
PROMPTS = st.tuples(st.integers(1, 6), st.lists(st.integers(0, 1), max_size=3)).map(
    lambda parts: [0] * parts[0] + parts[1]
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("start"), PROMPTS),
        st.tuples(st.just("append"), st.integers(0, 3), st.integers(0, 1)),
        st.tuples(st.just("stop"), st.integers(0, 3)),
    ),
    min_size=10,
    max_size=40,
)


def entry(tokens):
    """What a cache holds for the last of these tokens: it depends on them all."""
    return hash(tuple(tokens))


@given(STEPS, st.integers(1, 12), st.integers(1, 3))
def test_every_sequence_finds_its_own_keys_in_its_blocks(steps, blocks, size):
    """Only what `start` says is not there is written, and later tokens as they come."""
    pool, memory, count = BlockPool(blocks, size), {}, 0

    def write(name, position):
        tokens, table = pool.tokens[name], pool.tables[name]
        memory[table[position // size], position % size] = entry(tokens[: position + 1])

    for step in steps:
        names = list(pool.tables)
        if step[0] == "start":
            there = pool.start(f"s{count}", step[1])
            if there is not None:
                for position in range(there, len(step[1])):
                    write(f"s{count}", position)
            count += 1
        elif names:
            name = names[step[1] % len(names)]
            if step[0] == "stop":
                pool.stop(name)
            elif pool.append(name, step[2]):
                write(name, len(pool.tokens[name]) - 1)
        for name, tokens in pool.tokens.items():
            table = pool.tables[name]
            assert len(table) == -(-len(tokens) // size)
            for position in range(len(tokens)):
                found = memory[table[position // size], position % size]
                assert found == entry(tokens[: position + 1])
        used = [block for table in pool.tables.values() for block in table]
        assert sorted({*used} | {*pool.idle} | {*pool.free}) == list(range(blocks))
        assert len({*used}) + len(pool.idle) + len(pool.free) == blocks
        assert pool.users == {block: used.count(block) for block in used}


def test_equal_beginnings_are_kept_once_and_only_whole_blocks():
    pool = BlockPool(20, size=4)
    assert pool.start("a", [*range(10)]) == 0
    assert pool.start("b", [*range(10), 11]) == 8
    assert pool.start("c", [9, *range(1, 10)]) == 0
    assert pool.tables["a"][:2] == pool.tables["b"][:2]
    assert pool.tables["a"][2] != pool.tables["b"][2]


def test_the_last_token_is_read_even_if_all_blocks_are_shared():
    pool = BlockPool(20, size=4)
    pool.start("a", [*range(8)])
    assert pool.start("b", [*range(8)]) == 7


def test_what_nobody_uses_is_found_again_until_its_room_is_needed():
    pool = BlockPool(3, size=2)
    pool.start("a", [1, 2, 3, 4])
    pool.stop("a")
    assert pool.start("b", [1, 2, 3, 4, 5]) == 4
    pool.stop("b")
    assert pool.start("c", [7, 7, 7, 7, 7, 7]) == 0
    pool.stop("c")
    assert pool.start("d", [1, 2, 3, 4, 5]) == 0


def test_of_one_sequence_the_last_blocks_go_first():
    pool = BlockPool(4, size=2)
    pool.start("a", [1, 2, 3, 4, 5, 6])
    pool.stop("a")
    pool.start("b", [7, 7, 7, 7])
    pool.stop("b")
    assert pool.start("c", [1, 2, 3, 4, 8]) == 4


def test_a_full_pool_refuses_and_changes_nothing():
    pool = BlockPool(2, size=2)
    pool.start("a", [1, 2, 3, 4])
    assert pool.start("b", [5]) is None
    assert not pool.append("a", 5)
    assert pool.tokens == {"a": [1, 2, 3, 4]}
    assert pool.start("c", [1, 2]) == 1


def test_a_gather_by_the_table_gives_the_contiguous_keys():
    keys, size = np.random.default_rng(0).normal(size=(11, 3)), 4
    pool = BlockPool(9, size)
    pool.start("other", [8, 8, 8])
    pool.start("a", [*range(11)])
    memory, table = np.zeros((9, size, 3)), pool.tables["a"]
    for position, key in enumerate(keys):
        memory[table[position // size], position % size] = key
    assert_array_equal(memory[table].reshape(-1, 3)[:11], keys)


@pytest.mark.parametrize("sizes", [(0, 4), (4, 0)], ids=str)
def test_a_pool_of_nothing_is_refused(sizes):
    with pytest.raises(ValueError, match="make both 1 or more"):
        BlockPool(*sizes)


def test_a_prompt_of_nothing_is_refused():
    with pytest.raises(ValueError, match="start with a token"):
        BlockPool(3).start("a", [])


def test_a_sequence_that_has_blocks_is_refused_until_it_has_left_them():
    pool = BlockPool(4, size=2)
    pool.start("a", [1, 2, 3])
    with pytest.raises(ValueError, match="'a' has blocks already; stop it before"):
        pool.start("a", [4])
    pool.stop("a")
    assert len(pool.free) + len(pool.idle) == 4
    assert pool.start("a", [4]) == 0


def test_a_block_that_was_filled_one_by_one_is_shared_too():
    pool = BlockPool(6, size=2)
    pool.start("a", [1, 2, 3])
    assert pool.append("a", 4)
    assert pool.start("b", [1, 2, 3, 4, 5]) == 4
    assert pool.append("a", 5)
    assert pool.tokens["a"] == pool.tokens["b"]
    assert pool.start("c", [1, 2, 3, 4, 5, 6]) == 4


def test_one_more_token_takes_a_free_block_or_one_that_nobody_uses():
    pool = BlockPool(2, size=2)
    pool.start("a", [1, 2])
    assert pool.append("a", 3)
    pool.stop("a")
    pool.start("b", [5, 6])
    assert not pool.free
    assert pool.append("b", 7)
    assert not pool.idle


def test_a_block_holds_16_tokens_unless_told_otherwise():
    pool = BlockPool(1)
    assert pool.start("a", [*range(16)]) == 0
    assert not pool.append("a", 16)
