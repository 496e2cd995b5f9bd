"""Tic-tac-toe: known counts, and the environment agrees with the tables."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from course_lib.environments import TicTacToe, tic_tac_toe_rules

RULES = tic_tac_toe_rules()


@lru_cache
def count_games(state: int) -> np.ndarray:
    """Return how many games from a state are won by who moves, drawn, and lost."""
    if not np.isnan(RULES.result[state]):
        return np.array([0, 1, 0] if RULES.result[state] == 0 else [0, 0, 1])
    after = RULES.next_state[state]
    return sum(count_games(s)[::-1] for s in after[after >= 0])


def test_the_number_of_boards_and_of_games_are_the_known_ones():
    assert len(RULES.reachable) == 5478
    assert int(np.sum(~np.isnan(RULES.result[RULES.reachable]))) == 958  # boards at an end
    # 255,168 games: the first player wins 131,184, the second 77,904. By symmetry three openings.
    games = sum(
        times * count_games(int(RULES.next_state[RULES.start, move]))[::-1]
        for move, times in ((0, 4), (1, 4), (4, 1))
    )
    assert games.tolist() == [131184, 46080, 77904]


def test_the_environment_follows_the_tables():
    game, rng = TicTacToe(), np.random.default_rng(0)
    for _ in range(20):
        board, info = game.reset()
        over = False
        while not over:
            move = int(rng.choice(np.flatnonzero(info["action_mask"])))
            after = RULES.next_state[info["state"], move]
            board, reward, over, _, info = game.step(move)
            assert info["state"] == after and np.array_equal(board, RULES.boards[after])
            assert reward == (RULES.result[after] == -1)


def test_an_impossible_move_is_explained():
    game = TicTacToe()
    game.reset()
    game.step(4)
    with pytest.raises(ValueError, match="Move 4 is not possible: the cell is not empty"):
        game.step(4)
