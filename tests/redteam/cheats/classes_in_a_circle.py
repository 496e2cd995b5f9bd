# Classes whose descriptions name themselves as base, have odd members, or no end.
# %% start
from autograder.engine.student import student_values as s
from autograder.engine.wire.codec import Extension
def describe(self, number):
    me = Extension("handle", {"id": number, "kind": "class", "name": "A", "bases": []})
    return {"name": "A", "bases": [me], "methods": {"__eq__": ["method", None, None], "__class__": ["property", 3, 4],
        "mro": ["class", [], ""], "__getattribute__": ["method", None, None]}, "doc": 3, "members": [["mro", 1]]}
s.StudentValues.describe_class = describe
# %% bag
class Bag:
    def __init__(self, items): self.items = items
    def __contains__(self, item): return True
    def __eq__(self, other): return True
    def __len__(self): return 6
# %% item
class Item(Bag): pass
def cheapest(items): return Item(3)
