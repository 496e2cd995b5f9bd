"""Images that somebody pasted into a text cell, which Jupyter keeps beside the text."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote, unquote

from nbformat import NotebookNode

# A photograph of a page of formulas, from a phone, is 3 to 5 MB; base64 makes 4 of 3.
_MOST = 12_000_000
_PNG_OR_JPEG = (b"\x89PNG", b"\xff\xd8\xff")
_LINK = re.compile(r"(\]\(|\]:)(\s{0,9}<?)attachment:((?:[^\s<>()]|\([^\s<>()]*\))*)")
_AS_IT_IS = re.compile(r"[A-Za-z0-9._~%()-]+")


def paste_images(cell: NotebookNode, attachments: object, most: int = _MOST) -> int:
    """Give a text cell the images that it names, and say it in the text where one can't be had.

    nbconvert, and with it formgrader, shows nothing of a notebook that names an image that it
    has not: so such a link is broken up.

    Args:
        cell: a Markdown cell without attachments.
        attachments: those that the student's cell had, whatever they are.
        most: characters of base64 that may be kept of them.

    Returns:
        How many characters were kept.
    """
    had = attachments if isinstance(attachments, dict) else {}
    kept: dict[str, dict[str, str]] = {}
    missing = 0

    def link(found: re.Match[str]) -> str:
        nonlocal most, missing
        before, written = found[1] + found[2], found[3]
        # nbconvert looks for the name as it stands in a URL.
        name = written if _AS_IT_IS.fullmatch(written) else quote(written)
        if name not in kept:
            image = _image(had.get(written, had.get(unquote(written))), most)
            if not image:
                missing += 1
                return f"{before}missing:{name}"
            kept[name] = image
            most -= _size(image)
        return f"{before}attachment:{name}"

    cell.source = _LINK.sub(link, cell.source)
    if kept:
        cell.attachments = NotebookNode({name: NotebookNode(kept[name]) for name in kept})
    if missing:
        are = "1 image is" if missing == 1 else f"{missing} images are"
        cell.source += (
            f"\n\n*[{are} missing here: not saved in the notebook, neither PNG nor JPEG, "
            "or too large.]*"
        )
    return sum(map(_size, kept.values()))


def _size(image: dict[str, str]) -> int:
    return sum(map(len, image.values()))


def _image(attachment: object, most: int) -> dict[str, str]:
    """What a browser can show of an attachment; empty when it is none, or larger than `most`."""
    for kind in ("image/png", "image/jpeg"):
        value = attachment.get(kind) if isinstance(attachment, dict) else None
        if isinstance(value, list):
            value = "".join(line for line in value if isinstance(line, str))
        if not isinstance(value, str):
            continue
        text = "".join(value.split())
        if len(text) <= most and _is_image(text):
            return {kind: text}
    return {}


def _is_image(text: str) -> bool:
    try:
        return base64.b64decode(text, validate=True).startswith(_PNG_OR_JPEG)
    except ValueError:
        return False
