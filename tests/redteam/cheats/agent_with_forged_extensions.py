# The agent answers with extensions that name methods of the receiver.
# %% start
from autograder.engine.student import agent
from autograder.engine.wire.codec import Extension
kinds = iter(["__init__", "receive", "extend", "handle", "keras", "model", "_channel", "x" * 30] * 20)
agent.Agent._answer = lambda self, operation, arguments: ("value", Extension(next(kinds), {"id": 1}))
