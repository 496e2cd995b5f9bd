"""Groups of students who were told the same, whatever the numbers in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

# Not the digits of a name: conv2d, float32, x1.
_NUMBER = re.compile(r"(?<![\w.])[-+−]?(\d[\d,]*\d|\d)(\.\d+)?([eE][-+]?\d+)?(?![\w])")
_LIST = re.compile(r"#(?:[,\s]+#)+")


@dataclass(frozen=True)
class Group:
    """What several students were told.

    Args:
        about: what it is about: a question, or nothing.
        text: the sentence, as most of them read it.
        same: whether all of them read it with the same numbers.
        students: who.
    """

    about: str
    text: str
    same: bool
    students: tuple[str, ...]

    @property
    def common(self) -> bool:
        """Whether it was told to more than one."""
        return len(self.students) > 1


def without_numbers(text: str) -> str:
    """A sentence with its numbers taken out.

    Example:
        >>> without_numbers("rows of conv2d sum to [0.3, 2e-5], not 1")
        'rows of conv2d sum to [#], not #'
    """
    return _LIST.sub("#", _NUMBER.sub("#", " ".join(text.split())))


def same_words(told: Iterable[tuple[str, str, str]]) -> list[Group]:
    """Group what was told, the commonest first.

    Args:
        told: of each sentence, what it is about, its text and the student.
    """
    groups: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for about, text, student in told:
        groups[about, without_numbers(text)].append((text, student))
    found = []
    for (about, _), members in groups.items():
        texts = Counter(text for text, _ in members)
        students = dict.fromkeys(student for _, student in members)
        found.append(Group(about, texts.most_common(1)[0][0], len(texts) == 1, tuple(students)))
    return sorted(found, key=lambda group: (-len(group.students), group.about, group.text))
