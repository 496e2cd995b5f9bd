"""The public API: the examples of its page run, and importing the package stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import autograder
from autograder.course.course import Course

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")


@pytest.mark.slow
def test_the_examples_run(course: Course, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)), "utf-8")
    run = subprocess.run(
        [sys.executable, script], cwd=course.root, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr
    assert "no_bias" in run.stdout and "neuron 2.0 2.0" in run.stdout


def test_every_name_is_documented_and_can_be_imported() -> None:
    reference = PAGE.split("## Reference")[1]
    for name in autograder.__all__:
        assert re.search(rf"^\| `{name}\b", reference, re.MULTILINE), name
        assert getattr(autograder, name).__name__ == name
    with pytest.raises(AttributeError):
        _ = autograder.nothing


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(autograder.__file__).read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = {(node.names[0].name, node.module) for node in block.body}
    assert imports == set(autograder._MODULES.items())


def test_importing_the_package_imports_nothing_else() -> None:
    code = (
        "import sys; import autograder; "
        "print([m for m in sys.modules if m.startswith(('autograder.', 'nbformat', 'nbgrader'))])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.strip() == "[]", run.stderr
