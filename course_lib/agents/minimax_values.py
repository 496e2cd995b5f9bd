"""Perfect play in tic-tac-toe."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from course_lib.environments.tic_tac_toe_rules import tic_tac_toe_rules


@lru_cache(maxsize=1)
def minimax_values() -> np.ndarray:
    """Return the result of each state for the player to move if both play perfectly.

    Returns:
        -1, 0 or 1 for each of the states of `tic_tac_toe_rules()` that occur in games, NaN for
        others, `(19683,)`.

    Example:
        >>> float(minimax_values()[tic_tac_toe_rules().start])  # a draw
        0.0
    """
    rules = tic_tac_toe_rules()
    values = np.full(len(rules.boards), np.nan)
    stones = np.count_nonzero(rules.boards[rules.reachable], axis=1)
    # Full boards first: each move leads to a board with one stone more.
    for state in rules.reachable[np.argsort(-stones, kind="stable")]:
        if np.isnan(rules.result[state]):
            after = rules.next_state[state]
            values[state] = 0 - np.min(values[after[after >= 0]])  # not -0
        else:
            values[state] = rules.result[state]
    values.flags.writeable = False  # it is shared by everyone who asks for it
    return values
