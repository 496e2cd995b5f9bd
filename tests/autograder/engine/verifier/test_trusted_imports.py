"""Modules that the tests use without importing them."""

from __future__ import annotations

import math
import os.path

import numpy as np
import pytest

from autograder.engine.verifier.trusted_imports import TrustedImports


def test_imports_of_the_instructors_notebook() -> None:
    imports = TrustedImports(
        ["%matplotlib inline\nimport math as m", "import os.path", "from math import pi\nbroken("]
    )
    assert imports.find("m") is math
    assert imports.find("os") is os


def test_customary_names_need_no_import() -> None:
    assert TrustedImports([]).find("np") is np


@pytest.mark.parametrize("code", ["def np(): ...", "np = 3", "import numpy as np\nnp = 3"])
def test_what_the_notebook_defines_is_the_students(code: str) -> None:
    with pytest.raises(KeyError):
        TrustedImports([code]).find("np")


def test_other_names_are_not_found() -> None:
    with pytest.raises(KeyError):
        TrustedImports(["import does_not_exist_anywhere as x"]).find("x")
