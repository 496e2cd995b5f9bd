"""Colours and line styles of all figures."""

from __future__ import annotations

# Okabe & Ito 2008, "Color Universal Design": distinguishable for colour-blind eyes, and in grey.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
RED, SKY, GREY = "#D55E00", "#56B4E9", "#767676"

# The colour and the style of up to four lines, with and without markers.
MARKED_LINES = ((BLUE, "o-"), (ORANGE, "s--"), (GREEN, "^-."), (RED, "D:"))
PLAIN_LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (RED, ":"))
