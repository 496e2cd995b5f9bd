"""Growth: does a submission of a class of 1,000 take longer than one of a class of 10?

    python benchmarks/growth.py [--quick]

Light notebooks, two workers. Prints the time each against small classes, what the memory grows by,
and how long a finished class takes when asked for again.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from figure import Figure, report
from graded_run import grade_command, run
from grading import hand_in_solutions, light_course

_SMALL = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a class of 40")
    parser.add_argument("--largest", type=int, default=1000, help="of 200 and 1,000")
    options = parser.parse_args()
    quick = options.quick
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        course = light_course(Path(folder) / "course")
        lab = course.labs()[0]
        again = grade_command(course, lab, "--workers", "2")
        hand_in_solutions(course, lab, _SMALL)
        # A small class takes a moment only, and moments differ: several, and their median.
        small = [run(course, [*again, "--force"]).each for _ in range(1 if quick else 9)]
        print(f"classes of {_SMALL}: {', '.join(f'{each:.3f}' for each in small)} s each")
        for size in [40] if quick else [n for n in (200, 1000) if n <= options.largest]:
            hand_in_solutions(course, lab, size)
            whole = run(course, [*again, "--force"])
            of = f"light notebook, class of {size}"
            print(f"class of {size}: {whole.wall:.0f} s, {whole.each:.3f} s each", flush=True)
            name = f"time each against classes of {_SMALL}"
            growth = whole.each / statistics.median(small)
            report(Figure(name, growth, "times", at_most=1.05, data=of))
        # From where all that is loaded once has been, and before the engine closes.
        settled = [(done, held) for done, held in whole.memory if 20 < done < size - 2]
        if len(settled) > 2:
            slope = statistics.linear_regression(*zip(*settled, strict=True)).slope
            name = "growth of all processes' memory"
            report(Figure(name, 1000 * slope, "MiB per 1,000", at_most=30, data=of))
        name = "the same once more, when all is graded"
        report(Figure(name, run(course, again).wall, "s", at_most=5, data=of))


if __name__ == "__main__":
    main()
