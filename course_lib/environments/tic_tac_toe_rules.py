"""The rules of tic-tac-toe as tables, so that a search only looks things up."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

CELLS = 9
LINES = np.array(
    [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6]]
)
WEIGHTS = 3 ** np.arange(CELLS)  # of the digits of a state's number


class Rules(NamedTuple):
    """Tables over the 3⁹ = 19,683 boards, each seen by the player who moves next.

    Attributes:
        boards: The boards, `(19683, 9)`: 1 for a stone of the player to move, -1 for one of the
            opponent, 0 for an empty cell. Cells are numbered row by row.
        next_state: The number of the board after each move, seen by the opponent,
            `(19683, 9)`; -1 where the move is not possible.
        result: For boards at which the game is over, -1 if the player to move has lost and 0 for a
            draw; NaN where it goes on, `(19683,)`.
        reachable: The numbers of the boards that occur in games, in increasing order, `(5478,)`.
        start: The number of the empty board.
    """

    boards: np.ndarray
    next_state: np.ndarray
    result: np.ndarray
    reachable: np.ndarray
    start: int


@lru_cache(maxsize=1)
def tic_tac_toe_rules() -> Rules:
    """Return the rules of tic-tac-toe.

    Example:
        >>> rules = tic_tac_toe_rules()
        >>> len(rules.reachable)  # a known count
        5478
        >>> state = int(rules.next_state[rules.start, 4])
        >>> rules.boards[state].tolist()
        [0, 0, 0, 0, -1, 0, 0, 0, 0]
        >>> int(rules.next_state[state, 4]), float(rules.result[state])
        (-1, nan)
    """
    states = np.arange(3**CELLS)
    boards = (states[:, None] // WEIGHTS) % 3 - 1
    has_lost = np.any(np.all(boards[:, LINES] == -1, axis=2), axis=1)
    is_full = np.all(boards != 0, axis=1)
    result = np.where(has_lost, -1.0, np.where(is_full, 0.0, np.nan))
    # The opponent sees the board with the signs changed and with the new stone as -1.
    after = ((1 - boards) @ WEIGHTS)[:, None] - WEIGHTS
    is_legal = (boards == 0) & np.isnan(result)[:, None]
    next_state = np.where(is_legal, after, -1)
    start = int(WEIGHTS.sum())
    rules = Rules(boards, next_state, result, _find_reachable(next_state, start), start)
    for table in (rules.boards, rules.next_state, rules.result, rules.reachable):
        table.flags.writeable = False  # the tables are shared by everyone who asks for them
    return rules


def _find_reachable(next_state: np.ndarray, start: int) -> np.ndarray:
    found = front = np.array([start])
    while len(front):
        after = np.unique(next_state[front])
        front = np.setdiff1d(after[after >= 0], found)
        found = np.union1d(found, front)
    return found
