"""Pairs of notebooks that share more than the release, the solution and the class' common ways."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping

from copydetect import CodeFingerprint, compare_files
from copydetect.utils import get_token_coverage
from nbformat import NotebookNode

from autograder.similarity.pair import Pair, Stretch
from autograder.similarity.tokens import Place, Tokens, Vocabulary

LENGTH = 16
"""Tokens in a row that have to be the same to count: about two short lines."""

COMMON = 0.1
"""A row of tokens that more than this part of the class wrote (and more than `FEW`) is nobody's."""

FEW = 4
LEAST_TOKENS = 60
"""A pair is reported when it shares at least so many tokens …"""

LEAST_SHARE = 0.5
"""… and these are at least this part of what one of the two wrote beyond what is everybody's."""


def similar_pairs(
    notebooks: Mapping[str, NotebookNode], everybodys: Iterable[NotebookNode]
) -> list[Pair]:
    """The pairs that share code, the most alike first.

    Rows of tokens are compared as Schleimer, Wilkerson and Aiken do (Winnowing: Local Algorithms
    for Document Fingerprinting, SIGMOD 2003), with copydetect and every row kept, so that the
    order of cells and functions makes no difference.

    Args:
        notebooks: by student, plain cells.
        everybodys: what is no sign of copying: the release, the solution.
    """
    everybodys = list(everybodys)
    vocabulary = Vocabulary([*everybodys, *notebooks.values()])
    known = {h for book in everybodys for h in _fingerprint(vocabulary.tokens(book)).hashes}
    tokens = {student: vocabulary.tokens(book) for student, book in notebooks.items()}
    prints = {student: _fingerprint(one) for student, one in tokens.items()}
    counts = Counter(row for one in prints.values() for row in one.hashes)
    most = max(FEW, COMMON * len(prints))
    known |= {row for row, count in counts.items() if count > most}
    for one in prints.values():
        _without(one, known)
    found = []
    for a, b in itertools.combinations(prints, 2):
        # Each row of tokens that is the same adds one token to a stretch that has LENGTH at first.
        if not prints[a].hashes & prints[b].hashes:
            continue
        shared, shares, _ = compare_files(prints[a], prints[b])
        if shared >= LEAST_TOKENS and max(shares) >= LEAST_SHARE:
            stretches = _stretches(prints[a], prints[b], tokens[a], tokens[b])
            share = min(1.0, float(max(shares)))
            found.append(Pair((a, b), round(share, 4), int(shared), tuple(stretches)))
    return sorted(found, key=lambda pair: (-pair.share, -pair.tokens, pair.students))


def _fingerprint(tokens: Tokens) -> CodeFingerprint:
    one = CodeFingerprint("", LENGTH, 1, filter=False, fp=io.StringIO(tokens.text, newline=""))
    # A row across the end of a cell can't be shared: it must not count as somebody's own either.
    across = {row for row, at in one.hash_idx.items() if tokens.has_break(at[0], LENGTH)}
    _without(one, across)
    return one


def _without(one: CodeFingerprint, known: set[int]) -> None:
    """Take rows of tokens out. (copydetect's own `boilerplate` misses rows that occur twice.)"""
    one.hashes = one.hashes - known
    one.hash_idx = {row: at for row, at in one.hash_idx.items() if row in one.hashes}
    one.token_coverage = get_token_coverage(one.hash_idx, one.k, len(one.filtered_code))


def _stretches(
    a: CodeFingerprint, b: CodeFingerprint, tokens_a: Tokens, tokens_b: Tokens
) -> list[Stretch]:
    """Where the two are the same, each place of the first once."""
    starts = sorted((at, row) for row in a.hashes & b.hashes for at in a.hash_idx[row])
    found, done = [], 0
    for at, row in starts:
        if at < done:
            continue
        there = b.hash_idx[row]
        length, other = max((_same(tokens_a.text, at, tokens_b.text, p), p) for p in there)
        done = at + length
        found.append(Stretch(_lines(tokens_a, at, length), _lines(tokens_b, other, length), length))
    return sorted(found, key=lambda stretch: -stretch.tokens)


def _same(one: str, at: int, other: str, start: int) -> int:
    """How many tokens are the same from here on; a cell's end never is."""
    length = 0
    while (
        at + length < len(one)
        and start + length < len(other)
        and one[at + length] == other[start + length]
    ):
        length += 1
    return length


def _lines(tokens: Tokens, at: int, length: int) -> tuple[int, int, int]:
    first: Place = tokens.places[at]
    return first.cell, first.line, tokens.places[at + length - 1].line
