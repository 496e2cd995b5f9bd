"""Other right answers to Lab 04 get full marks.

The lab's wrong_answers.toml lists wrong answers and their marks; `autograder lint` tries them.
"""

from __future__ import annotations

import pytest

from tests.labs.answered import solve

OTHER_WAYS = {
    "transforms": """
def mirror(image):
    return np.fliplr(image)

def shift(image, down, right):
    height, width, _ = image.shape
    border = ((max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0)), (0, 0))
    padded = np.pad(image, border)
    return padded[max(-down, 0) :][:height, max(-right, 0) :][:, :width]

def contrast(image, factor):
    values = np.average(image) * (1 - factor) + image * float(factor)
    return np.minimum(np.maximum(np.rint(values), 0), 255).astype(image.dtype)

def cutout(image, top, left, size):
    image = image.copy()
    for row in range(top, top + size):
        for column in range(left, left + size):
            if 0 <= row < image.shape[0] and 0 <= column < image.shape[1]:
                image[row][column] = 128
    return image
""",
    "copies": """
def augmented(images, seed):
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, 2, (len(images), 1, 1, 1)) == 1
    turned = np.where(chosen, images[:, :, ::-1], images)
    steps = rng.integers(-4, 4, size=(len(images), 2), endpoint=True)
    return np.array([shift(image, *step) for image, step in zip(turned, steps)])
""",
    "labels": """
def label_breaking(reader, originals, labels, candidates, tolerance=0.2):
    def share(images):
        answers = keras.ops.argmax(reader(np.asarray(images, "float32"), training=False), axis=1)
        return float(np.mean(keras.ops.convert_to_numpy(answers) == labels))

    names = []
    for name in candidates:
        if share(originals) - share(candidates[name]) > tolerance:
            names.append(name)
    return frozenset(names)

suspects = label_breaking(reader, unseen, unseen_labels, candidates, 0.2)
harmful = {name for name in suspects if name != "corner erased"}
""",
    "layers": """
from keras import layers

def augmentation():
    inputs = layers.Input((32, 32, 3))
    x = layers.RandomTranslation((-0.125, 0.125), (-0.125, 0.125), fill_mode="nearest")(inputs)
    x = layers.RandomFlip(mode="horizontal")(x)
    x = layers.RandomContrast(0.1, value_range=(0, 255))(x)
    return keras.Sequential([keras.Model(inputs, x)])

def with_augmentation(model):
    return keras.Sequential([layers.Input((32, 32, 3)), augmentation(), model])

def batches(x, y):
    layer = augmentation()

    def changed(images, labels):
        return layer(images, training=True), labels

    return data.pipeline(x, y, 32, shuffle=True).map(changed)
""",
    "stopping": """
def stop(val_losses, patience):
    lowest, best, bad = float("inf"), 0, 0
    for number, loss in enumerate(val_losses):
        if loss < lowest:
            lowest, best, bad = loss, number + 1, 0
        else:
            bad += 1
        if bad == patience:
            break
    return np.array([number + 1, best])
""",
    "gap": """
bare = new_network()
augmented_model = with_augmentation(new_network())  # the layers are in the model here
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
augmented_model.compile("adam", loss, metrics=["accuracy"])
augmented_model.optimizer.learning_rate = 0.004
how = dict(validation_data=(x_val, y_val), verbose=0)
early = keras.callbacks.EarlyStopping(patience=8, restore_best_weights=True)
histories = {
    "with": augmented_model.fit(x_train, y_train, epochs=14, callbacks=[early], **how).history,
    "without": bare.fit(x_train, y_train, epochs=12, **how).history,
}
""",
    "mixup": """
def mixup(x, y, alpha, seed):
    rng = np.random.default_rng(seed)
    order, shares = rng.permutation(len(x)), rng.beta(alpha, alpha, size=len(x))
    pairs = [
        (share * x[i] + (1 - share) * x[j], share * y[i] + (1 - share) * y[j])
        for i, (j, share) in enumerate(zip(order, shares))
    ]
    return [np.stack(part) for part in zip(*pairs)]
""",
}


@pytest.mark.slow
def test_other_right_answers_pass(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    solve(
        "04_augmentation",
        OTHER_WAYS,
        "from course_lib.training import fit",
        "from course_lib.models import cnn",
    )
