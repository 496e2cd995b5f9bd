"""What many runs of a lab's cases show: marks that depend on luck, and margins of thresholds."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from autograder.authoring.cases import Case
from autograder.engine.judged_notebook import JudgedNotebook
from autograder.engine.wire.measurement import Measurement


@dataclass(frozen=True)
class Margin:
    """The distributions on both sides of a threshold.

    Args:
        question: The question.
        name: What is measured.
        threshold: The threshold.
        right: The values of answers that get the question's full points.
        wrong: By case, the values of answers that the threshold refuses.
    """

    question: str
    name: str
    threshold: float
    right: list[float]
    wrong: dict[str, list[float]]

    @property
    def right_margin(self) -> float:
        """The distance from the threshold to the right values, in their standard deviations."""
        return _measure_distance(self.right, self.threshold)

    @property
    def wrong_margin(self) -> float:
        """The smallest distance from the threshold to a mistake's values, in their deviations."""
        distances = [_measure_distance(values, self.threshold) for values in self.wrong.values()]
        return min(distances, default=float("inf"))

    def describe_right(self) -> str:
        """Return the mean, the standard deviation and the number of the right values."""
        if not self.right:
            return ""
        sd = statistics.stdev(self.right) if len(self.right) > 1 else 0.0
        return f"{statistics.fmean(self.right):.4g} ± {sd:.2g}, n = {len(self.right)}"


def _measure_distance(values: list[float], threshold: float) -> float:
    if not values:
        return float("inf")
    distance = abs(statistics.fmean(values) - threshold)
    sd = statistics.stdev(values) if len(values) > 1 else 0.0
    return distance / sd if sd else float("inf")


@dataclass
class Stability:
    """The outcomes of a lab's cases under several hidden seeds.

    Args:
        notebooks: How many notebooks were graded.
        judged: By question, how often it was judged in a whole run.
        rejudged: By question, how often its test cell was run once more under another seed.
        otherwise: By question, how often it got other marks than the case says.
        errors: By question, the largest error of a right answer in units of its tolerance.
    """

    notebooks: int = 0
    judged: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    rejudged: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    otherwise: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    errors: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _margins: dict[tuple[str, str, float], Margin] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Stability:
        """Return what `as_dict` described, so that more runs can be counted."""
        counted = cls(fields["notebooks"])
        for name in ("judged", "rejudged", "otherwise", "errors"):
            getattr(counted, name).update(fields[name])
        for one in (Margin(**margin) for margin in fields["margins"]):
            counted._margins[one.question, one.name, one.threshold] = one
        return counted

    def as_dict(self) -> dict[str, Any]:
        """Return the counts and the measured values as JSON can hold them."""
        return {
            "notebooks": self.notebooks,
            "judged": dict(self.judged),
            "rejudged": dict(self.rejudged),
            "otherwise": dict(self.otherwise),
            "errors": dict(self.errors),
            "margins": [vars(margin) for margin in self.margins],
        }

    def add(self, case: Case, outcome: JudgedNotebook) -> None:
        """Count one run of a case."""
        self.notebooks += 1
        most = {question.grade_id: question.max_score for question in outcome.questions}
        for question in outcome.questions:
            name = question.grade_id
            if name in case.marks:
                self.judged[name] += 1
                self.otherwise[name] += question.score != case.marks[name]
        for again in outcome.rejudged:
            if again.grade_id in case.marks:
                self.rejudged[again.grade_id] += 1
                self.otherwise[again.grade_id] += again.score != case.marks[again.grade_id]
        for name, measurements in outcome.measurements.items():
            if name in case.marks:
                is_right = case.marks[name] == most[name]
                self._add_measurements(case.find_part(name).name, name, measurements, is_right)

    def _add_measurements(
        self, case: str, question: str, measurements: list[Measurement], is_right: bool
    ) -> None:
        # The last comparison is the one that a wrong answer fails.
        for one in measurements if is_right else measurements[-1:]:
            if one.sd:
                place = (question, one.name, one.threshold)
                margin = self._margins.setdefault(place, Margin(*place, [], {}))
                values = margin.right if is_right else margin.wrong.setdefault(case, [])
                values.append(one.value)
            elif is_right:
                self.errors[question] = max(self.errors[question], one.value)

    @property
    def margins(self) -> list[Margin]:
        """The margin of each threshold."""
        return list(self._margins.values())
