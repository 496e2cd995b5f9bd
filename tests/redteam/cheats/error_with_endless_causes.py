# An exception says that it was raised from itself, and others are raised from hundreds.
# %% mean
def mean(values):
    error = ValueError("a")
    error.__cause__ = error
    raise error
# %% apply
def apply(f, values):
    error = None
    for n in range(500):
        made = KeyError(n)
        made.__cause__, error = error, made
    raise error
# %% start
from autograder.engine.student.agent import Agent
before = Agent._describe_error
def forged(self, error, effects, depth=0):
    word, names, message, more, effects = before(self, error, effects, depth)
    cause = ["ValueError"], "x", {}
    for n in range(60): cause = ["ValueError"], "x", {"cause": list(cause)}
    return word, names, message, {**more, "cause": list(cause)}, effects
Agent._describe_error = forged
