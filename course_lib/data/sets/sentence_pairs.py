"""Sentence pairs: short English sentences, and the same in French.

The real pairs are from tatoeba.org, prepared by manythings.org/anki (CC BY 2.0). They are read
from a prepared folder, `COURSE_DATA/fra_eng/fra.txt`: a pair in each line, with a tab between the
two. The file cannot be downloaded from here, because its site does not serve programs. A tenth of
the English sentences is the test set, with all their translations, so that no test sentence was
seen in training.

The stand-in teaches the lesson of translation: *words change their order, and their form depends on
other words.* A small grammar writes it: in French, most adjectives follow the noun, and articles
and adjectives agree with its gender: "the black cat" is "le chat noir", "the black house" is "la
maison noire".
"""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import numpy as np

from course_lib.data.sources.dataset import Dataset, Examples, Split

# English, French, and whether it is feminine.
NOUNS = tuple(
    tuple(line.split())
    for line in """
    cat chat m|dog chien m|house maison f|car voiture f|book livre m|table table f|girl fille f
    boy garçon m|door porte f|garden jardin m|flower fleur f|bread pain m|street rue f|boat bateau m
    letter lettre f|chair chaise f|bird oiseau m|hat chapeau m|key clef f|window fenêtre f
    """.replace("\n", "|").split("|")
    if line.strip()
)
# English, masculine, feminine, and whether it stands before the noun.
ADJECTIVES = tuple(
    tuple(line.split())
    for line in """
    black noir noire after|green vert verte after|white blanc blanche after
    small petit petite before
    big grand grande before|old vieux vieille before|open ouvert ouverte after|red rouge rouge after
    quiet calme calme after|good bon bonne before|heavy lourd lourde after|blue bleu bleue after
    """.replace("\n", "|").split("|")
    if line.strip()
)
VERBS = (("sees", "voit"), ("likes", "aime"), ("has", "a"), ("wants", "veut"), ("finds", "trouve"))
SUBJECTS = (("he", "il"), ("she", "elle"), ("Tom", "Tom"), ("Mary", "Marie"))
VOWELS = "aeiouhé"
TEST_SHARE = 10  # one of so many


def _write_phrase(rng: np.random.Generator) -> tuple[str, str]:
    """Return an article, perhaps an adjective, and a noun, in both languages."""
    english, french, gender = NOUNS[rng.integers(len(NOUNS))]
    is_feminine, is_definite = gender == "f", rng.random() < 0.5
    words = [french]
    if rng.random() < 0.7:
        adjective = ADJECTIVES[rng.integers(len(ADJECTIVES))]
        form = adjective[2] if is_feminine else adjective[1]
        if adjective[0] == "old" and not is_feminine and french[0] in VOWELS:
            form = "vieil"
        words = [form, french] if adjective[3] == "before" else [french, form]
        english = f"{adjective[0]} {english}"
    if is_definite:
        article = "la" if is_feminine else "le"
        first = "l'" + words[0] if words[0][0] in VOWELS else f"{article} {words[0]}"
        return f"the {english}", " ".join([first, *words[1:]])
    english = f"{'an' if english[0] in VOWELS[:5] else 'a'} {english}"
    return english, " ".join(["une" if is_feminine else "un", *words])


def _write_pair(rng: np.random.Generator) -> tuple[str, str]:
    verb = VERBS[rng.integers(len(VERBS))]
    subject = SUBJECTS[rng.integers(len(SUBJECTS))] if rng.random() < 0.5 else _write_phrase(rng)
    thing = _write_phrase(rng)
    pair = [f"{subject[n]} {verb[n]} {thing[n]}" for n in (0, 1)]
    return pair[0][0].upper() + pair[0][1:] + ".", pair[1][0].upper() + pair[1][1:] + "."


def _generate(train: int, test: int, rng: np.random.Generator) -> Split:
    """Write pairs until both sets are full; an English sentence is in one of them, and once."""
    parts: tuple[dict[str, str], ...] = ({}, {})
    while len(parts[0]) < train or len(parts[1]) < test:
        english, french = _write_pair(rng)
        part = parts[_is_test(english)]
        if len(part) < (train, test)[_is_test(english)]:
            part[english] = french
    return _as_arrays(list(parts[0].items())), _as_arrays(list(parts[1].items()))


def _is_test(english: str) -> bool:
    return crc32(english.encode()) % TEST_SHARE == 0


def _as_arrays(pairs: list[tuple[str, str]]) -> Examples:
    x, y = zip(*pairs, strict=True)
    return np.array(x, object), np.array(y, object)


def read_pairs(file: Path) -> Split:
    """Read a file of pairs; ordinary spaces replace the narrow ones of French.

    Args:
        file: UTF-8, in each line an English sentence, a tab, a French one; more columns are
            ignored.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, strings.

    Raises:
        ValueError: A line has no tab, or the file is too short to split.
    """
    parts: tuple[list[tuple[str, str]], ...] = ([], [])
    text = file.read_text(encoding="utf-8").replace("\u202f", " ").replace("\u00a0", " ")
    for number, line in enumerate(text.splitlines(), start=1):
        english, tab, rest = line.partition("\t")
        if not tab:
            raise ValueError(f"line {number} has no tab between the two sentences")
        parts[_is_test(english)].append((english, rest.split("\t")[0]))
    if not all(parts):
        raise ValueError("there are not enough pairs for a training set and a test set")
    return _as_arrays(parts[0]), _as_arrays(parts[1])


DATASET = Dataset(
    name="sentence_pairs",
    page="https://www.manythings.org/anki/",
    made_of="sentence pairs written by a small grammar",
    shape=(),
    dtype="object",
    label_dtype="object",
    class_names=None,
    sizes={"quick": (6000, 600), "full": (20000, 2000)},
    generate=_generate,
    salt=33,
    text_file="fra_eng/fra.txt",
    read_text=read_pairs,
)
