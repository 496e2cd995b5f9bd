from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.autograder.conftest import graded_course, made_course  # noqa: F401 (fixtures)


class Visit:
    """A page opened from the disk, and what it asked the network for."""

    def __init__(self, browser, path: Path, width: int, script: bool) -> None:
        self._context = browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=script
        )
        self.page = self._context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        self.page.goto(f"file://{quote(str(path))}")

    def close(self) -> None:
        self._context.close()

    @property
    def fetched(self) -> list[str]:
        """Everything asked for but the page itself and what it holds."""
        return [url for url in self.requests[1:] if not url.startswith("data:")]

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


@pytest.fixture
def visit(chromium) -> Iterator:
    """Opens a page: `visit(path, width=1200, script=True)`."""
    visits: list[Visit] = []

    def opened(path: Path, width: int = 1200, script: bool = True) -> Visit:
        visits.append(Visit(chromium, path, width, script))
        return visits[-1]

    yield opened
    for one in visits:
        one.close()
