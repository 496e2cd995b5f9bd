"""Tools for the open notebook: its cells, its visible checks, and what they said.

They run in the student's kernel.
"""

from course_lib.notebook.check_my_work import check_my_work
from course_lib.notebook.hand_in import hand_in
from course_lib.notebook.progress import progress
from course_lib.notebook.run_check import run_check
from course_lib.notebook.shorten_checks import shorten_checks
from course_lib.notebook.this_notebook import this_notebook

__all__ = [
    "check_my_work",
    "hand_in",
    "progress",
    "run_check",
    "shorten_checks",
    "this_notebook",
]
