"""The table that Dawid and Skene published in 1979: 45 patients judged by 5 anaesthetists."""

import numpy as np

from answers.labels.annotation import Votes

# --8<-- [start:table]
# One patient a word, in rows of nine: the three readings of observer 1, then one reading of
# each of observers 2 to 5, on a scale of 1 to 4.
TABLE = """
    1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223
    2322223 4444444 2223343 1111111 2223212 1211111 1112111 1111111 1111111
    2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222
    1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343
    2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""
OBSERVERS = np.array([0, 0, 0, 1, 2, 3, 4])


def anaesthetist_votes() -> Votes:
    """All 315 readings as votes; class 1 of the paper is class 0 here.

    The paper's table has a cell for each patient and observer, and observer 1's cells hold three
    readings. A matrix of items by annotators would keep one of them.

    Source:
        Dawid and Skene (1979), Maximum Likelihood Estimation of Observer Error-Rates Using
        the EM Algorithm, Table 1

    Example:
        >>> votes = anaesthetist_votes()
        >>> len(votes), votes.items, votes.annotators, votes.classes
        (315, 45, 5, 4)
    """
    readings = np.array([[int(digit) - 1 for digit in word] for word in TABLE.split()])
    patients = np.repeat(np.arange(len(readings)), readings.shape[1])
    return Votes(patients, np.tile(OBSERVERS, len(readings)), readings.ravel(), 4)


# --8<-- [end:table]
