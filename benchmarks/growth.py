"""Grade classes of 10 to 1,000: does the time per submission grow with the size of the class?

    python benchmarks/growth.py [--quick]

Grades light notebooks with two workers. Prints the time per submission relative to small classes,
the growth of memory, and the time to run again when all is graded.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from figure import Figure, report
from graded_run import make_grade_command, run_command
from light_course import make_light_course, submit_solutions

_SMALL = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a class of 40")
    parser.add_argument(
        "--largest", type=int, default=1000, help="the largest class of 200 and 1,000"
    )
    options = parser.parse_args()
    quick = options.quick
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = make_light_course(Path(folder) / "course")
        lab = course.labs()[0]
        again = make_grade_command(course, lab, "--workers", "2")
        submit_solutions(course, lab, _SMALL)
        # A small class takes a short time that varies: the median of several.
        small = [run_command(course, [*again, "--force"]).each for _ in range(1 if quick else 9)]
        print(f"classes of {_SMALL}: {', '.join(f'{each:.3f}' for each in small)} s per submission")
        for size in [40] if quick else [n for n in (200, 1000) if n <= options.largest]:
            submit_solutions(course, lab, size)
            whole = run_command(course, [*again, "--force"])
            of = f"light notebook, class of {size}"
            print(
                f"class of {size}: {whole.wall:.0f} s, {whole.each:.3f} s per submission",
                flush=True,
            )
            name = f"time per submission, relative to classes of {_SMALL}"
            growth = whole.each / statistics.median(small)
            report(Figure(name, growth, "times", at_most=1.05, data=of))
        # After everything that loads once has loaded, and before the engine closes.
        settled = [(done, held) for done, held in whole.memory if 20 < done < size - 2]
        if len(settled) > 2:
            slope = statistics.linear_regression(*zip(*settled, strict=True)).slope
            name = "memory growth of all processes"
            report(Figure(name, 1000 * slope, "MiB per 1,000", at_most=30, data=of))
        name = "time to run again when all is graded"
        report(Figure(name, run_command(course, again).wall, "s", at_most=5, data=of))


if __name__ == "__main__":
    main()
