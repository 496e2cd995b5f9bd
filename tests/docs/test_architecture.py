"""docs/architecture.md names folders, files and processes that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def folders() -> dict[str, str]:
    """By folder of `autograder/`, the process that the page states."""
    return dict(re.findall(r"^\| `([\w/]+)/` \|.+\| (.+) \|$", section("Folders"), re.M))


def test_every_folder_and_its_process() -> None:
    package = ROOT / "autograder"
    there = {path.parent.relative_to(package) for path in package.glob("*/**/__init__.py")}
    assert folders().keys() == {folder.as_posix() for folder in there}
    for folder, process in folders().items():
        code = (package / folder / "__init__.py").read_text("utf-8")
        docstring = " ".join((ast.get_docstring(ast.parse(code)) or "").split())
        assert process in docstring, f"{folder}/__init__.py does not say: {process}"


def test_every_file_exists() -> None:
    paths = set(re.findall(r"`((?:autograder|course_lib|tools|docs)/[\w/.]+)`", PAGE))
    assert not sorted(path for path in paths if not (ROOT / path).exists())


def test_every_term_is_where_the_page_says() -> None:
    found = re.findall(r"`(\w+)` in `([\w/.]+\.py)`", PAGE)
    assert found
    for name, path in found:
        code = (ROOT / path).read_text("utf-8")
        assert re.search(rf"^(class|def) {name}\b|^{name}\b", code, re.M), (
            f"{name} is not in {path}"
        )


def test_more_than_twenty_changes() -> None:
    assert section("Where to make a change").count("\n| ") > 22


def test_the_image_of_the_processes(monkeypatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "tools")
    import make_processes

    told = "run: python tools/make_processes.py"
    assert make_processes.image() == make_processes.IMAGE.read_text("utf-8"), told
