"""Lab 05: what a fixed judge says of the GAN's digits, and what its discriminator has learnt.

    python benchmarks/gan_quality.py [--quick] [--seeds N]

Runs the lab's own cells with its own solution: in the quick profile on stand-in digits always, and
on real MNIST in both profiles where it is (see mnist_accuracy.py). `--quick` takes the first alone:
the full profile trains for a quarter of an hour on a processor.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time

from cifar_accuracy import code_cells, word
from mnist_accuracy import ROOT, real_data

LAB = "05_gan_mnist"
SAMPLES = 2000
# What the lab says of its training in its first cell, and asks of a student in question 6.
GOALS = {"quick": (0.15, 4), "full": (0.4, 6)}


def one(seed: int) -> None:
    """Play the game once, judge it, and try the discriminator's features on few labels."""
    import numpy as np

    from course_lib.models import sample_quality

    names: dict = {"__name__": "__main__"}
    first, seconds, inputs = True, 0.0, None
    for source, question, tests in code_cells(LAB):
        first = first and not question
        if tests or not (first or question or "labels =" in source):
            continue
        if question == "samples":
            names["keras"].utils.set_random_seed(seed)
        began = time.process_time()
        exec(source, names)
        if question == "samples":
            seconds = time.process_time() - began
            inputs = names["generator"].input_shape[-1]
    noise = np.random.default_rng(seed).normal(size=(SAMPLES, inputs)).astype("float32")
    quality = sample_quality(names["as_pictures"](names["generator"](noise)))
    found = {
        "confidence": quality.confidence,
        "digits": quality.digits,
        "features": {name: float(np.mean(right)) for name, right in names["right"].items()},
        "seconds": seconds,
        "pictures": len(names["x_train"]),
    }
    print("RESULT " + json.dumps(found))


def apart(profile: str, seed: int, **environment: str) -> dict:
    """Run one profile in a process of its own; returns what it found."""
    kept = {k: v for k, v in os.environ.items() if k != "COURSE_DATA"}
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(seed)],
        env={**kept, "COURSE_PROFILE": profile, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    results = [line[7:] for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode or not results:
        raise SystemExit(f"the lab did not run:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return json.loads(results[0])


def measure(quick: bool, seeds: int = 1) -> list[dict]:
    """Confidence and spread of each training, and what the features are worth."""
    runs = [("quick", "stand-in digits", {})]
    folder = real_data()
    if folder is not None and not quick:
        real = {"COURSE_DATA": str(folder)}
        runs += [("quick", "real MNIST", real), ("full", "real MNIST", real)]
    figures = []
    for profile, data, environment in runs:
        for seed in range(1, seeds + 1):
            found = apart(profile, seed, **environment)
            where = f"{profile} profile, seed {seed}"
            of = f"{data}, {found['pictures']:,} pictures"
            for name, goal in zip(("confidence", "digits"), GOALS[profile], strict=True):
                label = {"confidence": "confidence", "digits": "different digits"}[name]
                figures.append(figure(f"{label}, {where}", found[name], "", of, goal=goal))
            after, *others = sorted(found["features"].items(), key=lambda p: p[0] != "after")
            for name, share in others:
                figures.append(
                    figure(f"features after the game, {where}", after[1], name, of, peer=share)
                )
            cpu = figure(f"training, {where}", found["seconds"], "s of processor time", of)
            figures.append(cpu)
    return figures


def figure(name, ours, unit, data, goal=None, peer=None) -> dict:
    """One row of the table."""
    return {
        "figure": name,
        "ours": ours,
        "peer": peer,
        "ratio": ours / peer if peer else None,
        "goal": goal,
        "met": None if goal is None else bool(ours >= goal),
        "unit": unit,
        "data": data,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the quick profile on the stand-in")
    parser.add_argument("--seeds", type=int, default=1, help="trainings of each (default 1)")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        return one(options.one)
    data = None
    for row in measure(options.quick, options.seeds):
        if row["data"] != data:
            data = row["data"]
            print(f"Lab 05, {data}, {os.cpu_count()} cores")
        said = f"  {row['figure']}: {row['ours']:.3g} {row['unit']}".rstrip()
        if row["peer"] is not None:
            said += f" {row['peer']:.3g}"
        if row["goal"] is not None:
            said += f"; goal ≥ {row['goal']:g}: {word(row['met'])}"
        print(said, flush=True)
    return None


if __name__ == "__main__":
    main()
