"""Pre-train the encoder of captioned scenes: `python tools/pretrain_scene_encoder.py [FILE]`.

It learns to name colour, shape and size, each on its own, in every cell of a grid. No scene has a
held-out pair of colour and shape. It takes about a minute on two cores. Other machines and
TensorFlow versions sum in another order: their weights are as good, but not equal.
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np

import course_lib
from course_lib.data.captioned_scenes import CaptionedImages, captioned_scenes
from course_lib.data.synthetic.draw_shapes import COLOURS, RADII, SHAPES, SIZE
from course_lib.models.scene_encoder import COLUMNS, ROWS, WEIGHTS, encoder_network
from course_lib.training import fit

SCENES, EPOCHS, SEED = 12_000, 12, 1001
NAMES = {"colour": list(COLOURS), "shape": list(SHAPES), "size": list(RADII)}
NEAR = 5.7  # pixels: the cell whose centre is nearest always belongs to a shape


def pretrain_scene_encoder(
    scenes: int = SCENES, epochs: int = EPOCHS
) -> tuple[keras.Model, keras.Model]:
    """Train the encoder from random weights.

    Args:
        scenes: Number of training scenes.
        epochs: Number of passes over all scenes.

    Returns:
        The encoder, and a model from images to the logits of colour, shape and size in each cell.

    Example:
        >>> encoder, model = pretrain_scene_encoder(scenes=100, epochs=1)
        >>> encoder.output_shape, len(model.outputs)
        ((None, 36, 32), 3)
    """
    keras.utils.set_random_seed(0)
    train = captioned_scenes(scenes, SEED)
    encoder = encoder_network()
    heads = [keras.layers.Dense(len(names) + 1, name=key) for key, names in NAMES.items()]
    model = keras.Model(encoder.input, [head(encoder.output) for head in heads])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(4e-3), [loss] * 3)
    labels = label_cells(train)
    weights = 1 + 3 * (labels[0] > 0).astype("float32")  # most cells are empty
    fit(
        model,
        train.images.astype("float32"),
        labels,
        sample_weight=[weights] * 3,
        epochs=epochs,
        batch_size=64,
        verbose=False,
    )
    return encoder, model


def label_cells(train: CaptionedImages) -> list[np.ndarray]:
    """Return the colour, shape and size in each cell, integers `(n, cells)`; 0 for none."""
    labels = np.zeros((3, len(train.scenes), ROWS * COLUMNS), int)
    x, y = np.meshgrid(*((np.arange(n) + 0.5) * SIZE / n for n in (COLUMNS, ROWS)))
    for number, scene in enumerate(train.scenes):
        for shape in scene:
            away = np.hypot(x - shape["x"], y - shape["y"]).ravel()
            for kind, (key, names) in enumerate(NAMES.items()):
                here = away < max(shape["radius"], NEAR)
                labels[kind, number, here] = 1 + names.index(shape[key])
    return list(labels)


def main() -> None:
    """Train, and write the weights in half precision."""
    default = Path(course_lib.__file__).parent / "models" / WEIGHTS
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    encoder, model = pretrain_scene_encoder()
    test, rare = captioned_scenes(500, SEED + 1), captioned_scenes(500, SEED + 2, "unseen")
    for name, scenes in (("seen", test), ("unseen", rare)):
        labels = label_cells(scenes)
        logits = model.predict(scenes.images.astype("float32"), batch_size=200, verbose=0)
        is_shape = labels[0] > 0
        found = [each.argmax(axis=-1) for each in logits]
        shares = [float(np.mean((a == b)[is_shape])) for a, b in zip(found, labels, strict=True)]
        print(name, dict(zip(NAMES, np.round(shares, 3).tolist(), strict=True)))
    arrays = {f"w{n:02}": w.astype("float16") for n, w in enumerate(encoder.get_weights())}
    np.savez_compressed(file, **arrays)
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
