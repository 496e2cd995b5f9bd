from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator

import pytest

# As `autograder` itself does: nbgrader calls `alembic` by name.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: with one of them last, the other workers would wait for it."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    """A headless Chromium; tests that ask for it are skipped where there is none.

    Not for the whole session: as long as Playwright is open, an event loop runs in this thread,
    and neither a second Playwright nor `asyncio.run` can start.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((path for name in names if (path := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"none of {', '.join(names)} is on PATH")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
