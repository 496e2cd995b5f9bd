"""Tools for the open notebook: finding its cells and running its visible checks.

They run in the student's kernel.
"""

from course_lib.notebook.check_my_work import check_my_work
from course_lib.notebook.this_notebook import this_notebook

__all__ = ["check_my_work", "this_notebook"]
