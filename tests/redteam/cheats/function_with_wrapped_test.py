# A function says that it wraps another one, whose attributes are its own stand-in's.
# %% start
from autograder.engine.student.student_values import StudentValues
before = StudentValues._find_attributes
StudentValues._find_attributes = lambda self, value: {**before(self, value), "__wrapped__": 3,
    "__signature__": 4, "__eq__": True, "fetched_name": "softmax", "student_class": 1, "__code__": 5}
# %% apply
def apply(f, values): return [0 for value in values]
apply.__wrapped__ = apply
