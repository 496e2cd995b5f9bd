"""A student's notebook as viewers may show it: formgrader, nbgrader's feedback, JupyterLab.

They render Markdown and HTML, and formgrader does so with the rights of the person who marks.
"""

from __future__ import annotations

import copy
import html
import re
import time
from collections.abc import Collection

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from autograder.files import make_printable
from autograder.notebooks.cell_roles import is_instructor_cell, is_locked_cell, nbgrader_metadata
from autograder.notebooks.reading.paste_images import is_image
from autograder.notebooks.showing.rebuild_outputs import IMAGES, rebuild_output
from autograder.notebooks.showing.sanitizer import get_sanitizer

# Wall time; a cell takes a few milliseconds.
_PIECE_SECONDS = 5.0
_NOTEBOOK_SECONDS = 20.0
# In the order in which viewers choose; images and plain text come after these.
_MARKUP = ("text/html", "text/markdown", "image/svg+xml", "text/latex")
_LONGEST = 4_000_000  # characters of one piece of markup
# Markdown with none of these is only text: no HTML, link, image or definition of a link.
_ACTIVE = re.compile(r"<[A-Za-z/!?]|\]\s*[(:\[]|[^\t\n\x20-\x7e\x85\xa0-\U0010ffff]")
_LONGEST_PLAIN = 5_000  # characters; parsers of Markdown are slow for some longer texts
_UNREADABLE = "This cell can't be shown as Jupyter shows it. Its text is:"
_ESCAPE = re.compile(r"\x1b\[[0-9;]{0,40}m")  # a colour
_KERNEL_NAME = re.compile(r"[\w .()+-]{1,100}")


def sanitize_notebook(notebook: NotebookNode, trusted: Collection[str] = ()) -> NotebookNode:
    """Return a copy of an executed notebook in which nothing of the student's runs or loads.

    Plots, tables, Markdown and LaTeX stay visible. Answers in plain Markdown keep their source;
    those with links, images or HTML become one block of HTML.

    Args:
        notebook: The notebook, from the engine.
        trusted: The sources of the instructor's cells.

    Raises:
        AutograderError: The process that sanitizes does not start.
    """
    work = NotebookSanitizer(trusted)
    safe = copy.copy(notebook)
    safe.metadata = _read_metadata(notebook)
    safe.cells = [work.sanitize_cell(cell) for cell in notebook.cells]
    return safe


class NotebookSanitizer:
    """Sanitizes the cells of one notebook, within a time limit for all of them.

    Args:
        trusted: The sources of the instructor's cells.
    """

    def __init__(self, trusted: Collection[str] = ()) -> None:
        self._trusted = trusted
        self._end = time.monotonic() + _NOTEBOOK_SECONDS

    def sanitize_cell(self, cell: NotebookNode) -> NotebookNode:
        """Return a cell, with outputs, that runs and loads nothing."""
        is_trusted = is_locked_cell(cell) or is_instructor_cell(cell)
        if cell.cell_type == "code":
            safe = copy.copy(cell)
            safe.outputs = [self.sanitize_output(output) for output in cell.outputs]
            count = cell.get("execution_count")
            safe.execution_count = count if type(count) is int else None
        elif is_trusted or cell.source in self._trusted:
            safe = copy.copy(cell)
        else:
            source = self._sanitize_text(cell)
            safe = new_markdown_cell(source, id=cell.get("id", "cell"))
            if source == cell.source and "attachments" in cell:
                safe.attachments = cell.attachments
        if not is_trusted:
            mark = nbgrader_metadata(cell)
            safe.metadata = NotebookNode({"nbgrader": mark} if mark else {})
        return safe

    def _sanitize_text(self, cell: NotebookNode) -> str:
        if cell.cell_type == "raw":
            return _protect(f"<pre>{html.escape(_clean(cell.source))}</pre>")
        if len(cell.source) <= _LONGEST_PLAIN and not _ACTIVE.search(cell.source):
            return str(cell.source)
        markup = self._sanitize("text/markdown", cell.source, cell.get("attachments"))
        if markup is None:
            markup = f"<p>{_UNREADABLE}</p><pre>{html.escape(_clean(cell.source))}</pre>"
        return _protect(markup)

    def sanitize_output(self, output: NotebookNode) -> NotebookNode:
        """Return an output that runs and loads nothing; a note if nothing of it is left."""
        rebuilt = rebuild_output(output)
        if rebuilt is None:
            return _note("an output that a page can't show")
        if rebuilt.output_type == "stream":
            rebuilt.text = _clean(rebuilt.text)
        elif rebuilt.output_type == "error":
            rebuilt.ename, rebuilt.evalue = _clean(rebuilt.ename), _clean(rebuilt.evalue)
            rebuilt.traceback = [_clean(line) for line in rebuilt.traceback]
        else:
            rebuilt.data, rebuilt.metadata = self._sanitize_data(rebuilt)
            if not rebuilt.data:
                return _note("an output that a page can't show")
        return rebuilt

    def _sanitize_data(self, output: NotebookNode) -> tuple[NotebookNode, NotebookNode]:
        """Return the output's plain text and the first of its other forms that can be shown."""
        data, metadata = NotebookNode(), NotebookNode()
        for kind in (kind for kind in _MARKUP if kind in output.data):
            alt = output.metadata.get(kind, {}).get("alt", "")
            markup = self._sanitize(kind, output.data[kind], *([alt] if alt else []))
            if markup and markup.strip():
                data["text/html"] = markup
                break
        for kind in (kind for kind in IMAGES if kind in output.data and not data):
            image = "".join(output.data[kind].split())
            if is_image(image):
                data[kind] = image
                metadata[kind] = output.metadata.get(kind, {})
        if "text/plain" in output.data:
            data["text/plain"] = _clean(output.data["text/plain"])
        return data, metadata

    def _sanitize(self, kind: str, text: str, *values: object) -> str | None:
        seconds = min(_PIECE_SECONDS, self._end - time.monotonic())
        if seconds <= 0 or len(text) > _LONGEST:
            return None
        return get_sanitizer().sanitize(kind, text, *values, seconds=seconds)


def _protect(markup: str) -> str:
    """Return HTML as Markdown that every parser passes on as it is: a block without blank lines."""
    for character in "\n\r$\\`":
        markup = markup.replace(character, f"&#{ord(character)};")
    return f"<div>{markup}</div>"


def _clean(text: str) -> str:
    """Return a text without control characters, except those of colours, tabs and lines."""
    if text.isprintable():
        return text
    colours = _ESCAPE.findall(text)
    parts = [make_printable(part, keep="\t\n\r") for part in _ESCAPE.split(text)]
    return "".join(part + colour for part, colour in zip(parts, [*colours, ""], strict=True))


def _read_metadata(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook's metadata that viewers need; others of it have run scripts."""
    found = notebook.metadata.get("kernelspec")
    kernel = {
        name: value
        for name, value in (found.items() if isinstance(found, dict) else ())
        if isinstance(value, str) and _KERNEL_NAME.fullmatch(value)
    }
    language = {"name": "python", "pygments_lexer": "ipython3"}
    return NotebookNode(
        {**({"kernelspec": NotebookNode(kernel)} if kernel else {}), "language_info": language}
    )


def _note(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=f"[{text}]\n")
