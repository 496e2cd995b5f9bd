"""`autograder feedback`: a page for every student.

Runs in the `autograder` command.
"""

from autograder.feedback.write_feedback import feedback_path, iter_feedback, write_feedback

__all__ = ["feedback_path", "iter_feedback", "write_feedback"]
