"""What comparing a lab's submissions found, kept for the report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course, Lab
from autograder.files import write_atomically
from autograder.similarity.pair import Pair


@dataclass(frozen=True)
class Similar:
    """What comparing a lab's submissions found.

    Args:
        page: the page that was written.
        pairs: who shares code, the most alike first.
        compared: how many submissions were compared.
        unreadable: whose could not be read.
    """

    page: Path
    pairs: list[Pair]
    compared: int
    unreadable: list[str]


def page_path(course: Course, lab: Lab) -> Path:
    """Where the page with the shared lines is."""
    return course.reports_dir / f"{lab.name}-similar.html"


def write_found(course: Course, lab: Lab, found: Similar) -> None:
    """Keep it, without the shared lines, beside the page."""
    pairs = [{"students": p.students, "share": p.share, "tokens": p.tokens} for p in found.pairs]
    known = {"compared": found.compared, "unreadable": found.unreadable, "pairs": pairs}
    write_atomically(_known_path(course, lab), json.dumps(known, ensure_ascii=False))


def read_found(course: Course, lab: Lab) -> Similar | None:
    """What was found when the lab was compared last; None where it never was."""
    try:
        known = json.loads(_known_path(course, lab).read_text(encoding="utf-8"))
        pairs = [
            Pair(tuple(one["students"]), one["share"], one["tokens"], ()) for one in known["pairs"]
        ]
        return Similar(page_path(course, lab), pairs, known["compared"], known["unreadable"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _known_path(course: Course, lab: Lab) -> Path:
    return course.reports_dir / f"{lab.name}-similar.json"
