"""Lab 15: how far each agent comes, and in how many seconds.

    python benchmarks/reinforcement_learning.py [--seeds N] [--full]

The functions are those of the lab's solution. FrozenLake's policy is evaluated exactly; Catch is
played from each of its 100 starts; CartPole over 100 episodes; tic-tac-toe over 200 games against
minimax, which draws at random among its best moves, 100 times each side begins. Everything is
simulated, so no real data are needed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from figure import Figure, report
from labs import read_code_cells

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

LAB = "15_reinforcement_learning"
# What the lab's cells compute outside functions and is needed here; their trainings are left out.
NEEDED = {"gymnasium", "QUICK", "lake", "table", "lake_map", "GAMMA", "p_lake", "best", "optimum"}
NEEDED |= {"CATCH_GAMMA", "STARTS", "rules", "SQUARE", "VIEWS"}
SIMULATIONS = 100


def load_lab(profile: str) -> dict[str, Any]:
    """Return the names that the solution defines; nothing is trained."""
    os.environ["COURSE_PROFILE"] = profile
    names: dict[str, Any] = {"__name__": "__main__"}
    for source, _, tests in read_code_cells(LAB):
        if tests:
            continue
        tree = ast.parse(source)
        tree.body = [node for node in tree.body if _is_needed(node)]
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(tree, LAB, "exec"), names)
    return names


def _is_needed(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        found = {n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        return bool(found & NEEDED)
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))


def play_minimax(lab: dict[str, Any], network: Any, games: int, seed: int) -> list[float]:
    """Return the results of games against minimax: 1, 0 or -1 for the network with its search."""
    import numpy as np

    from course_lib import agents

    rules, perfect, rng = lab["rules"], agents.minimax_values(), np.random.default_rng(seed)
    priors, values = lab["ask"](network)
    found = []
    for game in range(games):
        state, ours = rules.start, game % 2 == 0
        while np.isnan(rules.result[state]):
            after = rules.next_state[state]
            if ours:
                move = np.argmax(lab["search"](state, priors, values, SIMULATIONS, 1.5))
            else:
                worth = np.where(after >= 0, -perfect[after], -2)
                move = rng.choice(np.flatnonzero(worth == worth.max()))
            state, ours = int(after[move]), not ours
        # The result is that of the player who would move next.
        found.append(float(rules.result[state]) * (1 if ours else -1))
    return found


class Tasks:
    """The lab's tasks, each measured over several seeds.

    Args:
        profile: "quick" or "full": how long agents train.
        seeds: Trainings of each agent.
    """

    def __init__(self, profile: str, seeds: int) -> None:
        self._lab, self._seeds, self._quick = load_lab(profile), seeds, profile == "quick"

    def measure(self) -> Iterator[Figure]:
        """Yield the figures of all tasks."""
        yield from self._measure_lake()
        yield from self._measure_catch()
        yield from self._measure_carts()
        yield from self._measure_tic_tac_toe()

    def _repeat(self, train: Callable[[int], float]) -> tuple[list[float], str]:
        """Return the values of all seeds, and a phrase on their number and seconds."""
        began = time.perf_counter()
        values = [float(train(seed)) for seed in range(self._seeds)]
        seconds = (time.perf_counter() - began) / self._seeds
        return values, f"{self._seeds} seeds, {seconds:.0f} s each"

    def _measure_lake(self) -> Iterator[Figure]:
        optimum = self._lab["optimum"][0]
        apart, how = self._repeat(lambda seed: optimum - self._lab["explore_lake"](seed)[1][-1])
        yield Figure(
            "largest distance from the optimum", max(apart), at_most=0.02, data=f"FrozenLake, {how}"
        )

    def _measure_catch(self) -> Iterator[Figure]:
        rounds = 70 if self._quick else 200
        kinds = {"DQN": self._lab["plain_targets"], "Double DQN": _make_double(self._lab)}
        for name, targets in kinds.items():
            rewards, how = self._repeat(
                lambda seed, t=targets: self._lab["train_catch"](seed, t, rounds)[1][-1]
            )
            data = f"Catch, {rounds * 320:,} steps, {how}"
            mean = sum(rewards) / len(rewards)
            yield Figure(f"mean reward of {name}", mean, at_least=0.95, data=data)
            yield Figure(f"lowest reward of {name}", min(rewards), data=data)

    def _measure_carts(self) -> Iterator[Figure]:
        iterations = 15 if self._quick else 40
        returns, how = self._repeat(
            lambda seed: self._lab["judge_carts"](self._lab["train_ppo"](seed, iterations)).mean()
        )
        data = f"CartPole, {iterations * 4096:,} steps, {how}"
        mean = sum(returns) / len(returns)
        yield Figure("mean return of PPO", mean, at_least=450, data=data)
        yield Figure("lowest return of PPO", min(returns), data=data)

    def _measure_tic_tac_toe(self) -> Iterator[Figure]:
        began = time.perf_counter()
        network = self._lab["train_alpha_zero"](0, 8 if self._quick else 24)
        results = play_minimax(self._lab, network, 200, seed=1)
        how = f"200 games, {SIMULATIONS} simulations, {time.perf_counter() - began:.0f} s"
        lost = sum(result < 0 for result in results)
        yield Figure("games lost to minimax", lost, at_most=0, data=f"tic-tac-toe, {how}")


def _make_double(lab: dict[str, Any]) -> Callable[..., Any]:
    return lambda r, over, online, target: lab["double_targets"](
        r, over, online, target, lab["CATCH_GAMMA"]
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="trainings of each agent")
    parser.add_argument("--full", action="store_true", help="as long as in the full profile")
    options = parser.parse_args()
    for figure in Tasks("full" if options.full else "quick", options.seeds).measure():
        report(figure)


if __name__ == "__main__":
    main()
