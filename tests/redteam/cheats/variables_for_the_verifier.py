# Environment variables for the verifier: another seed, another library, other code.
# %% start
import os
os.environ.update(AUTOGRADER_SEED="1", LD_PRELOAD="/tmp/x.so", PYTHONPATH="/tmp", PATH="/tmp",
    PYTHONSTARTUP="/tmp/x.py", COURSE_PROFILE="none")
from autograder.engine.student import surroundings
surroundings.Surroundings.change = lambda self, changes: dict(os.environ)
