"""The sentences about how a notebook ran."""

from __future__ import annotations

import pytest

from autograder.engine.run_sentences import describe_loss
from autograder.engine.wire.limits import Limits
from autograder.engine.wire.loss import Cause, Loss


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_a_sentence(cause: Cause) -> None:
    assert describe_loss(Loss(cause), "cell 7", Limits()).startswith("cell 7 ")
