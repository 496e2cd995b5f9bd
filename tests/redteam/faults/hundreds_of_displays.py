# Rich outputs by the thousand, in one cell.
# marks: primes=1
# %% mean
from IPython.display import HTML, display
for i in range(3000): display(HTML("<b>x</b>" * 100))
# %% primes
primes = 168
