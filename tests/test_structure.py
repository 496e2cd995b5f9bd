"""The house's rules: folders import downwards, functions and files stay short."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
FUNCTION_LINES, FILE_LINES = 40, 300  # without docstrings; labs are as long as their text
FOLDERS = ("autograder", "course_lib", "benchmarks", "tools", "tests")


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in (ROOT / folder).rglob("*.py") if "redteam" not in path.parts)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """A function's lines without its docstring."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    return lines - (function.body[0].end_lineno - function.body[0].lineno + 1)


def test_folders_import_only_what_is_below_them() -> None:
    """The contracts are in pyproject.toml: [tool.importlinter]."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_architecture_page_has_the_same_layers() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = page.partition("```text\n")[2].partition("```")[0].splitlines()
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (c for c in config["tool"]["importlinter"]["contracts"] if c["id"] == "layers")
    layers = [layer.replace(" | ", " · ") for layer in contract["layers"]]
    assert [line.partition(",")[0] for line in shown] == layers


def too_long(path: Path) -> Iterator[str]:
    """What in a file is longer than it may be and does not say why: `# Long because …`."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    if len(lines) > FILE_LINES:
        yield f"{path}: {len(lines)} lines"
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, FUNCTION))
    for function in functions:
        inside = lines[function.lineno : function.end_lineno]
        why = any("# Long because " in line for line in inside)
        if length(function) > FUNCTION_LINES and not why:
            yield f"{path}: {function.name}: {length(function)} lines"


def test_files_and_functions_are_short() -> None:
    assert not [found for path in sources() for found in too_long(path)]


def test_no_module_name_is_used_twice_in_autograder() -> None:
    paths = [path for path in (ROOT / "autograder").rglob("*.py") if path.stem != "__init__"]
    commands = {path for path in paths if path.parent.name == "cli"}
    names = [path.stem for path in paths if path not in commands]
    assert sorted(set(names)) == sorted(names)
