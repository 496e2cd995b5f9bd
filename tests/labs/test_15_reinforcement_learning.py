"""Lab 15: its statements hold on three seeds; only the lake is learned here."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from course_lib import agents
from tests.labs.answered import answered

# What is computed outside functions and needed here; trainings are left out.
NEEDED = {"gymnasium", "QUICK", "lake", "table", "lake_map", "GAMMA", "p_lake", "best", "optimum"}
NEEDED |= {"rules", "cell", "far", "nearer", "promise", "bonuses"}


def is_needed(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        found = {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        return bool(found & NEEDED)
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))


@pytest.fixture(scope="module")
def lab():
    """The names that the solution defines, and the lake's table."""
    names = {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROFILE", "quick")
        for source, _, tests in answered("15_reinforcement_learning", {}):
            if not tests:
                tree = ast.parse(source)
                tree.body = [node for node in tree.body if is_needed(node)]
                exec(compile(tree, "cell", "exec"), names)
    return names


def test_the_optimum_of_the_lake_is_the_known_one(lab):
    # 0.542 for γ = 0.99; without discount, and with endless time, 14 of 17 episodes succeed.
    assert lab["optimum"][0] == pytest.approx(0.5420, abs=1e-4)
    values = lab["value_iteration"](lab["p_lake"], lab["r_lake"], 1.0, 5000)
    assert values[0].max() == pytest.approx(14 / 17, abs=1e-3)


def test_q_learning_comes_within_a_fiftieth_of_the_optimum(lab):
    assert lab["explore_lake"](seed=11)[1][-1] > lab["optimum"][0] - 0.02


def test_reward_to_go_and_a_baseline_reduce_the_variance(lab, seed):
    rng, w = np.random.default_rng(seed), np.array([[0, 0.0], [0, 0.3], [0, 1], [0, 1]])
    carts = lab["make_carts"](200)
    played = agents.roll_out(carts, lambda x: lab["draw_actions"](x @ w, rng), 100, seed=seed)
    alive = lab["find_alive"](played)
    rewards = played.rewards * alive
    togo = np.cumsum(rewards[::-1], axis=0)[::-1]
    spread = []
    kinds = (np.broadcast_to(togo[:1], togo.shape), togo, lab["advantages"](rewards, alive, 1.0))
    for weights in kinds:
        slopes = np.zeros((200, 4, 2))
        for x, actions, weight in zip(
            played.observations, played.actions, weights * alive, strict=True
        ):
            slopes += x[:, :, None] * lab["policy_gradient"](x @ w, actions, weight)[:, None]
        spread.append(slopes.var(axis=0).sum())
    assert spread[0] > 2 * spread[1] > 2.4 * spread[2]


def test_a_bonus_for_each_step_misleads_and_a_potential_does_not(lab):
    worth = {}
    for name, bonus in lab["bonuses"].items():
        q = lab["value_iteration"](lab["p_lake"], lab["r_lake"] + bonus, lab["GAMMA"], 2000)
        policy = q.argmax(axis=1)
        worth[name] = lab["policy_values"](lab["p_lake"], lab["r_lake"], lab["GAMMA"], policy)[0]
    misled, helped = worth.values()
    assert misled < 0.01 and helped == pytest.approx(lab["optimum"][0])
