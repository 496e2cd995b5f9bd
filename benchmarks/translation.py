"""Lab 11: a Transformer against two LSTMs, on dates, on digits backwards by length, on sentences.

    python benchmarks/translation.py [--quick]

Dates are always made by rule. Sentences are the real English and French ones if
COURSE_DATA has `fra_eng/fra.txt`, and always the stand-in. `--quick` trains in the quick profile
only, and leaves out the sentences.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

from figure import Figure, report
from labs import run_script

GOALS = {"quick": 95, "full": 99}  # % exact matches of dates
WORDS = 12  # in a sentence, at most


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the quick profile, no sentences")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return MEASURE[options.one]()
    script = str(Path(__file__).resolve())
    given = os.environ.get("COURSE_DATA")
    run_script(script, "quick", "--one", "dates")
    run_script(script, "quick", "--one", "lengths")
    if options.quick:
        return None
    run_script(script, "full", "--one", "dates")
    run_script(script, "quick", "--one", "sentences")
    if given and (Path(given) / "fra_eng" / "fra.txt").exists():
        run_script(script, "quick", "--one", "sentences", data=Path(given))
    else:
        print("  real sentences: not measured, no COURSE_DATA with fra_eng/fra.txt")
    return None


def train(model: Any, x: Any, tokens: Any, epochs: int, batch_size: int = 32) -> float:
    """Train as the lab does; return the seconds."""
    import keras

    from course_lib.training import fit

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    model.compile(keras.optimizers.Adam(0.003, beta_2=0.98), loss)
    began = time.perf_counter()
    fit(model, [x, tokens[:, :-1]], tokens[:, 1:],
        epochs=epochs, batch_size=batch_size, verbose=False)  # fmt: skip
    return time.perf_counter() - began


def find_exact(model: Any, x: Any, tokens: Any) -> Any:
    """Return for each source whether greedy search finds the target."""
    import numpy as np

    from course_lib.models import greedy_search

    targets = tokens[:, 1:]
    found = greedy_search(model, x, targets.shape[1])
    return np.all((found == targets) | (targets == 0), axis=1)


def build_both(source_size: int, target_size: int) -> dict[str, Any]:
    """Return both models, of about the same number of weights."""
    import keras

    from course_lib.models import seq2seq, transformer

    keras.utils.set_random_seed(1)
    return {
        "Transformer": transformer(source_size, target_size),
        "two LSTMs": seq2seq(source_size, target_size, units=64),
    }


def measure_dates() -> None:
    """Exact matches of new dates, and the time of the training."""
    from course_lib import data, profile
    from course_lib.data import Vocabulary

    (x, y), (x_new, y_new) = data.load("dates")
    written, iso = Vocabulary(x), Vocabulary(y)
    source, tokens = written.encode(x, 27), iso.encode(y, 12, ends=True)
    new_source, new_tokens = written.encode(x_new, 27), iso.encode(y_new, 12, ends=True)
    shares, seconds = {}, {}
    for name, model in build_both(len(written), len(iso)).items():
        seconds[name] = train(model, source, tokens, epochs=6)
        shares[name] = 100 * float(find_exact(model, new_source, new_tokens).mean())
    of = f"dates by rule, {len(x):,} in training, {len(x_new):,} new, {profile.current()} profile"
    ours, peer = shares.values()
    goal = GOALS[profile.current()]
    report(Figure("exact matches of dates, Transformer", ours, "%", peer, "two LSTMs",
                  at_least=goal, data=of))  # fmt: skip
    ours, peer = seconds.values()
    report(Figure("time of the training, Transformer", ours, "s", peer, "two LSTMs", data=of))


def measure_lengths() -> None:
    """Exact matches of digits backwards, for rows of 4, 8 and 12."""
    import numpy as np

    from course_lib.data import Vocabulary

    rng = np.random.default_rng(0)
    digits = Vocabulary(["0123456789"])
    rows = ["".join(rng.choice(list("0123456789"), rng.integers(2, 13))) for _ in range(9000)]
    source = digits.encode(rows, 12)
    tokens = digits.encode([row[::-1] for row in rows], 14, ends=True)
    right = {}
    for name, model in build_both(len(digits), len(digits)).items():
        train(model, source[:8000], tokens[:8000], epochs=5)
        right[name] = find_exact(model, source[8000:], tokens[8000:])
    lengths = np.array([len(row) for row in rows[8000:]])
    for length in (4, 8, 12):
        ours, peer = (100 * float(np.mean(each[lengths == length])) for each in right.values())
        report(Figure(f"exact matches of {length} digits backwards, Transformer", ours, "%", peer,
                      "two LSTMs", data="digits by rule, 8,000 in training, 5 epochs"))  # fmt: skip


def measure_sentences() -> None:
    """Exact matches, and right words with teacher forcing, on sentences of at most 12 words."""
    import re

    import numpy as np

    from course_lib import data
    from course_lib.data import Vocabulary
    from course_lib.data.sources.provenance import is_stand_in

    (x, y), (x_new, y_new) = data.load("sentence_pairs")

    def split(text: str) -> list[str]:
        return re.findall(r"\w+'?|[^\w\s]", text.lower())

    english, french = Vocabulary(x, split, 3000), Vocabulary(y, split, 4000)
    sets = [
        (english.encode(a[:18000], WORDS), french.encode(b[:18000], WORDS + 2, ends=True))
        for a, b in ((x, y), (x_new, y_new))
    ]
    exact, words = {}, {}
    for name, model in build_both(len(english), len(french)).items():
        train(model, *sets[0], epochs=8, batch_size=64)
        source, tokens = sets[1]
        exact[name] = 100 * float(find_exact(model, source, tokens).mean())
        logits = model.predict([source, tokens[:, :-1]], batch_size=256, verbose=0)
        is_real = tokens[:, 1:] != 0
        words[name] = 100 * float(np.mean((logits.argmax(-1) == tokens[:, 1:])[is_real]))
    kind = "stand-in" if is_stand_in("sentence_pairs") else "real, tatoeba.org"
    of = f"English to French, {kind}, {len(sets[0][0]):,} pairs, 8 epochs"
    report(Figure("right words with teacher forcing, Transformer", *pair(words), data=of))
    report(Figure("exact matches of sentences, Transformer", *pair(exact), data=of))


def pair(shares: dict[str, float]) -> tuple[float, str, float, str]:
    """Return our value, the unit, the peer's value and its name."""
    (_, ours), (name, peer) = shares.items()
    return ours, "%", peer, name


MEASURE = {"dates": measure_dates, "lengths": measure_lengths, "sentences": measure_sentences}

if __name__ == "__main__":
    main()
