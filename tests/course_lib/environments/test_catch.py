"""Catch: gymnasium's interface, and the rules."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import agents
from course_lib.environments import Catch

STARTS = np.array([(ball, paddle) for ball in range(10) for paddle in range(10)])


def follow_ball(screens: np.ndarray) -> np.ndarray:
    """Return the moves of a player who sees the columns of ball and paddle."""
    ball = screens[:, :-1, :, 0].max(axis=1).argmax(axis=1)
    return 1 + np.sign(ball - screens[:, -1, :, 0].argmax(axis=1))


def test_whoever_follows_the_ball_catches_it_from_each_start():
    games = Catch(100)
    screens, _ = games.reset(options={"columns": STARTS})
    for step in range(9):
        assert games.observation_space.contains(screens)
        screens, rewards, terminated, truncated, _ = games.step(follow_ball(screens))
        assert np.all(terminated == (step == 8)) and not truncated.any()
        assert np.all(rewards == (step == 8))


def test_a_paddle_that_stays_catches_only_what_falls_on_it():
    games = Catch(100)
    games.reset(options={"columns": STARTS})
    for _ in range(9):
        _, rewards, *_ = games.step(np.ones(100, dtype=int))
    np.testing.assert_array_equal(rewards, np.where(STARTS[:, 0] == STARTS[:, 1], 1, -1))


def test_walls_stop_the_paddle():
    games = Catch(2)
    games.reset(options={"columns": [[5, 0], [5, 9]]})
    screens, *_ = games.step(np.array([0, 2]))
    assert screens[:, -1, :, 0].argmax(axis=1).tolist() == [0, 9]


def test_a_game_begins_anew_in_the_step_after_its_last_one():
    played = agents.roll_out(Catch(3), lambda s: np.zeros(3, int), 25, seed=4)
    assert np.flatnonzero(played.terminated[:, 0]).tolist() == [8, 18]
    assert np.flatnonzero(~played.valid[:, 0]).tolist() == [9, 19]
    assert not played.rewards[~played.valid].any()


@pytest.mark.parametrize("seed", [0, 5])
def test_the_seed_decides_where_games_begin(seed):
    first, second, other = (Catch(50).reset(seed=s)[0] for s in (seed, seed, seed + 1))
    assert np.array_equal(first, second) and not np.array_equal(first, other)
