"""What a test believes although the student can say anything there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.notebooks.names import parse_code

_ATTRIBUTES = {
    "history": "a History is only the student's word: measure the model",
    "epoch": "a History is only the student's word: measure the model",
    "metrics_names": "the student chose the metrics: compute yours from predict",
    "evaluate": "its metrics are those that the student compiled: compute yours from predict",
    "get_metrics_result": "the student chose the metrics: compute yours from predict",
}


def find_beliefs(source: str) -> list[str]:
    """What a test cell believes, in sentences that say what to do instead.

    Args:
        source: a test cell; one that is not Python believes nothing.

    Example:
        >>> find_beliefs("assert run.history['accuracy'][-1] > 0.9")
        ["believes `run.history`: a History is only the student's word: measure the model"]
        >>> find_beliefs("for given, wanted in zip(answers, [1, 2]): assert given == wanted")
        ['`zip(answers, [1, 2])` ends with the shorter one: add strict=True']
    """
    try:
        tree = parse_code(source)
    except SyntaxError:
        return []
    return list(dict.fromkeys(_find(tree)))


def _find(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _ATTRIBUTES:
            yield f"believes `{ast.unparse(node)}`: {_ATTRIBUTES[node.attr]}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            is_open = not any(word.arg in ("strict", None) for word in node.keywords)
            if node.func.id == "zip" and len(node.args) > 1 and is_open:
                yield f"`{ast.unparse(node)}` ends with the shorter one: add strict=True"
