"""The documentation, opened from the disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.accessibility import list_violations

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("material", reason="mkdocs-material is not installed")
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return folder


def test_search_works_without_a_server(visit, site: Path) -> None:
    visited = visit(site / "index.html")
    page = visited.page
    page.keyboard.press("f")  # Material's key for the search
    page.keyboard.type("bubblewrap")
    page.wait_for_selector(".md-search-result__item", state="attached", timeout=30_000)
    found = page.locator(".md-search-result__item a").first.get_attribute("href")
    name = found.rpartition("/")[2].partition(".html")[0]
    assert "bubblewrap" in (site / f"{name}.html").read_text("utf-8")
    assert all(url.startswith("file://") for url in visited.fetched)
    assert not visited.errors


@pytest.mark.parametrize("name", ["index", "command-line", "when-a-check-fails", "threat-model"])
def test_pages_fit_a_phone(visit, site: Path, name: str) -> None:
    assert visit(site / f"{name}.html", width=390).overflow <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible(visit, site: Path, width: int, scheme: str) -> None:
    """Home, commands, tables, and examples of the API."""
    found = {}
    for name in ("index", "cluster", "compatibility", "course_lib/testing"):
        page = visit(site / f"{name}.html", width=width).page
        page.emulate_media(color_scheme=scheme)
        page.reload()
        found[name] = list_violations(page)
    assert found == dict.fromkeys(found, [])
