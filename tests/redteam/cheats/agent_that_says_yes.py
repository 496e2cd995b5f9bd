# The student replaces the agent's answers by a value of its own, whatever is asked.
# %% start
from autograder.engine.student import agent
agent.Agent._answer = lambda self, operation, arguments: ("value", 168 if arguments[:1] == ["prime"] else True)
