# An output's JSON is nested deeper than those who copy and write the notebook can follow.
# marks: countdown=1
# %% start
from IPython.display import display

value = []
for _ in range(450):
    value = [value]
display({"application/json": value, "text/plain": "an output"}, raw=True)
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
