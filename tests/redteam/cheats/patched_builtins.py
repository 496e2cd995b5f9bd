# abs is always 0, isinstance always true, sum and len and zip are the student's.
# plain: mean countdown
# %% start
import builtins
builtins.abs = lambda x: 0
builtins.isinstance = lambda *a: True
builtins.zip = lambda *a: []
# %% mean
def mean(values): return 0.0
# %% countdown
def countdown(n): return []
