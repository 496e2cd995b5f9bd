"""Cheats without a sandbox have the outcomes that the threat model states."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.redteam.case import cases
from tests.redteam.unwalled import try_cheats

MODEL = Path(__file__).resolve().parents[2] / "docs" / "threat-model.md"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap"),
]


def test_cheats_without_walls() -> None:
    """Tries the cheats that the threat model lists and some others; the script tries them all."""
    row = re.compile(r"^\| `(\w+)` \| (wins .*|ends the run|harms others) \|$", re.MULTILINE)
    listed = dict(row.findall(MODEL.read_text(encoding="utf-8")))
    assert listed
    some = [case.name for case in cases("cheats")][::12]
    # On another machine a listed cheat may fail; no other cheat may win.
    assert try_cheats([*listed, *some]).items() <= listed.items()
