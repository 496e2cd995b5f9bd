# The agent announces an answer and sends a part of it.
# marks: countdown=1
# %% mean
import struct
from autograder.engine.student import agent
real = agent.send_frame
def once(sock, payload, deadline=None):
    agent.send_frame = real
    sock.sendall(struct.pack(">Q", 1000) + b"half")
def mean(values):
    agent.send_frame = once
    return 0
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
