# Handles are forged: numbers of objects never given out, and the same one for every question.
# %% start
from autograder.engine.student import student_values as s
s.StudentValues._about = lambda self, value: {"id": 2**70, "kind": "iterator", "name": "\x00" * 500,
    "signature": [["a", 9, True, None]], "doc": 5}
# %% mean
def mean(values): return 0.0
# %% countdown
def countdown(n): return iter([])
