"""The comparison of a lab's submissions, kept for the report."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.course import Course, Lab
from autograder.files import write_atomically
from autograder.similarity.pair import Pair


@dataclass(frozen=True)
class Comparison:
    """The comparison of a lab's submissions.

    Args:
        page: the page with the shared lines.
        pairs: the students who share code, the most similar first.
        compared: how many submissions were compared.
        unreadable: the students whose submissions could not be read.
        shortened: the students with more code than is compared.
    """

    page: Path
    pairs: list[Pair]
    compared: int
    unreadable: list[str]
    shortened: list[str] = field(default_factory=list)


def find_page(course: Course, lab: Lab) -> Path:
    """The path of the page with the shared lines."""
    return course.reports_dir / f"{lab.name}-similar.html"


def write_comparison(course: Course, lab: Lab, found: Comparison) -> None:
    """Write a comparison beside its page, without the shared lines."""
    pairs = [{"students": p.students, "share": p.share, "tokens": p.tokens} for p in found.pairs]
    known = {
        "compared": found.compared,
        "unreadable": found.unreadable,
        "shortened": found.shortened,
        "pairs": pairs,
    }
    write_atomically(_find_record(course, lab), json.dumps(known, ensure_ascii=False))


def read_comparison(course: Course, lab: Lab) -> Comparison | None:
    """The last comparison of the lab; None where it was never compared."""
    try:
        known = json.loads(_find_record(course, lab).read_text(encoding="utf-8"))
        pairs = [
            Pair(tuple(one["students"]), one["share"], one["tokens"], ()) for one in known["pairs"]
        ]
        students = known["unreadable"], known.get("shortened", [])
        return Comparison(find_page(course, lab), pairs, known["compared"], *students)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _find_record(course: Course, lab: Lab) -> Path:
    return course.reports_dir / f"{lab.name}-similar.json"
