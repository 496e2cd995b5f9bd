# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Who looks at whom: attention and the Transformer
#
# "Fri, March 5, 2027", "le 5 mars 2027" and "05/03/27" are the same day. In this lab a network learns
# to read dates in five languages and to write them as computers do: 2027-03-05. First you build it
# from two recurrent networks and find out where they fail. Then you build what replaced them, part by
# part: attention, several heads, positions, blocks, and a Transformer that you train yourself. At the
# end you look inside: which characters does it read while it writes the month?
#
# **You will learn**
#
# - how one network reads a sequence and another one writes a sequence of another length;
# - attention by hand, with its masks, and why its scores are divided by a square root;
# - several heads, equal to Keras' own layer;
# - how a Transformer knows the order of its inputs;
# - encoder and decoder blocks, and how to prove that a decoder never looks ahead;
# - greedy search, beam search, and what attention costs.
#
# **You need** Labs 01 and 02, and from Lab 10 what an LSTM is.
#
# **Running time**, apart from importing TensorFlow:
#
# | profile | where | dates | exact matches | time |
# | --- | --- | --- | --- | --- |
# | quick | default on a CPU | 8,000 | 94–100 % | 20–40 s on 2 cores |
# | full | default on a GPU | 40,000 | 99–100 % | 1–4 min on 2 cores |

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer log messages from TensorFlow

import time

import keras
import numpy as np
from keras import ops

from course_lib import data, figures, profile
from course_lib.data import Vocabulary
from course_lib.training import fit

keras.utils.set_random_seed(1)
QUICK = profile.current() == "quick"
print(f"Keras {keras.__version__}, {profile.current()} profile")

# %% [markdown]
# ## 1 From sequence to sequence
#
# A translation is rarely as long as its original, and its words rarely have the same order. So a
# network cannot translate word by word. In a **sequence-to-sequence** model (Sutskever, Vinyals & Le
# 2014) an encoder reads the whole source first. Then a decoder writes the target, one **token**
# at a time. A token is the unit of a sequence: here a character, elsewhere a word or a part of one.
#
# We begin with the simplest task in which the order matters: write a row of digits backwards. A
# `Vocabulary` numbers the tokens. 0 is padding, which fills short rows, 1 is the start, 2 is the end,
# 3 is an unknown token. The digits follow.

# %%
LONGEST = 12
digits = Vocabulary(["0123456789"])


def make_reversals(n, seed):
    """Return sources (n, 12) and targets (n, 14): rows of 2 to 12 digits, and the same backwards."""
    rng = np.random.default_rng(seed)
    rows = ["".join(rng.choice(list("0123456789"), rng.integers(2, LONGEST + 1))) for _ in range(n)]
    sources = digits.encode(rows, LONGEST)
    return sources, digits.encode([row[::-1] for row in rows], LONGEST + 2, ends=True)


x_rows, t_rows = make_reversals(8000, seed=1)
x_new, t_new = make_reversals(1000, seed=2)
print("source tokens", x_rows[0], "=", digits.decode(x_rows[:1])[0])
print("target tokens", t_rows[0], "=", digits.decode(t_rows[:1])[0])

# %% [markdown]
# In training, the decoder predicts all tokens of the target at once. At each position it gets the
# *true* token before it, whatever it would have predicted there itself. This is **teacher forcing**.
# So inputs and targets are the same row, shifted by one: the inputs begin with the start token, and
# the targets end with the end token.
#
# ### Question 1 · `tokens`
#
# 1. `shift(tokens)` returns `inputs, targets`, both `(n, m - 1)`: the rows without their last token, and
#    the rows without their first.
# 2. `masked_loss(targets, logits)` returns one number: the mean cross-entropy of all targets that are
#    not padding. The cross-entropy of a token is $-\ln p$, where $p$ is the probability (softmax of
#    the logits) of the right token. Use `ops`.
# 3. `exact_matches(targets, predictions)` returns booleans `(n,)`: True where the prediction is right in
#    *every* token of a row that is not padding in the target.
#
# <details><summary>Hint 1, masked_loss</summary>
#
# `keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)` returns the
# cross-entropy of each token, (n, m).
#
# </details>
#
# <details><summary>Hint 2, masked_loss</summary>
#
# Make an array of ones and zeros from `targets != 0`, with `ops.cast`. Multiply the cross-entropies by
# it, sum, and divide by the number of ones in the whole batch.
#
# </details>


# %% solution="tokens"
def shift(tokens):
    """Return decoder inputs and targets, both (n, m - 1), for token numbers (n, m)."""
    ### BEGIN SOLUTION
    return tokens[:, :-1], tokens[:, 1:]
    ### END SOLUTION


def masked_loss(targets, logits):
    """Return the mean cross-entropy; targets: (n, m), 0 is padding; logits: (n, m, size)."""
    ### BEGIN SOLUTION
    each = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    is_real = ops.cast(ops.not_equal(targets, 0), each.dtype)
    return ops.sum(each * is_real) / ops.sum(is_real)
    ### END SOLUTION


def exact_matches(targets, predictions):
    """Tell for each row whether all its tokens are right; targets, predictions: (n, m)."""
    ### BEGIN SOLUTION
    return np.all((targets == predictions) | (targets == 0), axis=1)
    ### END SOLUTION


# %% tests="tokens"
import warnings

import keras
import numpy as np

from course_lib import testing as _testing


def _unpack(values, count, name, what):
    """Return what `name` returned as a list of `count` values."""
    assert values is not None, f"`{name}` returned None. Did you forget `return`?"
    if isinstance(values, keras.Model) or not isinstance(values, (tuple, list)):
        shape = np.shape(values)
        is_stacked = not isinstance(values, keras.Model) and shape[:1] == (count,)
        values = list(np.asarray(values)) if is_stacked else [values]
    assert len(values) == count, (
        f"`{name}` returned {len(values)} value{'' if len(values) == 1 else 's'}; expected {what}."
    )
    return list(values)


def _read_array(given, name, what):
    """Return what `name` returned as an array."""
    assert given is not None, f"`{name}` returned None. Did you forget `return`?"
    try:
        return np.asarray(given)
    except (TypeError, ValueError):
        raise AssertionError(
            f"`{name}` returned a {type(given).__name__} whose parts have different shapes; expected "
            f"{what}."
        ) from None


def _softmax(z):
    z = np.exp(z - z.max(axis=-1, keepdims=True))
    return z / z.sum(axis=-1, keepdims=True)


def _check_shift(tokens):
    both = _unpack(shift(tokens.copy()), 2, "shift", "two: `return inputs, targets`")
    names = ("the inputs", "the targets")
    rights = (tokens[:, :-1], tokens[:, 1:])
    for given, right, other, what in zip(both, rights, rights[::-1], names, strict=True):
        hint = "Did you swap the two? The inputs begin with the start token."
        name = f"`shift`, as {what},"
        _testing.near(given, right, name, mistakes={hint: other})


def _check_masked_loss(targets, logits):
    p = np.take_along_axis(_softmax(logits.astype("float64")), targets[..., None], -1)[..., 0]
    each, is_real = -np.log(p), targets != 0
    rows = np.sum(each * is_real, axis=1)
    _testing.near(
        masked_loss(targets.copy(), logits.copy()),
        np.sum(each * is_real) / np.sum(is_real),
        "`masked_loss`",
        mistakes={
            "Did you include the padding? Leave out the targets that are 0.": each.mean(),
            "Did you divide by the number of all tokens? Divide by that of the real ones.": (
                np.sum(each * is_real) / is_real.size
            ),
            "Did you forget to divide by the number of real tokens?": np.sum(rows),
            "Did you average each row first? Average over all real tokens at once.": (
                np.mean(rows / is_real.sum(axis=1))
            ),
            "Did you sum over each row? Average over all real tokens.": np.mean(rows),
            "Did you pass `from_logits=True`? The outputs of the model are logits.": np.sum(
                is_real * np.asarray(keras.losses.sparse_categorical_crossentropy(targets, logits))
            )
            / np.sum(is_real),
            "Did you take the padding only?": np.sum(each * ~is_real) / max(np.sum(~is_real), 1),
        },
    )


def _check_exact(targets, predictions):
    given = exact_matches(targets.copy(), predictions.copy())
    given = _read_array(given, "exact_matches", "one boolean for each row")
    assert given.shape == (len(targets),), (
        f"`exact_matches` returned shape {given.shape}; expected {(len(targets),)}, one boolean for "
        "each row."
    )
    assert set(np.unique(given).tolist()) <= {0, 1}, (
        f"`exact_matches` returned {given[:4].tolist()}, …; expected booleans. Did you return the share "
        "of right tokens?"
    )
    same, is_real = targets == predictions, targets != 0
    right = np.all(same | ~is_real, axis=1)
    hint = ""
    for each, wrong in {
        "Did you count padding, too? What is predicted where the target is 0 does not matter.": (
            np.all(same, axis=1)
        ),
        "Is one right token enough? All of a row must be right.": np.any(same & is_real, axis=1),
        "Did you skip the positions where the prediction is 0? Only the target decides.": np.all(
            same | (predictions == 0) | ~is_real, axis=1
        ),
    }.items():
        if not np.array_equal(wrong, right) and np.array_equal(given.astype(bool), wrong):
            hint = each
            break
    assert np.array_equal(given.astype(bool), right), (
        f"`exact_matches` returned {given[:6].astype(bool).tolist()}; expected {right[:6].tolist()}. "
        f"{hint}".rstrip()
    )


def _check_tokens():
    _check_shift(np.array([[1, 5, 6, 2, 0], [1, 7, 2, 0, 0]]))
    logits = np.array([[[0.0, 1, 2], [1, 0, 0], [0, 0, 3]], [[1, 1, 0], [2, 0, 1], [0, 1, 0]]])
    _check_masked_loss(np.array([[2, 1, 0], [1, 0, 0]]), logits.astype("float32"))  # 0.940268
    targets = np.array([[5, 6, 2], [7, 2, 0], [7, 2, 0], [5, 6, 2]])
    _check_exact(targets, np.array([[5, 6, 2], [7, 2, 9], [7, 3, 0], [5, 0, 2]]))  # T, T, F, F


_check_tokens()
### BEGIN HIDDEN TESTS


def _draw_targets(rng, rows, longest, size):
    """Return rows of tokens that end with 2, with padding after it."""
    targets = rng.integers(3, size, (rows, longest))
    ends = rng.permutation(np.arange(rows) % (longest - 1) + 1)
    places = np.arange(longest)
    targets[places == ends[:, None]] = 2
    targets[places > ends[:, None]] = 0
    return targets


def _check_tokens_hidden(rng):
    targets = _draw_targets(rng, 14, 7, 9)
    _check_shift(targets)
    _check_masked_loss(targets, 2 * rng.normal(size=(14, 7, 9)).astype("float32"))
    predictions = np.where(targets == 0, rng.integers(0, 9, targets.shape), targets)
    for row in range(0, 14, 2):  # one wrong token in every other row
        place = rng.integers(np.sum(targets[row] != 0))
        predictions[row, place] = 0 if row % 4 else (targets[row, place] - 1) % 8 + 1
        if predictions[row, place] == targets[row, place]:
            predictions[row, place] = 1
    _check_exact(targets, predictions)


_check_tokens_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ### Question 2 · `seq2seq`
#
# Write `build_seq2seq(size, width, units)`, which returns a Keras model for `model([source, inputs])`.
# Both are token numbers, `(n, any length)`. The outputs are logits `(n, length of inputs, size)`.
#
# - The encoder: `Embedding(size, width)`, then `LSTM(units)`. Padding of the source must not change
#   anything: `mask_zero=True` makes the LSTM skip it. Only the last state of the encoder goes to the
#   decoder: its two parts, h and c (`return_state=True`).
# - The decoder: an `Embedding` of its own, an `LSTM` of its own that starts from both parts of that
#   state (`initial_state`) and returns its output at every position, then `Dense(size)` without
#   activation.
#
# <details><summary>Hint 1</summary>
#
# Two inputs, `keras.Input((None,), dtype="int32")`, and one model, `keras.Model([source, inputs], …)`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# With `return_state=True` an LSTM returns three tensors: its output, h and c.
#
# </details>


# %% solution="seq2seq"
def build_seq2seq(size, width, units):
    """Build a model: [source (n, any), inputs (n, m)] -> logits (n, m, size)."""
    ### BEGIN SOLUTION
    source = keras.Input((None,), dtype="int32")
    inputs = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(size, width, mask_zero=True)(source)
    _, h, c = keras.layers.LSTM(units, return_state=True)(x)
    y = keras.layers.Embedding(size, width)(inputs)
    y = keras.layers.LSTM(units, return_sequences=True)(y, initial_state=[h, c])
    return keras.Model([source, inputs], keras.layers.Dense(size)(y))
    ### END SOLUTION


# %% tests="seq2seq"
import itertools
import warnings

import keras
import numpy as np

from course_lib import testing as _testing


def _call(model, *inputs, name="model"):
    """Return the outputs of a model for several inputs, without Keras' warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(model(list(inputs)), "float64")


def _check_is_model(model, name):
    assert model is not None, f"{name} returned None. Did you forget `return`?"
    assert isinstance(model, keras.Model), (
        f"{name} returned a {type(model).__name__}; expected a Keras model."
    )


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _run_lstm(x, mask, kernel, recurrent, bias, h, c):
    """Return the states h at all positions, and the last h and c, as Keras computes them."""
    states = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=-1)
        c_next = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        h_next = _sigmoid(o) * np.tanh(c_next)
        keep = mask[:, t, None]
        h, c = np.where(keep, h_next, h), np.where(keep, c_next, c)
        states.append(h)
    return np.stack(states, axis=1), h, c


def _compute_seq2seq(parts, source, inputs, passed="hc"):
    """Return the logits of a pair of LSTMs with these weights."""
    embed, encode, embed_back, decode, dense = parts
    zeros = np.zeros((len(source), encode[1].shape[0]))
    _, h, c = _run_lstm(embed[source], source != 0, *encode, zeros, zeros)
    h, c = (h if name == "h" else c if name == "c" else zeros for name in passed)
    always = np.ones(inputs.shape, bool)
    states, _, _ = _run_lstm(embed_back[inputs], always, *decode, h, c)
    return states @ dense[0] + dense[1]


def _group_weights(weights, size, width, units):
    """Return embeddings, LSTMs and dense layers as lists, told by the shapes of their weights."""
    embeddings, lstms, dense = [], [], []
    shapes = {
        (size, width): embeddings,
        (width, 4 * units): lstms,
        (units, 4 * units): lstms,
        (4 * units,): lstms,
        (units, size): dense,
        (size,): dense,
    }
    for weight in weights:
        is_gru = weight.shape in ((width, 3 * units), (units, 3 * units))
        assert weight.shape in shapes, (
            f"`build_seq2seq({size}, {width}, {units})` has a weight of shape {weight.shape}; expected "
            f"only {sorted(shapes, key=lambda s: (len(s), s))}."
            + (" Is there a GRU? Use LSTMs." if is_gru else "")
        )
        shapes[weight.shape].append(weight)
    counts = len(embeddings), len(lstms) / 3, len(dense) / 2
    assert counts == (2, 2, 1), (
        f"`build_seq2seq` has the weights of {counts[0]} Embedding, {counts[1]:g} LSTM and "
        f"{counts[2]:g} Dense layers; expected 2, 2 and 1. "
        + (
            "Did you pass the state of the encoder to the decoder? Otherwise it is not in the model."
            if counts == (1, 1, 1)
            else "Do encoder and decoder have layers of their own?"
        )
    )
    return embeddings, [lstms[:3], lstms[3:]], dense


def _check_seq2seq(rng, size, width, units):
    name = f"`build_seq2seq({size}, {width}, {units})`"
    model = build_seq2seq(size, width, units)
    _check_is_model(model, name)
    source = rng.integers(3, size, (6, 5))
    source[:3, 3:] = 0
    inputs = rng.integers(1, size, (6, 4))
    given = _call(model, source, inputs)
    hints = {
        (6, size): "Does the decoder's LSTM return its output at every position?",
        (6, 4, units): "Is there a Dense layer with `size` neurons at the end?",
        (6, 5, size): "Is the order of the model's inputs [source, inputs]?",
    }
    assert given.shape == (6, 4, size), (
        f"{name} returned shape {given.shape} for 6 sources of 5 tokens and decoder inputs of 4; "
        f"expected {(6, 4, size)}. {hints.get(given.shape, '')}".rstrip()
    )
    weights = [3 * rng.normal(size=np.shape(w)) / np.sqrt(units) for w in model.get_weights()]
    model.set_weights(weights)
    given = _call(model, source, inputs)
    wider = _call(model, np.pad(source, ((0, 0), (0, 3))), inputs)
    assert np.allclose(given, wider, atol=1e-4), (
        f"{name}: padding at the end of the source changes the outputs. Did you set `mask_zero=True` in "
        "the encoder's Embedding?"
    )
    embeddings, lstms, dense = _group_weights(weights, size, width, units)
    # The order of the weights in the model is free, so all assignments are tried.
    orders = [
        (embeddings[a], lstms[b], embeddings[1 - a], lstms[1 - b], dense)
        for a, b in itertools.product((0, 1), repeat=2)
    ]
    outputs = [_compute_seq2seq(parts, source, inputs) for parts in orders]
    hints = {
        "hh": "Did you pass h twice? The state has two parts, h and c.",
        "cc": "Did you pass c twice? The state has two parts, h and c.",
        "ch": "Did you swap h and c?",
        "h0": "Did you pass h only? Pass both parts, h and c.",
        "00": "Did you pass the state of the encoder to the decoder, as `initial_state`?",
    }
    mistakes = {}
    for passed, hint in hints.items():
        for parts in orders:
            wrong = _compute_seq2seq(parts, source, inputs, passed)
            if np.allclose(given, wrong, rtol=1e-3, atol=1e-3):
                mistakes[hint] = wrong
    for right in outputs:
        mistakes["Did you give the last layer a softmax? Logits have no activation."] = _softmax(
            right
        )
        if np.allclose(given, _softmax(right), rtol=1e-3, atol=1e-3):
            break
    best = min(outputs, key=lambda right: np.abs(right - given).max())
    _testing.near(given, best, name, rtol=2e-3, atol=1e-3, mistakes=mistakes)


_check_seq2seq(np.random.default_rng(0), size=9, width=4, units=3)
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(_testing.hidden_seed())
_check_seq2seq(_rng, size=int(_rng.integers(11, 14)), width=7, units=5)
### END HIDDEN TESTS

# %% [markdown]
# Train it. (`fit` from `course_lib.training` does what `model.fit` does, with a learning rate that first
# rises and then falls. Keras' loss with `ignore_class=0` computes your `masked_loss`.)


# %%
def train(model, sources, tokens, epochs, rate, batch=32):
    """Train a model with teacher forcing, on tokens that begin with the start token."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    model.compile(keras.optimizers.Adam(rate, beta_2=0.98), loss)
    return fit(
        model, [sources, tokens[:, :-1]], tokens[:, 1:],
        epochs=epochs, batch_size=batch, verbose=False,
    )  # fmt: skip


recurrent = build_seq2seq(len(digits), 32, 48)
train(recurrent, x_rows, t_rows, epochs=5 if QUICK else 12, rate=0.01, batch=64)
inputs, targets = shift(t_new)
logits = recurrent.predict_on_batch([x_new, inputs])
by_keras = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
print(f"your masked_loss {float(masked_loss(targets, logits)):.4f}", end=", ")
print(f"Keras' {float(by_keras(targets, logits)):.4f}")
right = exact_matches(targets, np.argmax(logits, axis=-1))
print(f"with teacher forcing, {np.mean(right):.0%} of the new rows are right in every digit")

# %% [markdown]
# Teacher forcing needs the answer. In use, the decoder has only what it wrote itself: its most probable
# token becomes its next input. This is **greedy** decoding.
#
# ### Question 3 · `greedy`
#
# Write `greedy(model, source, length)` for any model like that of Question 2. The first input of the
# decoder is the start token, 1. At each step, call the model with all inputs so far, take the most
# probable token at the *last* of these positions, and append it to the inputs. Return `length` tokens
# for each source, `(n, length)`, without the start token. Once a row has its end token, 2, only 0
# follows.
#
# <details><summary>Hint 1</summary>
#
# `np.asarray(model([source, inputs]))` has the shape (n, inputs so far, size). Which position holds the
# prediction of the next token?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Keep an array of booleans for the rows that are finished, and write 0 into these with `np.where`.
#
# </details>


# %% solution="greedy"
def greedy(model, source, length):
    """Return the most probable tokens, one after the other, (n, length); source: (n, m)."""
    ### BEGIN SOLUTION
    # All calls have inputs of the same length, so that TensorFlow compiles the model only once.
    tokens = np.zeros((len(source), length + 1), "int32")
    tokens[:, 0] = 1
    is_finished = np.zeros(len(source), bool)
    for place in range(length):
        logits = model.predict_on_batch([source, tokens[:, :-1]])
        tokens[:, place + 1] = np.where(is_finished, 0, np.argmax(logits[:, place], axis=-1))
        is_finished |= tokens[:, place + 1] == 2
    return tokens[:, 1:]
    ### END SOLUTION


# %% tests="greedy"
import logging

import keras
import numpy as np

from course_lib import testing as _testing


def _build_table_model(of_source, of_inputs):
    """Build a model whose logits depend on the last source token and on all inputs so far.

    With `of_source` (size, size) and `of_inputs` (size, size), the logits at a position are the sum
    of the rows of the inputs up to it and of the row of the first source token.
    """
    # `predict` warns about retracing when it is called for several models.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    size = len(of_source)
    source, inputs = (keras.Input((None,), dtype="int32") for _ in range(2))
    first = keras.layers.Embedding(size, size)(source)[:, :1]
    after = keras.ops.cumsum(keras.layers.Embedding(size, size)(inputs), axis=1)
    model = keras.Model([source, inputs], first + after)
    model.set_weights([np.asarray(of_source), np.asarray(of_inputs)])
    return model


def _find_next(tables, first, tokens):
    """Return the logits (size,) after some inputs."""
    return tables[0][first] + np.sum(tables[1][np.asarray(tokens, int)], axis=0)


def _decode(tables, firsts, length):
    rows = []
    for first in firsts:
        tokens = [1]
        while len(tokens) <= length and tokens[-1] != 2:
            tokens.append(int(np.argmax(_find_next(tables, first, tokens))))
        rows.append((tokens[1:] + [0] * length)[:length])
    return np.array(rows)


def _decode_without_end(tables, firsts, length):
    rows = []
    for first in firsts:
        tokens = [1]
        for _ in range(length):
            tokens.append(int(np.argmax(_find_next(tables, first, tokens))))
        rows.append(tokens[1:])
    return np.array(rows)


def _check_greedy(tables, source, length):
    model = _build_table_model(*tables)
    given = greedy(model, source.copy(), length)
    given = _read_array(
        given, "greedy", f"{length} tokens for each source, with 0 after the end token"
    )
    shape = given.shape
    hints = {
        **{(len(source), n): "Did you stop early? Fill up with 0." for n in range(1, length)},
        (len(source), length + 1): "Did you return the start token, too?",
        (len(source), length, len(tables[0])): "Did you return logits? Return tokens.",
        (length, len(source)): "Did you swap the axes? Each row belongs to one source.",
    }
    assert shape == (len(source), length), (
        f"`greedy` returned an array of shape {shape} for {len(source)} sources and length={length}; "
        f"expected {(len(source), length)}. {hints.get(shape, '')}".rstrip()
    )
    right = _decode(tables, source[:, 0], length)
    endless = _decode_without_end(tables, source[:, 0], length)
    fixed = np.stack(
        [
            [int(np.argmax(_find_next(tables, first, [1]))) for _ in range(length)]
            for first in source[:, 0]
        ]
    )
    hint = ""
    if np.array_equal(given, endless):
        hint = "Did you stop at the end token? After a 2, only 0 follows."
    elif np.array_equal(given, fixed):
        hint = "Did you append each prediction to the inputs?"
    elif np.array_equal(np.where(right == 2, 0, right), given):
        hint = "Did you leave out the end token? It belongs to the result."
    row = int(np.argmax(np.any(given != right, axis=1)))
    assert np.array_equal(given, right), (
        f"`greedy` returned {given[row].astype(int).tolist()} for one source; expected "
        f"{right[row].tolist()}. {hint}".rstrip()
    )


def _check_greedy_by_hand():
    of_source = np.zeros((6, 6))
    of_source[3], of_source[4] = [0, 0, 0, 8, 2, 1], [0, 0, 5, 1, 0, 2]
    # After each token, its own logit falls and the next one rises.
    of_inputs = -4 * np.eye(6)
    of_inputs[1, 3] = -4  # the start token still matters two steps later
    of_inputs[3, 4], of_inputs[4, 2], of_inputs[3, 2] = 3, 6, 1
    of_inputs[0, 5] = 9  # padding among the inputs so far would be seen
    tables = of_source, of_inputs
    _check_greedy(
        tables, np.array([[3, 5], [4, 5]]), 5
    )  # expected: [3, 4, 2, 0, 0], [2, 0, 0, 0, 0]


_check_greedy_by_hand()
### BEGIN HIDDEN TESTS


def _check_greedy_hidden(rng):
    for size, length in ((8, 6), (11, 9)):
        while True:
            tables = 2 * rng.normal(size=(2, size, size))
            tables[:, :, :2] -= 20  # neither padding nor start
            tables[1] -= 4 * np.eye(size)  # a token is rarely repeated
            firsts = np.arange(3, size)
            right = _decode(tables, firsts, length)
            ended = np.any(right[:, :-1] == 2, axis=1)
            endless = _decode_without_end(tables, firsts, length)
            if ended.any() and not ended.all() and not np.array_equal(right, endless):
                break
        source = np.stack([firsts, rng.integers(0, size, len(firsts))], axis=1)
        _check_greedy(tables, source, length)


_check_greedy_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 2 The bottleneck
#
# The decoder sees nothing of the source but the encoder's last state, 96 numbers in this network. They
# have to hold 2 digits or 12.


# %%
def by_length(model, sources, tokens, decode):
    """Return the share of exact matches by the length of the source."""
    right = exact_matches(tokens[:, 1:], decode(model, sources, tokens.shape[1] - 1))
    lengths = np.sum(sources != 0, axis=1)
    return {int(n): float(np.mean(np.asarray(right)[lengths == n])) for n in np.unique(lengths)}


backwards = {"LSTMs": by_length(recurrent, x_new, t_new, greedy)}
figures.accuracy_by_length(backwards)

# %% [markdown]
# The longer the row, the fewer are right. More units, or more training, move the limit but do not remove
# it: the state has a fixed size, and rows can be of any length. Bahdanau, Cho and Bengio (2015) removed
# it. They kept *all* states of the encoder, and let the decoder decide at each step which of them to
# look at.

# %% [markdown]
# ## 3 Attention
#
# Think of a library. You come with a question, the **query** $q$. Each book has a label, its **key**
# $k$, and a content, its **value** $v$. **Attention** compares the query with all keys and returns a
# mean of the values, with large weights where query and key agree. Agreement is the score
# $q \cdot k / \sqrt d$, where $d$ is the length of queries and keys. A softmax over the keys turns
# scores into weights. For all queries at once, as rows of a matrix $Q$ (Vaswani et al. 2017, equation 1):
#
# $$\mathrm{attention}(Q, K, V) = \mathrm{softmax}\left(\frac{Q K^\top}{\sqrt{d}}\right) V$$
#
# A query may not look everywhere. A **padding mask** hides the padding of the source. A **causal mask**
# hides what comes later: a decoder must not read the tokens that it has to predict. Hidden keys get
# weight 0, and the weights of the others still sum to 1. So the mask acts *before* the softmax: hidden
# scores become so small that $e^{\text{score}}$ is 0. If *all* keys of a query are hidden, all its
# weights and its output are 0.
#
# ### Question 4 · `attention`
#
# Masks are booleans: True where a query **may** look.
#
# 1. `padding_mask(tokens)`: for tokens `(n, m)`, a mask `(n, 1, m)` that hides the zeros.
# 2. `causal_mask(length)`: `(length, length)`. The query in row $i$ may look at keys 0 to $i$, itself
#    included.
# 3. `attention(queries, keys, values, mask=None)` returns `outputs, weights`. The shapes are
#    `(…, n, d)`, `(…, m, d)`, `(…, m, v)`, with any number of axes in front, also none; outputs are
#    `(…, n, v)` and weights `(…, n, m)`. The mask broadcasts to the weights. Scores may be large:
#    ±10,000. Use NumPy or `ops`.
#
# <details><summary>Hint 1, attention</summary>
#
# `ops.swapaxes(keys, -1, -2)` transposes the last two axes only, and `ops.softmax` works on the last
# axis and never overflows.
#
# </details>
#
# <details><summary>Hint 2, attention</summary>
#
# `ops.where(mask, scores, -1e9)` hides scores before the softmax.
#
# </details>
#
# <details><summary>Hint 3, attention</summary>
#
# In a row that is hidden altogether, all scores are equal, so the softmax returns equal weights. What
# does a product with the mask, after the softmax, change in this row? What in the others?
#
# </details>


# %% solution="attention"
def padding_mask(tokens):
    """Return a mask (n, 1, m) that hides padding; tokens: (n, m)."""
    ### BEGIN SOLUTION
    return (tokens != 0)[:, None, :]
    ### END SOLUTION


def causal_mask(length):
    """Return a mask (length, length) that hides later positions."""
    ### BEGIN SOLUTION
    return np.tril(np.ones((length, length), bool))
    ### END SOLUTION


def attention(queries, keys, values, mask=None):
    """Return outputs (…, n, v) and weights (…, n, m)."""
    ### BEGIN SOLUTION
    scores = ops.matmul(queries, ops.swapaxes(keys, -1, -2)) / queries.shape[-1] ** 0.5
    if mask is None:
        weights = ops.softmax(scores)
    else:
        weights = ops.softmax(ops.where(mask, scores, -1e9)) * ops.cast(mask, scores.dtype)
    return ops.matmul(weights, values), weights
    ### END SOLUTION


# %% tests="attention"
import numpy as np

from course_lib import testing as _testing


def _check_mask(given, right, name):
    assert given is not None, f"`{name}` returned None. Did you forget `return`?"
    given = np.asarray(given)
    assert given.shape == right.shape, (
        f"`{name}` returned shape {given.shape}; expected {right.shape}."
    )
    assert given.dtype == bool or set(np.unique(given).tolist()) <= {0, 1}, (
        f"`{name}` returned {given.ravel()[:3].tolist()}, …; expected booleans."
    )
    given = given.astype(bool)
    hint = ""
    if np.array_equal(given, ~right):
        hint = " Is it inverted? True means that a query may look there."
    elif right.ndim == 2 and np.array_equal(given, right.T):
        hint = " Rows are queries: row i may look at keys 0 to i."
    elif right.ndim == 2 and np.array_equal(given, np.tril(right, -1)):
        hint = " A query may also look at its own position."
    assert np.array_equal(given, right), (
        f"`{name}` returned {given.astype(int).tolist()}; expected {right.astype(int).tolist()}.{hint}"
    )


def _attend(q, k, v, mask=None, scale=None, is_late=False, keeps_full_rows=False):
    """Return outputs and weights in float64; the options are mistakes."""
    q, k, v = (np.asarray(x, "float64") for x in (q, k, v))
    scores = q @ np.swapaxes(k, -1, -2) / (q.shape[-1] ** 0.5 if scale is None else scale)
    mask = np.ones(scores.shape, bool) if mask is None else np.broadcast_to(mask, scores.shape)
    weights = _softmax(scores if is_late else np.where(mask, scores, -1e12))
    weights = weights if keeps_full_rows else weights * mask
    return weights @ v, weights


def _copy(value):
    return None if value is None else value.copy()


def _check_attention(q, k, v, mask=None):
    q, k, v = (np.asarray(x, "float32") for x in (q, k, v))
    both = _unpack(
        attention(q.copy(), k.copy(), v.copy(), _copy(mask)),
        2,
        "attention",
        "two: `return outputs, weights`",
    )
    right, weights = _attend(q, k, v, mask)
    d = q.shape[-1]
    wrong = {
        "Did you divide the scores by √d?": {"scale": 1},
        "Did you divide by d? Divide by its root.": {"scale": d},
        "Is d the number of keys? It is the length of a query.": {"scale": k.shape[-2] ** 0.5},
        "Is d the number of queries? It is the length of a query, the last axis.": {
            "scale": q.shape[-2] ** 0.5
        },
        "Did you multiply by √d? Divide by it.": {"scale": d**-0.5},
        "Did you apply the mask after the softmax? The remaining weights must sum to 1.": {
            "is_late": True
        },
        "A query that may look nowhere needs weights of 0.": {"keeps_full_rows": True},
    }
    wrong = {hint: _attend(q, k, v, mask, **options) for hint, options in wrong.items()}
    if mask is not None:
        inverted = "Is the mask inverted? True means that a query may look there."
        wrong[inverted] = _attend(q, k, v, ~mask)
        wrong["Did you use the mask?"] = _attend(q, k, v)
    given = [None if value is None else np.asarray(value) for value in both]
    is_swapped = right.shape != weights.shape and (
        (np.shape(given[0]), np.shape(given[1])) == (weights.shape, right.shape)
    )
    assert not is_swapped, (
        f"`attention` returned shapes {weights.shape} and {right.shape}; expected {right.shape} and "
        f"{weights.shape}. Did you swap outputs and weights?"
    )
    if given[1] is not None and np.shape(given[1]) == weights.shape:
        assert np.all(np.isfinite(np.asarray(given[1], float))), (
            "`attention` returned NaN among the weights. "
            + (
                "Is there a row in which all keys are hidden? Its weights must be 0."
                if mask is not None and not np.all(mask.any(axis=-1))
                else "Did you compute e^score of large scores? Use `ops.softmax`, or subtract the maximum."
            )
        )
        scores = np.asarray(q, "float64") @ np.swapaxes(np.asarray(k, "float64"), -1, -2) / d**0.5
        if mask is None:
            over_queries = np.swapaxes(_softmax(np.swapaxes(scores, -1, -2)), -1, -2)
            wrong[
                "Did you take the softmax over the queries? Take it over the keys, the last axis."
            ] = (
                over_queries @ np.asarray(v, "float64"),
                over_queries,
            )
            wrong["Did you forget the softmax?"] = scores @ np.asarray(v, "float64"), scores
    for place, (value, wanted, what) in enumerate(
        [(given[1], weights, "the weights"), (given[0], right, "the outputs")]
    ):
        hints = {hint: pair[1 - place] for hint, pair in wrong.items()}
        name = f"`attention`, as {what},"
        _testing.near(value, wanted, name, rtol=1e-3, atol=1e-4, mistakes=hints)


def _check_attention_by_hand():
    _check_mask(
        padding_mask(np.array([[5, 2, 0], [3, 0, 0]])),
        np.array([[[1, 1, 0]], [[1, 0, 0]]], bool),
        "padding_mask",
    )
    _check_mask(causal_mask(3), np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1]], bool), "causal_mask")
    q, k = [[2.0, 0, 0, 0], [0, 1, 1, 0]], [[1.0, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 3]]
    v = [[1.0, 0], [0, 1], [5, 5]]
    _check_attention(q, k, v)  # weights of the first query: 0.5761, 0.2119, 0.2119
    _check_attention(q, k, v, np.array([[True, True, False], [False, True, False]]))
    _check_attention(q, k, v, np.array([[True, False, True], [False, False, False]]))
    mask = np.array([[[1, 1, 0], [0, 1, 0]], [[1, 0, 1], [0, 1, 1]]], bool)
    _check_attention([q, q], [k, k[::-1]], [v, v], mask)  # a batch of two


_check_attention_by_hand()
### BEGIN HIDDEN TESTS


def _check_attention_hidden(rng):
    tokens = rng.integers(0, 3, (4, 6))
    _check_mask(padding_mask(tokens), (tokens != 0)[:, None, :], "padding_mask")
    length = int(rng.integers(5, 9))
    _check_mask(causal_mask(length), np.tril(np.ones((length, length), bool)), "causal_mask")
    for front in ((), (3,), (2, 4)):
        q, k, v = (rng.normal(size=(*front, *shape)) for shape in ((5, 7), (6, 7), (6, 3)))
        _check_attention(q, k, v)
        mask = rng.random((*front, 5, 6)) < 0.6
        mask[..., 0] = True
        _check_attention(q, k, v, mask)
        mask[..., 2, :] = False
        _check_attention(q, k, v, mask)
    q, k, v = (rng.normal(size=(3, *shape)) for shape in ((4, 7), (6, 7), (6, 3)))
    one_row = rng.random((3, 1, 6)) < 0.5
    one_row[:, :, 1] = True
    _check_attention(q, k, v, one_row)
    _check_attention(q[..., :6], k[..., :6], v, np.array([[True] * 3 + [False] * 3]))
    # Scores of some thousands, clearly different from each other.
    large = np.eye(4, 8) * 100
    keys, values = rng.permutation(np.eye(8) * np.linspace(100, 240, 8)), v[0, :1] + np.eye(8, 3)
    _check_attention(large, keys, values)
    mask = np.ones((4, 8), bool)
    mask[:2] = (large @ keys.T == 0)[:2]  # the largest scores are hidden
    _check_attention(large, keys, values, mask)
    # Each query may look at one key, whose score is -10,000.
    keys = 100 * 8**0.5 * np.eye(8)
    mask = large @ keys.T > 0
    _check_attention(-large, keys, values, mask)


_check_attention_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# **Why the root?** The product of two random vectors is a sum of $d$ terms, so its standard deviation
# grows with $\sqrt d$. A softmax of large scores puts nearly all the weight on one key, and its gradient
# is nearly 0: there is nothing left to learn from. Try it with 16 random keys:

# %%
rng = np.random.default_rng(0)
largest = {"q·k": {}, "q·k / √d": {}}
for width in (2, 4, 8, 16, 32, 64, 128, 256):
    queries, keys = rng.normal(size=(2, 200, 16, width)).astype("float32")
    for name, factor in [("q·k", width**0.5), ("q·k / √d", 1.0)]:
        _, weights = attention((queries * factor).astype("float32"), keys, keys)
        largest[name][width] = float(np.mean(np.max(weights, axis=-1)))
figures.weight_by_width(largest, keys=16)

# %% [markdown]
# ## 4 Several heads
#
# One attention takes one mean. But the year and the month stand in different places. So a Transformer
# has several **heads**: each computes queries, keys and values of its own and pays attention on its own.
# **Multi-head attention** puts their outputs next to each other and mixes them with one more matrix.
#
# `keras.layers.MultiHeadAttention` stores its weights in this order, for inputs of length $w$, $h$ heads
# with queries and keys of length $d$ and values of length $v$:
#
# | | weights | bias |
# | --- | --- | --- |
# | queries | `(w, h, d)` | `(h, d)` |
# | keys | `(w, h, d)` | `(h, d)` |
# | values | `(w, h, v)` | `(h, v)` |
# | output | `(h, v, w)` | `(w,)` |
#
# ### Question 5 · `multi_head`
#
# Write `multi_head(x, context, weights, mask=None)`, which computes what the layer computes in
# `layer(x, context, attention_mask=mask)`. `x` is `(batch, n, w)`, where the queries come from. `context`
# is `(batch, m, w)`, where keys and values come from. `weights` is `layer.get_weights()`, a list of the
# eight arrays above. The mask is `(batch, n, m)`; it never hides all keys of a query. Return
# `(batch, n, w)`. You can use your `attention`, or that of `course_lib.blocks`, which
# computes the same.
#
# <details><summary>Hint 1</summary>
#
# `ops.einsum("bnw,whd->bhnd", x, kernel)` applies the matrix of every head and puts the heads in front
# of the positions, as `attention` needs them.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A bias (h, d) must broadcast to (batch, h, n, d): `bias[:, None, :]`. The mask (batch, n, m) must
# broadcast to (batch, h, n, m).
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The last step sums over heads and their values at once: `"bhnv,hvw->bnw"`.
#
# </details>


# %% solution="multi_head"
def multi_head(x, context, weights, mask=None):
    """Compute multi-head attention (batch, n, w); x: (batch, n, w), context: (batch, m, w)."""
    ### BEGIN SOLUTION
    to_q, bias_q, to_k, bias_k, to_v, bias_v, to_out, bias_out = weights
    queries = ops.einsum("bnw,whd->bhnd", x, to_q) + bias_q[:, None, :]
    keys = ops.einsum("bmw,whd->bhmd", context, to_k) + bias_k[:, None, :]
    values = ops.einsum("bmw,whd->bhmd", context, to_v) + bias_v[:, None, :]
    heads, _ = attention(queries, keys, values, None if mask is None else mask[:, None])
    return ops.einsum("bhnv,hvw->bnw", heads, to_out) + bias_out
    ### END SOLUTION


# %% tests="multi_head"
import keras
import numpy as np

from course_lib import testing as _testing


def _project(x, kernel, bias, splits_wrongly=False):
    projected = np.einsum("bnw,whd->bnhd", x, kernel) + bias
    right = np.swapaxes(projected, 1, 2)
    return projected.reshape(right.shape) if splits_wrongly else right


def _compute_heads(
    x, context, weights, mask=None, scale=None, splits_wrongly=False, joins_wrongly=False
):
    to_q, bias_q, to_k, bias_k, to_v, bias_v, to_out, bias_out = weights
    q, k, v = (
        _project(x, to_q, bias_q, splits_wrongly),
        _project(context, to_k, bias_k, splits_wrongly),
        _project(context, to_v, bias_v, splits_wrongly),
    )
    heads, _ = _attend(q, k, v, None if mask is None else mask[:, None], scale)
    if joins_wrongly:
        batch, count, n, length = heads.shape
        heads = np.swapaxes(heads.reshape(batch, n, count, length), 1, 2)
    return np.einsum("bhnv,hvw->bnw", heads, to_out) + bias_out


def _check_multi_head(rng, batch, n, m, sizes, has_mask):
    width, heads, key_dim, value_dim = sizes
    layer = keras.layers.MultiHeadAttention(heads, key_dim, value_dim)
    x = rng.normal(size=(batch, n, width)).astype("float32")
    context = rng.normal(size=(batch, m, width)).astype("float32")
    layer(x, context)
    weights = [rng.normal(size=w.shape).astype("float32") / 2 for w in layer.get_weights()]
    layer.set_weights(weights)
    mask = None
    if has_mask:
        mask = rng.random((batch, n, m)) < 0.6
        mask[:, :, int(rng.integers(m))] = True
    right = np.asarray(layer(x, context, attention_mask=mask))
    exact = [w.astype("float64") for w in weights]
    no_bias = [w if place % 2 == 0 else 0 * w for place, w in enumerate(exact)]
    swapped = [*exact[2:4], *exact[:2], *exact[4:]]
    mistakes = {
        "Did you forget the biases?": _compute_heads(x, context, no_bias, mask),
        "Did you forget the last bias?": right - exact[7],
        "Did you forget to divide by √d, the root of the length of a query?": _compute_heads(
            x, context, exact, mask, scale=1
        ),
        "Did you divide by the root of w? Divide by that of the length of a query.": (
            _compute_heads(x, context, exact, mask, scale=width**0.5)
        ),
        "Did you swap the weights of queries and keys?": _compute_heads(x, context, swapped, mask),
        "Did you reshape (batch, n, heads · d) to (batch, heads, n, d)? Transpose, too.": (
            _compute_heads(x, context, exact, mask, splits_wrongly=True)
        ),
        "Did you reshape (batch, heads, n, v) to (batch, n, heads · v)? Transpose first.": (
            _compute_heads(x, context, exact, mask, joins_wrongly=True)
        ),
        "Did you divide by the root of the length of a value? Divide by that of a query.": (
            _compute_heads(x, context, exact, mask, scale=value_dim**0.5)
        ),
    }
    if has_mask:
        mistakes["Did you pass the mask on?"] = _compute_heads(x, context, exact)
        inverted = "Is the mask inverted? True means that a query may look there."
        mistakes[inverted] = _compute_heads(x, context, exact, ~mask)
    if n == m:
        hint = "Do keys and values come from `context`?"
        mistakes[hint] = _compute_heads(x, x, exact, mask)
        hint = "Queries come from `x`. Did you take `context` for all three?"
        mistakes[hint] = _compute_heads(context, context, exact, mask)
    given = multi_head(x.copy(), context.copy(), [w.copy() for w in weights], _copy(mask))
    _testing.near(given, right, "`multi_head`", rtol=1e-3, atol=1e-3, mistakes=mistakes)


_check_multi_head(np.random.default_rng(0), 2, 3, 3, (6, 2, 4, 5), has_mask=False)
_check_multi_head(np.random.default_rng(1), 2, 3, 4, (6, 2, 4, 5), has_mask=True)
### BEGIN HIDDEN TESTS


def _check_multi_head_hidden(rng):
    heads = int(rng.integers(2, 5))
    _check_multi_head(rng, 3, 5, 5, (8, heads, 6, 7), has_mask=True)
    _check_multi_head(rng, heads, 4, 6, (9, heads, 3, 5), has_mask=True)
    _check_multi_head(rng, 2, 6, 3, (7, 3, 5, 4), has_mask=False)


_check_multi_head_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Who stands where?
#
# An LSTM reads in order. Attention does not: it takes a mean over a *set*. If the tokens change their
# places, their outputs change places with them, and are otherwise the same:

# %%
keras.utils.set_random_seed(2)
layer = keras.layers.MultiHeadAttention(2, 8)
x = np.random.default_rng(0).normal(size=(1, 6, 16)).astype("float32")
order = np.random.default_rng(1).permutation(6)
moved = ops.convert_to_numpy(layer(x[:, order], x[:, order]))
difference = np.abs(moved - ops.convert_to_numpy(layer(x, x))[:, order]).max()
print(f"outputs of tokens in the order {order}: the largest difference is {difference:.0e}")

# %% [markdown]
# So 01/10 and 10/01 would be the same to it. A Transformer adds to each token a vector that tells its
# position. The paper uses sines and cosines of many frequencies, its **positional encoding** (§3.5). For
# position $p$ and column pair $i = 0, 1, …, w/2 - 1$:
#
# $$P_{p,\,2i} = \sin\frac{p}{10000^{2i/w}}, \qquad P_{p,\,2i+1} = \cos\frac{p}{10000^{2i/w}}$$
#
# Each pair of columns is the hand of a clock, the first ones quick, the last ones slow. A step of $k$
# positions turns each hand by an angle that does not depend on $p$. So there is one matrix $M_k$ with
# $P_{p+k} = P_p\, M_k$ for *every* $p$: "three characters further" is the same operation everywhere.
#
# ### Question 6 · `positions`
#
# 1. `sinusoidal(length, width)`: the positional encoding of positions 0 to `length - 1`,
#    `(length, width)`, for even widths.
# 2. `shift_matrix(width, k)`: the matrix $M_k$, `(width, width)`, such that
#    `sinusoidal(n, width) @ shift_matrix(width, k)` are the rows of positions $k$ to $n - 1 + k$. Positive
#    and negative `k`.
#
# <details><summary>Hint 1, sinusoidal</summary>
#
# First the angles of all positions and pairs, (length, width / 2). Then `table[:, 0::2]` are the even
# columns, `table[:, 1::2]` the odd ones.
#
# </details>
#
# <details><summary>Hint 2, shift_matrix</summary>
#
# With the angle $a = k / 10000^{2i/w}$: $\sin(\alpha + a) = \sin \alpha \cos a + \cos \alpha \sin a$ and
# $\cos(\alpha + a) = \cos \alpha \cos a - \sin \alpha \sin a$.
#
# </details>
#
# <details><summary>Hint 3, shift_matrix</summary>
#
# The matrix is 0 except for one block of 2 × 2 for each pair, on the diagonal. The row comes from the
# old sine or cosine, the column is the new one.
#
# </details>


# %% solution="positions"
def sinusoidal(length, width):
    """Return the positional encoding (length, width)."""
    ### BEGIN SOLUTION
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(0, width, 2) / width)
    table = np.zeros((length, width))
    table[:, 0::2], table[:, 1::2] = np.sin(angles), np.cos(angles)
    return table
    ### END SOLUTION


def shift_matrix(width, k):
    """Return the matrix (width, width) that moves every row by k positions."""
    ### BEGIN SOLUTION
    matrix = np.zeros((width, width))
    for i in range(0, width, 2):
        a = k / 10000 ** (i / width)
        matrix[i : i + 2, i : i + 2] = [[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]
    return matrix
    ### END SOLUTION


# %% tests="positions"
import numpy as np

from course_lib import testing as _testing


def _encode_positions(positions, width, exponent=2, is_split=False, is_cosine_first=False):
    pairs = np.arange(width // 2)
    angles = np.asarray(positions)[:, None] / 10000 ** (exponent * pairs / width)
    both = [np.cos(angles), np.sin(angles)] if is_cosine_first else [np.sin(angles), np.cos(angles)]
    if is_split:
        return np.concatenate(both, axis=1)
    return np.stack(both, axis=-1).reshape(len(angles), width)


def _check_sinusoidal(length, width):
    positions = np.arange(length)
    columns = positions[:, None] / 10000 ** (np.arange(width) / width)
    by_column = np.where(np.arange(width) % 2 == 0, np.sin(columns), np.cos(columns))
    _testing.near(
        sinusoidal(length, width),
        _encode_positions(positions, width),
        f"`sinusoidal({length}, {width})`",
        rtol=1e-3,
        atol=1e-3,
        mistakes={
            "Is the exponent i / w? It is 2i / w.": _encode_positions(positions, width, 1),
            "Is the exponent 4i / w? Column 2i has the exponent 2i / w.": (
                _encode_positions(positions, width, 4)
            ),
            "Did you put all sines first? Sines and cosines alternate.": (
                _encode_positions(positions, width, is_split=True)
            ),
            "Did you swap sine and cosine? Even columns are sines.": (
                _encode_positions(positions, width, is_cosine_first=True)
            ),
            "Does each column have a frequency of its own? Two neighbours share one.": by_column,
            "Did you begin with position 1? The first position is 0.": (
                _encode_positions(positions + 1, width)
            ),
        },
    )


def _check_shift_matrix(width, k):
    name = f"`shift_matrix({width}, {k})`"
    given = _read_array(shift_matrix(width, k), name.strip("`"), "a matrix").astype("float64")
    assert given.shape == (width, width), (
        f"{name} returned shape {given.shape}; expected {(width, width)}."
    )
    positions = np.concatenate([np.arange(60), np.arange(60, 2000, 97)])
    before, after = (_encode_positions(positions + shift, width) for shift in (0, k))
    moved = before @ given
    worst = int(np.argmax(np.abs(moved - after).max(axis=1)))
    hints = {
        "Did you return the transpose? It turns the other way, k positions back.": before @ given.T,
    }
    hint = next((h for h, other in hints.items() if np.allclose(other, after, atol=2e-3)), "")
    assert np.allclose(moved, after, atol=2e-3), (
        f"{name}: the code of position {positions[worst]} becomes "
        f"{np.round(moved[worst, :4], 3).tolist()}, …; expected that of position {positions[worst] + k}, "
        f"{np.round(after[worst, :4], 3).tolist()}, …. {hint}".rstrip()
    )


_check_sinusoidal(4, 6)
_check_shift_matrix(6, 2)
### BEGIN HIDDEN TESTS


def _check_positions_hidden(rng):
    _check_sinusoidal(int(rng.integers(20, 60)), 2 * int(rng.integers(5, 12)))
    _check_sinusoidal(5, 30)
    for sign in (1, -1):
        _check_shift_matrix(2 * int(rng.integers(4, 9)), sign * int(rng.integers(3, 9)))


_check_positions_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
codes = np.asarray(sinusoidal(60, 48))
figures.position_codes(codes)

# %% [markdown]
# ## 6 Blocks
#
# From here on you use Keras' layer. A Transformer is a stack of equal blocks. An encoder block has
# two parts:
#
# 1. **self-attention**: queries, keys and values all come from the same sequence;
# 2. a feed-forward part: two dense layers, `hidden` neurons with ReLU and then `width` neurons, for
#    each position on its own.
#
# A decoder block has three: *causal* self-attention (`use_causal_mask=True` in the call), then
# **cross-attention**, whose queries come from the decoder and whose keys and values come from the
# output of the encoder, its memory, and then the feed-forward part.
#
# Around each part there is a shortcut as in Lab 07, and a **layer normalisation**, which shifts and
# scales the vector of each position to mean 0 and variance 1 and then learns a scale and a shift
# (`keras.layers.LayerNormalization`). The paper normalises *after* the sum, $x \leftarrow
# \mathrm{LN}(x + f(x))$. Most networks today normalise *before* the part, $x \leftarrow x +
# f(\mathrm{LN}(x))$, because it trains more easily (Xiong et al. 2020). Memory is not normalised again.
# You may choose one of the two, for all parts.
#
# ### Question 7 · `blocks`
#
# Write two functions. Each returns a Keras model for sequences of any length. `mask` holds booleans,
# True for tokens that are not padding.
#
# 1. `encoder_block(width, heads, hidden)` for `model([x, mask])`: `x` is `(n, length, width)`, `mask` is
#    `(n, length)`. It returns `(n, length, width)`.
# 2. `decoder_block(width, heads, hidden)` for `model([y, memory, mask])`: `y` is `(n, m, width)`, `memory`
#    is `(n, length, width)`, and `mask`, for the memory, is `(n, length)`. It returns `(n, m, width)`.
#
# Use `keras.layers.MultiHeadAttention(heads, width // heads)` and a layer normalisation of its own for
# each part. No dropout.
#
# <details><summary>Hint 1</summary>
#
# Inputs of any length are `keras.Input((None, width))` and `keras.Input((None,), dtype="bool")`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The layer takes `attention_mask` of shape (n, queries, keys). `mask[:, None, :]` makes
# (n, 1, keys), which broadcasts.
#
# </details>


# %% solution="blocks"
def encoder_block(width, heads, hidden):
    """Build a model: [x (n, length, width), mask (n, length)] -> (n, length, width)."""
    ### BEGIN SOLUTION
    x, mask = keras.Input((None, width)), keras.Input((None,), dtype="bool")
    attend = keras.layers.MultiHeadAttention(heads, width // heads)
    h = keras.layers.LayerNormalization()(x)
    seen = x + attend(h, h, attention_mask=mask[:, None, :])
    h = keras.layers.LayerNormalization()(seen)
    h = keras.layers.Dense(width)(keras.layers.Dense(hidden, activation="relu")(h))
    return keras.Model([x, mask], seen + h)
    ### END SOLUTION


def decoder_block(width, heads, hidden):
    """Build a model: [y (n, m, width), memory (n, length, width), mask] -> (n, m, width)."""
    ### BEGIN SOLUTION
    y, memory = keras.Input((None, width)), keras.Input((None, width))
    mask = keras.Input((None,), dtype="bool")
    attend, cross = (keras.layers.MultiHeadAttention(heads, width // heads) for _ in range(2))
    h = keras.layers.LayerNormalization()(y)
    out = y + attend(h, h, use_causal_mask=True)
    h = keras.layers.LayerNormalization()(out)
    out = out + cross(h, memory, attention_mask=mask[:, None, :])
    h = keras.layers.LayerNormalization()(out)
    h = keras.layers.Dense(hidden, activation="relu")(h)
    return keras.Model([y, memory, mask], out + keras.layers.Dense(width)(h))
    ### END SOLUTION


# %% tests="blocks"
import keras
import numpy as np

from course_lib import testing as _testing


def _normalise(x, epsilon):
    return (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + epsilon)


def _feed(x, parts, is_linear=False):
    w1, b1, w2, b2 = parts
    h = x @ w1 + b1
    return (h if is_linear else np.maximum(h, 0)) @ w2 + b2


def _find_feed_forward(weights, width, hidden):
    """Return the weights of the two dense layers; their biases follow the kernels."""
    parts = []
    for shape in ((width, hidden), (hidden, width)):
        places = [p for p, w in enumerate(weights) if w.shape == shape]
        assert len(places) == 1, (
            f"a block of width {width} with hidden={hidden} has {len(places)} weights of shape {shape}; "
            "expected 1. Has the feed-forward part two Dense layers, `hidden` and then `width` neurons?"
        )
        after = weights[places[0] + 1] if places[0] + 1 < len(weights) else np.zeros(0)
        parts += [weights[places[0]], after]
    return parts


def _check_size(model, name, width, heads, hidden, attentions):
    attend = 4 * (width**2 + width)
    dense = 2 * width * hidden + hidden + width
    right = attentions * attend + dense + (attentions + 1) * 2 * width
    key_dim = 4 * heads * width**2 + 3 * heads * width + width
    hints = {
        "Each part has a LayerNormalization of its own.": [
            right - 2 * width * n for n in range(1, attentions + 2)
        ],
        "Is there one LayerNormalization more than parts?": [right + 2 * width],
        "Did you pass width as the size of a head? It is `width // heads`.": [
            right + attentions * (key_dim - attend)
        ],
        "Did you share one attention layer between the two parts?": [right - attend],
        "Did you leave out the biases?": [
            right - attentions * 4 * width,
            right - attentions * 3 * width,
            right - attentions * 4 * width - hidden - width,
        ],
    }
    _find_feed_forward([np.asarray(w) for w in model.get_weights()], width, hidden)
    given = int(model.count_params())
    hint = next((h for h, sizes in hints.items() if given in sizes), "")
    assert given == right, f"{name} has {given:,} weights; expected {right:,}. {hint}".rstrip()


def _check_parts(call, weights, name, x, width, hidden):
    """Compare a block whose attention is 0 with its shortcuts, norms and feed-forward part.

    Return 0 if it normalises before each part, 3 if it normalises what a part returns.
    """
    parts = _find_feed_forward(weights, width, hidden)
    given = call(
        [
            w if w.ndim < 2 or w.shape in ((width, hidden), (hidden, width)) else 0 * w
            for w in weights
        ]
    )
    exact = x.astype("float64")
    options = []
    for epsilon in (1e-3, 1e-6):

        def norm(values, epsilon=epsilon):
            return _normalise(values, epsilon)

        after, twice = norm(exact), norm(norm(exact))
        options += [
            (lambda feed, x=exact, n=norm: x + feed(n(x))),
            (lambda feed, x=after, n=norm: n(x + feed(x))),
            (lambda feed, x=twice, n=norm: n(x + feed(x))),
            (lambda feed, x=exact, n=norm: x + n(feed(x))),
        ]
    settings = {"rtol": 2e-2, "atol": 2e-2}
    right = [option(lambda v: _feed(v, parts)) for option in options]
    linear = [option(lambda v: _feed(v, parts, is_linear=True)) for option in options]
    # A shortcut is missing: around attention, around the feed-forward part, around both.
    bare = 0 * exact
    without = [bare, _feed(bare, parts), bare + _feed(_normalise(exact, 1e-6), parts)]
    without += [_normalise(w, 1e-3) for w in without]
    without += [_normalise(_feed(bare, parts) + bare, 1e-3), exact * 0 + parts[3]]
    late = [
        each + _feed(each, parts) for each in (_normalise(exact, 1e-3), _normalise(exact, 1e-6))
    ]
    late += [_normalise(each, 1e-3) for each in late]
    found = [place for place, each in enumerate(right) if np.allclose(given, each, **settings)]
    if found:
        return found[0] % 4  # the place of the option, the same for each epsilon
    hint = "Is there a shortcut around each part, and a layer normalisation before or after each?"
    if any(np.allclose(given, each, **settings) for each in linear):
        hint = "Did you forget the ReLU of the feed-forward part?"
    elif any(np.allclose(given, each, **settings) for each in without):
        hint = "Is there a shortcut around each part?"
    elif any(np.allclose(given, each, **settings) for each in late):
        hint = "Does a shortcut begin behind the normalisation? It begins before it, with x."
    raise AssertionError(
        f"{name}: with attention weights of 0, the output at one position is "
        f"{np.round(given[0, 0, :3], 3).tolist()}, …; expected {np.round(right[0][0, 0, :3], 3).tolist()}, "
        f"… (normalised before) or {np.round(right[1][0, 0, :3], 3).tolist()}, … (after). {hint}"
    )


def _check_order(call, weights, name, x, heads):
    """Check that each part begins with the result of the part before it.

    If the output of the self-attention is a constant, the block computes what it would compute for
    inputs that are larger by this constant.
    """
    width = x.shape[2]
    places = [p for p, w in enumerate(weights) if w.shape == (heads, width // heads, width)]
    constant = np.linspace(-2, 2, width).astype("float32")

    first = x.copy()
    first[:, 0] += constant

    def without_output(place):
        return [0 * w if p == place else w for p, w in enumerate(weights)]

    def is_self_attention(place):
        """Whether no position reaches another one without this output."""
        without = without_output(place)
        return not _differs(call(without, x), call(without, first))[1:].any()

    def is_in_order(place):
        without = without_output(place)
        moved = [w + constant if p == place + 1 else w for p, w in enumerate(without)]
        return np.allclose(call(moved, x), call(without, x + constant), rtol=2e-2, atol=2e-2)

    assert all(is_in_order(place) for place in places if is_self_attention(place)), (
        f"{name}: the result of the self-attention does not reach all parts after it. Does each part, "
        "with its shortcut, begin with the result of the part before it?"
    )


def _check_normalised(call, weights, name, x):
    """Check that a block that normalises before its parts passes on only what is normalised.

    A number added to all columns of a position changes no part, only the shortcuts.
    """
    added = np.linspace(-3, 3, x.shape[0] * x.shape[1]).reshape(*x.shape[:2], 1)
    before, after = call(weights, x), call(weights, (x + added).astype("float32")) - added
    assert np.allclose(before, after, rtol=2e-2, atol=2e-2), (
        f"{name}: a number added to all {x.shape[2]} columns of a position changes more than the "
        "shortcut. Do queries, keys and values of the self-attention, and the queries of the "
        "cross-attention, come from the layer normalisation?"
        if "decoder" in name
        else f"{name}: a number added to all {x.shape[2]} columns of a position changes more than the "
        "shortcut. Do queries, keys and values all come from the layer normalisation?"
    )


def _check_flow(call, weights, name, x, heads, hidden):
    """Check the shortcuts, norms and order of the parts of a block."""
    norms = _check_parts(call, weights, name, x, x.shape[2], hidden)
    if norms == 0:
        _check_normalised(call, weights, name, x)
    if norms != 3:
        _check_order(call, weights, name, x, heads)


def _differs(a, b):
    """Return which positions differ, for outputs (n, length, width)."""
    return np.abs(a - b).max(axis=(0, 2)) > 1e-4


def _check_changes(changed, reach, name):
    """Compare which outputs a change reaches: `reach` has True, False, or None for either."""
    for place, (has_changed, should) in enumerate(zip(changed, reach, strict=True)):
        if should is not None and has_changed != should:
            return place
    return None


def _randomise(model, rng):
    """Draw larger weights, so that each influence can be seen; scales of norms stay 1."""
    weights = [
        np.asarray(w) if np.ndim(w) == 1 else rng.normal(size=np.shape(w)) / np.shape(w)[0] ** 0.5
        for w in model.get_weights()
    ]
    model.set_weights([w.astype("float32") for w in weights])
    return [np.asarray(w, "float32") for w in weights]


def _check_encoder_block(rng, width, heads, hidden):
    name = f"`encoder_block({width}, {heads}, {hidden})`"
    model = encoder_block(width, heads, hidden)
    _check_is_model(model, name)
    x = rng.normal(size=(3, 6, width)).astype("float32")
    mask = np.arange(6) < np.array([6, 4, 4])[:, None]
    shape = _call(model, x, mask).shape
    assert shape == x.shape, f"{name} returned shape {shape}; expected {x.shape}."
    _check_size(model, name, width, heads, hidden, attentions=1)
    weights = _randomise(model, rng)
    given = _call(model, x, mask)
    other = x.copy()
    other[1:, 4:] += rng.normal(size=(2, 2, width))
    moved = _call(model, other, mask)
    assert not _differs(given, moved)[:4].any(), (
        f"{name}: padding changes the outputs of other tokens. Did you pass the mask to the attention?"
    )
    for place in (0, 3):
        other = x.copy()
        other[:, place] += 1 + rng.random(width)
        reached = _differs(given[:1], _call(model, other, mask)[:1])
        assert reached.all(), (
            f"{name}: the token at position {place} does not reach all others: outputs change at "
            f"positions {np.flatnonzero(reached).tolist()} of 0 to 5. "
            + (
                "Is a causal mask set? An encoder looks at all tokens."
                if place
                else "Is the mask right?"
            )
        )

    def call(changed, other=x):
        model.set_weights(changed)
        return _call(model, other, mask)

    _check_flow(call, weights, name, x, heads, hidden)


def _check_decoder_block(rng, width, heads, hidden):
    name = f"`decoder_block({width}, {heads}, {hidden})`"
    model = decoder_block(width, heads, hidden)
    _check_is_model(model, name)
    y = rng.normal(size=(3, 5, width)).astype("float32")
    memory = rng.normal(size=(3, 6, width)).astype("float32")
    mask = np.arange(6) < np.array([6, 4, 4])[:, None]
    shape = _call(model, y, memory, mask).shape
    assert shape == y.shape, f"{name} returned shape {shape}; expected {y.shape}."
    _check_size(model, name, width, heads, hidden, attentions=2)
    weights = _randomise(model, rng)
    given = _call(model, y, memory, mask)
    for place in (0, 3):
        other = memory.copy()
        other[:, place] += 1 + rng.random(width)
        assert _differs(given, _call(model, y, other, mask)).all(), (
            f"{name}: the memory at position {place} does not change all outputs. Do keys and values of "
            "the cross-attention come from the memory, without a causal mask?"
        )
    for place in (1, 3):
        other = y.copy()
        other[:, place] += 1 + rng.random(width)
        reached = _differs(given, _call(model, other, memory, mask))
        assert not reached[:place].any(), (
            f"{name}: the input at position {place} changes the output at position "
            f"{int(np.argmax(reached))}, before it. Is the self-attention causal?"
        )
        assert reached[place:].all(), (
            f"{name}: the input at position {place} does not change the output at position "
            f"{place + int(np.argmin(reached[place:]))}, after it. Is there self-attention?"
        )
    other = memory.copy()
    other[1:, 4:] += rng.normal(size=(2, 2, width))
    assert not _differs(given, _call(model, y, other, mask)).any(), (
        f"{name}: padding of the memory changes the outputs. Did you pass the mask to the "
        "cross-attention?"
    )

    def call(changed, other=y):
        model.set_weights(changed)
        return _call(model, other, memory, mask)

    _check_flow(call, weights, name, y, heads, hidden)


_check_encoder_block(np.random.default_rng(0), 8, 2, 11)
_check_decoder_block(np.random.default_rng(0), 8, 2, 11)
### BEGIN HIDDEN TESTS


def _check_blocks_hidden(rng):
    heads = int(rng.integers(3, 6))
    _check_encoder_block(rng, 4 * heads, heads, 23)
    _check_decoder_block(rng, 4 * heads, heads, 23)


_check_blocks_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# ## 7 A Transformer reads dates
#
# Each date is written in one of the usual forms of five languages. No date of the test set occurs in the
# training set, in any form.

# %%
(x_text, t_text), (new_text, new_iso) = data.load("dates")
written, iso = Vocabulary(x_text), Vocabulary(t_text)
x_dates, t_dates = written.encode(x_text, 27), iso.encode(t_text, 12, ends=True)
x_unseen, t_unseen = written.encode(new_text, 27), iso.encode(new_iso, 12, ends=True)
for before, after in list(zip(x_text, t_text, strict=True))[:6]:
    print(f"{before:>27}  {after}")
print(f"{len(x_text):,} dates, {len(written)} different characters")

# %% [markdown]
# `TokenEmbedding(size, width)` from `course_lib.blocks` turns token numbers `(n, m)` into vectors
# `(n, m, width)`: an `Embedding`, times $\sqrt{\text{width}}$, plus the positional encoding.
#
# The paper's learning rate rises for the first steps, its warm-up, and then falls (equation 3). For
# step $s = 1, 2, …$, the width $w$ and $s_0$ warm-up steps it is
#
# $$w^{-1/2} \cdot \min\left(s^{-1/2},\; s \cdot s_0^{-3/2}\right)$$
#
# ### Question 8 · `transformer`
#
# 1. `build_transformer(source_size, target_size, width, heads, hidden)` returns a Keras model for
#    `model([source, inputs])`, token numbers `(n, length)` and `(n, m)`, 0 for padding. It returns logits
#    `(n, m, target_size)`. Both sequences have a `TokenEmbedding` of their own. One encoder block makes
#    the memory, one decoder block reads it, and a `Dense` layer without activation follows. You may add
#    a `LayerNormalization` behind a block.
#    You can use your blocks, or `transformer_encoder_block(heads, hidden)`, called with `(x, mask)`, and
#    `transformer_decoder_block(heads, hidden)`, called with `(y, memory, mask)`, from `course_lib.blocks`.
# 2. `warmup_rate(step, width, warmup)` returns the paper's learning rate.
# 3. Train a model for the dates, with width 48, 4 heads and 96 hidden neurons, and name it
#    `transformer`. You can use `train`, for 6 epochs with a rate of 0.003. Of new dates, at least 85 %
#    must be right in every character, with greedy decoding.
#
# <details><summary>Hint 1, build_transformer</summary>
#
# `keras.ops.not_equal(source, 0)` is the mask for both blocks.
#
# </details>
#
# <details><summary>Hint 2, training</summary>
#
# The sizes are `len(written)` and `len(iso)`; the data are `x_dates` and `t_dates`.
#
# </details>


# %% solution="transformer"
from course_lib.blocks import TokenEmbedding


def build_transformer(source_size, target_size, width, heads, hidden):
    """Build a model: [source (n, length), inputs (n, m)] -> logits (n, m, target_size)."""
    ### BEGIN SOLUTION
    source = keras.Input((None,), dtype="int32")
    inputs = keras.Input((None,), dtype="int32")
    mask = ops.not_equal(source, 0)
    memory = encoder_block(width, heads, hidden)([TokenEmbedding(source_size, width)(source), mask])
    memory = keras.layers.LayerNormalization()(memory)
    y = TokenEmbedding(target_size, width)(inputs)
    y = decoder_block(width, heads, hidden)([y, memory, mask])
    y = keras.layers.LayerNormalization()(y)
    return keras.Model([source, inputs], keras.layers.Dense(target_size)(y))
    ### END SOLUTION


def warmup_rate(step, width, warmup):
    """Return the learning rate of a step, from 1 on."""
    ### BEGIN SOLUTION
    return width**-0.5 * min(step**-0.5, step * warmup**-1.5)
    ### END SOLUTION


### BEGIN SOLUTION
keras.utils.set_random_seed(1)
transformer = build_transformer(len(written), len(iso), width=48, heads=4, hidden=96)
train(transformer, x_dates, t_dates, epochs=6, rate=0.003)
### END SOLUTION

# %% tests="transformer"
import keras
import numpy as np

from course_lib import data as _data
from course_lib import testing as _testing
from course_lib.data.sets.dates import DATASET as _DATES


def _check_transformer(rng, sizes, width, heads, hidden):
    name = f"`build_transformer({sizes[0]}, {sizes[1]}, {width}, {heads}, {hidden})`"
    model = build_transformer(*sizes, width, heads, hidden)
    _check_is_model(model, name)
    source = np.stack([rng.permutation(np.arange(3, sizes[0]))[:7] for _ in range(4)])
    source[2:, 5:] = 0
    inputs = np.stack([rng.permutation(np.arange(3, sizes[1]))[:6] for _ in range(4)])
    inputs[:, 0] = 1
    given = _call(model, source, inputs)
    assert given.shape == (4, 6, sizes[1]), (
        f"{name} returned shape {given.shape}; expected {(4, 6, sizes[1])}."
    )
    # The kernels of three attentions, two feed-forward parts, two embeddings and the last layer.
    least = 12 * width**2 + 4 * width * hidden + (sizes[0] + 2 * sizes[1]) * width
    count = sum(int(np.size(w)) for w in model.get_weights())
    assert count >= least, (
        f"{name} has {count:,} weights; one encoder block, one decoder block, two embeddings and the last "
        f"layer have more than {least:,}. Is a part missing?"
    )
    assert not np.allclose(given.sum(axis=-1), 1, atol=1e-3), (
        f"{name}: the outputs at each position sum to 1; expected logits. Did you give the last layer a "
        "softmax?"
    )
    weights = [2 * np.asarray(w) if np.ndim(w) > 1 else np.asarray(w) for w in model.get_weights()]
    model.set_weights(weights)
    given = _call(model, source, inputs)
    longer = _call(model, np.pad(source, ((0, 0), (0, 2))), inputs)
    assert np.allclose(given, longer, rtol=1e-3, atol=1e-3), (
        f"{name}: padding at the end of the source changes the outputs. Does the mask reach both "
        "blocks?"
    )
    other = source.copy()
    other[:, 0] = other[:, 1]
    changed = np.abs(_call(model, other, inputs) - given).max(axis=(0, 2))
    assert changed.min() > 1e-3, (
        f"{name}: the source does not change every output. Does the memory reach the decoder block?"
    )
    other = inputs.copy()
    other[:, 3:] = other[:, 3:][:, ::-1]
    early = _call(model, source, other)[:, :3]
    assert np.allclose(given[:, :3], early, rtol=1e-3, atol=1e-3), (
        f"{name}: later inputs change earlier outputs. Is the decoder causal?"
    )
    other = source.copy()
    other[:, :5] = other[:, :5][:, ::-1]
    moved = np.abs(_call(model, other, inputs) - given).max()
    assert moved > 1e-3, (
        f"{name}: the order of the source does not matter. Do the positions reach the encoder?"
    )
    other = inputs.copy()
    other[:, [1, 2]] = other[:, [2, 1]]
    moved = np.abs(_call(model, source, other)[:, 4] - given[:, 4]).max()
    assert moved > 1e-3, (
        f"{name}: the order of the decoder's inputs does not matter. Do the positions reach the "
        "decoder?"
    )


def _check_warmup(step, width, warmup):
    rise, fall = step * warmup**-1.5, step**-0.5
    _testing.near(
        warmup_rate(step, width, warmup),
        width**-0.5 * min(rise, fall),
        f"`warmup_rate({step}, {width}, {warmup})`",
        rtol=1e-3,
        atol=1e-9,
        mistakes={
            "Did you forget the width?": min(rise, fall),
            "Did you multiply by the root of the width? Divide by it.": width**0.5
            * min(rise, fall),
            f"Take the smaller of the two. Up to step {warmup}, that is the rise.": (
                width**-0.5 * fall if step < warmup else width**-0.5 * min(rise, fall)
            ),
            f"Take the smaller of the two. After step {warmup}, that is the fall.": (
                width**-0.5 * rise if step > warmup else width**-0.5 * min(rise, fall)
            ),
        },
    )


def _make_dates(count, seed):
    """Return sources and targets of new dates, encoded as in the lab."""
    (x, y), _ = _data.load("dates")
    both = _data.Vocabulary(x), _data.Vocabulary(y)
    _, (new_x, new_y) = _DATES.stand_in(1, count, seed)
    return both[0].encode(new_x, 27), both[1].encode(new_y, 12, ends=True)


def _measure_exact(model, sources, tokens):
    """Decode greedily and return the share of exact matches."""
    inputs = np.zeros_like(tokens[:, :-1])
    inputs[:, 0] = 1
    for place in range(inputs.shape[1]):
        best = _call(model, sources, inputs)[:, place].argmax(axis=-1)
        if place + 1 < inputs.shape[1]:
            inputs[:, place + 1] = best
    predictions = np.concatenate([inputs[:, 1:], best[:, None]], axis=1)
    right = tokens[:, 1:]
    return float(np.mean(np.all((predictions == right) | (right == 0), axis=1)))


def _check_trained(sources, tokens):
    _check_is_model(transformer, "The name `transformer`")
    share = _measure_exact(transformer, sources, tokens)
    print(f"{share:.1%} of {len(tokens)} new dates are right in every character")
    _testing.at_least(
        share,
        0.85,
        "The share of new dates that `transformer` writes without a mistake",
        sd=0.006,
        hint="Did you train for 6 epochs, with the start token first in the decoder's inputs?",
    )


_check_transformer(np.random.default_rng(0), (14, 12), 8, 2, 11)
_check_warmup(100, 48, 400)
_check_warmup(900, 48, 400)
_check_trained(*_make_dates(200, seed=7))
### BEGIN HIDDEN TESTS


def _check_transformer_hidden(seed):
    rng = np.random.default_rng(seed)
    heads = int(rng.integers(2, 5))
    _check_transformer(
        rng, (int(rng.integers(16, 20)), int(rng.integers(13, 16))), 6 * heads, heads, 17
    )
    warmup = int(rng.integers(300, 5000))
    for part in (0.1, 0.6, 1.7, 9.0):
        _check_warmup(int(part * warmup), int(rng.integers(2, 9)) * 64, warmup)
    _check_trained(*_make_dates(400, seed=seed))


_check_transformer_hidden(_testing.hidden_seed())
### END HIDDEN TESTS

# %% [markdown]
# (`fit` has a warm-up of its own, and then follows a cosine down to 0. In a training as short as this
# one, that is at least as good. Here are the paper's rates for comparison.)

# %%
for step in (1, 125, 250, 500, 1000, 1500):
    print(
        f"step {step:4}: paper's rate for a width of 48, 500 warm-up steps {warmup_rate(step, 48, 500):.5f}"
    )
decoded = greedy(transformer, x_unseen, 11)
right = np.asarray(exact_matches(t_unseen[:, 1:], decoded))
print(f"{np.mean(right):.1%} of {len(right):,} new dates are right in every character")
for place in np.flatnonzero(~right)[:5]:
    wrong = iso.decode(np.asarray(decoded)[place : place + 1])[0]
    print(f"wrong: {new_text[place]:>27}  →  {wrong}, expected {new_iso[place]}")

# %% [markdown]
# And the bottleneck? Here is a Transformer of the same size that learns to write rows of digits
# backwards. Its memory has a vector for every digit, however many there are.

# %%
keras.utils.set_random_seed(1)
reverser = build_transformer(len(digits), len(digits), width=48, heads=4, hidden=96)
train(reverser, x_rows, t_rows, epochs=4 if QUICK else 10, rate=0.004)
backwards["Transformer"] = by_length(reverser, x_new, t_new, greedy)
figures.accuracy_by_length(backwards)

# %% [markdown]
# ## 8 Look at it
#
# Which characters does the decoder look at while it writes? Each row of this map is one token of the
# output, and shows the cross-attention of the position that predicts it. A row adds up to 1.

# %%
from course_lib.models import attention_weights


def show_attention(model, text, title=""):
    """Draw the cross-attention of the four heads while the model writes a date."""
    source = written.encode([text], 27)
    tokens = np.concatenate([[[1]], greedy(model, source, 11)], axis=1)
    *_, cross = attention_weights(model, [source, tokens[:, :-1]])
    columns = list(text)
    rows = [iso.tokens[token].replace("<end>", "end") for token in tokens[0, 1:]]
    return figures.attention_maps(cross[0, :, :, : len(text)], rows, columns, title=title)


show_attention(transformer, "le 25 septembre 2031", "")

# %% [markdown]
# Compare other forms: `show_attention(transformer, "Thu, September 25, 2031")`, `"25.09.2031"`. The heads
# find the year at the end of the text, wherever that is. A map shows where a head *looks*. It does not
# prove that the output depends on it (Jain & Wallace 2019): values can be small, encoder states already
# mix neighbouring characters, and the shortcut goes around it. A test that does prove something is to
# change a character and see whether the output changes:

# %%
text = "Thu, September 25, 2031"
decided = {}
for place, character in enumerate(text):
    changed = (
        text[:place]
        + ("5" if character.isdigit() and character != "5" else "?")
        + text[place + 1 :]
    )
    answer = iso.decode(greedy(transformer, written.encode([changed], 27), 11))[0]
    decided[place] = answer != iso.decode(greedy(transformer, written.encode([text], 27), 11))[0]
print(text)
print("".join("^" if decided[place] else " " for place in range(len(text))), "changes the answer")

# %% [markdown]
# **What it costs.** For a sequence of $n$ tokens of width $d$, the scores and means of attention take about
# $2 n^2 d$ multiplications, a recurrent layer about $8 n d^2$ (LSTM: two matrices, four gates). But the
# products of attention are independent of each other. A recurrent layer has to take $n$ steps one after
# the other (table 1 of the paper).

# %%
for n in (32, 128, 512, 2048):
    x = rng.normal(size=(1, n, 48)).astype("float32")
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        attention(x, x, x)
        seconds.append(time.perf_counter() - began)
    print(
        f"{n:5} tokens: attention {2 * n**2 * 48 / 1e6:6.1f} million multiplications, "
        f"LSTM {8 * n * 48**2 / 1e6:5.1f} million in {n:,} steps; attention took {1e3 * min(seconds):.1f} ms"
    )

# %% [markdown]
# ## 9 Beam search
#
# Greedy decoding takes the best token at each step and never reconsiders. The most probable *sequence*
# may begin with another token. **Beam search** keeps the `beams` best sequences so far. A sequence is as
# good as the sum of the log-probabilities (log-softmax of the logits) of its tokens.
#
# 1. Begin with one sequence, the start token, with a sum of 0.
# 2. Extend each sequence that has not ended by every token, and add the log-probability of that token. A
#    sequence that ends with the end token stays as it is, with its sum.
# 3. Keep the `beams` best of all these. Repeat from 2 until all of them have ended, or `length` steps
#    have been taken. Return the best.
#
# ### Question 9 · `beam_search`
#
# Write `beam_search(model, source, length, beams)` for *one* source `(m,)` and a model like that of
# Question 2. Return the tokens of the best sequence, without the start token, with the end token if it
# has one: at most `length` tokens, without padding.
#
# <details><summary>Hint 1</summary>
#
# A list of pairs (sum, tokens) holds the sequences. Sort it with `key=lambda pair: -pair[0]`, and keep the first
# ones.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A model takes a batch: repeat the source for each sequence. All sequences that have not ended have the
# same length, so their inputs make an array.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Log-probabilities: `ops.log_softmax(logits[:, -1])`. The logits of the last position belong to the next
# token.
#
# </details>


# %% solution="beam_search"
def beam_search(model, source, length, beams):
    """Return the tokens of the best sequence found; source: (m,)."""
    ### BEGIN SOLUTION
    # All calls have inputs of the same shape, so that TensorFlow compiles the model only once.
    sources, inputs = np.tile(source, (beams, 1)), np.zeros((beams, length), "int32")
    kept = [(0.0, [1])]
    for place in range(length):
        ended = [pair for pair in kept if pair[1][-1] == 2]
        running = [pair for pair in kept if pair[1][-1] != 2]
        if not running:
            break
        inputs[: len(running), : place + 1] = [tokens for _, tokens in running]
        logits = model.predict_on_batch([sources, inputs])[: len(running), place]
        logs = ops.convert_to_numpy(ops.log_softmax(logits))
        longer = [
            (total + float(log), [*tokens, token])
            for (total, tokens), row in zip(running, logs, strict=True)
            for token, log in enumerate(row)
        ]
        kept = sorted(ended + longer, key=lambda pair: -pair[0])[:beams]
    return kept[0][1][1:]
    ### END SOLUTION


# %% tests="beam_search"
import numpy as np

from course_lib import testing as _testing


def _log_probabilities(tables, first, tokens):
    return np.log(_softmax(_find_next(tables, first, tokens)))


def _search(
    tables,
    first,
    length,
    beams,
    has_logs=True,
    regrows=False,
    best_of=1,
    has_means=False,
    aside=False,
):
    kept, done = [(0.0, [1])], []
    for _ in range(length):
        longer = []
        for total, tokens in kept:
            if tokens[-1] == 2 and not regrows:
                longer.append((total, tokens))
                continue
            row = _log_probabilities(tables, first, tokens)
            row = row if has_logs else _find_next(tables, first, tokens)
            longer += [(total + value, [*tokens, token]) for token, value in enumerate(row)]
        kept = sorted(longer, key=lambda pair: -best_of * pair[0])[:beams]
        if has_means:
            kept = sorted(longer, key=lambda pair: -pair[0] / (len(pair[1]) - 1))[:beams]
        if aside:
            done += [pair for pair in kept if pair[1][-1] == 2]
            kept = [pair for pair in longer if pair[1][-1] != 2]
            kept = sorted(kept, key=lambda pair: -pair[0])[:beams]
    return max(done or kept, key=lambda pair: pair[0])[1][1:] if aside else kept[0][1][1:]


def _sum_logs(tables, first, tokens):
    rows = [_log_probabilities(tables, first, [1, *tokens[:n]]) for n in range(len(tokens))]
    return float(sum(row[token] for row, token in zip(rows, tokens, strict=True)))


def _check_beam(tables, source, length, beams):
    model = _build_table_model(*tables)
    given = beam_search(model, source.copy(), length, beams)
    name = f"`beam_search` with beams={beams}"
    given = _read_array(given, "beam_search", "the tokens of one sequence, without the sum")
    assert given.ndim == 1 and given.size and np.all(given == np.round(given.astype(float))), (
        f"{name} returned an array of shape {given.shape}; expected the tokens of one sequence."
    )
    given = given.astype(int).tolist()
    first = source[0]
    right = _search(tables, first, length, beams)
    hints = {
        "Did you return the start token, too?": [1, *right],
        "Did you leave out the end token? It belongs to the sequence.": right[:-1],
        "Did you add logits? Add log-probabilities, the log-softmax.": _search(
            tables, first, length, beams, has_logs=False
        ),
        "Did you extend a sequence that has ended?": _search(
            tables, first, length, beams, regrows=True
        ),
        "Did you return the worst of the sequences?": _search(
            tables, first, length, beams, best_of=-1
        ),
        "Did you fill up with padding?": (right + [0] * length)[:length],
        "Did you divide the sum by the length? A sequence is as good as its sum.": _search(
            tables, first, length, beams, has_means=True
        ),
        "Did you set aside what has ended? It counts among the best.": _search(
            tables, first, length, beams, aside=True
        ),
        "This is the result of greedy search.": _search(tables, first, length, 1),
    }
    hint = next((h for h, wrong in hints.items() if wrong != right and wrong == given), "")
    total = _sum_logs(tables, first, right)
    assert given == right, (
        f"{name} returned {given}; expected {right}, with a sum of log-probabilities of {total:.3f}. {hint}"
    ).rstrip()


def _draw_beam_case(rng, size, length, beams):
    """Draw tables for which each mistake, and greedy search, finds another sequence."""
    while True:
        tables = 1.5 * rng.normal(size=(2, size, size))
        tables[:, :, :2] -= 20
        tables[1] -= 2 * np.eye(size)
        first = int(rng.integers(3, size))
        right = _search(tables, first, length, beams)
        others = [
            _search(tables, first, length, 1),
            _search(tables, first, length, beams, has_logs=False),
            _search(tables, first, length, beams, regrows=True),
            _search(tables, first, length, beams, has_means=True),
        ]
        found = [tuple(one) for one in (right, *others)]
        if len(set(found)) == len(found) and 1 < len(right) < length and right[-1] == 2:
            return tables, np.array([first, 3])


def _check_beam_by_hand():
    # After the start, token 3 is a little more probable than token 4. But what follows 3 is open, and
    # 4 is followed by the end.
    of_source, of_inputs = np.zeros((6, 6)), np.zeros((6, 6))
    of_source[5] = [-9, -9, 0, 0, 0, 0]
    of_inputs[1, 3], of_inputs[1, 4], of_inputs[1, 2] = 2.2, 2.0, -3
    of_inputs[3, 3], of_inputs[4, 4], of_inputs[4, 2] = -2, -4, 8
    tables = of_source, of_inputs
    _check_beam(tables, np.array([5, 3]), length=3, beams=2)  # expected: [4, 2]
    _check_beam(tables, np.array([5, 3]), length=3, beams=1)  # greedy


_check_beam(*_draw_beam_case(np.random.default_rng(0), 7, 5, 2), 5, 2)
_check_beam_by_hand()
### BEGIN HIDDEN TESTS


def _check_beam_hidden(rng):
    for size, length, beams in ((7, 5, 2), (8, 6, 3), (9, 5, 4)):
        tables, source = _draw_beam_case(rng, size, length, beams)
        _check_beam(tables, source, length, beams)
        _check_beam(tables, source, length, 1)
        _check_beam(tables, source, 2, beams)


_check_beam_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Does it help? Compare it with greedy search twice: on 20 new dates, where the Transformer is nearly
# always sure, and on long rows of digits backwards, where the LSTMs are not.

# %%
longest = np.flatnonzero(np.sum(x_new != 0, axis=1) >= 10)[: 20 if QUICK else 60]
for name, model, sources, tokens in [
    ("dates, Transformer", transformer, x_unseen[:20], t_unseen[:20]),
    ("10 to 12 digits backwards, LSTMs", recurrent, x_new[longest], t_new[longest]),
]:
    steps = tokens.shape[1] - 1
    by_greedy = np.mean(exact_matches(tokens[:, 1:], greedy(model, sources, steps)))
    rows = [beam_search(model, source, steps, beams=3) for source in sources]
    padded = np.array([[*row, *[0] * (steps - len(row))] for row in rows])
    by_beam = np.mean(exact_matches(tokens[:, 1:], padded))
    print(f"{name}: greedy {by_greedy:.0%}, three beams {by_beam:.0%} exact matches")

# %% [markdown]
# The more certain a model is, the less a search can find. Translations of real sentences have many good
# endings; there, four to ten beams are usual.

# %%
show_attention(
    transformer,
    "Thu, September 25, 2031",
    "Each character of 2031-09-25 and where the four heads look while it is written",
)

# %% [markdown]
# ### Question 10 · `looking` · in words
#
# About ten lines, with numbers from your figures and tables:
#
# 1. Where is the bottleneck of the two LSTMs, and what shows it? What does the Transformer keep instead,
#    and at what price for a source of 2,000 tokens?
# 2. A colleague trains a decoder without the causal mask. Its training loss is far lower than yours, and
#    it writes nonsense. Explain both.
# 3. Look at the maps of two forms of the same date. What do the heads look at while the month is written?
#    Does a map prove that these characters decide? What would?

# %% [markdown] written="looking"
# ### BEGIN SOLUTION
# **A model answer.** (1) All that the decoder learns about the source is the last state of the encoder, 96
# numbers. The figure shows it: rows of up to 6 digits are nearly always right, of 12 digits only a few, though
# the task is the same. The Transformer keeps one vector of 48 numbers for each token of the source, and
# looks at all of them at each step. The price: the scores grow with the square of the length. For 2,048
# tokens that is 403 million multiplications, more than ten times those of an LSTM (38 million), and a table
# of 4 million weights for each head. (2) With teacher forcing, the input of the next position *is* the target
# of this one. Without the causal mask the decoder reads it off and learns to copy: the loss is nearly 0, and it
# has learnt nothing about dates. In use, the next token is not there yet. (3) While the month is written, at
# least one head has most of its weight on letters of the month's name, or on the two digits between the
# separators, wherever they stand in this form; other heads look at the separators or spread out. A map shows where
# weights are large, not what the values contain or whether the output would change. Changing a character
# does show it: the answer changes with the digits of the day and of the year. A single letter of the month
# rarely matters, because the others tell the month, too, and the weekday does not matter.
#
# **Rubric, 3 points.**
#
# - 1 point: the fixed state, with numbers by length; a vector for each token; cost grows with n², with a number.
#   Half if a number or the price is missing.
# - 1 point: the target is among the inputs (copying), and in use it is missing. Half for one.
# - 1 point: an observation from two maps, and that only an intervention (changed, hidden characters) proves
#   influence. Half for one.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Real sentences.** `data.load("sentence_pairs")`, with `Vocabulary(texts, str.split)`: English to French.
#   Where does beam search help now?
# - **Deeper.** `transformer` from `course_lib.models` takes a number of blocks, and `normalise="after"` as in
#   the paper. Does it still train without a warm-up?
# - **Sums.** Make "27+5=" → "32" by rule. Which lengths does it generalise to?
# - **Without positions.** `TokenEmbedding(size, width, positions=False)`: which dates are still right?
# - **Lab 12** takes the decoder alone and makes a language model.
#
# **Sources.** I. Sutskever, O. Vinyals, Q. Le, *Sequence to sequence learning with neural networks*, NeurIPS
# 2014, §2 · D. Bahdanau, K. Cho, Y. Bengio, *Neural machine translation by jointly learning to align and
# translate*, ICLR 2015, §3 · A. Vaswani et al., *Attention is all you need*, NeurIPS 2017, §3 to §5 · R. Xiong
# et al., *On layer normalization in the Transformer architecture*, ICML 2020 · S. Jain, B. Wallace, *Attention
# is not explanation*, NAACL 2019 · J. Ba, J. Kiros, G. Hinton, *Layer normalization*, 2016. The text of this lab
# is licensed CC BY 4.0, its code MIT.
