"""The table of the four cases of transfer learning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """What to do with a pre-trained network.

    Args:
        keep: "all" blocks, or only the "early" ones.
        pretrained: Start from the pre-trained weights instead of random ones.
        frozen: Do not train the kept weights, only the new head.
    """

    keep: str
    pretrained: bool
    frozen: bool


# Yosinski et al. 2014: early layers are general, late ones specific to their task. With few
# examples, many trainable weights overfit.
CASES = {
    ("small", "similar"): Case(keep="all", pretrained=True, frozen=True),
    ("small", "different"): Case(keep="early", pretrained=True, frozen=True),
    ("large", "similar"): Case(keep="all", pretrained=True, frozen=False),
    ("large", "different"): Case(keep="all", pretrained=False, frozen=False),
}


def transfer_case(size: str, similarity: str) -> Case:
    """Return what to do for a data set of that size and a task of that similarity.

    Args:
        size: "small" or "large".
        similarity: "similar" or "different".

    Raises:
        ValueError: There is no such case.

    Example:
        >>> transfer_case("small", "different")
        Case(keep='early', pretrained=True, frozen=True)
    """
    if (size, similarity) not in CASES:
        raise ValueError(
            f"There is no case ({size!r}, {similarity!r}): the size is "
            '"small" or "large", the similarity "similar" or "different".'
        )
    return CASES[size, similarity]
