"""Settings of this course for stock nbgrader and formgrader."""

c = get_config()  # noqa: F821 (nbgrader provides it)

c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "labs"
# A lab's source and its other answers are beside the instructor's notebook: do not release them.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "__pycache__",
    "*.pyc",
    "[0-9][0-9]_*.py",
    "right_answers.toml",
    "wrong_answers.toml",
]
# Training takes longer than nbgrader's default of 30 s per cell.
c.Execute.timeout = 120
