"""Writes labs/README.md and docs/images/course_map.svg from course.toml and the labs' own texts.

python docs/make_map.py
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from html import escape
from pathlib import Path

from autograder.course.course import Course, Lab

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "labs" / "README.md"
IMAGE = ROOT / "docs" / "images" / "course_map.svg"

HEAD = """\
# The labs

<!-- Made by docs/make_map.py from course.toml and the labs: don't edit it here. -->

Every lab begins with its own data and does not go on with your files of another one. What it needs
is what it takes for known: an arrow leads there from the lab that teaches it.

![Map of the course: which lab builds upon which](../docs/images/course_map.svg)

| lab | you build | needs | computing, quick | computing, full | points |
| --- | --- | --- | --- | --- | --- |
"""
FOOT = """
*Quick* is for a laptop's processor and is chosen there; *full* is for a GPU, and the times are
those of a processor with two cores. Both are the computer's times, without importing TensorFlow,
and not yours.
"""

WIDTH, HEIGHT, ACROSS, DOWN, EDGE = 236, 74, 80, 20, 14  # of a box, between boxes, around all
LINE = 30  # letters of a title that fit into a box


@dataclass(frozen=True)
class Station:
    """A lab on the map: what course.toml says of it, and how long it says that it takes."""

    lab: Lab
    quick: str
    full: str

    @property
    def number(self) -> str:
        return self.lab.name.split("_")[0]

    @property
    def needs(self) -> list[str]:
        return [name.split("_")[0] for name in self.lab.needs]


def stations() -> list[Station]:
    """All labs, in their order.

    Raises:
        ValueError: a lab's text has no table with a row for each profile, that ends with the time.
    """
    course = Course.find(ROOT)
    return [_station(course, lab) for lab in course.labs()]


def _station(course: Course, lab: Lab) -> Station:
    source = course.source_dir / lab.name / f"{lab.name}.py"
    row = re.compile(r"^# \| (quick|full) \|.*\| ([^|]+) \|$", re.MULTILINE)
    rows = dict(row.findall(source.read_text("utf-8")))
    if set(rows) != {"quick", "full"}:
        raise ValueError(f"{source} does not say how long it takes: see the table in Lab 01")
    return Station(lab, *(re.match(r"[^a-z]*(s|min)", rows[p]).group() for p in ("quick", "full")))


def page(labs: list[Station]) -> str:
    """labs/README.md."""
    return HEAD + "".join(_row(one) for one in labs) + FOOT


def _row(one: Station) -> str:
    cells = (
        f"[{one.number} · {one.lab.title}]({one.lab.name}/{one.lab.notebook})",
        one.lab.builds,
        ", ".join(one.needs) or "–",
        one.quick,
        one.full,
        f"{sum(one.lab.points.values()):g}",
    )
    return f"| {' | '.join(cells)} |\n"


def image(labs: list[Station]) -> str:
    """The map: a box a lab, an arrow from what it needs; nothing that another arrow implies."""
    needs = {one.lab.name: one.lab.needs for one in labs}
    columns = _columns(needs)
    places = {
        name: (EDGE + x * (WIDTH + ACROSS), EDGE + y * (HEIGHT + DOWN))
        for x, column in enumerate(columns)
        for y, name in enumerate(column)
    }
    rows = max(map(len, columns))
    width = 2 * EDGE + len(columns) * (WIDTH + ACROSS) - ACROSS
    height = 2 * EDGE + rows * (HEIGHT + DOWN) - DOWN
    said = " ".join(f"Lab {one.number} needs {' and '.join(one.needs) or 'none'}." for one in labs)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="13" role="img">',
        f"<title>Map of the course</title><desc>{said}</desc>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>',
        f'<rect width="{width}" height="{height}" rx="8" fill="white"/>',
    ]
    for name in needs:
        parts += [_arrow(places[other], places[name]) for other in _not_implied(name, needs)]
    parts += [_box(one, *places[one.lab.name]) for one in labs]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _columns(needs: dict[str, tuple[str, ...]]) -> list[list[str]]:
    """Labs by how long the way to them is, beside what they need, so that few arrows cross."""
    depth: dict[str, int] = {}
    for name, others in needs.items():
        depth[name] = 1 + max((depth[other] for other in others), default=-1)
    columns: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    height: dict[str, float] = {}
    for name in sorted(depth, key=lambda name: depth[name]):
        columns[depth[name]].append(name)
    for column in columns:
        column.sort(key=lambda n: max((height[o] for o in _not_implied(n, needs)), default=0))
        height.update({name: row for row, name in enumerate(column)})
    return columns


def _not_implied(name: str, needs: dict[str, tuple[str, ...]]) -> list[str]:
    """What a lab needs, less what that needs."""
    implied = {far for near in needs[name] for far in _all(near, needs)}
    return [other for other in needs[name] if other not in implied]


def _all(name: str, needs: dict[str, tuple[str, ...]]) -> set[str]:
    return {*needs[name], *(far for near in needs[name] for far in _all(near, needs))}


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    x, y, to_x, to_y = start[0] + WIDTH, start[1] + HEIGHT // 2, end[0] - 2, end[1] + HEIGHT // 2
    middle = (x + to_x) // 2
    return (
        f'<path d="M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}" fill="none" stroke="#555" '
        'stroke-width="1.5" marker-end="url(#tip)"/>'
    )


def _box(one: Station, x: int, y: int) -> str:
    lines = textwrap.wrap(f"{one.number} · {one.lab.title}", LINE)
    texts = "".join(
        f'<text x="{x + 12}" y="{y + 21 + 17 * number}" font-weight="bold" fill="#1d3557">'
        f"{escape(line)}</text>"
        for number, line in enumerate(lines)
    )
    return (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#eef3fa" '
        f'stroke="#1d3557"/>{texts}<text x="{x + 12}" y="{y + HEIGHT - 11}" font-size="12" '
        f'fill="#333">quick {one.quick} · full {one.full}</text>'
    )


if __name__ == "__main__":
    PAGE.write_text(page(stations()), encoding="utf-8")
    IMAGE.write_text(image(stations()), encoding="utf-8")
