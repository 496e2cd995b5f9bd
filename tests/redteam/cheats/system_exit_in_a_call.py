# The student's code raises what ends a process, in every call of a test.
# %% mean
def mean(values): raise SystemExit(0)
# %% softmax
def softmax(x): raise KeyboardInterrupt
# %% countdown
def countdown(n):
    raise GeneratorExit
    yield
# %% bag
class Bag:
    def __init__(self, items): raise SystemExit("passed")
# %% timer
class Timer:
    def __enter__(self): return self
    def __exit__(self, *error): raise SystemExit(0)
