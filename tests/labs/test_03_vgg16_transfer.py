"""Other right answers to Lab 03 get full marks.

The lab's wrong_answers.toml lists wrong answers and their marks; `autograder lint` tries them.
"""

from __future__ import annotations

import pytest

from tests.labs.answered import solve

OTHER_WAYS = {
    "configurations": """
B = ("conv3-64 conv3-64 maxpool conv3-128 conv3-128 maxpool conv3-256 conv3-256 maxpool "
     "conv3-512 conv3-512 maxpool conv3-512 conv3-512 maxpool FC-4096 FC-4096 FC-1000").split()
C, D, E = [], [], []
done = 0
for word in B:
    if word == "maxpool":
        done += 1
        if done >= 3:
            C += [f"conv1-{last}"]
            D += [f"conv3-{last}"]
            E += [f"conv3-{last}"] * 2
    last = word.split("-")[-1]
    for each in (C, D, E):
        each.append(word)
C = tuple(C)

def count_parameters(layers, input_shape=(224, 224, 3), classes=1000):
    size, depth = np.array(input_shape[:2]), input_shape[2]
    total, flat = np.int64(0), False
    for word in [*layers[:-1], f"FC-{classes}"]:
        if word.startswith("max"):
            size //= 2
        elif word.startswith("conv"):
            kernel, new = int(word[4]), int(word.split("-")[1])
            total += kernel**2 * depth * new + new
            depth = new
        else:
            depth = depth if flat else depth * size.prod()
            flat, new = True, int(word[3:])
            total += depth * new + new
            depth = new
    return total
""",
    "vgg": """
def vgg(layers, input_shape=(224, 224, 3), classes=1000, width=1.0):
    model = keras.Sequential([keras.layers.Input(shape=input_shape)])
    for number, word in enumerate(layers):
        last = number == len(layers) - 1
        if word == "maxpool":
            model.add(keras.layers.MaxPool2D(padding="valid"))
            continue
        neurons = classes if last else int(round(int(word.split("-")[1]) * width))
        if word[0] == "c":
            if word[4] == "3":
                model.add(keras.layers.ZeroPadding2D(1))
            model.add(keras.layers.Conv2D(neurons, (int(word[4]), int(word[4]))))
        else:
            if len(model.output_shape) > 2:
                model.add(keras.layers.Flatten())
            model.add(keras.layers.Dense(neurons, activation="linear"))
        if not last:
            model.add(keras.layers.ReLU())
    return model
""",
    "preprocess": """
def preprocess_input(images):
    red, green, blue = (np.float32(images[:, :, :, n]) for n in range(3))
    return np.stack([blue - 103.939, green - 116.779, red - 123.68], -1).astype(np.float32)

def decode_predictions(probabilities, names, top=3):
    answers = []
    for row in probabilities:
        ranked = sorted(zip(row, names), key=lambda pair: pair[0], reverse=True)
        answers.append([[name, p] for p, name in ranked[:top]])
    return answers
""",
    "features": """
import hashlib
import pickle

def feature_extractor(layer):
    chosen = keras.Sequential([keras.Input((32, 32, 3))])
    for each in transfer.backbone("small_vgg").layers[1:]:
        chosen.add(each)
        if each.name == layer:
            break
    chosen.add(keras.layers.Reshape((-1,)))
    return chosen

def cache_key(model, images, preprocessing):
    everything = [w.tolist() for w in model.get_weights()], images.tobytes(), preprocessing
    return "features-" + hashlib.md5(pickle.dumps(everything)).hexdigest()[:20]
""",
    "head": """
def train_head(features, labels, classes):
    inputs = keras.Input((features.shape[-1],))
    outputs = keras.layers.Dense(classes, activation="softmax")(inputs)
    head = keras.Model(inputs, outputs)
    head.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    head.fit(features, labels, batch_size=8, epochs=15, verbose=0)
    return head
""",
    "four_cases": """
def plan(size, similarity):
    keep = "early" if size == "small" and similarity == "different" else "all"
    pretrained = np.bool_(size == "small" or similarity == "similar")
    return [keep, pretrained, size == "small"]

def transfer_model(size, similarity, classes):
    keep, pretrained, frozen = plan(size, similarity)
    base = transfer.backbone("small_vgg", weights="pretrained" if pretrained else None)
    if keep == "early":
        base = keras.Model(base.inputs, base.get_layer("block3_pool").output)
    for layer in base.layers:
        norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = not (frozen or (norm and pretrained))
    # Nested: the backbone is one layer of the new network.
    return keras.Sequential([base, keras.layers.Flatten(), keras.layers.Dense(classes)])
""",
    "fine_tuning": """
import tensorflow as tf

def fine_tune(model, x, y, epochs):
    wanted = [
        weight
        for layer in model.layers
        if not isinstance(layer, keras.layers.BatchNormalization)
        for weight in layer.trainable_weights
    ]
    optimizer = keras.optimizers.SGD(0.0005, momentum=0.9)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for _ in range(epochs):
        for first in range(0, len(x), 16):
            with tf.GradientTape() as tape:
                loss = loss_of(y[first : first + 16], model(x[first : first + 16], training=False))
            optimizer.apply(tape.gradient(loss, [w.value for w in wanted]), wanted)
    return model
""",
}


@pytest.mark.slow
def test_other_right_answers_pass(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    solve("03_vgg16_transfer", OTHER_WAYS)
