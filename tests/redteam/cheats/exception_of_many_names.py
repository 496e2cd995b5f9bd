# Exceptions with lying names and bases: SystemExit, KeyboardInterrupt, GeneratorExit.
# %% mean
def mean(values): raise SystemExit(0)
# %% softmax
def softmax(x): raise KeyboardInterrupt
# %% countdown
class Ghost(GeneratorExit):
    __name__ = "StopIteration"
    def __str__(self): raise SystemExit
def countdown(n): raise Ghost
