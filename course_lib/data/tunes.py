"""A corpus of dance tunes in ABC notation, written by rule."""

from __future__ import annotations

import numpy as np

SCALE = "DEFGABcdefg"  # in ABC notation (K:G), from low to high
CHORDS = {"G": "DGBdg", "C": "EGceg", "D": "DFAdf", "Em": "EGBeg"}
PHRASES = ("G G C D", "G Em C D", "G C G D", "G D Em C")
ENDINGS = ("C D G", "G D G", "Em D G")
RHYTHMS = ((1, 1, 1), (2, 1), (1, 2), (3,))  # of half a bar, in eighths
SHARES = (0.6, 0.25, 0.05, 0.1)


def tunes(n: int, seed: int = 0) -> list[str]:
    """Write `n` jigs of eight bars in ABC notation.

    A letter is a note (`c` is an octave above `C`), a digit behind it its length in eighths. A bar
    has two groups of three eighths and ends in `|`. A tune keeps these rules: its notes follow
    the chords of a phrase, bars 5 and 6 repeat bars 1 and 2, and it ends on `G3|]`.

    Args:
        n: Number of tunes.
        seed: Integer, 0 or larger; another seed writes other tunes.

    Returns:
        A list of n strings.

    Example:
        >>> all(tune.endswith("G3|]") and tune.count("|") == 8 for tune in tunes(50))
        True
    """
    rng = np.random.default_rng([int(seed), 6])
    return [_write_tune(rng) for _ in range(n)]


def read_tune(tune: str) -> list[list[tuple[int, int]]]:
    """Read the bars of a tune.

    Args:
        tune: A tune in the notation of `tunes`; characters that it does not know are skipped.

    Returns:
        For each bar its notes: the place in the scale (0 is D, 10 is the high g) and the length
        in eighths. The notes after the last `|` are a bar of their own.

    Example:
        >>> read_tune("G2B d3|G3 G3|]")
        [[(3, 2), (5, 1), (7, 3)], [(3, 3), (3, 3)]]
    """
    bars: list[list[tuple[int, int]]] = [[]]
    for character in tune:
        if character == "|":
            bars.append([])
        elif character in SCALE:
            bars[-1].append((SCALE.index(character), 1))
        elif character.isdecimal() and bars[-1]:
            bars[-1][-1] = (bars[-1][-1][0], int(character))
    return bars if bars[-1] else bars[:-1]


def _write_tune(rng: np.random.Generator) -> str:
    phrase = rng.choice(PHRASES).split()
    place = int(rng.choice([3, 5, 7]))
    bars = []
    for chord in phrase:
        bar, place = _write_bar(chord, place, rng)
        bars.append(bar)
    bars += bars[:2]
    ending = rng.choice(ENDINGS).split()
    bar, place = _write_bar(ending[0], place, rng)
    half, place = _write_half(ending[1], place, rng)
    return "|".join([*bars, bar, f"{half} G3"]) + "|]"


def _write_bar(chord: str, place: int, rng: np.random.Generator) -> tuple[str, int]:
    first, place = _write_half(chord, place, rng)
    second, place = _write_half(chord, place, rng)
    return f"{first} {second}", place


def _write_half(chord: str, place: int, rng: np.random.Generator) -> tuple[str, int]:
    """Return half a bar that begins on the chord, near the last place, and the new place."""
    tones = np.array([SCALE.index(note) for note in CHORDS[chord]])
    written = ""
    for position, length in enumerate(RHYTHMS[rng.choice(len(RHYTHMS), p=SHARES)]):
        if position == 0 or rng.random() < 0.5:
            near = np.exp(-np.abs(tones - place) / 1.5) * (tones != place)
            place = int(rng.choice(tones, p=near / near.sum()))
        else:
            step = int(rng.choice([-1, 1]))
            place = place + step if 0 <= place + step < len(SCALE) else place - step
        written += SCALE[place] + (str(length) if length > 1 else "")
    return written, place
