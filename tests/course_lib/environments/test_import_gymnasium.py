"""A machine without gymnasium gets a sentence that says what to do."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
sys.modules["gymnasium"] = None  # as if it were not installed
from course_lib import *
try:
    environments.Catch
except RuntimeError as error:
    print(error)
"""


def test_the_message_says_how_to_install_it():
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert "gymnasium, which has the environments of this lab, cannot be imported" in run.stdout
    assert 'Install it with `pip install "gymnasium>=1.1"`, then restart the kernel.' in run.stdout
