"""Messages between the trusted processes: each arrives as it was sent."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from autograder.engine.wire import messages
from autograder.engine.wire.frames import FrameError
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss
from autograder.engine.wire.measurement import Measurement
from autograder.engine.wire.messages import Message, pack_message, unpack_message
from autograder.engine.wire.note import Note, NoteKind
from autograder.engine.wire.question_verdict import QuestionVerdict, Status
from autograder.engine.wire.rejudgement import Rejudgement

LOSS = Loss(Cause.KERNEL_ENDED, "exit code 3")
VERDICT = QuestionVerdict("q1", 0.5, 2.0, Status.ERROR, "NameError", undefined_name="model")
EXAMPLES = [
    messages.Job({"cells": []}, {}, 7, "/tmp/x", Limits(), 2.5, [VERDICT], {3: LOSS}, ["q1"], [8]),
    messages.KernelAddress("/tmp/k", "key"),
    messages.KernelFailure("no room"),
    messages.KernelLoss(LOSS),
    messages.KernelRequest(),
    messages.LossRequest(),
    messages.CellStart(4),
    messages.CellLoss(4, LOSS),
    messages.Decision(VERDICT),
    messages.KernelRelease(),
    messages.VerifierFailure("MemoryError"),
    messages.RunEnd(
        {"cells": []},
        [Note(NoteKind.REPAIR, "ü")],
        {"q1": [Measurement("accuracy", 0.5, 0.25, 0.125)]},
        [Rejudgement("q1", 1 << 100, 1.5, "close")],
    ),
    messages.KernelSetup(
        *(5, True, "/home", "/tmp", ["/usr"], Limits(processes=9), "key", 7, "AA=="),
        *(["/"], ["/tmp", "/dev"]),
    ),
    messages.FileNames(["data/x.txt"]),
    messages.KernelStart(),
    messages.KernelEnd(-9),
]


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_message_arrives_as_it_was_sent(message: Message) -> None:
    received = unpack_message(pack_message(message))
    assert received == message and type(received) is type(message)


def test_every_message_has_an_example() -> None:
    assert {type(message) for message in EXAMPLES} == set(get_args(Message))


def test_enums_arrive_as_members() -> None:
    received = unpack_message(pack_message(messages.CellLoss(1, LOSS)))
    assert received.loss.cause is Cause.KERNEL_ENDED
    assert unpack_message(pack_message(messages.Decision(VERDICT))).verdict.status is Status.ERROR


def test_a_lone_surrogate_is_replaced() -> None:
    assert unpack_message(pack_message(messages.KernelFailure("\ud800"))).reason == "?"


@pytest.mark.parametrize(
    "content",
    [
        ["Exit", {}],
        ["CellStart", {}],
        ["CellStart", {"index": 1, "more": 2}],
        ["CellStart", [1]],
        ["CellLoss", {"index": 1, "loss": {"cause": "boredom", "detail": ""}}],
        ["Decision", {"verdict": {**vars(VERDICT), "status": "right"}}],
        [["CellStart"], {"index": 1}],
        {"CellStart": 1},
        None,
    ],
)
def test_anything_else_is_refused(content: object) -> None:
    with pytest.raises(FrameError, match="unreadable"):
        unpack_message(json.dumps(content).encode())
    with pytest.raises(FrameError, match="unreadable"):
        unpack_message(b"\xff{")
