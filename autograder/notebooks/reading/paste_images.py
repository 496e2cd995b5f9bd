"""Keep images that a student pasted into a text cell; Jupyter stores them as attachments."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote, unquote

from nbformat import NotebookNode

# A phone's photograph of a page has 3 to 5 MB; base64 adds a third.
_MOST = 12_000_000
_PNG_OR_JPEG = (b"\x89PNG", b"\xff\xd8\xff")
_LINK = re.compile(r"(\]\(|\]:)(\s{0,9}<?)attachment:((?:[^\s<>()]|\([^\s<>()]*\))*)")
_UNQUOTED = re.compile(r"[A-Za-z0-9._~%()-]+")


def paste_images(cell: NotebookNode, attachments: object, most: int = _MOST) -> int:
    """Attach the images that a text cell shows, and say in its text which are missing.

    nbconvert, and so formgrader, fails on a notebook with a link to a missing image. This function
    replaces such links.

    Args:
        cell: A Markdown cell without attachments. It is changed.
        attachments: The attachments of the student's cell; any JSON value.
        most: The maximum number of base64 characters to keep.

    Returns:
        The number of characters kept.
    """
    stored = attachments if isinstance(attachments, dict) else {}
    kept: dict[str, dict[str, str]] = {}
    missing = 0

    def replace_link(link: re.Match[str]) -> str:
        nonlocal most, missing
        before, written = link[1] + link[2], link[3]
        # nbconvert looks up the name as it is in the URL.
        name = written if _UNQUOTED.fullmatch(written) else quote(written)
        if name not in kept:
            image = _read_image(stored.get(written, stored.get(unquote(written))), most)
            if not image:
                missing += 1
                return f"{before}missing:{name}"
            kept[name] = image
            most -= _size(image)
        return f"{before}attachment:{name}"

    cell.source = _LINK.sub(replace_link, cell.source)
    if kept:
        cell.attachments = NotebookNode({name: NotebookNode(kept[name]) for name in kept})
    if missing:
        cell.source += _describe_missing(missing)
    return sum(map(_size, kept.values()))


def _describe_missing(number: int) -> str:
    images = "1 image is" if number == 1 else f"{number} images are"
    return (
        f"\n\n*[{images} missing here: not saved in the notebook, neither PNG nor JPEG, "
        "or too large.]*"
    )


def _size(image: dict[str, str]) -> int:
    return sum(map(len, image.values()))


def _read_image(attachment: object, most: int) -> dict[str, str]:
    """Return the PNG or JPEG of an attachment; empty without one of at most `most` characters."""
    for kind in ("image/png", "image/jpeg"):
        value = attachment.get(kind) if isinstance(attachment, dict) else None
        if isinstance(value, list):
            value = "".join(line for line in value if isinstance(line, str))
        if not isinstance(value, str):
            continue
        text = "".join(value.split())
        if len(text) <= most and is_image(text):
            return {kind: text}
    return {}


def is_image(text: str) -> bool:
    """Whether a base64 text is a PNG or JPEG image."""
    try:
        return base64.b64decode(text, validate=True).startswith(_PNG_OR_JPEG)
    except ValueError:
        return False
