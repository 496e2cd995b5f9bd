"""Finds pairs of notebooks that share code beyond the release, the solution and common code."""

from __future__ import annotations

import io
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from copydetect import CodeFingerprint, compare_files
from copydetect.utils import get_token_coverage
from nbformat import NotebookNode

from autograder.similarity.pair import Pair, Stretch
from autograder.similarity.tokens import BREAK, Place, Tokens, Vocabulary

LENGTH = 16
"""How many tokens in a row must be the same to count: about two short lines."""

COMMON = 0.1
"""Tokens that more than this share of the class wrote (and more than `FEW`) do not count."""

FEW = 4
LEAST_TOKENS = 60
"""A pair is reported if it shares at least this many tokens …"""

LEAST_SHARE = 0.5
"""… and they are at least this share of one student's own code."""

_MOST_PLACES = 20  # at which a repeated piece is looked up in the other student's code


def find_similar_pairs(
    notebooks: Mapping[str, NotebookNode], common: Iterable[NotebookNode]
) -> list[Pair]:
    """The pairs that share code, the most similar first.

    Compares k-grams of tokens as in Schleimer, Wilkerson and Aiken (Winnowing: Local Algorithms for
    Document Fingerprinting, SIGMOD 2003), with copydetect and all k-grams kept, so that the order
    of cells and functions makes no difference.

    Args:
        notebooks: notebooks of plain cells, by student.
        common: notebooks whose code does not count: the release, the solution.
    """
    common = list(common)
    vocabulary = Vocabulary([*common, *notebooks.values()])
    known = {h for book in common for h in _make_fingerprint(vocabulary.tokenize(book)).hashes}
    tokens = {student: vocabulary.tokenize(book) for student, book in notebooks.items()}
    prints = {student: _make_fingerprint(one) for student, one in tokens.items()}
    counts = Counter(row for one in prints.values() for row in one.hashes)
    most = max(FEW, COMMON * len(prints))
    known |= {row for row, count in counts.items() if count > most}
    for one in prints.values():
        _remove(one, known)
    found = []
    for a, b in _find_candidates(prints):
        shared, shares, _ = compare_files(prints[a], prints[b])
        if shared >= LEAST_TOKENS and max(shares) >= LEAST_SHARE:
            stretches = _find_stretches(prints[a], prints[b], tokens[a], tokens[b])
            share = min(1.0, float(max(shares)))
            found.append(Pair((a, b), round(share, 4), int(shared), tuple(stretches)))
    return sorted(found, key=lambda pair: (-pair.share, -pair.tokens, pair.students))


def _find_candidates(prints: Mapping[str, CodeFingerprint]) -> list[tuple[str, str]]:
    """The pairs that share a k-gram, in the class's order.

    Each k-gram is in a few submissions only: common ones were removed. So this takes as long as
    the class's code, not as its number of pairs.
    """
    having: dict[int, list[str]] = defaultdict(list)
    for student, one in prints.items():
        for row in one.hashes:
            having[row].append(student)
    groups = {tuple(students) for students in having.values() if len(students) > 1}
    found = {pair for group in groups for pair in itertools.combinations(group, 2)}
    order = {student: place for place, student in enumerate(prints)}
    return sorted(found, key=lambda pair: (order[pair[0]], order[pair[1]]))


def _make_fingerprint(tokens: Tokens) -> CodeFingerprint:
    one = CodeFingerprint("", LENGTH, 1, filter=False, fp=io.StringIO(tokens.text, newline=""))
    # Tokens across the end of a cell can't be shared, so they are not a student's own either.
    across = {row for row, at in one.hash_idx.items() if tokens.has_break(at[0], LENGTH)}
    _remove(one, across)
    return one


def _remove(one: CodeFingerprint, known: set[int]) -> None:
    """Remove k-grams. (copydetect's own `boilerplate` misses those that occur twice.)"""
    one.hashes = one.hashes - known
    one.hash_idx = {row: at for row, at in one.hash_idx.items() if row in one.hashes}
    one.token_coverage = get_token_coverage(one.hash_idx, one.k, len(one.filtered_code))


def _find_stretches(
    a: CodeFingerprint, b: CodeFingerprint, tokens_a: Tokens, tokens_b: Tokens
) -> list[Stretch]:
    """The code that the two share; each place of the first counts once."""
    starts = sorted((at, row) for row in a.hashes & b.hashes for at in a.hash_idx[row])
    found, done = [], 0
    for at, row in starts:
        if at < done:
            continue
        there = b.hash_idx[row][:_MOST_PLACES]
        length, other = max((_count_same(tokens_a.text, at, tokens_b.text, p), p) for p in there)
        done = at + length
        found.append(
            Stretch(_find_lines(tokens_a, at, length), _find_lines(tokens_b, other, length), length)
        )
    return sorted(found, key=lambda stretch: -stretch.tokens)


def _count_same(one: str, at: int, other: str, start: int) -> int:
    """How many tokens are the same from here on; the end of a cell never is."""
    length = 0
    while (
        at + length < len(one)
        and start + length < len(other)
        and one[at + length] == other[start + length] != BREAK
    ):
        length += 1
    return length


def _find_lines(tokens: Tokens, at: int, length: int) -> tuple[int, int, int]:
    first: Place = tokens.places[at]
    return first.cell, first.line, tokens.places[at + length - 1].line
