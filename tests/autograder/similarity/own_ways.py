"""Four students' own versions of the same functions, written independently."""

# fmt: off
OWN_WAYS = {
    "ada": {
        "activations": '''\
def step(z):
    return (z > 0).astype(float)

def relu(z):
    return np.where(z > 0, z, 0)

def leaky_relu(z, slope=0.1):
    return np.maximum(z, slope * z)

def sigmoid(z):
    z = np.clip(z, -500, 500)
    return 1 / (1 + np.exp(-z))

def softplus(z):
    return np.logaddexp(0, z)

def softmax(z):
    shifted = z - z.max(axis=-1, keepdims=True)
    e = np.exp(shifted)
    return e / e.sum(axis=-1, keepdims=True)
''',
        "sequential": '''\
def sequential_mlp(hidden):
    model = keras.Sequential()
    model.add(keras.Input(shape=(784,)))
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(10))
    return model

def count_parameters(sizes):
    total = 0
    for i in range(len(sizes) - 1):
        total += sizes[i] * sizes[i + 1] + sizes[i + 1]
    return total
''',
        "evaluation": '''\
def confusion(labels, predictions, classes):
    mat = np.zeros((classes, classes), dtype=int)
    for t, p in zip(labels, predictions):
        mat[t, p] += 1
    return mat

def accuracy_of(matrix):
    return matrix.diagonal().sum() / matrix.sum()

def worst_mistakes(labels, probabilities, count):
    pred = probabilities.argmax(axis=1)
    wrong = np.where(pred != labels)[0]
    conf = probabilities[wrong, pred[wrong]]
    order = np.argsort(conf)[::-1]
    return wrong[order[:count]]
''',
    },
    "ben": {
        "activations": '''\
def step(z):
    return np.heaviside(z, 0)

def relu(z):
    return z * (z > 0)

def leaky_relu(z, slope=0.1):
    return np.where(z >= 0, z, z * slope)

def sigmoid(z):
    # z may be large and negative: e^-z would overflow
    out = np.empty_like(z, dtype=float)
    pos = z >= 0
    out[pos] = 1 / (1 + np.exp(-z[pos]))
    e = np.exp(z[~pos])
    out[~pos] = e / (1 + e)
    return out

def softplus(z):
    return np.where(z > 30, z, np.log(1 + np.exp(np.minimum(z, 30))))

def softmax(z):
    mx = np.max(z, axis=-1, keepdims=True)
    e = np.exp(z - mx)
    return e / np.sum(e, axis=-1, keepdims=True)
''',
        "sequential": '''\
def sequential_mlp(hidden):
    layers = [keras.Input(shape=(784,))]
    for h in hidden:
        layers.append(keras.layers.Dense(h, activation="relu"))
    layers.append(keras.layers.Dense(10))
    return keras.Sequential(layers)

def count_parameters(sizes):
    return sum(sizes[i] * sizes[i + 1] + sizes[i + 1] for i in range(len(sizes) - 1))
''',
        "evaluation": '''\
def confusion(labels, predictions, classes):
    mat = np.zeros([classes, classes], int)
    for i in range(len(labels)):
        mat[labels[i]][predictions[i]] += 1
    return mat

def accuracy_of(matrix):
    right = sum(matrix[i][i] for i in range(len(matrix)))
    return right / matrix.sum()

def worst_mistakes(labels, probabilities, count):
    pred = np.argmax(probabilities, axis=1)
    conf = np.max(probabilities, axis=1)
    conf[pred == labels] = -1
    order = np.argsort(-conf)
    n = (pred != labels).sum()
    return order[:min(count, n)]
''',
    },
    "cem": {
        "activations": '''\
def step(z):
    return np.where(z > 0, 1, 0)

def relu(z):
    return np.maximum(0, z)

def leaky_relu(z, slope=0.1):
    return np.where(z > 0, z, slope * z)

def sigmoid(z):
    p = 1 / (1 + np.exp(-np.abs(z)))
    return np.where(z >= 0, p, 1 - p)

def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))

def softmax(z):
    z = z - np.max(z, axis=-1, keepdims=True)
    return np.exp(z) / np.sum(np.exp(z), axis=-1, keepdims=True)
''',
        "sequential": '''\
def sequential_mlp(hidden):
    return keras.Sequential([
        keras.Input(shape=(784,)),
        *[keras.layers.Dense(n, activation="relu") for n in hidden],
        keras.layers.Dense(10),
    ])

def count_parameters(sizes):
    return sum(a * b + b for a, b in zip(sizes[:-1], sizes[1:]))
''',
        "evaluation": '''\
def confusion(labels, predictions, classes):
    flat = np.bincount(labels * classes + predictions, minlength=classes**2)
    return flat.reshape(classes, classes)

def accuracy_of(matrix):
    return np.trace(matrix) / matrix.sum()

def worst_mistakes(labels, probabilities, count):
    guess = probabilities.argmax(-1)
    mistakes = [i for i in range(len(labels)) if guess[i] != labels[i]]
    mistakes.sort(key=lambda i: -probabilities[i].max())
    return np.array(mistakes[:count])
''',
    },
    "dua": {
        "activations": '''\
def step(z):
    return np.array(z > 0, dtype=float)

def relu(z):
    return np.where(z > 0, z, 0.0)

def leaky_relu(z, slope=0.1):
    return np.where(z < 0, slope * z, z)

def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))

def softplus(z):
    return np.logaddexp(0.0, z)

def softmax(z):
    e_z = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e_z / e_z.sum(axis=-1, keepdims=True)
''',
        "sequential": '''\
def sequential_mlp(hidden):
    model = keras.models.Sequential()
    model.add(keras.layers.Input(shape=(784,)))
    model.add(keras.layers.Dense(hidden[0], activation="relu"))
    model.add(keras.layers.Dense(hidden[1], activation="relu"))
    model.add(keras.layers.Dense(10))
    return model

def count_parameters(sizes):
    n = 0
    for a, b in zip(sizes, sizes[1:]):
        n = n + a * b + b
    return n
''',
        "evaluation": '''\
def confusion(labels, predictions, classes):
    cm = np.zeros((classes, classes), dtype=int)
    for true, pred in zip(labels, predictions):
        cm[true, pred] += 1
    return cm

def accuracy_of(matrix):
    return np.trace(matrix) / np.sum(matrix)

def worst_mistakes(labels, probabilities, count):
    predictions = np.argmax(probabilities, axis=-1)
    wrong = np.where(predictions != labels)[0]
    confidences = np.max(probabilities[wrong], axis=-1)
    return wrong[np.argsort(-confidences)][:count]
''',
    },
}
