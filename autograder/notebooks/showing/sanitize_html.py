"""HTML from a student's notebook without anything that runs, loads, or imitates the page."""

from __future__ import annotations

import re
from functools import cache

import nh3

_TAGS = (
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em h1 h2 h3 h4 h5 "
    "h6 hr i img ins kbd li ol p pre s small span strong sub summary sup table tbody td tfoot th "
    "thead tr u ul"
)
# The text in these is removed, too: a browser does not show it.
_DROPPED = "script style template title noscript iframe object embed svg math"
_CLASS = re.compile(r"highlight|hl-\w+|language-\w+|dataframe|ansi-[\w-]+")
_LINK = re.compile(r"(https?://|mailto:)[^\s\x00-\x20]+", re.IGNORECASE)
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/\s]*={0,2}\s*")
_SVG = re.compile(r"data:image/svg\+xml;base64,[A-Za-z0-9+/]*={0,2}")
_ATTRIBUTES = {
    "*": {"class"},
    "a": {"href", "title"},
    "img": {"alt", "src"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}


def sanitize_html(markup: str, svg: bool = False) -> str:
    """Remove scripts, styles, forms, ids and anything that would be loaded.

    Args:
        markup: HTML.
        svg: Whether images may be SVG: only for markup that `sanitize_svg` made a part of.

    Example:
        >>> sanitize_html('<p onclick="x()">a<script>b</script></p>')
        '<p>a</p>'
        >>> sanitize_html('<a href="//host">a</a> <img src="http://host/1.png" alt="b">')
        '<a rel="noopener noreferrer">a</a> <img alt="b">'
    """
    return _make_cleaner(svg).clean(markup)


@cache
def _make_cleaner(svg: bool) -> nh3.Cleaner:
    def filter_attribute(tag: str, name: str, value: str) -> str | None:
        if name == "class":
            return " ".join(filter(_is_harmless_class, value.split())) or None
        if name == "href":
            return value if _LINK.fullmatch(value) else None
        if name == "src":
            allowed = _IMAGE.fullmatch(value) or (svg and _SVG.fullmatch(value))
            return value if allowed else None
        if name in ("colspan", "rowspan"):
            return value if re.fullmatch(r"[0-9]{1,3}", value) else None
        return value

    return nh3.Cleaner(
        tags=set(_TAGS.split()),
        clean_content_tags=set(_DROPPED.split()),
        attributes=_ATTRIBUTES,
        attribute_filter=filter_attribute,
        url_schemes={"http", "https", "mailto", "data"},
    )


def _is_harmless_class(name: str) -> bool:
    """Whether a class is Pygments', pandas' or one of colours: not one of the page around it."""
    return name in _list_pygments_classes() or _CLASS.fullmatch(name) is not None


@cache
def _list_pygments_classes() -> frozenset[str]:
    from pygments.token import STANDARD_TYPES

    return frozenset(STANDARD_TYPES.values()) - {""}
