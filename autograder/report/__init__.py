"""`autograder report`: one page for the instructor."""

from autograder.report.write_report import write_report

__all__ = ["write_report"]
