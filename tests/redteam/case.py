"""One hostile or broken submission: a file of cells, and the marks it must get."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_CELL = re.compile(r"^# %% (\w+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """A submission to the lab of `lab.py`.

    The file begins with comment lines: the trick in one sentence, then optionally
    `# marks: mean=1 softmax=1` (questions not named must get 0) and `# plain: mean`, the questions
    whose points the trick earns where tests and student's code share a kernel. Cells follow, each
    after `# %% NAME`: a question's name replaces that question's (empty) answer, `start` and
    `end` are cells of their own.

    Args:
        name: the file's name.
        trick: what is tried, in a sentence.
        marks: points that must come out, by question.
        plain: questions that the trick wins in one kernel.
        cells: the student's cells, by name.
    """

    name: str
    trick: str
    marks: dict[str, float]
    plain: tuple[str, ...]
    cells: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Case:
        head, *parts = _CELL.split(path.read_text(encoding="utf-8"))
        lines = [line[1:].strip() for line in head.splitlines() if line.startswith("#")]
        options = {}
        for key in ("marks", "plain"):
            found = [line for line in lines if line.startswith(f"{key}:")]
            options[key] = found[0].split(":", 1)[1].split() if found else []
            lines = [line for line in lines if line not in found]
        return cls(
            name=path.stem,
            trick=" ".join(lines),
            marks={name: float(mark) for name, mark in (m.split("=") for m in options["marks"])},
            plain=tuple(options["plain"]),
            cells=dict(zip(parts[::2], (text.strip("\n") for text in parts[1::2]), strict=True)),
        )


def cases(folder: str) -> list[Case]:
    """The cases of `tests/redteam/FOLDER`, in the order of their names."""
    return [Case.read(path) for path in sorted((Path(__file__).parent / folder).glob("*.py"))]
