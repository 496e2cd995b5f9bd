"""BLEU, the usual measure of generated sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import exp, log


def bleu(candidates: Sequence[str], references: Sequence[Sequence[str]], order: int = 4) -> float:
    """Return BLEU of a test set (Papineni et al. 2002, §2.3).

    The precision of n-grams with clipped counts, over the whole test set; the geometric mean of
    orders 1 to `order`, times the brevity penalty. There is no smoothing: it is 0 if one of the
    precisions is 0.

    Args:
        candidates: Generated sentences, words separated by spaces.
        references: For each candidate the sentences that it is compared with.
        order: The longest n-grams.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: There are more or fewer references than candidates, or one without any.

    Example:
        >>> round(bleu(["the cat sat on the mat"], [["the cat is on the mat"]], order=2), 4)
        0.7071
    """
    if len(candidates) != len(references) or not all(references):
        raise ValueError(
            f"There are {len(candidates)} candidates and {len(references)} lists of references; "
            "each candidate needs one with at least one sentence."
        )
    words = [candidate.split() for candidate in candidates]
    others = [[reference.split() for reference in of_one] for of_one in references]
    logs = []
    for n in range(1, order + 1):
        pairs = [_clip(*pair, n) for pair in zip(words, others, strict=True)]
        matches, total = (sum(counts) for counts in zip(*pairs, strict=True)) if pairs else (0, 0)
        if not matches:
            return 0.0
        logs.append(log(matches / total))
    length = sum(map(len, words))
    closest = sum(
        min((abs(len(one) - len(own)), len(one)) for one in of_one)[1]
        for own, of_one in zip(words, others, strict=True)
    )
    return exp(sum(logs) / order) * min(1.0, exp(1 - closest / length))


def _clip(words: list[str], references: list[list[str]], n: int) -> tuple[int, int]:
    """Return the clipped matches and the number of all n-grams of a candidate."""
    own = _count(words, n)
    known: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        known |= _count(reference, n)
    return (own & known).total(), own.total()


def _count(words: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[k : k + n]) for k in range(len(words) - n + 1))
