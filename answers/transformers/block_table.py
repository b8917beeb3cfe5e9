"""A KV cache in blocks: tables that say which, shared by equal prefixes, evicted when full."""

from collections import Counter
from collections.abc import Hashable
from itertools import takewhile

from answers.inputs.contracts import refuses


# --8<-- [start:block_pool_refuses]
def no_block(blocks, size):
    if blocks < 1 or size < 1:
        raise ValueError(f"{blocks} blocks of {size} tokens; make both 1 or more")


def started(self, name):
    if name in self.tables:
        raise ValueError(f"{name!r} has blocks already; stop it before it starts anew")


def no_token(tokens):
    if not tokens:
        raise ValueError("`tokens` is empty; start with a token")


# --8<-- [end:block_pool_refuses]


# --8<-- [start:block_pool]
class BlockPool:
    """Which blocks of the cache each sequence has. The keys and values lie elsewhere.

    A block holds `size` tokens. A full one is known by all tokens up to its end, for its
    keys depend on them all. A prompt that begins with known blocks shares them. Blocks
    that nobody uses are kept until another sequence needs the room, the oldest first, and
    of one sequence the last.

    Args:
        blocks: How many there are.
        size: Tokens of a block.

    Source:
        Kwon et al. (2023), sections 4.2 to 4.5, https://arxiv.org/abs/2309.06180

    Example:
        The second prompt shares one block of two tokens.

        >>> pool = BlockPool(blocks=4, size=2)
        >>> pool.start("a", [5, 6, 7]), pool.start("b", [5, 6, 8])
        (0, 2)
        >>> pool.tables
        {'a': [3, 2], 'b': [3, 1]}
    """

    @refuses(no_block)
    def __init__(self, blocks: int, size: int = 16):
        self.size, self.free = size, list(range(blocks))
        self.tables: dict[Hashable, list[int]] = {}
        self.tokens: dict[Hashable, list[int]] = {}
        self.users: Counter[int] = Counter()
        self.known: dict[tuple[int, ...], int] = {}
        # Known and without users, in the order in which they were left.
        self.idle: dict[int, tuple[int, ...]] = {}

    @refuses(started, no_token)
    def start(self, name: Hashable, tokens: list[int]) -> int | None:
        """Give a prompt its blocks.

        Returns:
            How many of its tokens need not be read, since shared blocks hold them; the
            last is read in any case, for its logits. None if there is no room.

        Raises:
            ValueError: There is no token, or `name` has blocks already.
        """
        ends = range(self.size, len(tokens) + 1, self.size)
        keys = [tuple(tokens[:end]) for end in ends]
        shared = [self.known[key] for key in takewhile(self.known.__contains__, keys)]
        need = -(-len(tokens) // self.size) - len(shared)
        if need > len(self.free) + len(self.idle.keys() - set(shared)):
            return None
        for block in shared:
            self.idle.pop(block, None)
        table = shared + [self._take() for _ in range(need)]
        self.users.update(table)
        self.tables[name], self.tokens[name] = table, list(tokens)
        for key, block in zip(keys, table, strict=False):
            self.known.setdefault(key, block)
        return min(len(shared) * self.size, len(tokens) - 1)

    def append(self, name: Hashable, token: int) -> bool:
        """Make room for one more token; False if there is none, and nothing has changed."""
        tokens, table = self.tokens[name], self.tables[name]
        if len(tokens) % self.size == 0:
            if not self.free and not self.idle:
                return False
            table.append(self._take())
            self.users[table[-1]] = 1
        tokens.append(token)
        if len(tokens) % self.size == 0:
            self.known.setdefault(tuple(tokens), table[-1])
        return True

    def stop(self, name: Hashable) -> None:
        """The sequence is done, or preempted: it leaves its blocks."""
        tokens, table = self.tokens.pop(name), self.tables.pop(name)
        # Those behind an evicted block are found no more, so the last goes first.
        for n, block in reversed([*enumerate(table, 1)]):
            self.users[block] -= 1
            if self.users[block] == 0:
                del self.users[block]
                key = tuple(tokens[: n * self.size])
                if self.known.get(key) == block:
                    self.idle[block] = key
                else:
                    self.free.append(block)

    def _take(self) -> int:
        if self.free:
            return self.free.pop()
        block = next(iter(self.idle))
        del self.known[self.idle.pop(block)]
        return block


# --8<-- [end:block_pool]
