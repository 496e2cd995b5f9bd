"""Other right answers to Lab 01 get full marks.

The marks of wrong answers are in the lab's wrong_answers.toml; `autograder lint` tries them.
"""

import pytest

from tests.labs.answered import answered

PLAIN_PYTHON = {
    "neuron": """
def neuron(x, w, b):
    z = b
    for i in range(len(x)):
        z += x[i] * w[i]
    return z

w_and = np.array([[0.4], [0.4]])
b_and = np.array([-0.6])
""",
    "activations": """
import math

def step(z):
    return z > 0

def relu(z):
    z[z < 0] = 0
    return z

def leaky_relu(z, slope=0.1):
    return np.maximum(z, 0) + slope * np.minimum(z, 0)

def sigmoid(z):
    return 1 / (1 + np.exp(-z))  # overflows with a warning, but the result is right

def softplus(z):
    return np.logaddexp(0, z)

def softmax(z):
    e = np.exp(z - z.max(axis=-1)[..., None])
    return e / e.sum(axis=-1)[..., None]
""",
    "forward": """
def forward(x, w1, b1, w2, b2):
    rows = []
    for image in x:
        hidden = [max(0.0, float(image @ w1[:, j] + b1[j])) for j in range(len(b1))]
        e = [math.exp(sum(h * w for h, w in zip(hidden, w2[:, k])) + b2[k]) for k in range(len(b2))]
        rows.append([value / sum(e) for value in e])
    return rows
""",
    "sequential": """
def sequential_mlp(hidden):
    model = keras.Sequential()
    model.add(keras.Input((28, 28)))
    model.add(keras.layers.Flatten())
    for size in hidden:
        model.add(keras.layers.Dense(size))
        model.add(keras.layers.ReLU())
        model.add(keras.layers.Dropout(0.1))
    model.add(keras.layers.Dense(10))
    model.add(keras.layers.Softmax())
    return model

def count_parameters(sizes):
    total = np.int64(0)
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i] + sizes[i]
    return total
""",
    "functional": """
def functional_mlp(hidden):
    inputs = keras.layers.Input(shape=(28, 28, 1))
    x = keras.layers.Rescaling(1 / 255)(inputs)
    x = keras.layers.Reshape((784,))(x)
    x = keras.layers.Dense(hidden[0], activation=keras.activations.relu)(x)
    x = keras.layers.Activation("relu")(keras.layers.Dense(hidden[1])(x))
    y = keras.layers.Dense(10, activation="softmax")(x)
    return [keras.models.Model(inputs=inputs, outputs=y), keras.models.Model(inputs, x)]
""",
    "training": """
def updates(examples, epochs, batch_size):
    return np.ceil(examples / batch_size) * epochs

def train(data, epochs=5, batch_size=32):
    x, y = data[0]
    x = x / 255.0
    n = len(x) // 10
    model = sequential_mlp((128, 64))
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(patience=10)
    h = model.fit(x[n:], y[n:], epochs=epochs, batch_size=batch_size,
                  validation_data=(x[:n], y[:n]), callbacks=[stop])
    return model, h.history
""",
    "accuracy": """
(xs, ys) = (x_train, y_train)
model, history = train(((xs, ys), (x_test, y_test)), epochs=12, batch_size=64)
as_inputs = lambda images: images / 255.0
""",
    "evaluation": """
def confusion(labels, predictions, classes):
    matrix = [[0] * classes for _ in range(classes)]
    for t, p in zip(labels, predictions):
        matrix[t][p] += 1
    return matrix

def accuracy_of(matrix):
    matrix = np.array(matrix)
    return sum(matrix[i][i] for i in range(len(matrix))) / matrix.sum()

def worst_mistakes(labels, probabilities, count):
    wrong = [i for i in range(len(labels)) if np.argmax(probabilities[i]) != labels[i]]
    wrong.sort(key=lambda i: max(probabilities[i]), reverse=True)
    return wrong[:count]
""",
}

OTHER_KERAS = {
    "activations": """
from scipy import special

def step(z):
    return np.heaviside(z, 1)

def relu(z):
    return z * (z > 0)

def leaky_relu(z, slope=0.1):
    return np.maximum(z, slope * z)

def sigmoid(z):
    return special.expit(z)

def softplus(z):
    return np.where(z > 30, z, np.log(1 + np.exp(np.minimum(z, 30))))

def softmax(z):
    return special.softmax(z, axis=-1)
""",
    "forward": """
def forward(x, w1, b1, w2, b2):
    hidden = np.maximum(np.einsum("ni,ih->nh", x, w1) + b1, 0).astype("float32")
    return softmax(np.dot(hidden, w2) + b2).astype("float32")
""",
    "training": """
def updates(examples, epochs, batch_size):
    full, rest = divmod(examples, batch_size)
    return epochs * (full + bool(rest))

def train(data, epochs, batch_size):
    (x, y), _ = data
    model = keras.Sequential([
        keras.Input((28, 28)), keras.layers.Rescaling(1 / 255), keras.layers.Flatten(),
        keras.layers.Dense(128, use_bias=False), keras.layers.BatchNormalization(),
        keras.layers.ReLU(), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(10),
    ])
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9),
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        metrics=["accuracy"],
    )
    history = model.fit(x, keras.utils.to_categorical(y, 10), epochs=epochs,
                        batch_size=batch_size, validation_split=0.1, verbose=0)
    return model, history
""",
    "accuracy": """
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    keras.layers.Conv2D(8, 5, strides=2, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train[..., None] / 255, y_train, epochs=8, validation_split=0.1, verbose=2)
as_inputs = lambda images: images[..., None] / 255.0
""",
    "evaluation": """
def confusion(labels, predictions, classes):
    pairs = classes * labels.astype(int) + predictions.astype(int)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes).astype("float32")

def accuracy_of(matrix):
    return np.float32(np.diag(matrix).sum() / matrix.sum())

def worst_mistakes(labels, probabilities, count):
    score = np.where(probabilities.argmax(1) == labels, -1, probabilities.max(1))
    order = np.argsort(score)[::-1]
    return order[: min(count, int((score >= 0).sum()))].reshape(-1, 1)
""",
}


@pytest.mark.slow
@pytest.mark.parametrize("answers", [PLAIN_PYTHON, OTHER_KERAS], ids=["python", "keras"])
def test_other_right_answers_pass(answers, monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    names = {"__name__": "__main__"}
    for source, question, _ in answered("01_mlp_mnist", answers):
        exec(compile(source, question or "cell", "exec"), names)
