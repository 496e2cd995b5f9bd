"""The lab's own images in a page that fetches nothing."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from urllib.parse import unquote

_MARKDOWN = re.compile(
    r"(!\[[^\]\n]{0,500}\]\(\s{0,9}<?)([^\s()<>\"]{1,300})(>?(?:\s[^)\n]{0,300})?\))"
)
_HTML = re.compile(r"(<img\b[^<>]{0,500}?\bsrc\s{0,9}=\s{0,9}[\"'])([^\"'<>]{1,300})([\"'])", re.I)
_KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp"}
MOST_BYTES = 400_000  # of one image


def embed_course_images(source: str, folder: Path | None, most: int) -> str:
    """Replace links to images beside the released notebook by the images themselves.

    Args:
        source: Markdown.
        folder: The folder of the released notebook.
        most: The maximum number of characters to add.
    """
    left = most

    def embed(match: re.Match[str]) -> str:
        nonlocal left
        image = _read_image(folder, unquote(match[2])) if folder else ""
        if not image or len(image) > left:
            return match.group()
        left -= len(image)
        return f"{match[1]}{image}{match[3]}"

    return _HTML.sub(embed, _MARKDOWN.sub(embed, source))


def _read_image(folder: Path, name: str) -> str:
    """The image as a data URI; empty for another file, or one outside the folder."""
    kind = _KINDS.get(Path(name).suffix.lower())
    try:
        path = (folder / name).resolve()
        is_own = path.is_relative_to(folder.resolve()) and path.is_file()
        if kind is None or not is_own or path.stat().st_size > MOST_BYTES:
            return ""
        return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
    except (OSError, ValueError):
        return ""
