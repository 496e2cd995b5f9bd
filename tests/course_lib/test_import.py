import subprocess
import sys
import time
from pathlib import Path

import pytest

import course_lib


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def seconds(code):
    began = time.perf_counter()
    python(code)
    return time.perf_counter() - began


def test_import_loads_no_other_package():
    loaded = python("import course_lib, sys; print(*sys.modules)").stdout.split()
    assert not {"numpy", "tensorflow", "keras", "matplotlib", "sklearn"} & set(loaded)


def test_import_takes_less_than_a_tenth_of_a_second():
    # The shortest of five, because the machine may be busy.
    bare, ours = (min(seconds(code) for _ in range(5)) for code in ("", "import course_lib"))
    assert ours - bare < 0.1


def test_stand_ins_do_not_need_tensorflow():
    code = """
import sys, course_lib
for name in course_lib.data.NAMES:
    course_lib.data.load(name, "offline", "quick")
print(*sys.modules)
"""
    loaded = set(python(code).stdout.splitlines()[-1].split())
    assert not {"tensorflow", "keras", "sklearn"} & loaded


def test_every_module_is_an_attribute():
    for name in course_lib.MODULES:
        assert getattr(course_lib, name).__name__ == f"course_lib.{name}"
    assert set(course_lib.__all__) <= set(dir(course_lib))


def test_unknown_attribute_is_explained():
    with pytest.raises(AttributeError, match="no module 'dataset'; it has: agents, blocks, data"):
        course_lib.dataset  # noqa: B018


def test_star_import_gives_what_students_type():
    names = python("from course_lib import *; print(*dir())").stdout.split()
    assert {"check_my_work", "data", "training"} <= set(names)


def test_version_is_that_of_the_package():
    project = Path(course_lib.__file__).parents[1] / "pyproject.toml"
    assert f'version = "{course_lib.__version__}"' in project.read_text("utf-8")
