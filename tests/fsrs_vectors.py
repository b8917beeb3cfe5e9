"""What FSRS's own tests state, with its default parameters and steps, without chance.

Source: open-spaced-repetition, py-fsrs 6.3.2, tests/test_basic.py (`test_review_card`,
`test_memo_state`), and ts-fsrs 5, packages/fsrs/__tests__/FSRS-6.test.ts (`ivl_history`,
`memory state[short-term]`): both state the same.
"""

# Ratings, each given when the card is due, and the days until it comes back.
WHEN_DUE = [3, 3, 3, 3, 3, 3, 1, 1, 3, 3, 3, 3, 3]
DAYS = [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]
# Ratings, each so many days after the one before, and the card's stability and difficulty then.
SPACED, AFTER = [1, 3, 3, 3, 3, 3], [0, 0, 1, 3, 8, 21]
MEMORY = [53.62691, 6.3574867]
