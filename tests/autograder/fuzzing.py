"""How hard the property-based tests try: 500 examples each, always the same; or as many as asked.

`FUZZ_EXAMPLES=5000 pytest -m fuzz --timeout 0` draws that many new ones: one round of `make fuzz`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

_IN_CI = 500
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", _IN_CI))

# No example may take long, whatever it holds; far above what an honest one takes on a busy machine.
_AN_EXAMPLE = timedelta(seconds=10)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
"""Whatever JSON can say, lone surrogates and NaN with it."""


def fuzz(test: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a property-based test, and have it tried as often as this run asks."""
    setting = settings(
        max_examples=EXAMPLES,
        deadline=_AN_EXAMPLE,
        derandomize=EXAMPLES == _IN_CI,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    return pytest.mark.fuzz(setting(test))
