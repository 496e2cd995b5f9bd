"""What a check says about an error, in one sentence."""

from __future__ import annotations

import linecache
import traceback

from course_lib.notebook.run_check import is_check_file

NO_ANSWER = "no answer yet. Replace `raise NotImplementedError()` with your answer."


def describe_error(error: BaseException, check_file: str) -> str:
    """Return what went wrong in a check and, if the student's code raised the error, at which line.

    Args:
        error: The error that ended the check.
        check_file: The file name with which the check was compiled, or that of the cell that calls
            it.

    Example:
        >>> describe_error(AssertionError("`f(2)` returned 3; expected 4."), "<the checks>")
        'not yet. `f(2)` returned 3; expected 4.'
    """
    if isinstance(error, AssertionError):
        return f"not yet. {error}".rstrip()
    if isinstance(error, NotImplementedError):
        return NO_ANSWER
    said = f"not yet. {type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    files = [frame.filename for frame in frames]
    inside = frames[files.index(check_file) + 1 :] if check_file in files else []
    outside = [f for f in inside if f.filename != check_file and not is_check_file(f.filename)]
    line = (
        linecache.getline(outside[-1].filename, outside[-1].lineno or 0).strip() if outside else ""
    )
    if line:
        return f"{said}\nIt stopped at: {line}"
    if isinstance(error, NameError) and not outside:
        return f"{said}. Run the cell that defines it, or check its spelling."
    return said
