"""`autograder feedback`: a page for every student."""

from autograder.feedback.feedback_pages import feedback_pages, feedback_path, write_feedback

__all__ = ["feedback_pages", "feedback_path", "write_feedback"]
