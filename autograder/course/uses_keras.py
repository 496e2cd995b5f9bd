"""Tell which labs need Keras."""

from __future__ import annotations

from autograder.course.course import Course, Lab

# Keras, and packages that import it or are imported with it.
_NAMES = (b"keras", b"tensorflow", b"course_lib", b"scipy", b"sklearn")
_SUFFIXES = (".ipynb", ".py")


def uses_keras(course: Course, lab: Lab) -> bool:
    """Return whether the instructor's notebooks or modules name Keras or a package around it."""
    files = (course.source_dir / lab.name).rglob("*")
    try:
        texts = [path.read_bytes() for path in files if path.suffix in _SUFFIXES]
    except OSError:
        return True
    return any(name in text for text in texts for name in _NAMES)
