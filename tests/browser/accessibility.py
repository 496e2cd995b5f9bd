"""What axe-core, the accessibility checker, finds on a page."""

from __future__ import annotations

from typing import Any

import pytest


def list_violations(page: Any) -> list[tuple[str, str]]:
    """Return the rule and the element of each violation on a page that is open in Playwright."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    )
    found = axe.Axe().run(page).response
    assert len(found["passes"]) > 10, "axe did not look at the page"
    return [
        (violation["id"], node["html"][:200])
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
