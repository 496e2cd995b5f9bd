"""What shows whether a mark depends on luck: measured values, and scores under further seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograder.engine.verifier.judge_cell import TestResult
from autograder.engine.verifier.use_seed import use_seed
from autograder.engine.wire.measurement import Measurement
from autograder.engine.wire.question_verdict import Status
from autograder.engine.wire.rejudgement import Rejudgement

# A test cell that takes longer trains something; it is not run under more seeds.
_QUICK_SECONDS = 1.0


class SeedTrials:
    """The measurements and the repeated judgements of a submission run.

    Args:
        seeds: hidden seeds under which each quick test cell is run once more.
    """

    def __init__(self, seeds: Sequence[int]) -> None:
        self._seeds = seeds
        self.measurements: dict[str, list[Measurement]] = {}
        self.rejudged: list[Rejudgement] = []

    def observe(
        self,
        question: str,
        points: float,
        result: TestResult,
        seconds: float,
        run_again: Callable[[], TestResult],
    ) -> None:
        """Keep what a test measured, and run it under the further seeds if it is quick.

        Args:
            question: its grade_id.
            points: the question's points.
            result: how it ended.
            seconds: how long it took.
            run_again: runs the test cell once more in the same kernel.
        """
        if result.measurements:
            self.measurements[question] = result.measurements
        if seconds > _QUICK_SECONDS:
            return
        for seed in self._seeds:
            with use_seed(seed):
                again = run_again()
            earned = points if again.points is None else again.points
            score = earned if again.status is Status.PASSED else 0.0
            self.rejudged.append(Rejudgement(question, seed, score, again.message))
