"""The causes of a loss, and the statuses that follow."""

from __future__ import annotations

from dataclasses import fields

from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause
from autograder.engine.wire.question_verdict import Status


def test_every_limit_is_a_cause() -> None:
    assert {limit.name for limit in fields(Limits)} < {cause.value for cause in Cause}


def test_a_limit_in_seconds_is_a_timeout() -> None:
    timeouts = {cause for cause in Cause if cause.status is Status.TIMEOUT}
    assert timeouts == {cause for cause in Cause if cause.value.endswith("seconds")}
