"""Names of months, weekdays and halves of the day in the languages of learning management systems.

The names are those of the Unicode CLDR, from Babel.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

_WORDS = re.compile(r"[^\W\d_]+")
# The languages of Moodle, Brightspace and Canvas that Babel knows.
_LOCALES = (
    "af ar az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl he hi hr hu hy id is it "
    "ja ka kk km ko ky lo lt lv mk mn ms my nb nl nn pl pt pt_PT ro ru sk sl sq sr sr_Latn sv sw "
    "ta te th tr uk ur uz vi zh"
)


@cache
def list_months() -> dict[str, dict[str, int]]:
    """By language, the names of the months to their numbers, 1 to 12."""
    from babel.dates import get_month_names

    return {locale: _list_names(get_month_names, locale) for locale in _LOCALES.split()}


@cache
def list_weekdays() -> dict[str, dict[str, int]]:
    """By language, the names of the weekdays to their numbers, 0 for Monday."""
    from babel.dates import get_day_names

    return {locale: _list_names(get_day_names, locale) for locale in _LOCALES.split()}


@cache
def list_halves() -> dict[str, str]:
    """The words of all languages for "a.m." and "p.m.", to "a" and "p"."""
    from babel.dates import get_period_names

    names: dict[str, str] = {}
    for locale in _LOCALES.split():
        for width in ("wide", "abbreviated"):
            periods = get_period_names(width, "format", locale)
            for key, half in (("am", "a"), ("pm", "p")):
                name = squeeze_letters(str(periods.get(key, "")))
                names[name] = half if names.get(name, half) == half else ""
    return {name: half for name, half in names.items() if name and half}


def _list_names(get_names: Callable[..., Any], locale: str) -> dict[str, int]:
    """The names in one language, in the forms for dates and alone, to their numbers."""
    names: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in get_names(width, context, locale).items():
                words = [word for word in split_words(name) if len(word) > 2 or len(name) < 4]
                if len(words) == 1:
                    names.setdefault(words[0], number)
    return names


def split_words(text: str) -> list[str]:
    """The words of a text without numbers, as `fold_word` writes them."""
    return [fold_word(word) for word in _WORDS.findall(unicodedata.normalize("NFC", text))]


def squeeze_letters(text: str) -> str:
    """The letters of a text: `μ.μ.` and `ΜΜ` are the same."""
    return fold_word("".join(c for c in text if c.isalpha()))


def fold_word(word: str) -> str:
    """A word without case, in one Unicode form."""
    return unicodedata.normalize("NFC", word.casefold())
