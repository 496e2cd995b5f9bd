"""The worst that can happen to a player of tic-tac-toe."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.environments.tic_tac_toe_rules import tic_tac_toe_rules


def worst_results(choose: Callable[[int], int]) -> tuple[int, int]:
    """Play a player against every possible opponent.

    The player's moves depend on the state alone, so all games are tried, not a sample of them.

    Args:
        choose: Maps the number of a state to the player's move; called once for each state.

    Returns:
        The worst result when the player moves first and when it moves second: 1, 0 or -1. (0, 0)
        is the best possible: no player can force more than a draw.

    Raises:
        ValueError: The player chose a move that is not possible.

    Example:
        >>> rules = tic_tac_toe_rules()
        >>> worst_results(lambda state: int(np.argmax(rules.next_state[state] >= 0)))
        (-1, -1)
    """
    rules = tic_tac_toe_rules()
    moves: dict[int, int] = {}

    def decide(state: int) -> int:
        """Return the worst result for the player, who moves in this state."""
        if not np.isnan(rules.result[state]):
            return int(rules.result[state])
        if state not in moves:
            moves[state] = int(choose(state))
        move = moves[state]
        after = int(rules.next_state[state, move])
        if after < 0:
            raise ValueError(f"Move {move} is not possible on {rules.boards[state].tolist()}.")
        return answer(after)

    def answer(state: int) -> int:
        """Return the worst result for the player, whose opponent moves in this state."""
        if not np.isnan(rules.result[state]):
            return -int(rules.result[state])
        return min(decide(int(after)) for after in rules.next_state[state] if after >= 0)

    return decide(rules.start), answer(rules.start)
