# Displays are nested as deep as readers of the notebook just bear, and deeper.
# marks: countdown=1
# %% start
from IPython.display import display
for depth in (60, 200, 400, 800, 940):
    value = 1
    for _ in range(depth): value = [value]
    try: display({"application/json": value}, raw=True)
    except RecursionError: pass
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
