"""Tic-tac-toe as an environment for two players who move in turn."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from course_lib.environments.tic_tac_toe_rules import CELLS, tic_tac_toe_rules


class TicTacToe(gymnasium.Env[np.ndarray, Any]):
    """Tic-tac-toe with gymnasium's interface: each step is a move of the player whose turn it is.

    The board is always seen by the player who moves next. `info["state"]` is its number in
    `tic_tac_toe_rules()`, and `info["action_mask"]` has 1 for each move that is possible.

    Example:
        >>> game = TicTacToe()
        >>> board, info = game.reset()
        >>> for move in (0, 4, 1, 5, 2):
        ...     board, reward, terminated, truncated, info = game.step(move)
        >>> board.tolist(), reward, terminated
        ([-1, -1, -1, 0, 1, 1, 0, 0, 0], 1.0, True)
    """

    metadata = {"render_modes": []}

    def __init__(self) -> None:
        self.action_space = spaces.Discrete(CELLS)
        self.observation_space = spaces.Box(-1, 1, (CELLS,), np.int8)
        self._rules = tic_tac_toe_rules()
        self._state = self._rules.start

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Empty the board; returns it, `(9,)`, and the dictionary described above."""
        super().reset(seed=seed)
        self._state = self._rules.start
        return self._observe()

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Put a stone on a cell.

        Args:
            action: The cell, 0 to 8, row by row.

        Returns:
            The board seen by the opponent, `(9,)`; the reward of the player who moved: 1 for three
            in a row, else 0; whether the game is over; False; and the dictionary.

        Raises:
            ValueError: The cell is not empty, or the game is over.
        """
        after = int(self._rules.next_state[self._state, action])
        if after < 0:
            raise ValueError(
                f"Move {action} is not possible: the cell is not empty or the game is over."
            )
        self._state = after
        result = float(self._rules.result[after])
        board, info = self._observe()
        return board, float(result == -1), not np.isnan(result), False, info

    def _observe(self) -> tuple[np.ndarray, dict[str, Any]]:
        mask = (self._rules.next_state[self._state] >= 0).astype(np.int8)
        board = self._rules.boards[self._state].astype(np.int8)
        return board, {"state": self._state, "action_mask": mask}
