"""`autograder similar`."""

from __future__ import annotations

from autograder.cli.console import CourseDir, LabName, err, open_course, out


def similar(lab: LabName, course_dir: CourseDir = None) -> None:
    """Find pairs of submissions that share code beyond the release.

    Writes reports/LAB-similar.html, with the shared lines side by side; the report links to it.
    Renamed variables, other comments and reordered cells make no difference. Code of the release,
    the model solution and many students does not count. A pair is a reason to look, not a proof.

    Example: [bold]autograder similar 01[/]
    """
    from autograder.similarity.write_similar import write_similar

    course = open_course(course_dir)
    found = write_similar(course, course.lab(lab))
    for pair in found.pairs:
        first, second = pair.students
        out.print(f"{pair.share:4.0%}  {pair.tokens:5} tokens  {first} and {second}", markup=False)
    if found.unreadable:
        err.print(f"could not be read: {', '.join(found.unreadable)}", markup=False)
    if found.shortened:
        err.print(f"only the start was compared of: {', '.join(found.shortened)}", markup=False)
    out.print(
        f"{found.compared} submissions compared, {len(found.pairs)} similar pairs: {found.page}",
        markup=False,
    )
