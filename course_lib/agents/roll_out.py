"""Roll-outs: an agent plays many games at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from course_lib.agents.replay_memory import Transitions

if TYPE_CHECKING:
    from gymnasium.vector import VectorEnv


class RollOut(NamedTuple):
    """What happened in `steps` steps of `n` games; each array has the shape `(steps, n, …)`.

    Attributes:
        observations: What the agent saw.
        actions: What it did.
        rewards: What it got.
        next_observations: What it saw then; at the end of an episode, the last observation of it.
        terminated: Whether the task ended there.
        truncated: Whether a limit of time ended the episode.
        valid: False for the step in which a game only begins anew: its action does nothing.
        last: The observations after the last step, `(n, …)`, at which the next roll-out begins.
    """

    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    next_observations: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    valid: np.ndarray
    last: np.ndarray

    def transitions(self) -> Transitions:
        """Return the valid steps in one row, for a `ReplayMemory`."""
        chosen = (self.observations, self.actions, self.rewards, self.next_observations)
        return Transitions(*(a[self.valid] for a in (*chosen, self.terminated)))

    def episode_returns(self) -> np.ndarray:
        """Return the sum of rewards of each episode that ended, `(episodes,)`."""
        totals, found = np.zeros(self.rewards.shape[1]), []
        for rewards, ended in zip(self.rewards, self.terminated | self.truncated, strict=True):
            totals += rewards
            found.append(totals[ended])
            totals = np.where(ended, 0.0, totals)
        return np.concatenate(found) if found else np.zeros(0)


def roll_out(
    envs: VectorEnv[Any, Any, Any],
    choose: Callable[[np.ndarray], np.ndarray],
    steps: int,
    start: np.ndarray | None = None,
    seed: int | None = None,
) -> RollOut:
    """Let an agent play all games of a vector environment for a number of steps.

    Args:
        envs: A gymnasium vector environment with `AutoresetMode.NEXT_STEP`, its default.
        choose: Maps observations `(n, …)` to actions `(n,)`.
        steps: Number of steps.
        start: The `last` observations of the roll-out that this one continues. Without it all
            games begin anew.
        seed: The seed of games that begin anew.

    Returns:
        A `RollOut`.

    Example:
        >>> from course_lib.environments import Catch
        >>> games = roll_out(Catch(5), lambda screens: np.ones(5, int), steps=20, seed=0)
        >>> games.rewards.shape, len(games.episode_returns()), int(games.valid.sum())
        ((20, 5), 10, 90)
    """
    seen: Any = envs.reset(seed=seed)[0] if start is None else start
    begins = np.zeros(envs.num_envs, dtype=bool)
    rows: list[tuple[Any, ...]] = []
    for _ in range(steps):
        actions = np.asarray(choose(seen))
        after, rewards, terminated, truncated, _ = envs.step(actions)
        rows.append((seen, actions, rewards, after, terminated, truncated, ~begins))
        seen, begins = after, terminated | truncated
    columns = [np.stack(column) for column in zip(*rows, strict=True)]
    return RollOut._make([*columns, seen])
