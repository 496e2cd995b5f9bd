# The agent sends an error whose attributes and notes are classes, functions and huge texts.
# %% start
from autograder.engine.student import agent as a
class Any(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
state = {"filename": Any("x"), "errno": 2, "args": [], "__class__": "AssertionError", "__traceback__": None,
         "__cause__": None, "notes": ["n" * 10_000] * 1_000, "value": [1], "with_traceback": 3}
a.describe_state = lambda error: state
# %% missing
def missing(path):
    raise FileNotFoundError(2, "no", "other")
# %% totals
def totals(values): raise StopIteration(0)
