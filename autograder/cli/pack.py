"""`autograder pack`."""

from __future__ import annotations

import enum
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.console import CourseDir, LabName, open_course, out
from autograder.cli.grade import Anyway

if TYPE_CHECKING:
    from autograder.course.course import Course, Lab
    from autograder.grading.marking import Marking
    from autograder.pack.packed_lab import PackedLab


_START_SECONDS = 60  # TensorFlow, on one slow processor


class Target(str, enum.Enum):
    """Where the packed lab is graded."""

    GRADESCOPE = "gradescope"
    GITHUB = "github"


class Visibility(str, enum.Enum):
    """Gradescope's words for who sees a question's result, and when."""

    VISIBLE = "visible"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"
    HIDDEN = "hidden"


def pack(
    lab: LabName,
    target: Annotated[Target, typer.Option("--for", help="The system that will grade the lab.")],
    visibility: Annotated[
        Visibility, typer.Option(help="Gradescope: when students see the questions' results.")
    ] = Visibility.VISIBLE,
    minutes: Annotated[
        float, typer.Option(min=2, help="The timeout that is set in Gradescope or GitHub Actions.")
    ] = 20,
    anyway: Anyway = False,
    course_dir: CourseDir = None,
) -> None:
    """Pack a lab with the grader, for Gradescope or for repositories on GitHub.

    Writes exports/LAB-gradescope.zip, the autograder to upload to Gradescope, with the hidden tests
    and the class's seed in it; or exports/LAB-github.zip, the files of a template repository, with
    the visible checks only. Grades the solution and the released notebook first, as
    [bold]autograder grade[/] does.

    Examples: [bold]autograder pack 01 --for gradescope[/] ·
    [bold]autograder pack 01 --for gradescope --visibility after_due_date --minutes 30[/] ·
    [bold]autograder pack 01 --for github[/]
    """
    from autograder.grading.marking import Marking
    from autograder.pack.pack_github import pack_for_github
    from autograder.pack.pack_gradescope import pack_for_gradescope
    from autograder.pack.packed_lab import PackedLab
    from autograder.results.results import Results

    course = open_course(course_dir)
    chosen = course.lab(lab)
    seed = Results(course.results_dir / chosen.name).read_class_seed()
    marking = Marking.of(course, chosen, seed)
    _prove(course, chosen, marking, anyway)
    packed = PackedLab.of(course, chosen, marking)
    if target is Target.GRADESCOPE:
        path = pack_for_gradescope(course, packed, minutes, visibility.value)
        out.print(f"wrote {path}", markup=False)
        _advise_on_gradescope(packed, minutes)
    else:
        path = pack_for_github(course, packed, minutes)
        out.print(f"wrote {path}", markup=False)
        out.print(
            "It has the visible checks only: a repository's owner can read all that is in it."
        )
        out.print("Next: unpack it into the template repository; .grading/README.md says how.")


def _prove(course: Course, lab: Lab, marking: Marking, anyway: bool) -> None:
    """Grade the solution and the stub, unless that was done for this lab on this machine."""
    from autograder.cli.grade_lab import Check, LateEngine, check_references, find_warnings, say
    from autograder.grading.local_workers import LocalWorkers
    from autograder.grading.start_engine import start_engine

    for warning in find_warnings(course, lab):
        say(f"warning: {warning}")
    with ExitStack() as stack:
        engine = LateEngine(stack, partial(start_engine, course, lab, "auto", say, False))
        workers = LocalWorkers(engine.enter, 2)
        check = Check.ANYWAY if anyway else Check.STRICT
        note = check_references(course, lab, marking, workers, "auto", check)
        if note:
            say(note.text)


def _advise_on_gradescope(packed: PackedLab, minutes: float) -> None:
    """Print what has to be set in Gradescope."""
    from autograder.notebooks.cell_roles import automatic_points

    sources = packed.marking.sources.values()
    points = {name: p for source in sources for name, p in automatic_points(source).items()}
    total = sum(p for name, p in points.items() if name not in packed.extra)
    limits = packed.recipe.limits
    memory = limits.memory_mb / 1024 + 2
    if 60 * minutes < limits.seconds + _START_SECONDS:
        out.print(
            f"{minutes:g} minutes are too few: a notebook may run for {limits.seconds:g} s, and "
            "starting takes up to a minute. Name more with --minutes, or lower the limit in "
            "course.toml."
        )
    out.print("It holds the hidden tests: keep it among the instructors.")
    out.print(
        f"In Gradescope: {total:g} autograder points; Container Specifications: {memory:.0f} GB or "
        f"more; Autograder Timeout: {minutes:g} minutes. Late days are Gradescope's own."
    )
