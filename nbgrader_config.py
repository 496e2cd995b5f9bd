"""What stock nbgrader has to know of this course; formgrader works on it, too."""

c = get_config()  # noqa: F821 (nbgrader provides it)

c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
# A lab's source and its wrong answers stand beside the instructor's notebook: not for release.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "__pycache__",
    "*.pyc",
    "[0-9][0-9]_*.py",
    "wrong_answers.toml",
]
# Training takes longer than nbgrader's 30 s a cell.
c.Execute.timeout = 120
