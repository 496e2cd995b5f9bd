"""Catch: a ball falls, a paddle moves, and the agent sees nothing but pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from course_lib.check_counts import check_counts

MOVES = 3  # left, stay, right


class Catch(VectorEnv[np.ndarray, np.ndarray, np.ndarray]):
    """Many games of Catch at once, as a gymnasium vector environment (Mnih et al. 2014).

    A ball starts at a random column of the top row and falls one row a step. The agent moves a
    paddle in the bottom row: 0 is left, 1 is stay, 2 is right. When the ball reaches the bottom
    row the episode terminates, with reward 1 if the paddle is there and -1 if it is not. All
    other rewards are 0. The step after the last one begins a new game
    (`AutoresetMode.NEXT_STEP`).

    Args:
        num_envs: Number of games.
        size: Height and width of the screen, pixels.

    Example:
        >>> games = Catch(2, size=4)
        >>> screens, _ = games.reset(options={"columns": [[0, 0], [3, 0]]})
        >>> screens.shape
        (2, 4, 4, 1)
        >>> for _ in range(3):
        ...     screens, rewards, terminated, truncated, _ = games.step(np.array([1, 1]))
        >>> rewards.tolist(), terminated.tolist()
        ([1.0, -1.0], [True, True])
    """

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP, "render_modes": []}

    def __init__(self, num_envs: int, size: int = 10) -> None:
        check_counts(num_envs=num_envs, size=size)
        self.num_envs, self.size = num_envs, size
        self.single_action_space = spaces.Discrete(MOVES)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.single_observation_space = spaces.Box(0.0, 1.0, (size, size, 1), np.float32)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self._columns = np.zeros((num_envs, 2), dtype=int)  # of ball and paddle
        self._row = 0  # of the ball; the games have the same length, so it is the same in all

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin new games.

        Args:
            seed: The seed of the columns at which games begin, from now on.
            options: "columns": where the games begin, columns of ball and paddle,
                `(num_envs, 2)`. Without it they are random.

        Returns:
            The screens `(num_envs, size, size, 1)`, 1 where ball or paddle is, and an empty
            dictionary.
        """
        super().reset(seed=seed)
        self._row = 0
        if options and "columns" in options:
            self._columns = np.array(options["columns"], dtype=int).reshape(self.num_envs, 2)
        else:
            self._columns = self.np_random.integers(self.size, size=(self.num_envs, 2))
        return self._draw(), {}

    def step(
        self, actions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Move each paddle and let each ball fall by a row.

        Args:
            actions: 0, 1 or 2 for each game, `(num_envs,)`.

        Returns:
            Screens `(num_envs, size, size, 1)`, rewards, whether the games have terminated,
            whether they were truncated (never), and an empty dictionary.
        """
        never = np.zeros(self.num_envs, dtype=bool)
        if self._row == self.size - 1:
            screens, info = self.reset()
            return screens, np.zeros(self.num_envs), never, never.copy(), info
        moves = np.asarray(actions, dtype=int) - 1
        self._columns[:, 1] = np.clip(self._columns[:, 1] + moves, 0, self.size - 1)
        self._row += 1
        over = self._row == self.size - 1
        caught = self._columns[:, 0] == self._columns[:, 1]
        rewards = np.where(caught, 1.0, -1.0) if over else np.zeros(self.num_envs)
        return self._draw(), rewards, never | over, never, {}

    def _draw(self) -> np.ndarray:
        screens = np.zeros((self.num_envs, self.size, self.size, 1), dtype=np.float32)
        games = np.arange(self.num_envs)
        screens[games, self._row, self._columns[:, 0], 0] = 1
        screens[games, self.size - 1, self._columns[:, 1], 0] = 1
        return screens
