"""`autograder export`: the marks of a lab, as an LMS or a spreadsheet reads them.

Runs in the `autograder` command.
"""

from autograder.export.export_scores import ExportOptions, export_scores

__all__ = ["ExportOptions", "export_scores"]
