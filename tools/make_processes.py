"""Writes docs/images/processes.svg: the processes that grade one submission.

python tools/make_processes.py
"""

from __future__ import annotations

from html import escape
from pathlib import Path

IMAGE = Path(__file__).resolve().parents[1] / "docs" / "images" / "processes.svg"

WIDTH, HEIGHT = 480, 475
LEFT, RIGHT, SIDE = 10, 280, 190  # where each side begins, and its width
INK, LINE = "#1d3557", "#555555"
TRUSTED, STUDENT = "#eef3fa", "#fdf0e6"
DESCRIPTION = (
    "The autograder command starts two warm parents and asks each for forks. On the trusted side, "
    "the fork is the verifier, which runs the test cells. In the sandbox, the fork is the kernel, "
    "which runs the student's cells. Verifier and kernel exchange messages over the wire. The "
    "verifier sends verdicts to the command, which alone writes results and the gradebook."
)


def image() -> str:
    """Draw the processes as an SVG."""
    command = (
        "autograder command",
        "reads submitted/, enforces the limits",
        "writes results/ and gradebook.db",
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" font-family="sans-serif" font-size="14" fill="{INK}" role="img">',
        f"<title>Processes that grade one submission</title><desc>{DESCRIPTION}</desc>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto-start-reverse">'
        f'<path d="M0 0L8 4L0 8z" fill="{LINE}"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="white"/>',
        *_box(LEFT, 10, RIGHT + SIDE - LEFT, TRUSTED, *command),
        *_side(LEFT, TRUSTED, "trusted side", ("verifier", "runs the test cells", "and judges")),
        *_side(RIGHT, STUDENT, "sandbox", ("kernel + agent", "runs the", "student's cells")),
        _arrow(LEFT + 24, 340, LEFT + 24, 83),
        _text(LEFT + 32, 128, "verdicts"),
        _arrow(LEFT + SIDE - 4, 384, RIGHT + 4, 384, both=True),
        _text(WIDTH // 2, 374, "wire", "middle"),
        _text(WIDTH // 2, 460, "The wire: cells and questions →, ← values as plain data", "middle"),
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _side(x: int, fill: str, name: str, fork: tuple[str, ...]) -> list[str]:
    """One side of the wire: its warm parent, and the fork that each submission gets."""
    centre = x + 100
    return [
        f'<rect x="{x}" y="166" width="{SIDE}" height="262" rx="8" fill="none" stroke="{LINE}" '
        'stroke-dasharray="6 4"/>',
        _text(x + SIDE - 10, 186, name, "end"),
        *_box(x + 48, 200, SIDE - 62, fill, "warm parent", "imports Keras", "once"),
        *_box(x + 14, 342, SIDE - 28, fill, *fork),
        _arrow(centre, 80, centre, 198),
        _text(centre + 6, 128, "start, fork"),
        _arrow(centre, 270, centre, 340),
        _text(centre + 6, 308, "one for each"),
        _text(centre + 6, 325, "submission"),
    ]


def _box(x: int, y: int, width: int, fill: str, title: str, *lines: str) -> list[str]:
    """A process: its name in bold, and what it does."""
    height = 30 + 20 * len(lines)
    return [
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="{fill}" '
        f'stroke="{INK}"/>',
        _text(x + 12, y + 22, title, bold=True),
        *(_text(x + 12, y + 42 + 20 * place, line) for place, line in enumerate(lines)),
    ]


def _text(x: int, y: int, words: str, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'


def _arrow(x: int, y: int, to_x: int, to_y: int, both: bool = False) -> str:
    start = ' marker-start="url(#tip)"' if both else ""
    return (
        f'<path d="M{x} {y}L{to_x} {to_y}" stroke="{LINE}" stroke-width="1.5" '
        f'marker-end="url(#tip)"{start}/>'
    )


if __name__ == "__main__":
    IMAGE.write_text(image(), encoding="utf-8")
