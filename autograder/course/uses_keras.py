"""Tell which labs need Keras."""

from __future__ import annotations

import re

from autograder.course.course import Course, Lab

# Of Keras, of packages that are imported with it, and of the parts of course_lib that use it.
_IMPORT = re.compile(
    rb"\b(?:import|from)\s[^\n\"']*\b(?:keras|tensorflow|scipy|sklearn)\b"
    rb"|\bcourse_lib(?:\.| import )(?!(?:notebook|profile|testing)\b)\w"
)
_SUFFIXES = (".ipynb", ".py")


def uses_keras(course: Course, lab: Lab) -> bool:
    """Return whether the instructor's notebooks or modules import Keras or a package around it.

    An import in another form is not seen; it only takes longer then.
    """
    files = (course.source_dir / lab.name).rglob("*")
    try:
        texts = [path.read_bytes() for path in files if path.suffix in _SUFFIXES]
    except OSError:
        return True
    # In a notebook's JSON, a line may end with a backslash and an n.
    return any(_IMPORT.search(text.replace(rb"\n", b"\n")) for text in texts)
