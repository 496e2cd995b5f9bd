"""Formulas in a page as images: a page runs no script that could draw them."""

from __future__ import annotations

import base64
import io
import re
import struct
from functools import lru_cache

from bs4 import BeautifulSoup, NavigableString, PageElement

_FORMULA = re.compile(
    r"\$\$(?P<block>.+?)\$\$|\\\[(?P<display>.+?)\\\]|\\\((?P<inline>.+?)\\\)"
    r"|\$(?P<dollar>[^$\n]*[^$\s])\$"
    r"|(?P<bare>\\begin\{(?P<kind>[a-z]+\*?)\}.+?\\end\{(?P=kind)\})",
    re.DOTALL,
)
# Several lines below each other, which matplotlib does not know.
_LINES = re.compile(
    r"\s*\\begin\{(?P<kind>(?:align(?:ed|at)?|gather(?:ed)?|eqnarray|equation|split|multline)\*?)\}"
    r"(?P<lines>.+)\\end\{(?P=kind)\}\s*",
    re.DOTALL,
)
_LINE_END = re.compile(r"\\\\(?:\[[^\]]*\])?|\\cr\b")
_NUMBERS = re.compile(r"\\(?:label|tag)\{[^}]*\}|\\notag\b|\\nonumber\b")
_LONGEST = 400  # characters of a formula
_MOST = 150  # formulas of a cell
_POINTS, _DPI = 10, 160
# TeX that matplotlib lacks, in words that it knows.
_WORDS = {
    r"\lVert": r"\Vert",
    r"\rVert": r"\Vert",
    r"\lvert": "|",
    r"\rvert": "|",
    r"\dfrac": r"\frac",
    r"\tfrac": r"\frac",
    r"\boldsymbol": r"\mathbf",
    r"\bm": r"\mathbf",
    r"\mathop": "",
    r"\displaystyle": "",
    r"\nonumber": "",
    r"\bigl": "",
    r"\bigr": "",
    r"\big": "",
    r"\le": r"\leq",
    r"\ge": r"\geq",
    r"\land": r"\wedge",
    r"\lor": r"\vee",
    r"\R": r"\mathbb{R}",
}
_COMMAND = re.compile(r"\\[A-Za-z]+")


def show_mathematics(markup: str) -> str:
    """Replace the formulas of a text cell by images; one that can't be drawn stays as text.

    Args:
        markup: The cell's HTML, with formulas between dollar signs.
    """
    if "$" not in markup and "\\" not in markup:
        return markup
    soup = BeautifulSoup(markup, "html.parser")
    left = _MOST
    for text in list(soup.find_all(string=_FORMULA)):
        if text.find_parent(["pre", "code", "a"]) is None:
            parts, used = _split(str(text), left)
            left -= used
            if used:
                text.replace_with(*(_make_node(soup, part) for part in parts))
    return str(soup)


def _split(text: str, most: int) -> tuple[list[str | tuple[str, bool]], int]:
    """The pieces of a text, a formula with whether it stands alone; and how many can be drawn."""
    pieces: list[str | tuple[str, bool]] = []
    end = drawn = 0
    for match in _FORMULA.finditer(text):
        formula = next(filter(None, match.groups()))
        is_block = any(match[kind] is not None for kind in ("block", "display", "bare"))
        lines = _list_lines(formula)
        can_be_drawn = all(draw_formula(line, is_block) is not None for line in lines)
        if drawn + len(lines) > most or not can_be_drawn:
            continue
        pieces += [text[end : match.start()], *((line, is_block) for line in lines)]
        end, drawn = match.end(), drawn + len(lines)
    return [*pieces, text[end:]], drawn


def _list_lines(formula: str) -> list[str]:
    """The lines of a formula, without what aligns and numbers them."""
    match = _LINES.fullmatch(formula)
    if match is None:
        return [formula]
    inner = _NUMBERS.sub("", match["lines"])
    if _LINES.fullmatch(inner):
        return _list_lines(inner)
    lines = (line.replace("&", " ") for line in _LINE_END.split(inner))
    return [line for line in lines if line.strip()]


def _make_node(soup: BeautifulSoup, part: str | tuple[str, bool]) -> PageElement:
    if isinstance(part, str):
        return NavigableString(part)
    formula, is_block = part
    drawn = draw_formula(formula, is_block)
    assert drawn is not None
    image, height, depth = drawn
    style = f"height:{height:.2f}em;vertical-align:{-depth:.2f}em"
    kind = "formula block" if is_block else "formula"
    return soup.new_tag("img", src=image, alt=formula.strip(), style=style, attrs={"class": kind})


@lru_cache(maxsize=2_000)
def draw_formula(formula: str, is_block: bool = False) -> tuple[str, float, float] | None:
    """Draw a formula; None where it can't be drawn.

    Args:
        formula: TeX without dollar signs.
        is_block: Whether it stands alone: its fractions are larger.

    Returns:
        The image as a data URI, its height, and the part below the baseline, both in em.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import math_to_image

    words = _WORDS | {r"\frac": r"\dfrac", r"\dfrac": r"\dfrac"} if is_block else _WORDS
    plain = _COMMAND.sub(lambda match: words.get(match.group(), match.group()), formula)
    file = io.BytesIO()
    if len(formula) > _LONGEST:
        return None
    try:
        font = FontProperties(size=_POINTS)
        text = f"${' '.join(plain.split())}$"
        depth = math_to_image(text, file, prop=font, dpi=_DPI, format="png")
    except Exception:  # pyparsing's, and others for odd TeX
        return None
    content = file.getvalue()
    (height,) = struct.unpack(">I", content[20:24])
    data = base64.b64encode(content).decode()
    return f"data:image/png;base64,{data}", height * 72 / _DPI / _POINTS, depth / _POINTS
