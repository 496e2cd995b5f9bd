# The function forks; both processes answer on the inherited sockets.
# %% mean
import os
def mean(values):
    os.fork()
    return 0.0
