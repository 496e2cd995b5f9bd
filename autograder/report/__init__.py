"""`autograder report`: one page for the instructor, about a lab or the whole course.

Runs in the `autograder` command.
"""

from autograder.report.write_course_report import write_course_report
from autograder.report.write_report import write_report

__all__ = ["write_course_report", "write_report"]
