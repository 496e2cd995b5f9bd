"""Hints in the labs are folded, numbered, and their Markdown is rendered."""

from __future__ import annotations

import re
from pathlib import Path

import jupytext
import pytest

LABS = sorted((Path(__file__).resolve().parents[2] / "solutions").glob("*/*.py"))
HINT = re.compile(
    r"<details><summary>Hint (\d)(?:, [^<>\n]+)?</summary>\n\n(.+?)\n\n</details>", re.DOTALL
)


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_hints_are_well_formed(path: Path) -> None:
    cells = [cell for cell in jupytext.read(path).cells if cell.cell_type == "markdown"]
    with_hints = [cell.source for cell in cells if "<details>" in cell.source]
    assert with_hints, f"{path.name} has no hints."
    for source in with_hints:
        title = source[source.index("### Question") :].splitlines()[0]
        hints = HINT.findall(source)
        assert len(hints) == source.count("<details>"), f"{title}: a hint lacks its blank lines."
        assert [int(number) for number, _ in hints] == list(range(1, len(hints) + 1)), title
        assert len(hints) <= 3, f"{title} has {len(hints)} hints; at most 3 are allowed."
        lists = [text for _, text in hints if re.search(r"(?m)^(\d+\.|[-+*#>]) ", text)]
        assert not lists, f"{title}: a line of this hint begins a list: {lists}"
        after = source[source.index("<details>") :]
        assert not HINT.sub("", after).strip(), f"{title}: the hints do not end the cell."
