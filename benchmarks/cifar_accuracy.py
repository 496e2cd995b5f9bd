"""Lab 02: accuracy on real CIFAR-10 in the full profile; seconds in the quick one.

    python benchmarks/cifar_accuracy.py [--quick] [--epochs N] [--seed N]

Runs the lab's own cells with its own solution. Real CIFAR-10 is `cifar10.npz` in the folder that
COURSE_DATA names, or `cifar10/cifar10_jpeg.npz` with its `unpack_cifar10.py` in the one that
COURSE_TEST_DATA (default: ../shared/data) names: the same pictures through JPEG, unpacked for the
run. `--quick` leaves the full profile out, which trains for minutes on a processor; `--epochs`
shortens its training, to see how fast it is.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAB = "02_cnn_cifar"
ACCURACY = 0.82
MINUTES = 10
SECONDS = 20
# In the full profile: what the training of question 7 needs, and nothing else of the lab.
NEEDED = ("network", "accuracy")


def unpacked(into: Path) -> tuple[Path, str] | None:
    """The folder with cifar10.npz and what it is, or None."""
    prepared = os.environ.get("COURSE_DATA", "")
    if prepared and (Path(prepared) / "cifar10.npz").is_file():
        return Path(prepared).resolve(), f"CIFAR-10 from {prepared}"
    folder = Path(os.environ.get("COURSE_TEST_DATA", ROOT.parent / "shared" / "data")) / "cifar10"
    packed, unpack = folder / "cifar10_jpeg.npz", folder / "unpack_cifar10.py"
    if not packed.is_file():
        return None
    subprocess.run([sys.executable, unpack.resolve(), packed.resolve(), into], check=True)
    return into / "datasets", f"real CIFAR-10, JPEG-recoded, from {packed}"


def code_cells(lab: str = LAB):
    """The lab's code cells, each with the question that it answers or tests, and if it tests."""
    from autograder.course import Course
    from autograder.notebooks.source import instructor_notebook

    course = Course.find(ROOT)
    for cell in instructor_notebook(course, course.lab(lab)).cells:
        mark = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and "%pip" not in cell.source:
            question = mark.get("grade_id", "").removesuffix("_answer")
            yield cell.source, question, mark.get("locked", False)


def full(seed: int, epochs: int | None) -> None:
    """The cells that come before the first question, and the trainings of question 7."""
    import numpy as np

    names: dict = {"__name__": "__main__"}
    seconds = {}
    first = True
    for source, question, tests in code_cells():
        first = first and not question
        if tests or (not first and question not in NEEDED):
            continue
        if epochs and question == "accuracy":
            source = source.replace("epochs=11", f"epochs={epochs}")
        began = time.perf_counter()
        exec(source, names)
        seconds[question] = time.perf_counter() - began
        if "keras" in names and question == "":
            names["keras"].utils.set_random_seed(seed)
    share = {}
    for name in ("model", "rival"):
        logits = names[name].predict(names["x_test"], batch_size=500, verbose=0)
        share[name] = np.mean(logits.argmax(axis=-1) == names["y_test"])
    history = names["history"].history
    minutes = seconds["accuracy"] / 60
    reached = share["model"] >= ACCURACY and minutes <= MINUTES
    print(
        f"RESULT seed {seed}, {len(history['loss'])} epochs, {len(names['y_train'])} training "
        f"pictures: test accuracy {100 * share['model']:.2f} % of {len(names['y_test'])} (dense "
        f"rival {100 * share['rival']:.2f} %), {minutes:.1f} min for both trainings; goal "
        f"≥ {100 * ACCURACY:.0f} % in ≤ {MINUTES} min on 2 cores: {word(reached)}"
    )


def quick(seed: int) -> None:
    """The whole lab, tests and pictures included."""
    names: dict = {"__name__": "__main__"}
    began = None
    for source, _, _ in code_cells():
        exec(source, names)
        if began is None and "keras" in names:
            names["keras"].utils.set_random_seed(seed)
            began = time.perf_counter()
    seconds = time.perf_counter() - began
    print(
        f"RESULT seed {seed}: {seconds:.1f} s after imports, tests and pictures included; "
        f"goal ≤ {SECONDS} s on 2 cores: {word(seconds <= SECONDS)}"
    )


def word(reached: bool) -> str:
    return "reached" if reached else "MISSED"


def apart(profile: str, options: argparse.Namespace, **environment: str) -> None:
    """Run one profile in a process of its own and print its result."""
    command = [sys.executable, __file__, "--one", profile, "--seed", str(options.seed)]
    if options.epochs:
        command += ["--epochs", str(options.epochs)]
    kept = {k: v for k, v in os.environ.items() if k != "COURSE_DATA"}
    done = subprocess.run(
        command,
        env={**kept, "COURSE_PROFILE": profile, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    results = [line[7:] for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode or not results:
        raise SystemExit(f"the lab did not run:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    print("  " + results[0], flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only the quick profile's seconds")
    parser.add_argument("--epochs", type=int, help="of the full profile's training (default 11)")
    parser.add_argument("--seed", type=int, default=1, help="of the trainings (default 1)")
    parser.add_argument("--one", choices=("full", "quick"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one == "full":
        return full(options.seed, options.epochs)
    if options.one == "quick":
        return quick(options.seed)

    print(f"Lab 02, quick profile, stand-in pictures, {os.cpu_count()} cores")
    apart("quick", options)
    if options.quick:
        return None
    with tempfile.TemporaryDirectory() as folder:
        found = unpacked(Path(folder))
        if found is None:
            print(f"Lab 02, full profile, stand-in pictures (no real ones), {os.cpu_count()} cores")
            apart("full", options)
        else:
            data, what = found
            print(f"Lab 02, full profile, {what}, {os.cpu_count()} cores")
            apart("full", options, COURSE_DATA=str(data))
    return None


if __name__ == "__main__":
    main()
