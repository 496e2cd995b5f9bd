"""Lab 16: how many random patterns a Hopfield network holds, against the theory's 0.138 N.

    python benchmarks/hopfield_capacity.py [--quick] [--seeds N]

Networks of several sizes store random patterns by Hebb's rule and are started at ten of them. The
capacity is the load, patterns per neuron, at which the mean overlap after recall falls below 0.9.
For very large networks the theory gives 0.138 (Amit, Gutfreund & Sompolinsky 1985); smaller ones
lose their patterns more gradually. The patterns are random, so no real data are needed.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from figure import Figure, report

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

LOADS = (0.10, 0.12, 0.13, 0.138, 0.145, 0.155, 0.17, 0.20)
TRIED = 10
NEAR = 0.015  # the goal for the largest network's distance from 0.138


def measure_overlap(neurons: int, load: float, seed: int) -> float:
    """Return the mean overlap of ten stored patterns with what becomes of them."""
    import numpy as np

    from course_lib.models import Hopfield

    rng = np.random.default_rng(seed)
    patterns = rng.choice([-1.0, 1.0], (round(load * neurons), neurons))
    tried = patterns[:TRIED]
    return float(np.mean(Hopfield(patterns).recall(tried, seed) * tried))


def measure(quick: bool, seeds: int) -> Iterator[Figure]:
    """Yield the capacity of each size, and what is left above and below it."""
    from course_lib.figures.capacity_curve import CRITICAL, find_capacity

    sizes = (100, 300) if quick else (250, 1000, 4000)
    for neurons in sizes:
        curve = {
            load: sum(measure_overlap(neurons, load, seed) for seed in range(seeds)) / seeds
            for load in LOADS
        }
        data = f"random patterns, {neurons:,} neurons, mean of {seeds} networks"
        capacity = find_capacity(curve)
        measured = LOADS[-1] if capacity is None else capacity
        yield Figure(
            f"capacity with {neurons:,} neurons", measured, "patterns per neuron",
            CRITICAL, "theory for very large networks", data=data,
        )  # fmt: skip
        if neurons == sizes[-1] and not quick:
            apart = abs(measured - CRITICAL)
            yield Figure("distance from the theory", apart, at_most=NEAR, data=data)
        for load in (LOADS[0], LOADS[-1]):
            yield Figure(f"overlap at {load:g} patterns per neuron", curve[load], data=data)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small networks")
    parser.add_argument("--seeds", type=int, default=3, help="networks of each size and load")
    options = parser.parse_args()
    for figure in measure(options.quick, options.seeds):
        report(figure)


if __name__ == "__main__":
    main()
