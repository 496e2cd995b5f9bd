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
# # What comes next: language models
#
# A model that predicts the next piece of a text can write, and on its way it learns spelling, grammar and some
# facts. In this lab you build such a model from its parts: the tokens, the simple model that it must beat, a
# small GPT, and the ways to draw text from it. Then you build the other kind, BERT, which fills gaps. You
# fine-tune it with 100 labels, all its weights or only a few of them.
#
# **You will learn**
#
# - byte-pair encoding, and why it can encode any text;
# - cross-entropy in nats a character, and perplexity, and when two of these numbers can be compared;
# - GPT as a stack of causal blocks, and how many weights it has;
# - temperature, top-k, top-p, and a cache that makes writing faster;
# - BERT's masks, fine-tuning against training from scratch, and low-rank adaptation (LoRA).
#
# **You need** Labs 01 and 11.
#
# **Running time**, apart from importing TensorFlow:
#
# | profile | where | GPT | time |
# | --- | --- | --- | --- |
# | quick | default on a CPU | 137,000 weights, 3 passes | 20–40 s on 2 cores |
# | full | default on a GPU | 137,000 weights, 12 passes | 1–3 min on 2 cores |

# %%
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # fewer log messages from TensorFlow

import time
from copy import deepcopy

import keras
import numpy as np
from keras import ops

from course_lib import data, figures, profile
from course_lib.training import fit

keras.utils.set_random_seed(1)
QUICK = profile.current() == "quick"
print(f"Keras {keras.__version__}, {profile.current()} profile")


def call_on_copy(function, value, *others):
    """Call a function on a copy of its first argument; return the result and the copy afterwards."""
    copied = deepcopy(value)
    return function(copied, *others), copied


# %% [markdown]
# ## 1 Tokens
#
# The text of this lab is Python's own help, what `help("for")` prints. It is part of every Python. The last
# tenth is held out.

# %%
train_text, new_text = data.corpus("python_help")
print(train_text[:420])
print(f"\n{len(train_text):,} characters to train on, {len(new_text):,} held out")

# %% [markdown]
# A model reads numbers. Characters make long sequences, and words make a table without end: what is the number
# of a word that nobody has written yet? **Byte-pair encoding** (Sennrich, Haddow & Birch 2016) lies in between.
# It begins with the 256 bytes, in which UTF-8 writes every character of every language: "é" is two bytes, "🙂"
# is four. Then it learns **merges** from a text:
#
# 1. Count all pairs of neighbouring tokens. "aaa" has the pair (a, a) twice.
# 2. The most frequent pair becomes a new token. The first one gets number 256, the next one 257.
# 3. Replace the pair everywhere, from left to right. Repeat from 1.
#
# To encode another text, apply the same merges in the same order.
#
# ### Question 1 · `byte_pairs`
#
# 1. `join(tokens, pair, token)` returns a new list in which each `pair` (left, right) is replaced by `token`,
#    from left to right: [1, 1, 1] with the pair (1, 1) and the token 9 becomes [9, 1].
# 2. `learn_merges(data, count)`, for bytes `data`, returns a list of at most `count` pairs in the order in
#    which they were learned. If several pairs are equally frequent, take the smallest one, as Python compares
#    tuples: (97, 99) is smaller than (98, 97). Stop earlier if no pair occurs at least twice.
# 3. `encode(data, merges)` returns the tokens of bytes as a list of integers.
# 4. `decode(tokens, merges)` returns the bytes again. `decode(encode(data, merges), merges)` is `data`, for
#    all possible bytes.
#
# <details><summary>Hint 1</summary>
#
# `list(b"low")` is [108, 111, 119]. `Counter(zip(tokens, tokens[1:]))` from `collections` counts the pairs.
#
# </details>
#
# <details><summary>Hint 2, learn_merges</summary>
#
# `min(counts, key=lambda pair: (-counts[pair], pair))` is the most frequent pair, and the smallest one of
# several.
#
# </details>
#
# <details><summary>Hint 3, decode</summary>
#
# First make a list of the bytes of every token: `[bytes([n]) for n in range(256)]`, and for each merge the
# bytes of its left part plus those of its right part.
#
# </details>


# %% solution="byte_pairs"
from collections import Counter


def join(tokens, pair, token):
    """Return a new list in which each pair is replaced by a token."""
    ### BEGIN SOLUTION
    joined = []
    for right in tokens:
        if joined and (joined[-1], right) == tuple(pair):
            joined[-1] = token
        else:
            joined.append(right)
    return joined
    ### END SOLUTION


def learn_merges(data, count):
    """Return at most `count` pairs (left, right), in the order in which they were learned."""
    ### BEGIN SOLUTION
    tokens, merges = list(data), []
    while len(merges) < count:
        counts = Counter(zip(tokens, tokens[1:], strict=False))
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        tokens = join(tokens, best, 256 + len(merges))
        merges.append(best)
    return merges
    ### END SOLUTION


def encode(data, merges):
    """Return the tokens of bytes, a list of integers."""
    ### BEGIN SOLUTION
    tokens = list(data)
    for number, pair in enumerate(merges):
        tokens = join(tokens, pair, 256 + number)
    return tokens
    ### END SOLUTION


def decode(tokens, merges):
    """Return the bytes of tokens."""
    ### BEGIN SOLUTION
    pieces = [bytes([n]) for n in range(256)]
    for left, right in merges:
        pieces.append(pieces[left] + pieces[right])
    return b"".join(pieces[token] for token in tokens)
    ### END SOLUTION


# %% tests="byte_pairs"
from collections import Counter as _Counter

import numpy as np

from course_lib import testing as _testing


def _join(tokens, pair, token):
    joined, place = [], 0
    while place < len(tokens):
        is_pair = tuple(tokens[place : place + 2]) == tuple(pair)
        joined.append(token if is_pair else tokens[place])
        place += 2 if is_pair else 1
    return joined


def _learn(data, count, least=2, choose=min, order=lambda pair: pair):
    tokens, merges = list(data), []
    while len(merges) < count:
        counts = _Counter(zip(tokens, tokens[1:], strict=False))
        top = max(counts.values(), default=0)
        if top < least:
            break
        best = choose((p for p in counts if counts[p] == top), key=order)
        tokens = _join(tokens, best, 256 + len(merges))
        merges.append(best)
    return merges


def _encode(data, merges, first=256):
    tokens = list(data)
    for number, pair in enumerate(merges):
        tokens = _join(tokens, pair, first + number)
    return tokens


def _unpack(values, count, name, what):
    """Return the `count` values that `name` returned: a tuple, a list, or the rows of an array."""
    assert values is not None, f"{name} returned None. Did you forget `return`?"
    is_several = isinstance(values, (tuple, list)) or np.ndim(values) > 0
    assert is_several and len(values) == count, (
        f"{name} returned a {type(values).__name__}; expected {what}."
    )
    return list(values)


def _read_integers(values, name):
    """Return integers as a list, or say what they are instead."""
    assert values is not None, f"{name} returned None. Did you forget `return`?"
    numbers = np.asarray(values if not isinstance(values, (bytes, str)) else list(values))
    assert numbers.ndim == 1 and (numbers.size == 0 or numbers.dtype.kind in "iuf"), (
        f"{name} returned a {type(values).__name__}; expected a list of integers."
    )
    return [int(value) for value in numbers]


def _check_join(tokens, pair, token):
    before = list(tokens)
    name = f"`join({before[:8]}, {pair}, {token})`"
    joined, tokens = call_on_copy(join, list(tokens), pair, token)
    given, right = _read_integers(joined, name), _join(before, pair, token)
    hints = {
        "Did you change the order? Replace from left to right.": (
            _join(before[::-1], pair[::-1], token)[::-1]
        ),
        "Did you also replace the pair in the other order?": _join(
            _join(before, pair, token), pair[::-1], token
        ),
    }
    hint = next((h for h, wrong in hints.items() if wrong == given and wrong != right), "")
    assert given == right, f"{name} returned {given[:10]}; expected {right[:10]}. {hint}".rstrip()
    assert list(tokens) == before, f"{name} changed the list `tokens`. Return a new list."


def _read_merges(values, name):
    assert values is not None, f"{name} returned None. Did you forget `return`?"
    pairs = [tuple(int(part) for part in pair) for pair in values]
    assert all(len(pair) == 2 for pair in pairs), f"{name} returned {pairs[:3]}; expected pairs."
    return pairs


def _check_learn(data, count):
    name = f"`learn_merges({bytes(data[:16])!r}{'…' if len(data) > 16 else ''}, {count})`"
    given, right = _read_merges(learn_merges(data, count), name), _learn(data, count)
    hints = {
        "Of equally frequent pairs, take the smallest one.": [
            _learn(data, count, choose=max),
            _learn(data, count, order=lambda pair: 0),
        ],
        "Stop if no pair occurs at least twice.": [_learn(data, count, least=1)],
        "Did you count the pairs only once? Count again after each merge.": [
            [
                p
                for p, _ in sorted(
                    _Counter(zip(data, data[1:], strict=False)).items(), key=lambda i: (-i[1], i[0])
                )
            ][:count]
        ],
    }
    hint = next((h for h, wrong in hints.items() if given in wrong and given != right), "")
    assert given == right, f"{name} returned {given[:6]}; expected {right[:6]}. {hint}".rstrip()


def _check_round_trip(data, merges):
    start = f"{bytes(data[:12])!r}{'…' if len(data) > 12 else ''}"
    given = _read_integers(encode(data, list(merges)), f"`encode({start}, merges)`")
    right = _encode(data, merges)
    hints = {
        "Apply the merges in the order in which they were learned.": [
            _join_all(data, list(enumerate(merges))[::-1])
        ],
        "Is the first new token 256?": [_encode(data, merges, 257), _encode(data, merges, 255)],
        "Did you apply no merges?": [list(data)],
    }
    hint = next((h for h, wrong in hints.items() if given in wrong and given != right), "")
    assert given == right, (
        f"`encode({start}, merges)` returned {given[:10]}; expected {right[:10]}. {hint}".rstrip()
    )
    back = decode(list(right), list(merges))
    assert back is not None, "`decode` returned None. Did you forget `return`?"
    assert isinstance(back, (bytes, bytearray)), (
        f"`decode` returned a {type(back).__name__}; expected bytes."
    )
    assert bytes(back) == bytes(data), (
        f"`decode` of the tokens of {start} returned {bytes(back[:16])!r}; expected the same bytes again."
    )


def _join_all(data, numbered):
    tokens = list(data)
    for number, pair in numbered:
        tokens = _join(tokens, pair, 256 + number)
    return tokens


_check_join([1, 2, 1, 2, 3, 1], (1, 2), 9)
_check_join([1, 1, 1], (1, 1), 9)
_check_learn(b"low lower lowest", 3)  # (108, 111), (256, 119), (32, 257)
_check_learn(b"abcabc", 9)
_check_round_trip("slow glow 🙂 größer".encode(), _learn(b"low lower lowest", 3))
_check_round_trip(bytes(range(256)), _learn(b"low lower lowest", 3))
_check_round_trip(b"", _learn(b"low lower lowest", 3))
### BEGIN HIDDEN TESTS


def _draw_bytes(rng, letters, length):
    return bytes(rng.choice(np.frombuffer(letters, "uint8"), length).tolist())


def _check_byte_pairs_hidden(rng):
    for letters, length in ((b"ab", 40), (b"abc", 60), (b"\xff\x00\x80\xfe", 80)):
        text = _draw_bytes(rng, letters, length)
        _check_join(list(text), (letters[0], letters[0]), 300)
        _check_join(list(text), (letters[1], letters[0]), 300)
        for count in (1, 4, 200):
            _check_learn(text, count)
        merges = _learn(text, 12)
        other = _draw_bytes(rng, letters, 50) + "naïve 🙂\u200d".encode() + rng.bytes(20)
        _check_round_trip(other, merges)
    _check_learn(b"", 3)
    _check_learn(b"z", 3)
    _check_learn(b"ababab" + bytes([99]) * 9, 20)


_check_byte_pairs_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# `data.BytePairTokenizer(text, size)` does the same for strings, quickly. As in GPT-2 it first cuts the text
# into words, each with the space before it, so that no token belongs to two words.

# %%
SIZE = 512  # different tokens
tokenizer = data.BytePairTokenizer(train_text, SIZE)
train_tokens = np.array(tokenizer.encode(train_text))
new_tokens = np.array(tokenizer.encode(new_text))
names = tokenizer.token_strings()
for text in ("The statement", "return x ** 2", "zyzzyva", "größer 🙂"):
    tokens = tokenizer.encode(text)
    print(f"{text!r:>17}: {len(tokens):2} tokens", [names[t] for t in tokens])
    assert tokenizer.decode(tokens) == text
figures.length_by_vocabulary(tokenizer.lengths)

# %% [markdown]
# Frequent words are one token, rare ones fall into pieces, and an emoji becomes four tokens. By itself, such a
# token is not a character ("�"). Real models have 30,000 to 200,000 different tokens.
#
# ## 2 What must be beaten
#
# A **language model** returns the probability of each token after the ones before it. The oldest one counts. A
# **bigram** model looks at one token before, a **trigram** model at two:
#
# $$p(c \mid a, b) = \frac{N(a, b, c) + \alpha}{\sum_x \left(N(a, b, x) + \alpha\right)}$$
#
# $N$ are counts in the training text. Without the **smoothing** $\alpha > 0$, what never occurred there would
# be impossible, and the cross-entropy on a new text infinite.
#
# The cross-entropy of a token is $-\ln p$ of the token that really came, in **nats**. Its mean $H$ tells how
# surprised the model is. The **perplexity** $e^H$ is the number of equally probable tokens that would surprise
# as much. A text of tokens that are twice as long has half as many of them, and each one is harder to predict.
# So numbers per token of two tokenizers cannot be compared. Numbers per character of the same text can: add up
# the nats of all tokens, and divide by the number of characters.
#
# ### Question 2 · `ngrams`
#
# 1. `count_ngrams(tokens, n, size)` returns an array of `n` axes of length `size`: how often each sequence of
#    `n` tokens occurs. Overlapping ones count: [5, 5, 5] has (5, 5) twice.
# 2. `smooth(counts, alpha)` returns the probabilities of the *last* token given the ones before, of the same
#    shape.
# 3. `cross_entropy(tokens, probabilities)` returns the mean of $-\ln p$ in nats, over all tokens that have `n -
#    1` tokens before them. `probabilities` has `n` axes.
# 4. `compare(probabilities, characters)`: `probabilities` are those of the tokens that really came, `(m,)`, and
#    `characters` is the number of characters of the same text. Return three numbers: nats a token, perplexity a
#    token, nats a character.
#
# <details><summary>Hint 1</summary>
#
# For n = 3, the sequences are the rows of `np.stack([tokens[:-2], tokens[1:-1], tokens[2:]], axis=1)`. For any
# n: `np.lib.stride_tricks.sliding_window_view(tokens, n)`.
#
# </details>
#
# <details><summary>Hint 2, count_ngrams</summary>
#
# `np.add.at(counts, tuple(rows.T), 1)` adds 1 at the place of each row, also if a place occurs twice.
# `counts[…] += 1` would add only once.
#
# </details>


# %% solution="ngrams"
def count_ngrams(tokens, n, size):
    """Return the counts of all sequences of n tokens; n axes of length `size`."""
    ### BEGIN SOLUTION
    counts = np.zeros((size,) * n)
    rows = np.lib.stride_tricks.sliding_window_view(np.asarray(tokens), n)
    np.add.at(counts, tuple(rows.T), 1)
    return counts
    ### END SOLUTION


def smooth(counts, alpha):
    """Return the probabilities of the last token given the ones before."""
    ### BEGIN SOLUTION
    more = counts + alpha
    return more / more.sum(axis=-1, keepdims=True)
    ### END SOLUTION


def cross_entropy(tokens, probabilities):
    """Return the mean cross-entropy in nats; `probabilities` has n axes."""
    ### BEGIN SOLUTION
    n = np.ndim(probabilities)
    rows = np.lib.stride_tricks.sliding_window_view(np.asarray(tokens), n)
    return -np.mean(np.log(probabilities[tuple(rows.T)]))
    ### END SOLUTION


def compare(probabilities, characters):
    """Return nats a token, perplexity a token, nats a character; probabilities: (m,)."""
    ### BEGIN SOLUTION
    nats = -np.log(probabilities)
    return nats.mean(), np.exp(nats.mean()), nats.sum() / characters
    ### END SOLUTION


# %% tests="ngrams"
import numpy as np

from course_lib import testing as _testing


def _rows(tokens, n):
    return [tuple(tokens[place : place + n]) for place in range(len(tokens) - n + 1)]


def _count(tokens, n, size, once=False, step=1):
    counts = np.zeros((size,) * n)
    for row in _rows(list(tokens), n)[::step]:
        counts[row] = 1 if once else counts[row] + 1
    return counts


def _smooth(counts, alpha, axis=-1):
    return (counts + alpha) / (counts + alpha).sum(axis=axis, keepdims=True)


def _check_count(tokens, n, size):
    _testing.near(
        count_ngrams(np.array(tokens), n, size),
        _count(tokens, n, size),
        f"`count_ngrams(tokens, {n}, {size})`",
        mistakes={
            "Does each sequence count once only? `counts[…] += 1` adds 1 only once for each place.": (
                _count(tokens, n, size, once=True)
            ),
            "Overlapping sequences count, too.": _count(tokens, n, size, step=n),
            "Did you swap the axes? The first axis is the first token.": _count(tokens, n, size).T,
        },
    )


def _check_smooth(counts, alpha):
    size = counts.shape[-1]
    plain = counts.sum(axis=-1, keepdims=True)
    before = counts.copy()
    given, counts = call_on_copy(smooth, counts, alpha)
    _testing.near(
        given,
        _smooth(before, alpha),
        f"`smooth(counts, {alpha})`",
        mistakes={
            "Did you normalise over the first axis? The last token is on the last one.": (
                _smooth(before, alpha, axis=0)
            ),
            "Did you normalise over everything? Each row of the last axis sums to 1.": (
                (before + alpha) / (before + alpha).sum()
            ),
            "Does the denominator have α for every token?": (before + alpha) / (plain + alpha),
            "Did you divide by the counts without α?": (before + alpha) / np.maximum(plain, 1e-9),
            "Did you leave out α in the numerator?": before / (plain + alpha * size),
        },
    )
    assert np.array_equal(counts, before), "`smooth` changed `counts`. Work on a copy."


def _check_entropy(tokens, probabilities):
    n = probabilities.ndim
    each = np.array([probabilities[row] for row in _rows(list(tokens), n)])
    log = np.log(each)
    _testing.near(
        cross_entropy(np.array(tokens), probabilities.copy()),
        -log.mean(),
        f"`cross_entropy` with n = {n}",
        mistakes={
            "Did you forget the minus sign?": log.mean(),
            "Did you add up instead of averaging?": -log.sum(),
            "Did you divide by the number of all tokens? The first ones have no probability.": (
                -log.sum() / len(tokens)
            ),
            "Are these bits? Take the natural logarithm.": -np.log2(each).mean(),
            "Did you take the logarithm of the mean? Take the mean of the logarithms.": (
                -np.log(each.mean())
            ),
        },
    )


def _check_compare(p, characters):
    nats = -np.log(p)
    right = [nats.mean(), np.exp(nats.mean()), nats.sum() / characters]
    given = compare(p.copy(), characters)
    assert given is not None, "`compare` returned None. Did you forget `return`?"
    assert np.size(given) == 3, (
        f"`compare` returned {np.size(given)} values; expected three numbers."
    )
    bits = -np.log2(p)
    wrongs = (
        {"Are these bits? Take the natural logarithm.": bits.mean()},
        {
            "Perplexity is e to the power of the nats.": 2 ** nats.mean(),
            "Did you average 1 / p? Perplexity is e to the power of the mean.": (1 / p).mean(),
            "Is this the perplexity of the whole text? It is for one token.": np.exp(nats.sum()),
        },
        {
            "Did you divide by the number of tokens? Divide by that of characters.": nats.mean(),
            "Did you divide the mean once more? Divide the sum.": nats.mean() / characters,
            "Did you multiply by characters per token? It is tokens per character.": (
                nats.mean() * characters / len(p)
            ),
        },
    )
    names = ("nats a token", "perplexity a token", "nats a character")
    for value, wanted, what, wrong in zip(given, right, names, wrongs, strict=True):
        _testing.near(value, wanted, f"`compare`, as {what},", mistakes=wrong)


_check_count([1, 2, 1, 2, 0, 2, 2, 2], 2, 3)
_check_count([1, 2, 1, 2, 0, 1, 2, 1], 3, 3)
_check_smooth(np.array([[2.0, 0, 1], [0, 0, 0], [1, 1, 4]]), 0.5)
_check_entropy([0, 1, 2, 2, 1], np.array([[0.2, 0.7, 0.1], [0.3, 0.1, 0.6], [0.5, 0.2, 0.3]]))
_check_compare(np.array([0.5, 0.25, 0.125]), 7)  # 1.386, 4, 0.594
### BEGIN HIDDEN TESTS


def _check_ngrams_hidden(rng):
    for n, size in ((1, 6), (2, 5), (3, 4), (4, 3)):
        tokens = rng.integers(0, size, 120)
        tokens[:6] = tokens[0]
        _check_count(tokens, n, size)
        counts = rng.integers(0, 5, (size,) * n).astype(float)
        alpha = float(rng.uniform(0.05, 2))
        _check_smooth(counts, alpha)
        _check_entropy(rng.integers(0, size, 30), _smooth(counts, alpha))
    _check_compare(rng.uniform(0.01, 0.9, 40), int(rng.integers(60, 200)))


_check_ngrams_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
characters = sorted(set(train_text + new_text))
number = {character: place for place, character in enumerate(characters)}
train_characters = np.array([number[character] for character in train_text])
new_characters = np.array([number[character] for character in new_text])
nats = {}
for n, name in ((1, "counts of characters"), (2, "bigram"), (3, "trigram")):
    table = smooth(count_ngrams(train_characters, n, len(characters)), 0.1)
    nats[name] = cross_entropy(new_characters, table)
    print(f"{name:>20}: {nats[name]:.3f} nats a character, perplexity {np.exp(nats[name]):5.2f}")
table = smooth(count_ngrams(train_tokens, 2, SIZE), 0.1)
of_tokens = compare(table[new_tokens[:-1], new_tokens[1:]], len(new_text))
print(f"bigram of {SIZE} tokens: {of_tokens[0]:.3f} nats a token, perplexity {of_tokens[1]:.2f}")
print(f"                 the same: {of_tokens[2]:.3f} nats a character")

# %% [markdown]
# Per token, the bigram of tokens looks twice as bad as the trigram of characters. Per character it is better: two
# tokens are about four characters. A perplexity says nothing without its unit.
#
# ## 3 GPT
#
# A **GPT** (Radford et al. 2018, 2019) is the decoder of a Transformer without an encoder, so without
# cross-attention:
#
# - token numbers → an embedding, plus an embedding of the *position* (0, 1, 2, …) that is trained, too;
# - blocks: $x \leftarrow x + \text{attention}(\mathrm{LN}(x))$, causal, then $x \leftarrow x +
#   \text{dense}(\mathrm{LN}(x))$. The dense part has 4 · width neurons with GELU, a smoother ReLU, and then
#   width neurons;
# - a last layer normalisation;
# - the output: the logit of token $t$ is the product of the vector with the *embedding* of $t$. The table of
#   embeddings is used twice, the output is **tied** to it, and has no weights of its own.
#
# `causal_block(heads, hidden)` from `course_lib.blocks` makes such a block out of the parts of Lab 11, with
# layer normalisation before each part, and `TiedEmbedding(size, width)` is a table with both directions:
# `layer(tokens)` and `layer(x, reverse=True)`.
#
# ### Question 3 · `gpt`
#
# 1. `build_gpt(size, longest, width, heads, blocks)` returns a Keras model that maps tokens `(n, m)`, with m up
#    to `longest`, to logits `(n, m, size)`.
# 2. `count_parameters(size, longest, width, blocks)` returns the number of its weights, computed from these
#    four numbers, without building it. For GPT-2 they are 50257, 1024, 768 and 12.
#
# <details><summary>Hint 1, build_gpt</summary>
#
# The number of tokens is not known while you build. `ops.cumsum(ops.ones_like(tokens), axis=1) - 1` are their
# positions, for a `keras.layers.Embedding(longest, width)`.
#
# </details>
#
# <details><summary>Hint 2, count_parameters</summary>
#
# A dense layer from a to b numbers has ab + b weights. Attention has four of them from width to width, whatever
# the number of heads. A layer normalisation has 2 · width.
#
# </details>
#
# <details><summary>Hint 3, count_parameters</summary>
#
# A block has 12 width² + 13 width weights. What else is there?
#
# </details>


# %% solution="gpt"
from course_lib.blocks import TiedEmbedding, causal_block


def build_gpt(size, longest, width, heads, blocks):
    """Build a model: tokens (n, m) -> logits (n, m, size)."""
    ### BEGIN SOLUTION
    tokens = keras.Input((None,), dtype="int32")
    positions = ops.cumsum(ops.ones_like(tokens), axis=1) - 1
    embedding = TiedEmbedding(size, width)
    x = embedding(tokens) + keras.layers.Embedding(longest, width)(positions)
    for _ in range(blocks):
        x = causal_block(heads, 4 * width)(x)
    x = keras.layers.LayerNormalization(epsilon=1e-5)(x)
    return keras.Model(tokens, embedding(x, reverse=True))
    ### END SOLUTION


def count_parameters(size, longest, width, blocks):
    """Return the number of weights of such a model."""
    ### BEGIN SOLUTION
    attention = 4 * (width * width + width)
    dense = (width * 4 * width + 4 * width) + (4 * width * width + width)
    block = attention + dense + 2 * 2 * width
    return size * width + longest * width + blocks * block + 2 * width
    ### END SOLUTION


# %% tests="gpt"
import keras
import numpy as np

from course_lib import testing as _testing


def _check_is_model(model, name):
    assert model is not None, f"{name} is None. Did you forget `return`?"
    assert isinstance(model, keras.Model), (
        f"{name} is a {type(model).__name__}; expected a Keras model."
    )


def _call(model, tokens):
    return np.asarray(model(np.asarray(tokens, "int32")), "float64")


def _count_weights(size, longest, width, blocks):
    return (size + longest) * width + blocks * (12 * width**2 + 13 * width) + 2 * width


def _explain_count(size, longest, width, blocks):
    right = _count_weights(size, longest, width, blocks)
    return right, {
        "Did you count the output layer? It is tied to the embedding.": right + size * width,
        "Does the output layer have a bias? A tied output has none.": right + size,
        "Did you leave out the embedding of the positions?": right - longest * width,
        "Did you leave out the last layer normalisation?": right - 2 * width,
        "Did you leave out the biases?": right - 9 * blocks * width,
        "Each block lacks 4 · width: the biases of its attention, or its two normalisations.": (
            right - 4 * blocks * width
        ),
        "Does attention have four matrices, the one of the output included?": (
            right - blocks * (width**2 + width)
        ),
        "Does a block have one LayerNormalization for each of its two parts?": (
            right - 2 * blocks * width
        ),
    }


def _check_count_parameters(*sizes):
    right, mistakes = _explain_count(*sizes)
    name = f"`count_parameters{sizes}`"
    given = count_parameters(*sizes)
    assert given is not None, f"{name} returned None. Did you forget `return`?"
    hint = next((h for h, wrong in mistakes.items() if int(given) == wrong), "")
    assert given == right, f"{name} returned {given:,}; expected {right:,}. {hint}".rstrip()


def _normalise(x):
    x = x - x.mean(axis=-1, keepdims=True)
    return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-6)


def _check_any_length(model, tokens, longest, name):
    for length in (tokens.shape[1], 2):
        try:
            _call(model, tokens[:, :length])
        except ValueError as error:
            reason = str(error).splitlines()[0][:200]
            raise AssertionError(
                f"{name} fails for tokens of shape {(len(tokens), length)}: {reason} The rows may have any "
                f"length up to {longest}: is its input `keras.Input((None,))`?"
            ) from None


def _find_tables(weights, size, longest, width, name):
    places = []
    for shape, what in (((size, width), "token embeddings"), ((longest, width), "positions")):
        found = [place for place, weight in enumerate(weights) if np.shape(weight) == shape]
        assert len(found) == 1, (
            f"{name} has {len(found)} tables of shape {shape}; expected 1, the {what}."
        )
        places += found
    return places


def _check_build(rng, size, longest, width, heads, blocks):
    name = f"`build_gpt({size}, {longest}, {width}, {heads}, {blocks})`"
    model = build_gpt(size, longest, width, heads, blocks)
    _check_is_model(model, name)
    tokens = np.stack([rng.permutation(size - 1)[: longest - 1] for _ in range(3)])
    _check_any_length(model, tokens, longest, name)
    given = _call(model, tokens)
    assert given.shape == (*tokens.shape, size), (
        f"{name} returned shape {given.shape}; expected {(*tokens.shape, size)}."
    )
    right, mistakes = _explain_count(size, longest, width, blocks)
    count = int(model.count_params())
    hint = next((h for h, wrong in mistakes.items() if count == wrong), "")
    assert count == right, f"{name} has {count:,} weights; expected {right:,}. {hint}".rstrip()
    for shape in map(np.shape, model.get_weights()):
        is_other = len(shape) == 3 and shape[0] == width and shape[1:] != (heads, width // heads)
        assert not (is_other and shape[1] * shape[2] == width), (
            f"{name}: its attention has {shape[1]} heads of {shape[2]} numbers; expected {heads} of "
            f"{width // heads}. Did you use `heads`?"
        )
    drawn = [
        rng.normal(size=np.shape(w)) / np.shape(w)[0] ** 0.5 if np.ndim(w) > 1 else np.asarray(w)
        for w in model.get_weights()
    ]
    of_tokens, of_places = _find_tables(drawn, size, longest, width, name)
    drawn[of_tokens], drawn[of_places] = (
        rng.normal(size=drawn[place].shape) for place in (of_tokens, of_places)
    )
    _check_influence(model, drawn, tokens, rng, name)
    _check_shortcuts(model, drawn, of_tokens, of_places, tokens, name)
    _check_dense(model, drawn, of_tokens, of_places, tokens, blocks, name)


def _check_influence(model, drawn, tokens, rng, name):
    model.set_weights([w.astype("float32") for w in drawn])
    given = _call(model, tokens)
    size, middle = given.shape[-1], tokens.shape[1] // 2
    other = tokens.copy()
    other[:, middle] = size - 1
    changed = np.abs(_call(model, other) - given).max(axis=(0, 2)) > 1e-3
    assert not changed[:middle].any(), (
        f"{name}: the token at position {middle} changes outputs before it. Is every block causal?"
    )
    assert changed[middle:].all(), (
        f"{name}: the token at position {middle} does not change the outputs after it. Is there attention?"
    )
    other = tokens.copy()
    other[:, [0, 1]] = other[:, [1, 0]]
    assert np.abs(_call(model, other)[:, -1] - given[:, -1]).max() > 1e-3, (
        f"{name}: the order of earlier tokens does not matter. Do you add an embedding of the positions?"
    )


def _check_shortcuts(model, drawn, of_tokens, of_places, tokens, name):
    """Without attention and dense parts, the logits are those of the embeddings alone."""
    quiet = [0 * w if np.ndim(w) > 1 else w for w in drawn]
    quiet[of_tokens], quiet[of_places] = drawn[of_tokens], drawn[of_places]
    model.set_weights([w.astype("float32") for w in quiet])
    x = drawn[of_tokens][tokens] + drawn[of_places][: tokens.shape[1]]
    right = _normalise(x) @ drawn[of_tokens].T
    given = _call(model, tokens)
    hint = "Is there a shortcut around each part, a last layer normalisation, and a tied output?"
    if np.allclose(given, x @ drawn[of_tokens].T, rtol=1e-2, atol=1e-2):
        hint = "Did you leave out the last layer normalisation?"
    elif np.allclose(given, _normalise(drawn[of_tokens][tokens]) @ drawn[of_tokens].T, atol=1e-2):
        hint = "Do you add an embedding of the positions?"
    assert np.allclose(given, right, rtol=1e-2, atol=2e-2), (
        f"{name}: with attention and dense weights of 0, the logits of the first token begin with "
        f"{np.round(given[0, 0, :3], 3).tolist()}; expected {np.round(right[0, 0, :3], 3).tolist()}. {hint}"
    )


def _activate(z, kind):
    if kind == "gelu":
        return z * (1 + np.tanh((2 / np.pi) ** 0.5 * (z + 0.044715 * z**3))) / 2
    return {"relu": np.maximum(z, 0), "tanh": np.tanh(z), "none": z}[kind]


def _check_dense(model, drawn, of_tokens, of_places, tokens, blocks, name):
    """Without attention, the blocks add what their dense parts make of the normalised vectors."""
    width = drawn[of_tokens].shape[1]
    kernels, some = {}, [0 * w if np.ndim(w) > 1 else w for w in drawn]
    for place, weight in enumerate(drawn):
        shape = np.shape(weight)[-2:]
        if shape in ((width, 4 * width), (4 * width, width)) and weight.size == 4 * width**2:
            # All blocks get the same kernels, so that the order of the weights does not matter.
            kernels.setdefault(shape, weight.reshape(shape))
            some[place] = kernels[shape].reshape(np.shape(weight))
    assert len(kernels) == 2, (
        f"{name} has no kernels of the shapes {(width, 4 * width)} and {(4 * width, width)}, those of the "
        "dense part of a block."
    )
    some[of_tokens], some[of_places] = drawn[of_tokens], drawn[of_places]
    model.set_weights([w.astype("float32") for w in some])
    given = _call(model, tokens)

    def compute(kind, is_after=False):
        x = drawn[of_tokens][tokens] + drawn[of_places][: tokens.shape[1]]
        for _ in range(blocks):
            start = _normalise(x)
            more = _activate(start @ kernels[width, 4 * width], kind) @ kernels[4 * width, width]
            x = _normalise(start + more) if is_after else x + more
        return _normalise(x) @ drawn[of_tokens].T

    right = compute("gelu")
    hint = "Is it LayerNormalization, a dense layer with GELU, a dense layer, and a shortcut around them?"
    for text, wrong in {
        "Is the activation ReLU? It is GELU.": compute("relu"),
        "Did you forget the activation of the first dense layer? It is GELU.": compute("none"),
        "Is the activation tanh? It is GELU.": compute("tanh"),
        "Does the normalisation come after each part? It comes before it.": compute("gelu", True),
    }.items():
        if np.allclose(given, wrong, rtol=1e-2, atol=2e-2):
            hint = text
    assert np.allclose(given, right, rtol=1e-2, atol=3e-2), (
        f"{name}: with attention weights of 0, the logits of the first token begin with "
        f"{np.round(given[0, 0, :3], 3).tolist()}; expected {np.round(right[0, 0, :3], 3).tolist()}. {hint}"
    )


_check_count_parameters(50257, 1024, 768, 12)  # 124,439,808: GPT-2, "124M"
_check_count_parameters(11, 7, 6, 2)
_check_build(np.random.default_rng(0), 11, 7, 6, 2, 2)
### BEGIN HIDDEN TESTS


def _check_gpt_hidden(rng):
    for _ in range(3):
        _check_count_parameters(
            *(int(rng.integers(*ends)) for ends in ((50, 99), (100, 300), (8, 40), (1, 9)))
        )
    heads = int(rng.integers(2, 4))
    # No two tables have the same shape, and none that of an attention by dense layers.
    _check_build(rng, int(rng.integers(16, 20)), int(rng.integers(11, 15)), 5 * heads, heads, 3)


_check_gpt_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Our GPT and the published ones:

# %%
for name, sizes in {
    "this lab": (SIZE, 64, 64, 2),
    "GPT-2 small": (50257, 1024, 768, 12),
    "GPT-2 XL": (50257, 1024, 1600, 48),
    "GPT-3 (its blocks are of the same kind)": (50257, 2048, 12288, 96),
}.items():
    print(f"{count_parameters(*sizes):>15,} weights: {name}")

# %% [markdown]
# ## 4 Train it
#
# The text is cut into windows of `length` tokens. At each position the target is the next token. The last
# window is not full: its inputs are filled up with 0, and its targets with −1. There the loss must not count:
# the model should not learn to predict padding. (0 is a real token here, the byte 0, so it cannot mark padding
# in the targets.)
#
# ### Question 4 · `training`
#
# 1. `make_windows(tokens, length)` returns `inputs, targets`, integers `(n, length)`. Window $i$ has the tokens
#    from $i \cdot$ `length` on, and its targets are the tokens one place further. Every token but the last is
#    an input once, and every token but the first is a target once. The rest of the last window is filled as
#    above.
# 2. `next_token_loss(targets, logits)` returns the mean cross-entropy in nats of all targets that are not −1;
#    `logits` is `(n, length, size)`. Use `ops`.
# 3. Train a model on `train_tokens` and name it `gpt`: 512 tokens, windows of 64, width 64, 4 heads, 2 blocks.
#    `train` below does it, with `EPOCHS` epochs and a rate of 0.004. On the held-out text it must be better than the
#    trigram of characters by at least 0.04 nats a character. If your `build_gpt` is not right yet,
#    `course_lib.models.gpt` takes the same arguments.
#
# <details><summary>Hint 1, make_windows</summary>
#
# Make two arrays that are full of 0 and of −1, of `n * length` numbers with n = ⌈(number of tokens − 1) /
# length⌉. Write `tokens[:-1]` and `tokens[1:]` into their beginnings, then `reshape`.
#
# </details>
#
# <details><summary>Hint 2, next_token_loss</summary>
#
# `keras.losses.sparse_categorical_crossentropy(ops.maximum(targets, 0), logits, from_logits=True)` has a value
# for each target. Multiply by `ops.cast(targets >= 0, …)`, and divide by the number of these targets.
#
# </details>

# %%
LENGTH = 64
EPOCHS = 3 if QUICK else 12


def train(model, inputs, targets, epochs, rate):
    """Train with the loss of all targets that are not -1."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=0.01, beta_2=0.98), loss)
    return fit(model, inputs, targets, epochs=epochs, batch_size=16)


# %% solution="training"
def make_windows(tokens, length):
    """Return inputs and targets, both (n, length)."""
    ### BEGIN SOLUTION
    tokens = np.asarray(tokens)
    n = -(-(len(tokens) - 1) // length)
    inputs, targets = np.zeros(n * length, "int32"), np.full(n * length, -1, "int32")
    inputs[: len(tokens) - 1], targets[: len(tokens) - 1] = tokens[:-1], tokens[1:]
    return inputs.reshape(n, length), targets.reshape(n, length)
    ### END SOLUTION


def next_token_loss(targets, logits):
    """Return the mean cross-entropy of all targets that are not -1."""
    ### BEGIN SOLUTION
    is_real = ops.cast(ops.greater_equal(targets, 0), "float32")
    each = keras.losses.sparse_categorical_crossentropy(
        ops.maximum(targets, 0), logits, from_logits=True
    )
    return ops.sum(each * is_real) / ops.sum(is_real)
    ### END SOLUTION


### BEGIN SOLUTION
keras.utils.set_random_seed(1)
gpt = build_gpt(SIZE, LENGTH, width=64, heads=4, blocks=2)
inputs, targets = make_windows(train_tokens, LENGTH)
train(gpt, inputs, targets, epochs=EPOCHS, rate=0.004)
### END SOLUTION

# %% tests="training"
import keras
import numpy as np

from course_lib import data as _data
from course_lib import testing as _testing


def _make_windows(tokens, length):
    n = -(-(len(tokens) - 1) // length)
    both = []
    for part, fill in ((tokens[:-1], 0), (tokens[1:], -1)):
        row = np.full(n * length, fill)
        row[: len(part)] = part
        both.append(row.reshape(n, length))
    return both


def _check_windows(tokens, length):
    name = f"`make_windows` of {len(tokens)} tokens with length {length}"
    given = _unpack(
        make_windows(tokens.copy(), length), 2, name, "two arrays: `return inputs, targets`"
    )
    inputs, targets = _make_windows(tokens, length)
    filled = np.where(targets < 0, 0, targets)
    unshifted = np.where(targets < 0, -1, inputs)
    _testing.near(
        given[0],
        inputs,
        f"{name}, as the inputs,",
        mistakes={
            "Did you swap the two? Targets are one place further.": targets,
            "Fill up the inputs with 0.": np.where(targets < 0, -1, inputs),
        },
    )
    _testing.near(
        given[1],
        targets,
        f"{name}, as the targets,",
        mistakes={
            "Did you fill up the targets with 0? Fill with −1: 0 is a token.": filled,
            "Did you forget to shift? Targets are one place further.": unshifted,
        },
    )


def _log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def _check_loss(targets, logits):
    log = _log_softmax(logits.astype("float64"))
    each = -np.take_along_axis(log, np.maximum(targets, 0)[..., None], -1)[..., 0]
    is_real, is_not_zero = targets >= 0, targets > 0
    last = -np.take_along_axis(log, targets[..., None] % log.shape[-1], -1)[..., 0]
    _testing.near(
        next_token_loss(targets.copy(), logits.copy()),
        each[is_real].mean(),
        "`next_token_loss`",
        mistakes={
            "Did you include the padding? Leave out the targets that are −1.": each.mean(),
            "Did you include the padding? −1 is not the last token.": last.mean(),
            "Did you leave out the targets that are 0? 0 is a token.": each[is_not_zero].mean(),
            "Did you divide by the number of all targets?": each[is_real].sum() / each.size,
            "Did you forget to divide?": each[is_real].sum(),
            "Did you average each row first? Average over all real targets at once.": np.mean(
                [row[real].mean() for row, real in zip(each, is_real, strict=True) if real.any()]
            ),
        },
    )


def _measure_trigram():
    """Return the nats a character of a trigram with α = 0.1 on the held-out text."""
    texts = _data.corpus("python_help")
    number = {c: place for place, c in enumerate(sorted(set("".join(texts))))}
    train, new = (np.array([number[c] for c in text]) for text in texts)
    size = len(number)
    codes = [(row[:-2] * size + row[1:-1]) * size + row[2:] for row in (train, new)]
    counts = np.bincount(codes[0], minlength=size**3).astype(float)
    pairs = counts.reshape(-1, size).sum(axis=1)
    p = (counts[codes[1]] + 0.1) / (pairs[codes[1] // size] + 0.1 * size)
    return float(-np.log(p).mean())


def _measure_gpt(model, rows=None):
    """Return the nats a character of a model on the held-out text, or on some windows of it."""
    train, new = _data.corpus("python_help")
    tokenizer = _data.BytePairTokenizer(train, 512)
    lengths = np.array([len(name) for name in tokenizer.token_strings()])
    inputs, targets = _make_windows(np.array(tokenizer.encode(new)), 64)
    if rows is not None:
        inputs, targets = inputs[rows(len(inputs))], targets[rows(len(inputs))]
    total = characters = 0.0
    for place in range(0, len(inputs), 64):
        x, y = inputs[place : place + 64], targets[place : place + 64]
        log = np.take_along_axis(_log_softmax(_call(model, x)), np.maximum(y, 0)[..., None], -1)
        total -= log[..., 0][y >= 0].sum()
        characters += lengths[y[y >= 0]].sum()
    return float(total / characters)


def _check_gpt_is_trained(rows=None):
    name = "The name `gpt`"
    _check_is_model(gpt, name)
    probe = np.arange(64)[None]
    given = _call(gpt, probe)
    assert given.shape == (1, 64, 512), (
        f"`gpt` returned shape {given.shape} for tokens (1, 64); expected (1, 64, 512)."
    )
    other = probe.copy()
    other[0, 40] = 300
    assert np.abs(_call(gpt, other) - given)[0, :40].max() < 1e-3, (
        "`gpt`: a later token changes earlier outputs. Is every block causal?"
    )
    trigram, nats = _measure_trigram(), _measure_gpt(gpt, rows)
    print(
        f"gpt: {nats:.3f} nats a character on held-out text; trigram of characters: {trigram:.3f}"
    )
    _testing.at_most(
        nats,
        trigram - 0.04,
        "The cross-entropy of `gpt` in nats a character, on held-out text,",
        sd=0.006,
        hint="Did you train for EPOCHS epochs, with targets one place further?",
    )


_check_windows(np.arange(10, 18), 3)
_check_windows(np.arange(10, 17), 3)
_check_loss(
    np.array([[2, 0, -1], [1, -1, -1]]),
    np.array([[[0.0, 1, 2], [1, 0, 0], [0, 0, 3]], [[1, 1, 0], [2, 0, 1], [0, 1, 0]]], "float32"),
)
_check_gpt_is_trained()
### BEGIN HIDDEN TESTS


def _check_training_hidden(rng):
    for length in (1, 5, 8):
        for more in range(3):
            _check_windows(rng.integers(1, 99, 3 * length + 1 + more), length)
    targets = rng.integers(0, 7, (5, 6))
    targets[0, 2:], targets[1, 5:], targets[2, 0] = -1, -1, 0
    _check_loss(targets, 2 * rng.normal(size=(5, 6, 7)).astype("float32"))
    _check_gpt_is_trained()


_check_training_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS


# %%
def surprise(model, text):
    """Return the tokens of a text as strings, and -ln of the probability of each but the first."""
    tokens = np.array(tokenizer.encode(text))[: LENGTH + 1]
    logs = ops.convert_to_numpy(ops.log_softmax(model(tokens[None, :-1])))[0]
    return [names[t] for t in tokens[1:]], -logs[np.arange(len(tokens) - 1), tokens[1:]]


def nats_per_character(model, text):
    """Return the mean cross-entropy on a text, in windows of 64 tokens."""
    inputs, targets = make_windows(tokenizer.encode(text), LENGTH)
    logits = model.predict(inputs, verbose=0)
    return float(next_token_loss(targets, logits)) * np.sum(targets >= 0) / len(text)


nats["bigram of tokens"] = of_tokens[2]
nats["GPT"] = nats_per_character(gpt, new_text)
figures.nats_by_model(nats)

# %% [markdown]
# Where is it surprised? At the beginning of words and of sentences, where much is possible, and hardly inside
# words.

# %%
paragraph = next(p for p in new_text.split("\n\n")[20:] if len(p) > 200 and p.isascii())
figures.surprise_by_token(*surprise(gpt, paragraph))

# %% [markdown]
# ## 5 Draw from it
#
# To write, draw a token from the probabilities, append it, and repeat. Three settings change the probabilities:
#
# - **temperature** $T$: divide the logits by $T$. Below 1 the probable becomes more probable; towards 0 only
#   the best is left;
# - **top-k**: keep the $k$ most probable tokens, set the others to 0, and normalise again;
# - **top-p** (nucleus sampling, Holtzman et al. 2020): keep the *smallest* set of most probable tokens whose
#   probabilities add up to at least $p$.
#
# ### Question 5 · `sampling`
#
# 1. `next_probabilities(logits, temperature=1.0, top_k=None, top_p=None)`, for logits `(size,)`, returns
#    probabilities `(size,)`. First comes the temperature, then top-k, then top-p, on the probabilities that
#    top-k left (normalised). None switches one off. A temperature of 0 means greedy: the largest logit gets 1.
# 2. `generate(model, tokens, count, longest, choose)` continues a list of tokens. It appends `count` tokens,
#    one after the other, and returns the whole list as integers. `choose(logits)` is a function that returns
#    the next token from logits `(size,)`, the model's at the last position. The model sees at most the last
#    `longest` tokens, without padding.
#
# <details><summary>Hint 1, next_probabilities</summary>
#
# `order = np.argsort(-p)` sorts by probability. With `c = np.cumsum(p[order])`, a token is kept if the sum
# *before* it, `c - p[order]`, is less than top_p. So the one that reaches p is kept, too.
#
# </details>
#
# <details><summary>Hint 2, generate</summary>
#
# `model(np.array([tokens[-longest:]]))[0, -1]` are the logits of the next token.
#
# </details>


# %% solution="sampling"
def next_probabilities(logits, temperature=1.0, top_k=None, top_p=None):
    """Return the probabilities of the next token, (size,)."""
    ### BEGIN SOLUTION
    logits = np.asarray(logits, "float64")
    if temperature == 0:
        return np.eye(len(logits))[np.argmax(logits)]
    p = np.exp((logits - logits.max()) / temperature)
    order = np.argsort(-p, kind="stable")
    if top_k is not None:
        p[order[top_k:]] = 0
    p = p / p.sum()
    if top_p is not None:
        before = np.cumsum(p[order]) - p[order]
        p[order[before >= top_p]] = 0
    return p / p.sum()
    ### END SOLUTION


def generate(model, tokens, count, longest, choose):
    """Return the tokens, continued by `count` further ones."""
    ### BEGIN SOLUTION
    tokens = [int(token) for token in tokens]
    for _ in range(count):
        logits = ops.convert_to_numpy(model(np.array([tokens[-longest:]])))[0, -1]
        tokens.append(int(choose(logits)))
    return tokens
    ### END SOLUTION


# %% tests="sampling"
import keras
import numpy as np

from course_lib import testing as _testing


def _keep(p, is_kept):
    p = np.where(is_kept, p, 0)
    return p / max(p.sum(), 1e-300)


def _rank(p):
    return np.argsort(np.argsort(-p, kind="stable"))


def _next(logits, temperature=1.0, top_k=None, top_p=None, first="k", crosses=True, scale=None):
    logits = np.asarray(logits, "float64")
    if temperature == 0:
        return np.eye(len(logits))[logits.argmax()]
    z = logits / temperature if scale is None else logits * scale
    p = np.exp(z - z.max())
    p /= p.sum()
    for step in first + ("p" if first == "k" else "k"):
        if step == "k" and top_k is not None:
            p = _keep(p, _rank(p) < top_k)
        if step == "p" and top_p is not None:
            total = np.cumsum(np.sort(p)[::-1])
            count = int(np.sum(total - np.sort(p)[::-1] < top_p - 1e-12))
            p = _keep(p, _rank(p) < (count if crosses else max(count - 1, 1)))
    return p


def _check_next(logits, **settings):
    given = ", ".join(f"{name}={value}" for name, value in settings.items())
    mistakes = {"The largest logit gets 1, also if it is not the last step.": 0 * logits}
    t, k, p = (settings.get(name) for name in ("temperature", "top_k", "top_p"))
    if t:
        mistakes["Did you multiply by the temperature? Divide by it."] = _next(
            logits, 1.0, k, p, scale=t
        )
        mistakes["Did you forget the temperature?"] = _next(logits, 1.0, k, p)
    if p:
        mistakes["The token that reaches top_p is kept, too."] = _next(
            logits, t or 1.0, k, p, crosses=False
        )
        mistakes["Does top-k come before top-p?"] = _next(logits, t or 1.0, k, p, first="p")
        mistakes["Did you keep all tokens whose own probability is at least top_p?"] = _keep(
            _next(logits, t or 1.0, k), _next(logits, t or 1.0, k) >= min(p, logits.size**-0.5)
        )
    if k:
        for other in {k - 1, k + 1} - {0}:
            mistakes[f"Did you keep {other} tokens? top_k is {k}."] = _next(
                logits, t or 1.0, other, p
            )
    if k or p:
        plain = _next(logits, t or 1.0)
        mistakes["Did you forget to normalise again?"] = np.where(
            _next(logits, t or 1.0, k, p) > 0, plain, 0
        )
    _testing.near(
        next_probabilities(logits.copy(), **settings),
        _next(logits, **settings),
        f"`next_probabilities(logits{', ' + given if given else ''})`",
        mistakes=mistakes,
    )


def _build_sum_model(size, rng):
    """A model whose logits depend on all the tokens that it gets, and on their number."""
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(size, size)(tokens)
    x = keras.ops.cumsum(x, axis=1)
    model = keras.Model(tokens, x)
    table = rng.normal(size=(size, size))
    model.set_weights([table.astype("float32")])
    return model, table


def _check_generate(rng, size, start, count, longest):
    model, table = _build_sum_model(size, rng)
    calls = []

    def choose(logits):
        calls.append(np.asarray(logits))
        return int(np.argsort(np.asarray(logits))[-2])  # the second best

    right = list(start)
    for _ in range(count):
        right.append(int(np.argsort(table[right[-longest:]].sum(axis=0))[-2]))
    given = generate(model, list(start), count, longest, choose)
    name = f"`generate(model, {list(start)}, {count}, {longest}, choose)`"
    assert given is not None, f"{name} returned None. Did you forget `return`?"
    given = _read_integers(given, name)
    hint = ""
    if given == right[len(start) :]:
        hint = "Return the given tokens, too."
    elif len(given) != len(right):
        hint = f"Append exactly {count} tokens."
    elif calls and np.shape(calls[0]) != (size,):
        hint = (
            f"`choose` got an array of shape {np.shape(calls[0])}; pass logits of shape ({size},)."
        )
    elif given[: len(start) + 1] == right[: len(start) + 1]:
        hint = "Does the model see each new token, and at most the last `longest` ones?"
    else:
        hint = (
            f"Does the model see the last {longest} tokens without padding, and does `choose` return the next "
            "one?"
        )
    assert given == right, f"{name} returned {given}; expected {right}. {hint}".rstrip()
    for place, got in enumerate(calls[:count]):
        window = right[: len(start) + place][-longest:]
        assert np.allclose(got, table[window].sum(axis=0), rtol=1e-3, atol=1e-3), (
            f"{name}: `choose` got other numbers than the model's logits. Pass the logits as they are."
        )


_logits = np.log(np.array([0.1, 0.4, 0.05, 0.3, 0.15]))
_check_next(_logits)
_check_next(_logits, temperature=0.5)
_check_next(_logits, temperature=0)
_check_next(_logits, top_k=2)
_check_next(_logits, top_p=0.8)  # keeps 0.4, 0.3 and 0.15
_check_next(_logits, temperature=2.0, top_k=3, top_p=0.6)
_check_generate(np.random.default_rng(0), 6, [1, 2], 5, 3)
_check_generate(np.random.default_rng(2), 9, [4], 4, 3)
### BEGIN HIDDEN TESTS


def _check_sampling_hidden(rng):
    for _ in range(6):
        logits = 2 * rng.normal(size=int(rng.integers(8, 14))) + 300 * rng.normal()
        _check_next(logits)
        _check_next(logits, temperature=0)
        for temperature in (0.4, 1.0, 3.0):
            k, p = int(rng.integers(2, 7)), float(rng.uniform(0.2, 0.95))
            _check_next(logits, temperature=temperature)
            _check_next(logits, temperature=temperature, top_k=k)
            _check_next(logits, temperature=temperature, top_p=p)
            _check_next(logits, temperature=temperature, top_k=k, top_p=p)
        _check_next(logits, top_k=1)
        _check_next(logits, top_p=1e-6)
    for start, longest in (([3], 4), ([1, 2, 3, 4, 5], 2), ([4, 4], 1)):
        _check_generate(rng, 9, start, 6, longest)
    _check_generate(rng, 9, [3, 1], 0, 4)


_check_sampling_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %%
start = tokenizer.encode("The statement")
logits = ops.convert_to_numpy(gpt(np.array([start])))[0, -1]
figures.next_token(
    {
        "T = 1": next_probabilities(logits),
        "T = 0.5": next_probabilities(logits, 0.5),
        "top-k 5": next_probabilities(logits, top_k=5),
        "top-p 0.8": next_probabilities(logits, top_p=0.8),
    },
    names,
)

# %% [markdown]
# Greedy decoding always takes the best token. In a short answer that is fine. In a long text the model soon
# meets a state that it has been in, and repeats itself forever.

# %%
rng = np.random.default_rng(1)
ways = {
    "greedy": dict(temperature=0),
    "T = 1": dict(),
    "T = 0.7, top-p 0.9": dict(temperature=0.7, top_p=0.9),
    "T = 2": dict(temperature=2.0),
}
for way, settings in ways.items():
    written = generate(
        gpt, start, 50, LENGTH, lambda z, s=settings: rng.choice(SIZE, p=next_probabilities(z, **s))
    )
    print(f"--- {way}\n{tokenizer.decode(written)}\n")

# %% [markdown]
# ## 6 A cache
#
# `generate` computes everything again for each token: the keys and values of all earlier tokens, though they
# have not changed. In a causal model they *cannot* change, because no position looks ahead. A **key–value
# cache** keeps them. For a new token only its own query, key and value are computed.
#
# ### Question 6 · `cache`
#
# Write `attend_next(x, weights, cache)` for one new position of causal self-attention.
#
# - `x` is `(n, 1, width)`, and `weights` is the list of `keras.layers.MultiHeadAttention(heads,
#   d).get_weights()`: the kernel and the bias of queries, of keys, of values, `(width, heads, d)` and `(heads,
#   d)`, and of the output, `(heads, d, width)` and `(width,)`.
# - `cache` is None for the first position. Afterwards it is what the last call returned: `(keys, values)`, both
#   `(n, t, heads, d)` for the t positions so far.
# - Return `output, cache`: `(n, 1, width)`, and the keys and values with the new position appended. The given
#   cache must not change.
#
# Position by position, the outputs must equal those of Keras' layer with `use_causal_mask=True`.
#
# <details><summary>Hint 1</summary>
#
# `np.einsum("nmw,whd->nmhd", x, kernel) + bias` makes queries, keys and values of all heads.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# No mask is needed: all keys in the cache are earlier ones. Scores are `np.einsum("nqhd,nkhd->nhqk", q, keys)`,
# divided by √d.
#
# </details>


# %% solution="cache"
def attend_next(x, weights, cache):
    """Return the output (n, 1, width) of one new position, and the longer cache."""
    ### BEGIN SOLUTION
    to_q, bias_q, to_k, bias_k, to_v, bias_v, to_out, bias_out = weights
    q = np.einsum("nmw,whd->nmhd", x, to_q) + bias_q
    keys = np.einsum("nmw,whd->nmhd", x, to_k) + bias_k
    values = np.einsum("nmw,whd->nmhd", x, to_v) + bias_v
    if cache is not None:
        keys = np.concatenate([cache[0], keys], axis=1)
        values = np.concatenate([cache[1], values], axis=1)
    scores = np.einsum("nqhd,nkhd->nhqk", q, keys) / np.sqrt(q.shape[-1])
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares = shares / shares.sum(axis=-1, keepdims=True)
    heads = np.einsum("nhqk,nkhd->nqhd", shares, values)
    return np.einsum("nqhd,hdw->nqw", heads, to_out) + bias_out, (keys, values)
    ### END SOLUTION


# %% tests="cache"
import numpy as np

from course_lib import testing as _testing


def _softmax(z, axis=-1):
    z = np.exp(z - z.max(axis=axis, keepdims=True))
    return z / z.sum(axis=axis, keepdims=True)


def _attend_causally(x, weights, scale=None, sees=None):
    """Return the outputs of causal self-attention at all positions, and its keys and values."""
    to_q, bias_q, to_k, bias_k, to_v, bias_v, to_out, bias_out = weights
    q, k, v = (
        np.einsum("nmw,whd->nmhd", x, kernel) + bias
        for kernel, bias in ((to_q, bias_q), (to_k, bias_k), (to_v, bias_v))
    )
    scores = np.einsum("nqhd,nkhd->nhqk", q, k) / (q.shape[-1] ** 0.5 if scale is None else scale)
    m = x.shape[1]
    mask = np.tril(np.ones((m, m), bool)) if sees is None else sees(m)
    shares = _softmax(np.where(mask, scores, -1e9))
    heads = np.einsum("nhqk,nkhd->nqhd", shares, v)
    return np.einsum("nqhd,hdw->nqw", heads, to_out) + bias_out, k, v


def _draw_attention(rng, width, heads, d):
    shapes = [(width, heads, d), (heads, d)] * 3 + [(heads, d, width), (width,)]
    return [rng.normal(size=shape).astype("float32") / 1.5 for shape in shapes]


def _check_cache(rng, n, m, width, heads, d):
    weights = _draw_attention(rng, width, heads, d)
    x = rng.normal(size=(n, m, width)).astype("float32")
    right, keys, values = _attend_causally(x.astype("float64"), weights)
    hints = {
        "Did you divide the scores by √d?": _attend_causally(x, weights, scale=1.0)[0],
        "Did you divide by the root of the width? It is d, the size of a head.": (
            _attend_causally(x, weights, scale=width**0.5)[0]
        ),
        "Does the new position see the earlier ones?": _attend_causally(
            x, weights, sees=lambda m: np.eye(m, dtype=bool)
        )[0],
        "Does the new position see all earlier ones, not only the last one?": _attend_causally(
            x, weights, sees=lambda m: np.eye(m, dtype=bool) | np.eye(m, k=-1, dtype=bool)
        )[0],
    }
    cache = None
    for place in range(m):
        name = f"`attend_next` at position {place}"
        before = None if cache is None else [np.array(part) for part in cache]
        given = attend_next(x[:, place : place + 1].copy(), [w.copy() for w in weights], cache)
        output, following = _unpack(given, 2, name, "two: `return output, cache`")
        _testing.near(
            output,
            right[:, place : place + 1],
            name,
            rtol=1e-3,
            atol=1e-3,
            mistakes={
                hint: wrong[:, place : place + 1]
                for hint, wrong in hints.items()
                if wrong is not None
            },
        )
        following = _unpack(following, 2, f"{name}, as its cache,", "two: (keys, values)")
        for part, wanted, what in zip(following, (keys, values), ("keys", "values"), strict=True):
            shape, expected = np.shape(part), (n, place + 1, heads, d)
            assert shape == expected, (
                f"{name}: the {what} in the cache have the shape {shape}; expected {expected}. Did you append "
                "the new ones on axis 1?"
            )
            so_far = wanted[:, : place + 1]
            _testing.near(
                part,
                so_far,
                f"{name}, as its {what},",
                rtol=1e-3,
                atol=1e-3,
                mistakes={
                    "Did you put the new one first? Append it at the end.": np.roll(
                        so_far, 1, axis=1
                    ),
                    "Did you put the new one first, each time? Append it at the end.": so_far[
                        :, ::-1
                    ],
                },
            )
        if before is not None:
            is_same = all(np.array_equal(a, b) for a, b in zip(before, cache, strict=True))
            assert is_same, f"{name} changed the cache that it was given. Make new arrays."
        cache = tuple(following)


_check_cache(np.random.default_rng(0), 2, 4, 6, 2, 3)
### BEGIN HIDDEN TESTS


def _check_cache_hidden(rng):
    for n, m in ((1, 5), (3, 6)):
        heads, d = int(rng.integers(2, 4)), int(rng.integers(3, 6))
        _check_cache(rng, n, m, int(rng.integers(6, 9)), heads, d)


_check_cache_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# `course_lib.models.CachedGPT` does this in every block. It runs the weights of a GPT in NumPy: `read(tokens)`
# returns their logits, and keeps keys and values; `forget()` empties the cache. Without a cache, all tokens are
# read again each time.

# %%
from course_lib.models import CachedGPT
from course_lib.models import gpt as ready_gpt


def write_greedily(reader, tokens, count, has_cache):
    """Append the most probable token again and again."""
    reader.forget()
    tokens, unread = list(tokens), list(tokens)
    for _ in range(count):
        if not has_cache:
            reader.forget()
            unread = tokens
        tokens.append(int(reader.read(unread)[-1].argmax()))
        unread = tokens[-1:]
    return tokens


keras.utils.set_random_seed(1)
longer = ready_gpt(SIZE, 256, width=64, heads=4, blocks=2)  # random weights; more positions
reader = CachedGPT(longer)
seconds = {"without a cache": {}, "with a cache": {}}
for count in (30, 60, 120, 240):
    both = []
    for name, has_cache in (("without a cache", False), ("with a cache", True)):
        began = time.perf_counter()
        both.append(write_greedily(reader, start, count, has_cache))
        seconds[name][count] = time.perf_counter() - began
    print(f"{count:3} tokens, the same with and without a cache: {both[0] == both[1]}")
figures.time_by_length(seconds)

# %% [markdown]
# The price is memory: 2 · blocks · width numbers for each token of each text that is being written. For GPT-2
# that is 18,432 numbers a token.
#
# ## 7 BERT
#
# GPT reads from left to right. To *understand* a sentence it helps to see both sides. **BERT** (Devlin et al.
# 2019) is an encoder: every token looks at all others. Predicting the next token would be too easy then.
# Instead some tokens are hidden, and the model fills the gaps: a **masked language model**. No labels are
# needed for that, only text.
#
# 15 % of the tokens are chosen. Of these, 80 % become a special token, the mask; 10 % become a random token; 10
# % stay as they are. The loss counts at the chosen places only. The mask never occurs in real text. Because of
# the other 20 %, the model cannot ignore the tokens that are not masks.
#
# ### Question 7 · `masking`
#
# 1. `mask_rows(tokens, size, mask, seed)` returns `inputs, is_chosen`, both `(n, m)`. `tokens` holds numbers
#    from 0 to `size - 1`, and 0 is padding, which is never chosen. Choose each other token with a probability
#    of 15 %, and treat the chosen ones as above. `mask` is the number of the mask. Random tokens come from 1 to
#    `size - 1`, all equally probable. All random numbers come from
#    `rng = np.random.default_rng(seed)`. `tokens` must not change.
# 2. `masked_loss(targets, logits, is_chosen)` returns the mean cross-entropy in nats at the chosen places of
#    the whole batch. `targets` are the original tokens, `(n, m)`; `logits` are `(n, m, size)`. Use `ops`.
#
# <details><summary>Hint 1, mask_rows</summary>
#
# One `rng.random(tokens.shape)` decides which tokens are chosen, and a second one what becomes of them: below
# 0.8, from 0.8 to 0.9, above.
#
# </details>
#
# <details><summary>Hint 2, mask_rows</summary>
#
# `np.where(condition, one, other)` makes a new array.
#
# </details>


# %% solution="masking"
def mask_rows(tokens, size, mask, seed):
    """Return the inputs (n, m), and booleans (n, m): which tokens were chosen."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    is_chosen = (rng.random(tokens.shape) < 0.15) & (tokens != 0)
    fate = rng.random(tokens.shape)
    inputs = np.where(is_chosen & (fate < 0.8), mask, tokens)
    drawn = rng.integers(1, size, tokens.shape)
    inputs = np.where(is_chosen & (fate >= 0.9), drawn, inputs)
    return inputs, is_chosen
    ### END SOLUTION


def masked_loss(targets, logits, is_chosen):
    """Return the mean cross-entropy at the chosen places."""
    ### BEGIN SOLUTION
    each = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    counts = ops.cast(is_chosen, each.dtype)
    return ops.sum(each * counts) / ops.sum(counts)
    ### END SOLUTION


# %% tests="masking"
import numpy as np

from course_lib import testing as _testing


def _between(count, n, p, what, hint):
    """Assert that a binomial count is within 6 standard deviations."""
    low, high = (n * p + sign * 6 * (n * p * (1 - p)) ** 0.5 for sign in (-1, 1))
    assert low <= count <= high, f"{what}: {count / n:.1%}; expected about {p:.1%}. {hint}"


def _check_masks(rng, size, rows=700):
    mask = size + 3
    tokens = rng.integers(1, size, (rows, 50))
    tokens[rng.random(tokens.shape) < 0.02] = 1
    tokens[np.arange(50) >= rng.integers(20, 51, rows)[:, None]] = 0
    before = tokens.copy()
    given, tokens = call_on_copy(mask_rows, tokens, size, mask, int(rng.integers(2**32)))
    parts = _unpack(given, 2, "`mask_rows`", "two: `return inputs, is_chosen`")
    inputs, is_chosen = (np.asarray(part) for part in parts)
    for part, what in ((inputs, "inputs"), (is_chosen, "is_chosen")):
        assert part.shape == before.shape, (
            f"`mask_rows`: {what} has the shape {part.shape}; expected {before.shape}."
        )
    assert np.array_equal(tokens, before), "`mask_rows` changed `tokens`. Make a new array."
    row = np.ones((1, 200), "int64")
    once, again, other = (
        np.asarray(list(mask_rows(row.copy(), size, mask, seed))[1]) for seed in (5, 5, 6)
    )
    assert np.array_equal(once, again) and not np.array_equal(once, other), (
        "`mask_rows`: the same seed should choose the same tokens, and another seed others. Did you use "
        "`np.random.default_rng(seed)`?"
    )
    assert is_chosen.dtype == bool or set(np.unique(is_chosen).tolist()) <= {0, 1}, (
        "`mask_rows`: is_chosen should hold booleans."
    )
    is_chosen = is_chosen.astype(bool)
    real = before != 0
    assert not np.any(is_chosen & ~real), "`mask_rows` chose padding. 0 is never chosen."
    assert np.array_equal(inputs[~is_chosen], before[~is_chosen]), (
        "`mask_rows` changed tokens that were not chosen."
    )
    n, chosen = int(real.sum()), int(is_chosen.sum())
    _between(
        chosen, n, 0.15, "The share of chosen tokens", "Is it 15 % of the tokens that are not 0?"
    )
    now, was = inputs[is_chosen], before[is_chosen]
    masked = now == mask
    _between(
        int(masked.sum()), chosen, 0.8, "The share of masks among the chosen tokens",
        "80 % of the *chosen* tokens become the mask.",
    )  # fmt: skip
    unchanged = int(np.sum(now == was))
    by_chance = 0.1 + 0.1 / (size - 1)
    _between(
        unchanged, chosen, by_chance, "The share of chosen tokens that stay as they are",
        "10 % stay, and 10 % become random.",
    )  # fmt: skip
    drawn = now[~masked & (now != was)]
    assert drawn.size and drawn.min() >= 1 and drawn.max() < size, (
        f"`mask_rows`: random tokens are from {drawn.min()} to {drawn.max()}; expected 1 to {size - 1}."
    )
    missing = set(range(1, size)) - set(drawn.tolist())
    assert not missing, (
        f"`mask_rows`: the token {min(missing)} never occurs among {drawn.size} random ones, from 1 to "
        f"{size - 1}. Is each of them equally probable?"
    )
    columns = is_chosen[:, :20].sum(axis=0) / rows  # the first 20 are never padding
    assert np.all(np.abs(columns - 0.15) < 6 * (0.15 * 0.85 / rows) ** 0.5 + 0.001), (
        "`mask_rows` chooses some positions more often than others. Does each row have its own places?"
    )


def _check_masked_loss(targets, logits, is_chosen):
    log = _log_softmax(logits.astype("float64"))
    each = -np.take_along_axis(log, targets[..., None], -1)[..., 0]
    rows = [row[own].mean() for row, own in zip(each, is_chosen, strict=True) if own.any()]
    _testing.near(
        masked_loss(targets.copy(), logits.copy(), is_chosen.copy()),
        each[is_chosen].mean(),
        "`masked_loss`",
        mistakes={
            "Does the loss count at all places? Only the chosen ones count.": each.mean(),
            "Did you take the places that were not chosen?": each[~is_chosen].mean(),
            "Did you divide by the number of all tokens?": each[is_chosen].sum() / each.size,
            "Did you forget to divide?": each[is_chosen].sum(),
            "Did you average each row first?": np.mean(rows),
            "Did you leave out padding only?": each[targets != 0].mean(),
        },
    )


_check_masks(np.random.default_rng(0), 9)
_check_masked_loss(
    np.array([[2, 0, 1], [1, 2, 2]]),
    np.array([[[0.0, 1, 2], [1, 0, 0], [0, 0, 3]], [[1, 1, 0], [2, 0, 1], [0, 1, 0]]], "float32"),
    np.array([[True, False, True], [False, True, False]]),
)
### BEGIN HIDDEN TESTS


def _check_masking_hidden(rng):
    _check_masks(rng, int(rng.integers(7, 16)), rows=2000)
    targets = rng.integers(0, 6, (7, 9))
    is_chosen = rng.random((7, 9)) < 0.3
    is_chosen[0, :4], is_chosen[1], is_chosen[2, 0] = True, False, True
    _check_masked_loss(targets, 2 * rng.normal(size=(7, 9, 6)).astype("float32"), is_chosen)


_check_masking_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# The texts for BERT are remarks about films: "clever plot and not dull acting and superb music". There are 8,000 of
# them, and only 100 others have a label, good or bad. `course_lib.models.bert` returns two models that share
# their layers: an encoder, tokens to vectors, and the masked language model on top of it. `data.mask_tokens` masks
# as you did. Every pass has other masks.

# %%
from course_lib.data import opinions
from course_lib.models import bert

(unlabelled, _), (x_new, y_new) = data.load("opinions")
(few, few_labels), _ = data.load("opinions", seed=1)
few, few_labels = few[:100], few_labels[:100]
WORDS, MASK = len(opinions.WORDS), len(opinions.WORDS)  # the mask comes after the words
WIDTH, LONGEST = 32, opinions.LENGTH
for row, label in zip(few[:3], few_labels, strict=False):
    print("good" if label else "bad ", "|", opinions.read(row))

PASSES = 8 if QUICK else 20
rng = np.random.default_rng(2)
masked = [data.mask_tokens(unlabelled, WORDS, MASK, rng) for _ in range(PASSES)]
keras.utils.set_random_seed(2)
encoder, gap_filler = bert(WORDS + 1, LONGEST, WIDTH, heads=4, blocks=1)
gap_filler.compile(
    keras.optimizers.Adam(0.004),
    keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0),
)
fit(gap_filler, *map(np.concatenate, zip(*masked, strict=True)), epochs=1, batch_size=32)
pretrained = [np.copy(weight) for weight in encoder.get_weights()]  # for later

# %%
for text, hidden in (
    ("clever plot and great acting and superb music", 6),
    ("boring plot and awful acting and superb music", 6),
    ("boring plot and awful acting and not superb music", 7),
):
    row = np.array([[opinions.WORDS.index(word) for word in text.split()]])
    row[0, hidden] = MASK
    shares = ops.convert_to_numpy(ops.softmax(gap_filler(row)[0, hidden]))
    good, bad = (
        sum(shares[opinions.WORDS.index(word)] for word in words)
        for words in (opinions.GOOD, opinions.BAD)
    )
    shown = " ".join(w if n != hidden else "[MASK]" for n, w in enumerate(text.split()))
    print(f"{shown:53} good words {good:.0%}, bad words {bad:.0%}")

# %% [markdown]
# Nobody told the model which adjectives are good ones. Only the parts of a remark, which agree, can tell it that
# there are two kinds. In the quick profile these shares may still be close to each other; the next section shows
# whether the encoder has learnt something useful.
#
# ## 8 Fine-tune it
#
# To classify, put a new layer on the encoder and train everything on the labelled examples, with a small
# learning rate. This is **fine-tuning**. The vector of a text is the mean of the vectors of its tokens.
#
# ### Question 8 · `fine_tuning`
#
# 1. `build_classifier(encoder, classes)` returns a Keras model, tokens `(n, m)` to logits `(n, classes)`: the
#    encoder, the mean of its vectors over all tokens *that are not 0*, and a `Dense` layer without activation.
#    The weights of the encoder are not copied: the classifier trains them.
# 2. Train a classifier on the 100 remarks `few` with `few_labels`, starting from the pre-trained `encoder`, and
#    name it `tuned`. `train_classifier` below trains for 20 epochs. Of new remarks, at least 70 % must be
#    right.
#
# <details><summary>Hint 1</summary>
#
# `weights = ops.cast(ops.not_equal(tokens, 0), "float32")[..., None]` is 1 for a word and 0 for padding.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The sum of `encoder(tokens) * weights` over axis 1, divided by the sum of `weights` over axis 1, is the mean.
#
# </details>


# %%
def train_classifier(model, x, y, epochs=20, rate=0.001):
    """Train a classifier that returns logits."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    return fit(model, x, y, epochs=epochs, batch_size=10, verbose=False)


# %% solution="fine_tuning"
def build_classifier(encoder, classes):
    """Build a model: tokens (n, m) -> logits (n, classes)."""
    ### BEGIN SOLUTION
    tokens = keras.Input((None,), dtype="int32")
    weights = ops.cast(ops.not_equal(tokens, 0), "float32")[..., None]
    mean = ops.sum(encoder(tokens) * weights, axis=1) / ops.sum(weights, axis=1)
    return keras.Model(tokens, keras.layers.Dense(classes)(mean))
    ### END SOLUTION


### BEGIN SOLUTION
keras.utils.set_random_seed(3)
tuned = build_classifier(encoder, 2)
train_classifier(tuned, few, few_labels)
### END SOLUTION

# %% tests="fine_tuning"
import keras
import numpy as np

from course_lib import testing as _testing
from course_lib.data import opinions as _opinions


def _build_encoder(rng, size, width):
    """A small encoder whose vectors depend on the token and on its neighbours."""
    tokens = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(size, width)(tokens)
    model = keras.Model(tokens, keras.layers.Conv1D(width, 3, padding="same")(x))
    model.set_weights([rng.normal(size=np.shape(w)).astype("float32") for w in model.get_weights()])
    return model


def _check_classifier(rng, size, width, classes):
    name = f"`build_classifier(encoder, {classes})`"
    encoder = _build_encoder(rng, size, width)
    model = build_classifier(encoder, classes)
    _check_is_model(model, name)
    tokens = rng.integers(1, size, (4, 6))
    tokens[0, 4:], tokens[1, 1:], tokens[2, 5:] = 0, 0, 0
    given = _call(model, tokens)
    assert given.shape == (4, classes), (
        f"{name} returned shape {given.shape}; expected {(4, classes)}."
    )
    count, right = int(model.count_params()), encoder.count_params() + width * classes + classes
    assert count == right, (
        f"{name} has {count:,} weights; expected {right:,}: those of the encoder and of a Dense layer."
    )
    free = sum(int(np.prod(np.shape(w))) for w in model.trainable_weights)
    assert free == right, (
        f"{name} has {free:,} trainable weights; expected all {right:,}. Is the encoder frozen?"
    )
    weights = [np.asarray(w) for w in model.get_weights()]
    is_shared = all(any(np.array_equal(w, one) for one in weights) for w in encoder.get_weights())
    assert is_shared, (
        f"{name}: the weights of `encoder` are not in the classifier. Did you copy the encoder? Call it."
    )
    (kernel,) = [w for w in weights if w.shape == (width, classes)]
    (bias,) = [w for w in weights if w.shape == (classes,)]
    vectors, is_real = _call(encoder, tokens), (tokens != 0)[..., None]
    means = {
        "right": (vectors * is_real).sum(axis=1) / is_real.sum(axis=1),
        "Did you include the padding in the mean?": vectors.mean(axis=1),
        "Did you divide by the number of all positions?": (vectors * is_real).mean(axis=1),
        "Did you add up instead of averaging?": (vectors * is_real).sum(axis=1),
        "Did you take the first position only?": vectors[:, 0],
        "Did you take the last position only?": vectors[:, -1],
        "Did you take the maximum? Take the mean.": vectors.max(axis=1),
    }
    outputs = {hint: mean @ kernel + bias for hint, mean in means.items()}
    softmax = "Did you add a softmax? Return logits."
    right = outputs.pop("right")
    outputs[softmax] = _softmax(right)
    _testing.near(given, right, name, rtol=1e-3, atol=1e-3, mistakes=outputs)


def _check_start_of_tuned():
    """The word embeddings of `tuned` are close to the pre-trained ones, but not the same."""
    before = max((np.asarray(w) for w in pretrained if np.ndim(w) == 2), key=lambda w: w.size)
    same_shape = [np.asarray(w) for w in tuned.get_weights() if np.shape(w) == before.shape]
    assert same_shape, f"`tuned` has no weight of the shape {before.shape}. Does it use `encoder`?"
    likeness = max(np.corrcoef(w.ravel(), before.ravel())[0, 1] for w in same_shape)
    assert likeness > 0.7, (
        f"The word embeddings of `tuned` and the pre-trained ones have a correlation of {likeness:.2f}; "
        "expected more than 0.7. Did you start from the pre-trained `encoder`?"
    )
    change = min(float(np.abs(w - before).max()) for w in same_shape)
    assert change > 0, (
        "The word embeddings of `tuned` are still the pre-trained ones. Did you freeze the encoder? Train "
        "all weights."
    )


def _check_tuned(seed, count):
    _check_is_model(tuned, "The name `tuned`")
    _check_start_of_tuned()
    x, y = _opinions.DATASET.stand_in(1, count, seed)[1]
    given = _call(tuned, x)
    assert given.shape == (count, 2), (
        f"`tuned` returned shape {given.shape} for {count} remarks; expected {(count, 2)}."
    )
    accuracy = float(np.mean(given.argmax(axis=-1) == y))
    print(f"{accuracy:.1%} of {count} new remarks are right")
    _testing.at_least(
        accuracy,
        0.70,
        "The share of new remarks that `tuned` classifies correctly",
        sd=0.026,
        hint="Did you train all weights for 20 epochs?",
    )


_check_classifier(np.random.default_rng(0), 9, 5, 3)
_check_tuned(7, 500)
### BEGIN HIDDEN TESTS


def _check_fine_tuning_hidden(seed):
    rng = np.random.default_rng(seed)
    _check_classifier(rng, 11, int(rng.integers(4, 9)), int(rng.integers(2, 6)))
    _check_tuned(seed, 1000)


_check_fine_tuning_hidden(_testing.hidden_seed())
### END HIDDEN TESTS

# %% [markdown]
# And without pre-training? The same classifier on a new encoder, with the same 100 labels:

# %%
keras.utils.set_random_seed(3)
fresh, _ = bert(WORDS + 1, LONGEST, WIDTH, heads=4, blocks=1)
scratch = build_classifier(fresh, 2)
train_classifier(scratch, few, few_labels)
accuracy = {
    "from scratch": scratch.evaluate(x_new, y_new, verbose=0)[1],
    "fine-tuned": tuned.evaluate(x_new, y_new, verbose=0)[1],
}
print({name: f"{share:.1%}" for name, share in accuracy.items()})

# %% [markdown]
# ## 9 LoRA
#
# Fine-tuning changes all weights. For a model with billions of them, every task would need a copy of the whole.
# **LoRA** (Hu et al. 2022) freezes a matrix $W$, `(inputs, units)`, and adds the product of two thin ones:
#
# $$y = x W + b + \frac{\alpha}{r}\, x A B \qquad A: (\text{inputs}, r), \quad B: (r, \text{units})$$
#
# Only $A$ and $B$ are trained. The **rank** $r$ is small: 4, 8, 16. $B$ begins with zeros, so that the model is
# the old one at first. After the training, $W + \frac{\alpha}{r} A B$ is an ordinary matrix: the merged layer
# costs nothing extra.
#
# ### Question 9 · `lora`
#
# 1. `start_lora(inputs, units, rank, seed)` returns `a, b`: a of normally distributed numbers with a standard
#    deviation of $1 / \sqrt{\text{inputs}}$, and b of zeros. Use `np.random.default_rng(seed)`.
# 2. `lora_dense(x, kernel, bias, a, b, alpha)` returns the outputs `(n, units)` for `x` `(n, inputs)`.
# 3. `merge_lora(kernel, a, b, alpha)` returns the merged kernel, and does not change the given one.
# 4. `lora_gradients(x, error, a, b, alpha)` returns the gradients of the loss with respect to a and b. `error`,
#    `(n, units)`, is the gradient with respect to the outputs.
#
# <details><summary>Hint 1</summary>
#
# The rank is `a.shape[1]`. Multiply from the left, `(x @ a) @ b`: both products are cheap.
#
# </details>
#
# <details><summary>Hint 2, lora_gradients</summary>
#
# For y = u B, the gradient with respect to B is uᵀ · error, and the gradient with respect to u is error · Bᵀ.
# Here u = x A. Don't forget the factor.
#
# </details>


# %% solution="lora"
def start_lora(inputs, units, rank, seed):
    """Return a (inputs, rank) and b (rank, units)."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    return rng.normal(size=(inputs, rank)) / np.sqrt(inputs), np.zeros((rank, units))
    ### END SOLUTION


def lora_dense(x, kernel, bias, a, b, alpha):
    """Return the outputs (n, units) of a dense layer with LoRA."""
    ### BEGIN SOLUTION
    return x @ kernel + bias + alpha / a.shape[1] * (x @ a) @ b
    ### END SOLUTION


def merge_lora(kernel, a, b, alpha):
    """Return the merged kernel (inputs, units)."""
    ### BEGIN SOLUTION
    return kernel + alpha / a.shape[1] * a @ b
    ### END SOLUTION


def lora_gradients(x, error, a, b, alpha):
    """Return the gradients with respect to a and b."""
    ### BEGIN SOLUTION
    factor = alpha / a.shape[1]
    return factor * x.T @ (error @ b.T), factor * (x @ a).T @ error
    ### END SOLUTION


# %% tests="lora"
import keras
import numpy as np

from course_lib import testing as _testing


def _check_start(inputs, units, rank):
    name = f"`start_lora({inputs}, {units}, {rank}, 5)`"
    a, b = _unpack(start_lora(inputs, units, rank, 5), 2, name, "two arrays: `return a, b`")
    for part, shape, what in ((a, (inputs, rank), "a"), (b, (rank, units), "b")):
        assert np.shape(part) == shape, (
            f"{name}: {what} has the shape {np.shape(part)}; expected {shape}."
        )
    assert np.all(np.asarray(b) == 0), f"{name}: b is not 0. The layer should not change at first."
    a = np.asarray(a, "float64")
    right, spread = inputs**-0.5, float(a.std())
    hint = ""
    if abs(spread - 1) < 0.2:
        hint = "Did you divide by the root of inputs?"
    elif spread == 0:
        hint = "If both were 0, no gradient would ever be anything else."
    limit = 6 * right / (2 * a.size) ** 0.5
    assert abs(spread - right) < limit, (
        f"{name}: a has a standard deviation of {spread:.3f}; expected about {right:.3f}. {hint}".rstrip()
    )
    assert abs(a.mean()) < 6 * right / a.size**0.5, (
        f"{name}: a has a mean of {a.mean():.3f}; expected about 0. Are its numbers normally distributed?"
    )
    # The fourth moment is 3 for a normal distribution, 1.8 for a uniform one.
    assert np.mean((a / spread) ** 4) > 2.3, (
        f"{name}: the numbers of a are not normally distributed. Did you use a uniform distribution?"
    )
    again, other = (
        np.asarray(start_lora(inputs, units, rank, seed)[0], "float64") for seed in (5, 6)
    )
    assert np.array_equal(a, again) and not np.array_equal(a, other), (
        f"{name}: the same seed should return the same a, and another seed another one. Did you use "
        "`np.random.default_rng(seed)`?"
    )


def _check_lora(rng, n, inputs, units, rank, alpha):
    x, error = rng.normal(size=(n, inputs)), rng.normal(size=(n, units))
    kernel, bias = rng.normal(size=(inputs, units)), rng.normal(size=units)
    a, b = rng.normal(size=(inputs, rank)), rng.normal(size=(rank, units))
    extra, factor = x @ a @ b, alpha / rank
    plain = x @ kernel + bias
    _testing.near(
        lora_dense(x, kernel, bias, a, b, alpha),
        plain + factor * extra,
        "`lora_dense`",
        mistakes={
            "Did you forget to divide by the rank?": plain + alpha * extra,
            "Did you forget the factor α / r?": plain + extra,
            "Did you multiply by r / α?": plain + extra / factor,
            "Did you forget the bias?": plain - bias + factor * extra,
            "Did you forget the frozen kernel?": factor * extra + bias,
            "Did you leave out a and b?": plain,
        },
    )
    before = kernel.copy()
    merged, kernel = call_on_copy(merge_lora, kernel, a, b, alpha)
    _testing.near(
        merged,
        before + factor * a @ b,
        "`merge_lora`",
        mistakes={
            "Did you forget the factor α / r?": before + a @ b,
            "Did you forget to divide by the rank?": before + alpha * a @ b,
            "Did you leave out the old kernel?": factor * a @ b,
        },
    )
    assert np.array_equal(kernel, before), (
        "`merge_lora` changed the given kernel. Return a new one."
    )
    gradients = lora_gradients(x, error, a, b, alpha)
    of_a, of_b = _unpack(gradients, 2, "`lora_gradients`", "two arrays")
    for given, right, what in (
        (of_a, x.T @ error @ b.T, "a"),
        (of_b, a.T @ x.T @ error, "b"),
    ):
        _testing.near(
            given,
            factor * right,
            f"`lora_gradients`, with respect to {what},",
            mistakes={
                "Did you forget the factor α / r?": right,
                "Did you average over the batch? Add up: `error` has the 1 / n of the loss already.": (
                    factor * right / n
                ),
                "Is the sign right? This is the gradient, not the step against it.": -factor
                * right,
            },
        )


_check_start(400, 30, 5)
_check_lora(np.random.default_rng(0), 3, 5, 4, 2, 5.0)
### BEGIN HIDDEN TESTS


def _check_lora_hidden(rng):
    _check_start(int(rng.integers(300, 900)), 20, int(rng.integers(4, 9)))
    for _ in range(3):
        inputs, rank = int(rng.integers(6, 12)), int(rng.integers(2, 5))
        units = inputs + int(rng.integers(1, 6))
        _check_lora(rng, 4, inputs, units, rank, float(rng.uniform(5, 20)))


_check_lora_hidden(np.random.default_rng(_testing.hidden_seed()))
### END HIDDEN TESTS

# %% [markdown]
# Keras has it in its dense layers: `layer.enable_lora(rank)`, with α = r. It is the same:

# %%
layer = keras.layers.Dense(6)
layer.build((None, 10))
x = np.random.default_rng(0).normal(size=(4, 10)).astype("float32")
layer.enable_lora(3)
layer.lora_kernel_b.assign(np.random.default_rng(1).normal(size=(3, 6)))
kernel, bias = layer._kernel.numpy(), layer.bias.numpy()
a, b = layer.lora_kernel_a.numpy(), layer.lora_kernel_b.numpy()
print("Keras' layer and lora_dense:", np.abs(layer(x) - lora_dense(x, kernel, bias, a, b, 3)).max())
print(
    "with the merged kernel:     ",
    np.abs(layer(x) - (x @ merge_lora(kernel, a, b, 3) + bias)).max(),
)

# %% [markdown]
# `add_lora(model, rank)` from `course_lib.transfer` does it for all dense layers of a model, also those of the
# attention, and freezes the rest.

# %%
from course_lib.transfer import add_lora

encoder.set_weights(pretrained)
keras.utils.set_random_seed(3)
adapted = keras.models.clone_model(encoder)
adapted.set_weights(pretrained)
add_lora(adapted, rank=4)
small = build_classifier(adapted, 2)
share = sum(int(np.prod(w.shape)) for w in small.trainable_weights) / tuned.count_params()
train_classifier(small, few, few_labels, rate=0.004)
accuracy["LoRA, rank 4"] = small.evaluate(x_new, y_new, verbose=0)[1]
print(f"{share:.1%} of the weights are trained")
figures.accuracy_by_case({"100 labels": accuracy})

# %% [markdown]
# ## 10 What does it know?
#
# A language model can be asked: which continuation surprises it less? Back to `gpt`, and to what it has read
# about Python.

# %%
for first, second in (
    ("The for statement is used to iterate", "The for statement is used to elephant"),
    ("an integer object", "a integer object"),
    ("raises a TypeError exception", "raises a CheeseError exception"),
    ("If the list is empty", "If the list is empties"),
):
    total = [float(np.sum(surprise(gpt, "\n\n" + text)[1])) for text in (first, second)]
    print(f"{total[0]:6.1f} nats {first!r:42} {total[1]:6.1f} nats {second!r}")
written = generate(
    gpt,
    tokenizer.encode("\n\nThe with statement"),
    50,
    LENGTH,
    lambda z: rng.choice(SIZE, p=next_probabilities(z, 0.8, top_p=0.9)),
)
figures.surprise_by_token(
    *surprise(gpt, tokenizer.decode(written)),
    title="What GPT wrote itself: dark tokens surprised it",
)

# %% [markdown]
# ### Question 10 · `knowing` · in words
#
# About ten lines, with numbers and examples from your own lab:
#
# 1. Compare the bigram of characters, the trigram and GPT. Why are nats a token, or perplexities, of models
#    with different tokenizers not comparable, and what is?
# 2. Give an example of something that `gpt` has learnt, and of something that it writes fluently and that is
#    not true. Why does its training not prevent the second? Which temperature would you choose for an answer,
#    which for a story?
# 3. Why does pre-training help with 100 labels, though it has not seen one? When would you choose LoRA instead
#    of fine-tuning all weights?

# %% [markdown] written="knowing"
# ### BEGIN SOLUTION
# **A model answer.** (1) On held-out text the bigram needs about 2.4 nats a character, the trigram 1.8, GPT
# about 1.7. GPT has about 3.7 nats a *token*, a perplexity of 40, and the trigram a perplexity of 6. That does
# not make the trigram better: a token of GPT has two characters on average, so it predicts more at once. With
# other tokens the number of predictions changes, and with it the mean. The nats of the whole text, divided by
# its characters or bytes, can be compared. (2) It has learnt spelling, that "raises a
# TypeError exception" is more probable than with "CheeseError" (40 against 56 nats), and the form of a help page:
# indented examples, "statement" after "The for". It writes "The with statement is …"
# and continues with rules that do not exist. The loss only asks for what is probable after these tokens. A
# false sentence that sounds like the text is as probable as a true one; nothing compares it with the world, and
# there is no token for "I do not know". For an answer I take a low temperature, 0 to 0.3, for a story 0.8 to 1,
# with top-p. (3) To fill the gaps in "clever plot and [MASK] acting" the model has to find out which words occur
# together, so which are of the same kind. So 100 labels only have to name the two kinds: 83 % of new remarks are
# right instead of 71 % from scratch, where most adjectives occur once or never among the labelled ones. LoRA if
# there are many tasks, or little memory: here it trains a sixth of the weights. Each task keeps only A and B,
# and the merged model is as fast as before.
#
# **Rubric, 3 points.**
#
# - 1 point: numbers of the three models, and that only nats of the same text (a character, a byte) are
#   comparable. Half without a reason.
# - 1 point: an example of each; the loss asks for probable tokens, not for true ones; temperatures. Half if the
#   reason is missing.
# - 1 point: what the masks teach without labels, with both accuracies; a good reason for LoRA. Half for one of
#   them.
# ### END SOLUTION

# %% [markdown]
# ## What to try next
#
# - **Shakespeare.** `data.corpus("shakespeare")` loads 1.1 million characters of his plays. nanoGPT's recipe
#   for a CPU reaches 1.88 nats a character.
# - **Larger tokens.** Train with 256 and with 1,024 tokens. Which is best, per character, in the same time?
# - **Real reviews.** `data.load("imdb")`: pre-train on all reviews, fine-tune on 100.
# - **Which layers need LoRA?** Enable it for the attention only, or the dense layers only. Compare ranks of 1
#   and 16.
# - **Longer memory.** Give `gpt` windows of 128 tokens. How much do the last tokens of a window gain?
#
# **Sources.** R. Sennrich, B. Haddow, A. Birch, *Neural machine translation of rare words with subword units*,
# ACL 2016 · A. Radford et al., *Improving language understanding by generative pre-training*, 2018 · A. Radford
# et al., *Language models are unsupervised multitask learners*, 2019 · J. Devlin et al., *BERT*, NAACL 2019 ·
# A. Holtzman et al., *The curious case of neural text degeneration*, ICLR 2020 · E. Hu et al., *LoRA: low-rank
# adaptation of large language models*, ICLR 2022 · A. Karpathy, *nanoGPT*. Text of the help pages: Python
# Software Foundation. The text of this lab is licensed CC BY 4.0, its code MIT.
