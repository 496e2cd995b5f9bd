"""A kernel's answers: known replies with the right content, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.engine.wire.agent_protocol import Reply, read_reply
from autograder.engine.wire.codec import CodecError


@pytest.mark.parametrize(
    ("answer", "reply", "content"),
    [
        (("value", 3), Reply.VALUE, [3]),
        (["value", None], Reply.VALUE, [None]),
        (("missing",), Reply.MISSING, []),
        (("last",), Reply.LAST, []),
        (("value", 3, {}), Reply.VALUE, [3, {}]),
        (("test", 1, "call", [], {}), Reply.TEST, [1, "call", [], {}]),
        (("raised", ["ValueError"], "bad"), Reply.RAISED, [["ValueError"], "bad"]),
    ],
)
def test_replies(answer: Any, reply: Reply, content: list[Any]) -> None:
    assert read_reply(answer) == (reply, content)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        7,
        "value",
        (),
        ("value",),
        ("value", 1, 2, 3),
        ("raised", []),
        ("test", 1),
        ("last", 1, 2, 3),
        ("Value", 1),
        ("passed", 1),
        (b"value", 1),
        (np.array(["value"]), 1),
        ([], 1),
        ({"value": 1},),
    ],
)
def test_anything_else_is_refused(answer: Any) -> None:
    with pytest.raises(CodecError):
        read_reply(answer)
