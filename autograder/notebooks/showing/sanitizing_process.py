"""The process that parses students' markup: it has bounds of its own, and may be ended.

Parsers of HTML, Markdown and SVG take hours for some texts, or all memory. Runs as
`python -m autograder.notebooks.showing.sanitizing_process`: reads requests, writes answers, each as
its length and JSON.
"""

from __future__ import annotations

import contextlib
import html
import json
import resource
import struct
import sys
from collections.abc import Callable
from typing import Any

from autograder.notebooks.showing.sanitize_html import sanitize_html
from autograder.notebooks.showing.sanitize_svg import sanitize_svg

HEADER = struct.Struct(">Q")
READY = b"ready"
_MEMORY = 3 * 2**30  # bytes of address space; the libraries take less than 1 GiB of it


def sanitize_markdown(source: str, attachments: Any = None) -> str:
    """Return Markdown as harmless HTML; mathematics stays as it is, for MathJax."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(
        escape=False, attachments=attachments or {}, exclude_anchor_links=True
    )
    return sanitize_html(MarkdownWithMath(renderer=renderer).render(source))


def sanitize_latex(source: str) -> str:
    """Return LaTeX as text in HTML, which MathJax reads."""
    return f"<div>{html.escape(source)}</div>"


SANITIZERS: dict[str, Callable[..., str]] = {
    "text/html": sanitize_html,
    "text/markdown": sanitize_markdown,
    "image/svg+xml": sanitize_svg,
    "text/latex": sanitize_latex,
}


def main() -> None:
    """Answer requests until the grader closes the pipe."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    _write(READY)
    while header := sys.stdin.buffer.read(HEADER.size):
        kind, *values = json.loads(sys.stdin.buffer.read(*HEADER.unpack(header)))
        answer = None
        # Of any kind: the grader then shows the text.
        with contextlib.suppress(Exception):
            answer = SANITIZERS[kind](*values)
        _write(json.dumps(answer).encode())


def _write(content: bytes) -> None:
    sys.stdout.buffer.write(HEADER.pack(len(content)) + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
