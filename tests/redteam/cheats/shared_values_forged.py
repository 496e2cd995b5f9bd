# The agent describes values of libraries that the lab does not use, or that do not exist.
# %% start
from autograder.engine.student import agent
from autograder.engine.wire.codec import Extension
kinds = iter([["science_values.expression", ["Symbol", "x", {"negative": True}]],
    ["estimator_values.estimator", ["Ridge", {"predict": 3}]], ["frame_values.missing", "NA"],
    ["array_values.sparse", ["csr_array", [10**15, 2], 1, 2, 3]], ["os.system", "true"],
    ["python_values.Decimal", "1E+999999999"], ["python_values.error", ["SystemExit", []]],
    ["tensor_values.shape", [2**62]], ["array_values.generator", [{}]], [], None, 3] * 30)
agent.Agent._answer = lambda self, operation, arguments: ("value", Extension("shared", next(kinds)))
