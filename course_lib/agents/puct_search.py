"""Monte Carlo tree search with the PUCT rule, for tic-tac-toe."""

from __future__ import annotations

import numpy as np

from course_lib.check_counts import check_counts
from course_lib.environments.tic_tac_toe_rules import CELLS, tic_tac_toe_rules


def puct_search(
    state: int, priors: np.ndarray, values: np.ndarray, simulations: int, c: float = 1.5
) -> np.ndarray:
    """Search as AlphaZero does (Silver et al. 2017, methods); return the counts of the moves.

    Each simulation follows the move with the highest `Q + c · P · √N(s) / (1 + N(s, a))`, among
    equals the first, until it reaches a state that is new or at which the game is over. `N(s)` is
    how often the search has been at `s`, so it is one more than the sum of `N(s, a)`. A state
    that is reached by two orders of moves is the same state.

    Args:
        state: The number of a board at which the game goes on.
        priors: The probability of each move in each state, `(19683, 9)`.
        values: The expected result of each state for the player to move, -1 to 1, `(19683,)`.
        simulations: Number of simulations. The first one only adds `state` itself.
        c: The weight of exploration.

    Returns:
        The counts of the moves, `(9,)`; their sum is `simulations - 1`.

    Example:
        >>> rules = tic_tac_toe_rules()
        >>> state = rules.next_state[rules.next_state[rules.next_state[rules.start, 0], 4], 1]
        >>> counts = puct_search(state, np.full((19683, 9), 1 / 9), np.zeros(19683), 200)
        >>> int(counts.sum()), int(counts.argmax())  # cell 2 blocks the opponent's row
        (199, 2)
    """
    check_counts(simulations=simulations)
    rules = tic_tac_toe_rules()
    visits: dict[int, np.ndarray] = {}
    totals: dict[int, np.ndarray] = {}
    for _ in range(simulations):
        path, here = [], int(state)
        while here in visits:
            counts = visits[here]
            mean = totals[here] / np.maximum(counts, 1)
            scores = mean + c * priors[here] * np.sqrt(1 + counts.sum()) / (1 + counts)
            move = int(np.where(rules.next_state[here] >= 0, scores, -np.inf).argmax())
            path.append((here, move))
            here = int(rules.next_state[here, move])
        value = float(rules.result[here])
        if np.isnan(value):
            visits[here], totals[here] = np.zeros(CELLS), np.zeros(CELLS)
            value = float(values[here])
        for there, move in reversed(path):
            value = -value
            visits[there][move] += 1
            totals[there][move] += value
    return visits[int(state)]
