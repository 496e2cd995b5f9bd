# The agent sends printed texts and warnings of odd kinds with each answer.
# %% start
from autograder.engine.student import recorded_effects as r
def take(self):
    return {"printed": [["stdout", "1;2;3"], ["__init__", "x"], 3, ["stderr"]],
        "warned": [[["SystemExit"], "x"], [["Warning", 3], 5], [[], ""], None], "changed": [[0, 1]]}
r.RecordedEffects.take = take
# %% report
def report(values): return None
