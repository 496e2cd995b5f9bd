"""Rebuild the outputs of a notebook that ran: known kinds of plain values, within bounds.

A kernel may send anything as an output: JSON as deep as the memory allows, lists where nbformat has
strings, kinds that a viewer runs. Only strings of kinds that a page shows are kept, so that nothing
that reads, copies or writes the notebook later can fail because of an output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

IMAGES = ("image/png", "image/jpeg")
KINDS = ("text/html", "text/markdown", "text/latex", "image/svg+xml", *IMAGES, "text/plain")
"""The kinds of outputs that are kept."""

# Far above what a lab shows; together they bound results/, autograded/ and the pages.
_MOST_OUTPUTS = 5_000
_MOST_CHARACTERS = 40_000_000
_MOST_LINES = 200  # of a traceback
_LONGEST_NAME = 1_000  # characters of an exception's name
_SIZES = ("width", "height")


def rebuild_outputs(notebook: NotebookNode, executed: object) -> NotebookNode:
    """Return a copy of a notebook with the outputs of its executed form.

    Args:
        notebook: The notebook that was to be run. Its cells stay as they are.
        executed: The notebook that came back; any JSON value.
    """
    rebuilt: NotebookNode = nbformat.from_dict(notebook)
    cells = executed.get("cells") if isinstance(executed, Mapping) else None
    came_back = cells if isinstance(cells, list) else []
    room = _Room()
    for cell, other in zip(rebuilt.cells, came_back, strict=False):
        if cell.cell_type == "code" and isinstance(other, Mapping):
            cell.outputs = room.fit(other.get("outputs"))
            cell.execution_count = _read_count(other.get("execution_count"))
    return rebuilt


class _Room:
    """What the outputs of one notebook may still take."""

    def __init__(self) -> None:
        self._outputs, self._characters = _MOST_OUTPUTS, _MOST_CHARACTERS

    def fit(self, outputs: object) -> list[NotebookNode]:
        """Return the outputs of a cell that fit, and a note if some do not."""
        kept, left_out = [], 0
        for output in outputs if isinstance(outputs, list) else []:
            rebuilt = rebuild_output(output)
            if rebuilt is None:
                continue
            size = count_characters(rebuilt)
            if self._outputs < 1 or size > self._characters:
                left_out += 1
                continue
            self._outputs -= 1
            self._characters -= size
            kept.append(rebuilt)
        if left_out:
            many = "1 output is" if left_out == 1 else f"{left_out} outputs are"
            text = (
                f"[{many} left out: a notebook may show {_MOST_OUTPUTS:,} outputs and "
                f"{_MOST_CHARACTERS / 1e6:.0f} MB]\n"
            )
            kept.append(new_output("stream", name="stdout", text=text))
        return kept


def rebuild_output(output: object) -> NotebookNode | None:
    """Return an output of known kinds; None if it is none that a page can show."""
    if not isinstance(output, Mapping):
        return None
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=_read_text(output.get("text")) or "")
    if kind == "error":
        return new_output(
            "error",
            ename=(_read_text(output.get("ename")) or "")[:_LONGEST_NAME],
            evalue=_read_text(output.get("evalue")) or "",
            traceback=_read_lines(output.get("traceback")),
        )
    if kind not in ("display_data", "execute_result"):
        return None
    data = _read_data(output.get("data"))
    if not data:
        return None
    rebuilt = new_output(kind, data, metadata=_read_metadata(output.get("metadata"), data))
    if kind == "execute_result":
        rebuilt.execution_count = _read_count(output.get("execution_count"))
    return rebuilt


def rebuild_display(content: object) -> dict[str, Any]:
    """Return the content of a kernel's message that displays something, of known kinds."""
    found = content if isinstance(content, Mapping) else {}
    data, transient = _read_data(found.get("data")), found.get("transient")
    name = transient.get("display_id") if isinstance(transient, Mapping) else None
    return {
        "data": data,
        "metadata": _read_metadata(found.get("metadata"), data),
        "execution_count": _read_count(found.get("execution_count")),
        "transient": {"display_id": name} if isinstance(name, str) else {},
    }


def count_characters(output: NotebookNode) -> int:
    """Count the characters of a rebuilt output."""
    if output.output_type == "stream":
        return len(output.text)
    if output.output_type == "error":
        return len(output.ename) + len(output.evalue) + sum(map(len, output.traceback))
    return sum(map(len, output.data.values()))


def _read_data(data: object) -> dict[str, str]:
    found = data if isinstance(data, Mapping) else {}
    texts = {kind: _read_text(found.get(kind)) for kind in KINDS}
    return {kind: text for kind, text in texts.items() if text is not None}


def _read_metadata(metadata: object, data: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the size and the description of each image."""
    found = metadata if isinstance(metadata, Mapping) else {}
    kept: dict[str, dict[str, Any]] = {}
    for kind in (*IMAGES, "image/svg+xml"):
        about = found.get(kind) if kind in data else None
        if not isinstance(about, Mapping):
            continue
        one = {n: about[n] for n in _SIZES if type(about.get(n)) is int and 0 < about[n] < 10_000}
        if alt := _read_text(about.get("alt")):
            one["alt"] = alt[:_LONGEST_NAME]
        if one:
            kept[kind] = one
    return kept


def _read_text(value: object) -> str | None:
    if isinstance(value, list):  # as files have it: a list of lines
        return "".join(line for line in value if isinstance(line, str))
    return str(value) if isinstance(value, str) else None


def _read_lines(value: object) -> list[str]:
    lines = value if isinstance(value, list) else []
    return [str(line) for line in lines if isinstance(line, str)][-_MOST_LINES:]


def _read_count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 10**9 else None
