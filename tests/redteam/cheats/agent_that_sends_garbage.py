# The agent's replies are random bytes, lengths that are lies, and unknown kinds.
# %% start
import os, struct
from autograder.engine.student import agent
def garbage(sock, payload, deadline=None):
    sock.sendall(struct.pack(">Q", 40) + os.urandom(40) * 3)
agent.send_frame = garbage
