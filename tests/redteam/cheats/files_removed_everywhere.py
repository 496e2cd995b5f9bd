# The agent says that all files are gone, and asks to remove files by paths outside the folder.
# %% start
from autograder.engine.student import files_here as f
paths = ["../course/nbgrader_config.py", "/etc/hostname", "a/../../b", "\0", "x" * 5_000, "absent.txt"]
f.FilesHere.list_changed = lambda self: [[path, 1, 1] for path in paths] + [["only"], None, 3]
f.FilesHere.read = lambda self, path: b"import os"
# %% missing
def missing(path):
    open(path, "w").close()
    error = FileNotFoundError(2, "No such file", "another.txt")
    raise error
