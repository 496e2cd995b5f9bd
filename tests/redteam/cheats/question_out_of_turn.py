# The agent asks objects of the test that it was never given, instead of answering.
# %% start
from autograder.engine.student import agent
from autograder.engine.wire.codec import encode
from autograder.engine.wire.frames import send_frame
def serve(self, payload):
    for number in (0, 1, -1, 2**70, "a", None):
        send_frame(self._connection, encode(("test", number, "call", [[], {}], {})))
    send_frame(self._connection, encode(("value", True, {})))
agent.Agent._serve = serve
