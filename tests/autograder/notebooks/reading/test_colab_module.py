"""`google.colab` is there for notebooks that stop without it, and for no others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.notebooks.reading.colab_module import make_colab_module

STOPS = {
    "drive": "from google.colab import drive\ndrive.mount('/content/drive')",
    "import": "import google.colab",
    "import of a part": "import google.colab.files",
    "as": "import google.colab.drive as d\nd.mount('/content/drive', force_remount=True)",
    "from google": "from google import colab\ncolab.drive.mount('/x')",
    "function": "from google.colab.patches import cv2_imshow\ncv2_imshow([1])",
    "upload": "from google.colab import files\nfor n in files.upload(): print(n)",
    "several": "from google.colab import auth, drive, output, userdata\nauth.authenticate_user()",
    "with a magic": "%matplotlib inline\nfrom google.colab import drive\n!ls\ndrive.mount('/x')",
    "try without a handler": "try:\n    import google.colab\nfinally:\n    x = 1",
}
DOES_WITHOUT = {
    "try": "try:\n    import google.colab\n    HERE = 1\nexcept ImportError:\n    HERE = 0",
    "try, bare": "try:\n    from google.colab import drive\nexcept:\n    pass",
    "suppress": "import contextlib\nwith contextlib.suppress(OSError):\n    import google.colab",
    "modules": "import sys\nif 'google.colab' in sys.modules:\n    import google.colab",
    "find_spec": "import importlib.util\nok = importlib.util.find_spec('google.colab')\n"
    "if ok:\n    import google.colab",
    "no import": "print('see google colab')",
    "comment": "# from google.colab import drive",
    "another module": "from google.colab_tools import drive\nimport google.colaboratory",
    "no Python": "from google.colab import drive (",
}


@pytest.mark.parametrize("case", STOPS)
def test_the_module_does_nothing(case: str, tmp_path: Path) -> None:
    files = make_colab_module(new_notebook(cells=[new_code_cell(STOPS[case])]))
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(content)
    plain = "\n".join(line for line in STOPS[case].splitlines() if line[0] not in "%!")
    code = f"import google.protobuf, sys\nsys.path.insert(0, '')\n{plain}\nprint('fine')"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert run.stdout == "fine\n", run.stderr


@pytest.mark.parametrize("case", DOES_WITHOUT)
def test_a_notebook_that_asks_is_left_alone(case: str) -> None:
    text = new_markdown_cell("from google.colab import drive")
    assert make_colab_module(new_notebook(cells=[text, new_code_cell(DOES_WITHOUT[case])])) == {}


def test_one_cell_that_asks_decides_for_all() -> None:
    cells = [
        new_code_cell(DOES_WITHOUT["try"]),
        new_code_cell(f"if IN_COLAB:\n    {'import google.colab'}"),
    ]
    assert make_colab_module(new_notebook(cells=cells)) == {}
