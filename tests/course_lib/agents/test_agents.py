"""Replay memory, roll-outs, search and perfect play."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

from course_lib import agents
from course_lib.environments import Catch, tic_tac_toe_rules

RULES = tic_tac_toe_rules()


def make_transitions(numbers: np.ndarray) -> agents.Transitions:
    return agents.Transitions(numbers, numbers, numbers, numbers, numbers > 0)


@pytest.mark.parametrize("sizes", [(3, 4), (5, 5, 5), (23,), (10, 1)], ids=str)
def test_a_full_memory_keeps_the_last_transitions(sizes):
    memory, numbers = agents.ReplayMemory(10), np.arange(sum(sizes))
    for part in np.split(numbers, np.cumsum(sizes)[:-1]):
        memory.add(make_transitions(part))
    assert len(memory) == min(10, len(numbers))
    drawn = memory.sample(500)
    assert set(drawn.actions.tolist()) == set(numbers[-10:].tolist())
    assert np.array_equal(drawn.actions, drawn.rewards)


def test_an_empty_memory_and_odd_lengths_are_explained():
    memory = agents.ReplayMemory(10)
    with pytest.raises(ValueError, match="The memory is empty"):
        memory.sample(1)
    with pytest.raises(ValueError, match=r"lengths \[2, 3\]"):
        memory.add(agents.Transitions(*np.zeros((4, 3)), np.zeros(2)))


def test_a_roll_out_in_two_parts_is_the_same_as_in_one():
    def play(parts):
        carts = gymnasium.make_vec(
            "CartPole-v1", num_envs=4, vectorization_mode="vector_entry_point"
        )
        played, last = [], None
        for number, steps in enumerate(parts):
            choose = lambda x: (x[:, 2] > 0).astype(int)  # noqa: E731
            played.append(agents.roll_out(carts, choose, steps, last, None if number else 3))
            last = played[-1].last
        return [np.concatenate([getattr(p, name) for p in played]) for name in FIELDS]

    for whole, halves in zip(play([60]), play([25, 35]), strict=True):
        np.testing.assert_array_equal(whole, halves)


# `valid` of the first step of a part is not known to it, so it is not among these.
FIELDS = ("observations", "actions", "rewards", "next_observations", "terminated", "truncated")


def test_episode_returns_are_sums_of_episodes_that_ended():
    played = agents.roll_out(Catch(40), lambda s: np.ones(40, int), 29, seed=0)
    assert len(played.episode_returns()) == 3 * 40
    assert set(played.episode_returns()) == {-1.0, 1.0}
    assert len(played.transitions().rewards) == 40 * 27


def test_minimax_never_loses_and_the_search_finds_forced_moves():
    values = agents.minimax_values()

    def play_perfectly(state):
        after = RULES.next_state[state]
        return int(np.argmax(np.where(after >= 0, -values[after], -2)))

    assert agents.worst_results(play_perfectly) == (0, 0)
    # With perfect values, a short search is perfect, too.
    exact = np.nan_to_num(values)
    priors = np.full((19683, 9), 1 / 9)
    chosen = agents.worst_results(lambda s: int(agents.puct_search(s, priors, exact, 40).argmax()))
    assert chosen == (0, 0)
