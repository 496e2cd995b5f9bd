"""HTML from a student's notebook, made harmless and readable."""

from __future__ import annotations

import re

import bleach
from bs4 import BeautifulSoup

_TAGS = (
    "a abbr b blockquote br caption code col colgroup dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i "
    "img ins kbd li ol p pre s small span strong sub sup table tbody td tfoot th thead tr u ul"
)
# Pygments', ANSI colours' and pandas' classes; not those of the page around the notebook.
_CLASS = re.compile(r"highlight|hl-\w+|language-\w+|dataframe|ansi-[\w-]+|[a-z]\w{0,2}")
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,")
_SIZES = {"colspan", "rowspan"}


def sanitize_html(markup: object) -> str:
    """Remove scripts, styles, forms, ids and anything that would be fetched.

    Example:
        >>> sanitize_html('<p onclick="x()">a<script>b</script></p>')
        '<p>a&lt;script&gt;b&lt;/script&gt;</p>'
    """
    text = markup.decode() if isinstance(markup, bytes) else str(markup)
    protocols = ["http", "https", "mailto", "data"]
    return bleach.clean(text, tags=_TAGS.split(), attributes=_is_allowed, protocols=protocols)


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return all(_CLASS.fullmatch(word) for word in value.split())
    if tag == "img":
        return name == "alt" or (name == "src" and bool(_IMAGE.match(value)))
    if tag == "a":
        return name == "title" or (name == "href" and not value.strip().startswith("data:"))
    return tag in {"td", "th"} and name in _SIZES and value.isdigit()


def add_descriptions(markup: str, where: str) -> str:
    """Describe every image, and let the keyboard reach scrolling parts.

    An image that would have to be fetched becomes its description.

    Args:
        markup: safe HTML.
        where: the description of an image without one.
    """
    soup = BeautifulSoup(markup, "html.parser")
    for image in soup.find_all("img"):
        alt = str(image.get("alt", "")).strip()
        if not alt or alt.startswith("No description has been provided"):
            alt = where
        if image.get("src"):
            image["alt"] = alt
        else:
            image.replace_with(f"[{alt}]")
    for part in soup.select(".output, .rendered_html:has(table)"):
        part["tabindex"] = "0"
    return str(soup)
