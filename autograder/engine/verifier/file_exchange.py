"""Brings files that the student's code wrote to the tests, and files of the tests to it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.engine.wire.agent_protocol import Operation

if TYPE_CHECKING:
    from autograder.engine.verifier.student_channel import StudentChannel

_ABOUT_FILES = re.compile(
    r"\bopen\b|\bPath\b|\bos\.|\bglob\b|\bexists\b|\bisfile\b|\blistdir\b|\bread_|\bload|\bconnect\b"
    r"|\btempfile\b|\bto_csv\b|\bsave|\bwith_suffix\b|\bshutil\b|\bwritefile\b|[\"'][\w./-]+\.\w{2,5}[\"']"
)
_MOST_FILES, _MOST_BYTES = 200, 16 << 20
_NEVER = (".py", ".pyc", ".so", ".pth", ".pkl", ".pickle", ".joblib")
# Reading one of these may run code, or hand a parser of compiled code what it trusts.
_CODE = (b"\x80", b"\x89HDF", b"\x7fELF", b"PK\x03\x04")


class FileExchange:
    """The files of both sides, as far as a cell is about files.

    Args:
        text: the instructor's answers; a file that they name is there for the student's code.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_active = False
        self._pulled: dict[str, list[Any]] = {}
        self._pushed: dict[str, int] = {}
        # The test's folder when a file was brought from one side to the other.
        self._folders: dict[str, str] = {}
        self._given: set[str] | None = None
        self._outside: set[str] = set()

    def begin_cell(self, source: str) -> None:
        """Exchange files in this cell if its text is about files."""
        self._is_active = bool(_ABOUT_FILES.search(source))
        if self._given is None:
            self._given = set(_list_files())

    def is_given_text(self, text: str) -> bool:
        """Whether a file of the instructor's, which the student cannot replace, has this text."""
        content = text.encode("utf-8", "surrogatepass")
        return any(
            os.path.isfile(path) and Path(path).read_bytes() == content
            for path in self._given or ()
            if os.stat(path).st_size == len(content)
        )

    def push(self, channel: StudentChannel, arguments: Sequence[Any]) -> None:
        """Bring new files of the test to the student's kernel: those that a call names."""
        if not self._is_active:
            return
        self._push_removals(channel)
        named = set(_find_texts(arguments, 0))
        temporary = tempfile.gettempdir() + os.sep
        self._outside |= {text for text in named if text.startswith((temporary, "/tmp/"))}
        for path in [*_list_files(), *(p for p in self._outside if os.path.isfile(p))]:
            is_named = any(path in text or os.path.basename(path) in text for text in named)
            if not is_named and os.path.basename(path) not in self._text:
                continue
            changed = os.stat(path).st_mtime_ns
            if self._pushed.get(path) == changed or path in self._pulled:
                continue
            self._pushed[path] = changed
            if path not in (self._given or ()):
                self._folders[path] = os.getcwd()
                channel.ask(Operation.WRITE_FILE, path, Path(path).read_bytes()[:_MOST_BYTES])

    def _push_removals(self, channel: StudentChannel) -> None:
        """Remove in the student's kernel what the test has removed."""
        for path, folder in list(self._folders.items()):
            if not os.path.lexists(os.path.join(folder, path)):
                self._forget(path)
                channel.ask(Operation.WRITE_FILE, path, None)

    def _pull_removals(self, found: set[str]) -> None:
        """Remove here what the student's code has removed; never the instructor's own files."""
        for path, folder in list(self._folders.items()):
            if path not in found and folder == os.getcwd() and self._may_write(path):
                self._forget(path)
                if os.path.isfile(path):
                    os.remove(path)

    def _forget(self, path: str) -> None:
        for known in (self._folders, self._pushed, self._pulled):
            known.pop(path, None)

    def pull(self, channel: StudentChannel) -> None:
        """Bring files that the student's code wrote here; never over the instructor's own."""
        if not self._is_active:
            return
        files = channel.ask(Operation.FILES)
        listed = files[:_MOST_FILES] if type(files) is list else []
        known = [a for a in listed if type(a) is list and len(a) == 3 and type(a[0]) is str]
        if len(listed) < _MOST_FILES:
            self._pull_removals({about[0] for about in known})
        for about in known:
            path = about[0]
            if self._pulled.get(path) != about and self._may_write(path):
                self._pulled[path] = about
                self._write(path, channel.ask(Operation.READ_FILE, path))
        for path in self._outside:
            self._write(path, channel.ask(Operation.READ_FILE, path))

    def _may_write(self, path: str) -> bool:
        parts = Path(path).parts
        is_inside = not os.path.isabs(path) and ".." not in parts and "\0" not in path
        is_data = not path.endswith(_NEVER)
        return is_inside and is_data and path not in (self._given or ()) and len(parts) < 10

    def _write(self, path: str, content: Any) -> None:
        if type(content) is not bytes or len(content) > _MOST_BYTES or content.startswith(_CODE):
            return
        target = Path(path)
        if target.is_symlink() or len(self._pulled) > _MOST_FILES:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self._folders[path] = os.getcwd()
        self._pushed[path] = os.stat(path).st_mtime_ns


def _list_files() -> list[str]:
    found = []
    for folder, folders, names in os.walk("."):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [os.path.normpath(os.path.join(folder, name)) for name in names]
        if len(found) > _MOST_FILES:
            break
    return found[:_MOST_FILES]


def _find_texts(value: Any, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value] if len(value) < 1_000 else []
    if isinstance(value, os.PathLike):
        return [str(os.fspath(value))]
    if isinstance(value, (list, tuple)) and depth < 4:
        return [text for part in value[:100] for text in _find_texts(part, depth + 1)]
    if isinstance(value, dict) and depth < 4:
        return _find_texts(list(value.values()), depth + 1)
    return []
