# The agent answers the question for changed lists with others, of another number and kind.
# %% start
from autograder.engine.student.agent import Agent
from autograder.engine.wire.agent_protocol import Operation
answers = iter([[], [1, 2, 3], None, {"a": 1}, [[0] * 9], [None], [b"x"], "no"] * 99)
Agent._operations = {**Agent._operations, Operation.READ_OBJECTS: lambda self, n: next(answers)}
# %% ledger
class Ledger:
    def __init__(self): self.entries, self.total = [], 0
    def add(self, amount): self.entries.append(0)
