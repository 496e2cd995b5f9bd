"""Canvas' gradebook file: what `lib/gradebook_importer.rb` of canvas-lms reads back."""

from __future__ import annotations

import re

from autograder.course.course import Lab
from autograder.errors import AutograderError
from autograder.export.lms_file import Layout

_ID = re.compile(r"\s*\(\d+\)$")


def canvas_layout(rows: list[list[str]], lab: Lab, column: str | None) -> Layout:
    """Student columns up to "Section", and the lab's own column.

    Other columns are left out: an upload changes nothing else then.

    Args:
        rows: all of Canvas' export.
        lab: the lab.
        column: the assignment's column, when its title is not the lab's.

    Raises:
        AutograderError: it is no gradebook of Canvas', or the lab's column is not clear.
    """
    header = [name.strip() for name in rows[0]]
    if "Section" not in header or not any(name in header for name in ("Student", "LastName")):
        raise AutograderError(
            f"this is no gradebook of Canvas'; its columns are: {', '.join(header[:6])}",
            "in Canvas: Grades, Export, Export Entire Gradebook",
        )
    section = header.index("Section")
    titles = range(section + 1, len(header))
    wanted = {name.casefold() for name in ((column,) if column else (lab.title, lab.name)) if name}
    found = [
        n for n in titles if {header[n].casefold(), _ID.sub("", header[n]).casefold()} & wanted
    ]
    if len(found) != 1:
        listed = "; ".join(header[n] for n in titles if _ID.search(header[n])) or "none"
        raise AutograderError(
            f"{len(found) or 'no'} columns of Canvas' gradebook are called "
            f"{' or '.join(map(repr, sorted(wanted)))}",
            f"name one by --column; the assignments there: {listed}",
        )
    grade = found[0]
    possible = next((row for row in rows if "Points Possible" in row[0]), None)
    most = _number(possible[grade]) if possible else None
    return Layout(
        kept=[*range(section + 1), grade],
        grade=grade,
        most=lambda row: most,
        locked=lambda row: row[grade].strip().upper() in {"EX", "N/A"},
        caps=False,
    )


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
