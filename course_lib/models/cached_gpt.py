"""A language model that keeps the keys and values of what it has read."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

WEIGHTS_OF_A_BLOCK = 16  # two normalisations, four projections and two dense layers, with biases
_NOT_A_GPT = "CachedGPT needs a model with the weights of course_lib.models.gpt."


class CachedGPT:
    """Runs the weights of `gpt` in NumPy, and reads each token only once.

    A model without a cache computes the keys and values of all tokens again for each new one.
    This class keeps them: a new token costs one row of each product, whatever came before
    (Shazeer 2019, "Fast Transformer decoding", §2.4).

    Args:
        model: A model of `gpt`, or one whose weights have the same shapes in the same order.

    Raises:
        ValueError: The weights are not those of a `gpt`.

    Example:
        >>> from course_lib.models import gpt
        >>> model = gpt(size=50, longest=16, width=8, heads=2, blocks=1)
        >>> cached = CachedGPT(model)
        >>> parts = [cached.read([7, 8, 9]), cached.read([4])]
        >>> np.allclose(np.concatenate(parts), model(np.array([[7, 8, 9, 4]]))[0], atol=1e-3)
        True
    """

    def __init__(self, model: keras.Model) -> None:
        weights = [np.asarray(weight, "float32") for weight in model.get_weights()]
        if len(weights) < WEIGHTS_OF_A_BLOCK:
            raise ValueError(_NOT_A_GPT)
        self._tokens, self._positions = weights[:2]
        self._blocks = [
            weights[place : place + WEIGHTS_OF_A_BLOCK]
            for place in range(2, len(weights) - 2, WEIGHTS_OF_A_BLOCK)
        ]
        self._last = weights[-2:]
        width = self._tokens.shape[-1]
        is_gpt = self._positions.shape[-1:] == (width,) and all(
            len(block) == WEIGHTS_OF_A_BLOCK and block[2].shape[:1] == (width,) == block[0].shape
            for block in self._blocks
        )
        if not is_gpt:
            raise ValueError(_NOT_A_GPT)
        self.forget()

    def forget(self) -> None:
        """Empty the cache: the next token is the first one."""
        self.length = 0
        self._cache: list[tuple[np.ndarray, np.ndarray] | None] = [None] * len(self._blocks)

    def read(self, tokens: Any) -> np.ndarray:
        """Read further tokens, and return the logits of the token that follows each.

        Args:
            tokens: Token numbers `(m,)`, after those that were read before.

        Returns:
            Logits `(m, size)`.

        Raises:
            ValueError: There are more tokens than the model has positions.
        """
        tokens = np.asarray(tokens, int)
        end = self.length + len(tokens)
        if end > len(self._positions):
            raise ValueError(
                f"The model has {len(self._positions)} positions; this is token {end}."
            )
        x = self._tokens[tokens] + self._positions[self.length : end]
        for number, block in enumerate(self._blocks):
            x = self._apply_block(x, block, number)
        self.length = end
        return _normalise(x, *self._last) @ self._tokens.T

    def _apply_block(self, x: np.ndarray, block: list[np.ndarray], number: int) -> np.ndarray:
        to_q, bias_q, to_k, bias_k, to_v, bias_v, to_out, bias_out = block[2:10]
        h = _normalise(x, *block[:2])
        q, k, v = (
            np.einsum("nw,whd->hnd", h, kernel) + bias[:, None]
            for kernel, bias in ((to_q, bias_q), (to_k, bias_k), (to_v, bias_v))
        )
        cached = self._cache[number]
        if cached is not None:
            k, v = np.concatenate([cached[0], k], axis=1), np.concatenate([cached[1], v], axis=1)
        self._cache[number] = k, v
        scores = q @ k.swapaxes(1, 2) / q.shape[-1] ** 0.5
        is_seen = np.arange(k.shape[1]) <= self.length + np.arange(len(x))[:, None]
        x = x + np.einsum("hnd,hdw->nw", _softmax(np.where(is_seen, scores, -1e9)) @ v, to_out)
        x = x + bias_out
        w1, b1, w2, b2 = block[12:]
        return x + _gelu(_normalise(x, *block[10:12]) @ w1 + b1) @ w2 + b2


def _normalise(x: np.ndarray, scale: np.ndarray, shift: np.ndarray) -> np.ndarray:
    x = x - x.mean(axis=-1, keepdims=True)
    return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-5) * scale + shift


def _softmax(z: np.ndarray) -> np.ndarray:
    z = np.exp(z - z.max(axis=-1, keepdims=True))
    return z / z.sum(axis=-1, keepdims=True)


def _gelu(x: np.ndarray) -> np.ndarray:
    """Return x times the probability that a standard normal number is below it."""
    # The error function by Abramowitz & Stegun 1964, 7.1.26; its error is below 2e-7.
    z = np.abs(x) / np.float32(2**0.5)
    t = 1 / (1 + 0.3275911 * z)
    series = 0.254829592 + t * (
        -0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))
    )
    tail = 0.5 * t * series * np.exp(-(z**2))
    return x * np.where(x > 0, 1 - tail, tail)
