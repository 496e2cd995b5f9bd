"""A notebook's code as a row of tokens in which the names that a student chose make no difference.

Kept are the names of libraries, their functions and arguments, operators, numbers and texts;
dropped are comments, docstrings, spaces and line breaks. So renamed variables, other comments
and another layout leave the tokens as they are.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode
from pygments.lexers import PythonLexer
from pygments.token import Comment, Name, String, Text

_CHOSEN = "chosen name"
_FIRST_TOKEN, _FIRST_BREAK = 0xE000, 0xF0000  # private characters: none is in anybody's code
_MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """Where a token stands: the cell, from 0, and the line in it, from 0."""

    cell: int
    line: int


@dataclass(frozen=True)
class Tokens:
    """A notebook's tokens.

    Args:
        text: one character a token; between two cells one that is nowhere else.
        places: of each character, where it stands in the notebook.
    """

    text: str
    places: tuple[Place, ...]

    def has_break(self, at: int, length: int) -> bool:
        """Whether a cell ends among these tokens."""
        return any(character > chr(_FIRST_BREAK) for character in self.text[at : at + length])


class Vocabulary:
    """Gives every kind of token a character; the same for all notebooks that are compared.

    Args:
        notebooks: all of them. A name that anybody chose is a chosen one in all: else a variable
            called like one of the release's would make the release's cells look different.
    """

    def __init__(self, notebooks: Iterable[NotebookNode]) -> None:
        self._chosen = {name for book in notebooks for name in chosen_names(_sources(book))}
        self._chosen -= set(dir(builtins))
        self._known: dict[str, str] = {}
        self._breaks = 0
        self._lexer = PythonLexer(stripnl=False, ensurenl=False)

    def tokens(self, notebook: NotebookNode) -> Tokens:
        """A notebook's tokens."""
        text, places = [], []
        for number, source in enumerate(_sources(notebook)):
            for line, word in self._words(source):
                text.append(self._character(word))
                places.append(Place(number, line))
            self._breaks += 1
            text.append(chr(_FIRST_BREAK + self._breaks))
            places.append(Place(number, source.count("\n")))
        return Tokens("".join(text), tuple(places))

    def _words(self, source: str) -> Iterator[tuple[int, str]]:
        before = ""
        for at, kind, value in self._lexer.get_tokens_unprocessed(source):
            if kind in Text or kind in Comment or kind in String.Doc or not value.strip():
                continue
            attribute = f".{value}" if before == "." else value
            word = _CHOSEN if kind in Name and attribute in self._chosen else value
            before = value
            yield source.count("\n", 0, at), word.replace('"', "'") if kind in String else word

    def _character(self, word: str) -> str:
        return self._known.setdefault(word, chr(_FIRST_TOKEN + len(self._known)))


def _sources(notebook: NotebookNode) -> list[str]:
    """The code of each cell; nothing of one that is no code."""
    return [cell.source if cell.cell_type == "code" else "" for cell in notebook.cells]


def chosen_names(cells: Iterable[str]) -> set[str]:
    """The names that code binds: variables, functions, classes, parameters; attributes with a dot.

    Example:
        >>> sorted(chosen_names(["import numpy as np\\ndef f(x):\\n    self.y = np.exp(x)"]))
        ['.y', 'f', 'x']
    """
    found: set[str] = set()
    for source in cells:
        try:
            tree = ast.parse(_MAGIC.sub("", source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.add(f".{node.attr}")
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.add(node.name)
    return found
