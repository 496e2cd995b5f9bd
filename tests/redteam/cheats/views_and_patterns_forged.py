# The agent describes views, patterns, generators and estimators that do not exist or never end.
# %% start
from autograder.engine.student import agent
from autograder.engine.wire.codec import Extension
kinds = iter([["python_values.dict_keys", [[1], [2]]], ["python_values.dict_items", [1, 2]],
    ["python_values.pattern", ["(" * 5000, 0]], ["python_values.array", ["q", [2 ** 70]]],
    ["python_values.Random", "x"], ["array_values.random_state", -1], ["array_values.ufunc", "fromstring"],
    ["array_values.matrix", 3], ["array_values.poly1d", "x"], ["science_values.view", ["__class__", 3]],
    ["science_values.distribution", ["os", [], {}]], ["estimator_values.unfitted", ["os", "system", {}]],
    ["estimator_values.unfitted", ["sklearn.utils._testing", "SkipTest", {}]],
    ["tensor_values.dataset", [3, 4]], ["python_values.memoryview", "x"]] * 30)
agent.Agent._answer = lambda self, operation, arguments: ("value", Extension("shared", next(kinds)))
