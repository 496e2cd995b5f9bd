"""Masked tokens, for pre-training BERT."""

from __future__ import annotations

import numpy as np


def mask_tokens(
    tokens: np.ndarray, size: int, mask: int, rng: np.random.Generator, share: float = 0.15
) -> tuple[np.ndarray, np.ndarray]:
    """Choose tokens, and hide most of them (Devlin et al. 2019, §3.1).

    Of the chosen tokens, 80 % become the mask token, 10 % a random token, and 10 % stay as they
    are: a model that never saw its own input unmasked would only learn to look at gaps.

    Args:
        tokens: Token numbers, `(n, m)`; 0 is padding, and never chosen.
        size: Random tokens are 1 to `size - 1`.
        mask: The number of the mask token.
        rng: Draws the tokens.
        share: Share of the tokens that are chosen.

    Returns:
        The changed tokens `(n, m)`, and the targets: the original token at chosen places, and 0
        elsewhere.

    Example:
        >>> inputs, targets = mask_tokens(np.full((2, 50), 7), 9, 9, np.random.default_rng(0))
        >>> inputs.shape, sorted(set(targets.ravel().tolist()))
        ((2, 50), [0, 7])
    """
    is_chosen = (rng.random(tokens.shape) < share) & (tokens != 0)
    fate = rng.random(tokens.shape)
    inputs = np.where(is_chosen & (fate < 0.8), mask, tokens)
    drawn = rng.integers(1, size, tokens.shape)
    inputs = np.where(is_chosen & (fate >= 0.9), drawn, inputs)
    return inputs.astype(tokens.dtype), np.where(is_chosen, tokens, 0)
