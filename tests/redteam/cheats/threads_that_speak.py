# A thread of the student's says that it speaks for the agent, and sends answers of its own.
# %% start
import threading
from autograder.engine.student import own_loop
from autograder.engine.wire.codec import encode
from autograder.engine.wire.frames import send_frame
import gc
def speak():
    from autograder.engine.student.agent import Agent
    agents = [o for o in gc.get_objects() if type(o) is Agent]
    for agent in agents:
        agent._loop.speaker = threading.current_thread()
        for _ in range(3):
            try: send_frame(agent._connection, encode(("value", 0.0, {})))
            except Exception: pass
threading.Thread(target=speak).start()
# %% primes
primes = 7
# %% mean
def mean(values): return 1.0
