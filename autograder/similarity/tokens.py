"""A notebook's code as tokens, in which the names that a student chose make no difference.

Names of libraries, their functions and arguments, operators, numbers and strings are kept;
comments, docstrings, spaces and line breaks are dropped. So renamed variables, other comments
and another layout do not change the tokens.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode
from pygments.lexers import PythonLexer
from pygments.token import Comment, Name, String, Text

from autograder.notebooks.names import parse_code

_CHOSEN = "chosen name"
# Characters that stand for tokens. Of more tokens than there are characters, the last are alike.
BREAK, _FIRST_TOKEN, _LAST_TOKEN = "\ue000", 0xE001, 0x10FFFF
# Above what a person writes; of a submission made to keep the comparison busy, only the start
# counts.
MOST_LETTERS = 100_000


@dataclass(frozen=True)
class Place:
    """A token's cell and its line in the cell, both from 0."""

    cell: int
    line: int


@dataclass(frozen=True)
class Tokens:
    """A notebook's tokens.

    Args:
        text: one character for each token, and `BREAK` after each cell.
        places: each character's place in the notebook.
    """

    text: str
    places: tuple[Place, ...]

    def has_break(self, at: int, length: int) -> bool:
        """Whether a cell ends among these tokens."""
        return BREAK in self.text[at : at + length]


class Vocabulary:
    """Gives every kind of token a character, the same for all compared notebooks.

    Args:
        notebooks: all of them. A name that one student chose counts as chosen in all: otherwise a
            variable named like one of the release would make the release's cells look different.
    """

    def __init__(self, notebooks: Iterable[NotebookNode]) -> None:
        self._chosen = {
            name for book in notebooks for name in find_chosen_names(_list_sources(book))
        }
        self._chosen -= set(dir(builtins))
        self._known: dict[str, str] = {}
        self._lexer = PythonLexer(stripnl=False, ensurenl=False)

    def tokenize(self, notebook: NotebookNode) -> Tokens:
        """A notebook's tokens."""
        text, places = [], []
        for number, source in enumerate(_list_sources(notebook)):
            for line, word in self._split(source):
                text.append(self._find_character(word))
                places.append(Place(number, line))
            text.append(BREAK)
            places.append(Place(number, source.count("\n")))
        return Tokens("".join(text), tuple(places))

    def _split(self, source: str) -> Iterator[tuple[int, str]]:
        # Pygments' time grows with the square of the number of empty lines in a row.
        lines = [n for n, text in enumerate(source.split("\n")) if text.strip()]
        source = "\n".join(text for text in source.split("\n") if text.strip())
        before, line, counted = "", 0, 0
        for at, kind, value in self._lexer.get_tokens_unprocessed(source):
            if kind in Text or kind in Comment or kind in String.Doc or not value.strip():
                continue
            attribute = f".{value}" if before == "." else value
            word = _CHOSEN if kind in Name and attribute in self._chosen else value
            before = value
            line, counted = line + source.count("\n", counted, at), at
            yield lines[line], word.replace('"', "'") if kind in String else word

    def _find_character(self, word: str) -> str:
        number = min(_FIRST_TOKEN + len(self._known), _LAST_TOKEN)
        return self._known.setdefault(word, chr(number))


def _list_sources(notebook: NotebookNode) -> list[str]:
    """The code of each cell that is compared; empty for other cells."""
    sources, left = [], MOST_LETTERS
    for cell in notebook.cells:
        sources.append(cell.source[:left] if cell.cell_type == "code" else "")
        left -= len(sources[-1])
    return sources


def is_shortened(notebook: NotebookNode) -> bool:
    """Whether a notebook has more code than is compared."""
    code = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    return sum(map(len, code)) > MOST_LETTERS


def find_chosen_names(cells: Iterable[str]) -> set[str]:
    """The names that code binds: variables, functions, classes, parameters; attributes with a dot.

    Example:
        >>> sorted(find_chosen_names(["import numpy as np\\ndef f(x):\\n    self.y = np.exp(x)"]))
        ['.y', 'f', 'x']
    """
    found: set[str] = set()
    for source in cells:
        try:
            tree = parse_code(source)
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
