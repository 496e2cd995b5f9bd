"""What works on the notebook that is open: its visible checks."""

from course_lib.notebook.check_my_work import check_my_work
from course_lib.notebook.this_notebook import this_notebook

__all__ = ["check_my_work", "this_notebook"]
