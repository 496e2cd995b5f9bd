"""Train the classifier that judges generated digits: `python tools/train_digit_judge.py [FILE]`.

It learns from real MNIST (from Keras' cache, the network or COURSE_DATA) and from stand-in digits.
Both are changed to look like the output of generators: other pens, blur, grey specks. Its eleventh
class, "no digit", is made of digits too: two on top of each other, halves of two, pieces, specks
and haze.
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np

import course_lib
from course_lib import data
from course_lib.models.digit_judge import NO_DIGIT, WEIGHTS, judge_network

DIGITS, EPOCHS = 30_000, 4  # digits of each kind: real and stand-in


def train_digit_judge(count: int = DIGITS, epochs: int = EPOCHS) -> keras.Model:
    """Train the classifier from nothing.

    Args:
        count: Number of real digits, and of stand-in digits, to learn from.
        epochs: Number of passes over all images.

    Returns:
        The trained `judge_network()`.

    Raises:
        course_lib.data.DataError: The real digits are not available.

    Example:
        >>> train_digit_judge(count=1000, epochs=5)     # doctest: +SKIP
    """
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    parts = [data.load("mnist", "real")[0]]
    parts += [data.load("mnist", "offline", "full", seed)[0] for seed in range(-(-count // 20_000))]
    kept = [parts[0][0][:count], np.concatenate([x for x, _ in parts[1:]])[:count]]
    digits = np.concatenate(kept).astype("float32") / 255
    digit_labels = [parts[0][1][:count], np.concatenate([y for _, y in parts[1:]])[:count]]
    others = make_no_digits(digits[rng.permutation(len(digits))[:count]], rng)
    images = np.concatenate([vary_drawing(digits, rng), others])
    labels = np.concatenate([*digit_labels, np.full(len(others), NO_DIGIT)]).astype("int32")

    model = judge_network()
    schedule = keras.optimizers.schedules.CosineDecay(3e-3, epochs * -(-len(images) // 128))
    model.compile(keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy")
    model.fit(images, labels, batch_size=128, epochs=epochs, verbose=0)
    return model


def vary_drawing(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return digits `(n, 28, 28)` in [0, 1] as generators draw them: other pens, blur, specks.

    Example:
        >>> vary_drawing(np.zeros((3, 28, 28), "float32"), np.random.default_rng(0)).shape
        (3, 28, 28)
    """
    n = len(digits)
    wide = np.maximum(digits, np.roll(digits, 1, axis=2))
    soft = (digits + np.roll(digits, 1, 1) + np.roll(digits, 1, 2) + np.roll(digits, -1, 1)) / 4
    pen = rng.integers(0, 4, (n, 1, 1))
    drawn = np.select([pen == 0, pen == 1], [wide, soft], digits)
    shifts = rng.integers(-1, 2, (n, 2))
    drawn = np.stack([np.roll(p, s, (0, 1)) for p, s in zip(drawn, shifts, strict=True)])
    # Half of the images stay clean; the others get specks in up to a twelfth of their pixels.
    share = np.maximum(rng.uniform(-0.08, 0.08, (n, 1, 1)), 0)
    specks = rng.uniform(0, 0.8, drawn.shape) * (rng.uniform(size=drawn.shape) < share)
    return np.clip(drawn + specks, 0, 1).astype("float32")


def make_no_digits(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return as many images `(n, 28, 28)` that are not digits, made from parts of `digits`.

    Example:
        >>> make_no_digits(np.ones((10, 28, 28), "float32"), np.random.default_rng(0)).shape
        (10, 28, 28)
    """
    n = len(digits)
    other = digits[rng.permutation(n)]
    third = digits[rng.permutation(n)]
    rows = np.arange(28)[:, None]
    made = [
        np.maximum(digits, other),
        (digits + other) / 2,
        (digits + other + third) / 3,
        np.where(rows < 14, digits, other[:, :, ::-1]),
        np.where(rows.T < 14, digits, other[:, ::-1]),
        digits * (rng.uniform(size=digits.shape) > rng.uniform(0.5, 0.95, (n, 1, 1))),
        rng.permuted(digits.reshape(n, -1), axis=1).reshape(digits.shape),
        np.maximum(digits, rng.uniform(size=digits.shape) < rng.uniform(0.15, 0.5, (n, 1, 1))),
        rng.uniform(0, rng.uniform(0.02, 1, (n, 1, 1)), digits.shape),
        digits * rng.uniform(0, 0.25, (n, 1, 1)),
    ]
    kind = rng.integers(0, len(made), n)
    return np.stack([made[k][i] for i, k in enumerate(kind)]).astype("float32")


def main() -> None:
    """Train the classifier and write its weights to FILE in half precision."""
    shipped = Path(course_lib.__file__).parent / "models" / WEIGHTS
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else shipped
    weights = train_digit_judge().get_weights()
    np.savez_compressed(path, **{f"w{i:02}": w.astype("float16") for i, w in enumerate(weights)})
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
