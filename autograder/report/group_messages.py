"""Groups students who read the same message, ignoring the numbers in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

# Digits in a name stay: conv2d, float32, x1.
_NUMBER = re.compile(r"(?<![\w.])[-+−]?(\d[\d,]*\d|\d)(\.\d+)?([eE][-+]?\d+)?(?![\w])")
_LIST = re.compile(r"#(?:[,\s]+#)+")


@dataclass(frozen=True)
class MessageGroup:
    """A message and the students who read it.

    Args:
        about: the question that it is about; empty for none.
        text: the message as most of them read it.
        same: whether all of them read it with the same numbers.
        students: the students.
    """

    about: str
    text: str
    same: bool
    students: tuple[str, ...]

    @property
    def is_shared(self) -> bool:
        """Whether more than one student read it."""
        return len(self.students) > 1


def remove_numbers(text: str) -> str:
    """A sentence with # in place of its numbers.

    Example:
        >>> remove_numbers("rows of conv2d sum to [0.3, 2e-5], not 1")
        'rows of conv2d sum to [#], not #'
    """
    return _LIST.sub("#", _NUMBER.sub("#", " ".join(text.split())))


def group_messages(messages: Iterable[tuple[str, str, str]]) -> list[MessageGroup]:
    """Group messages that differ only in numbers, the most common first.

    Args:
        messages: for each, what it is about, its text and the student.
    """
    groups: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for about, text, student in messages:
        groups[about, remove_numbers(text)].append((text, student))
    found = []
    for (about, _), members in groups.items():
        texts = Counter(text for text, _ in members)
        students = dict.fromkeys(student for _, student in members)
        found.append(
            MessageGroup(about, texts.most_common(1)[0][0], len(texts) == 1, tuple(students))
        )
    return sorted(found, key=lambda group: (-len(group.students), group.about, group.text))
