"""`autograder feedback`: a page for every student.

Runs in the `autograder` command.
"""

from autograder.feedback.write_feedback import (
    FeedbackWriter,
    feedback_path,
    iter_feedback,
    write_feedback,
)

__all__ = ["FeedbackWriter", "feedback_path", "iter_feedback", "write_feedback"]
