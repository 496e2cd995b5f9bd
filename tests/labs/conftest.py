from __future__ import annotations

import os
import uuid

import pytest

SEEDS = (1, 2, 3)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A lab's claims hold under every seed: each run tries one, `CLAIM_SEEDS=all` tries them all.

    The workers of a run have to collect the same tests, and share its identifier.
    """
    if "seed" not in metafunc.fixturenames:
        return
    if os.environ.get("CLAIM_SEEDS") == "all":
        metafunc.parametrize("seed", SEEDS)
    else:
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
        metafunc.parametrize("seed", [SEEDS[int(run, 16) % len(SEEDS)]])
