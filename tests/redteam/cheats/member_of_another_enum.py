# The agent names members, and numbers of flags, that the enums do not have.
# %% start
from autograder.engine.student import student_values as v
answers = iter([["LIGHT", None], [None, 3], [None, 10 ** 30], ["__class__", None], [None, None], [3, "x"], []] * 99)
v.describe_member = lambda member: next(answers)
# %% shade
import enum
class Shade(enum.Enum):
    DARK = 1
    LIGHT = 2
class Side(enum.Flag):
    LEFT = 1
    RIGHT = 2
def lightest(shades): return Shade.DARK
def join(sides): return Side.LEFT
