"""Recognise the lab that a notebook belongs to, by the grade_ids in it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping

_IDS = re.compile(r'"grade_id":\s{0,9}"([^"\\]{1,300})"')
_MOST_READ = 20 * 2**20  # bytes of a notebook that are searched


def find_grade_ids(content: bytes) -> set[str]:
    """Find the grade_ids in the JSON of a notebook of any format; none in other files.

    Example:
        >>> find_grade_ids(b'{"cells": [{"metadata": {"nbgrader": {"grade_id": "softmax"}}}]}')
        {'softmax'}
    """
    head = content[:_MOST_READ]
    return set(_IDS.findall(head.decode(json.detect_encoding(head), "ignore")))


def find_other_lab(ids: Collection[str], lab: str, labs: Mapping[str, Collection[str]]) -> str:
    """Find the lab that a notebook belongs to if it is not this one.

    Labs may share some grade_ids, and a student may copy a cell from another lab: the lab of most
    cells decides. The same tells the notebooks of one lab apart.

    Args:
        ids: The grade_ids in the notebook.
        lab: The name of the lab that it was submitted for.
        labs: The grade_ids of every lab of the course.

    Returns:
        The name of the other lab; empty if the notebook belongs to this lab or to none.

    Example:
        >>> labs = {"01": {"a", "b", "import"}, "02": {"c", "d", "import"}}
        >>> find_other_lab({"c", "d", "import"}, "01", labs), find_other_lab({"a"}, "01", labs)
        ('02', '')
    """
    found, own = set(ids), set(labs.get(lab, ()))

    def lead(other: str) -> int:
        theirs = set(labs[other])
        return len(found & (theirs - own)) - len(found & (own - theirs))

    best = max((name for name in labs if name != lab), key=lead, default="")
    return best if best and lead(best) > 0 else ""
