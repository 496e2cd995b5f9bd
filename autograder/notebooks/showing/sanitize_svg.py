"""SVG of a student's plot as an image, which runs nothing and loads nothing."""

from __future__ import annotations

import base64
import html
import re
from xml.etree.ElementTree import Element, ParseError, register_namespace, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
# What Matplotlib and graphviz draw with. Not: script, style, a, image, foreignObject, animations.
_TAGS = (
    "svg g defs desc title path rect circle ellipse line polyline polygon text tspan clipPath use "
    "symbol marker pattern linearGradient radialGradient stop mask"
)
_URL = re.compile(r"url\(\s*['\"]?(?!#)", re.IGNORECASE)
_UNSAFE_STYLE = re.compile(r"@import|expression|\\", re.IGNORECASE)
# The names that documents use, rather than ns0 and ns1.
register_namespace("", _SVG.strip("{}"))
register_namespace("xlink", _LINK.partition("}")[0].strip("{"))
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sanitize_svg(markup: str, alt: str = "") -> str:
    """Return an `<img>` of SVG markup; empty if it is not well-formed SVG.

    Browsers run no scripts in an image and load nothing for it. Elements and attributes that could
    do so elsewhere are removed as well.

    Args:
        markup: An SVG document.
        alt: The description of the image.
    """
    try:
        # Without the declaration: that of the encoding would contradict a string.
        text = _NOT_XML.sub("", re.sub(r"^\s*<\?xml[^>]*\?>", "", markup))
        root = fromstring(re.sub(r"<!DOCTYPE[^>\[]*>", "", text, count=1), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError):
        return ""
    if root.tag != f"{_SVG}svg":
        return ""
    _clean(root)
    try:
        image = base64.b64encode(tostring(root, encoding="utf-8")).decode()
    except RecursionError:  # elements in elements, a thousand deep
        return ""
    described = f' alt="{html.escape(alt)}"' if alt else ""
    return f'<img{described} src="data:image/svg+xml;base64,{image}">'


def _clean(root: Element) -> None:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        element.attrib = {n: v for n, v in element.attrib.items() if _is_allowed(n, v)}
        element[:] = [child for child in element if _is_drawn(child)]
        waiting += element


def _is_drawn(element: Element) -> bool:
    return isinstance(element.tag, str) and element.tag.removeprefix(_SVG) in _TAGS.split()


def _is_allowed(name: str, value: str) -> bool:
    if name in ("href", _LINK):
        return value.startswith("#")
    if name.startswith("{") or name.lower().startswith("on"):
        return False
    return not _URL.search(value) and not _UNSAFE_STYLE.search(value)
