"""The sockets of a Jupyter kernel, in the order in which the processes pass them."""

CHANNELS = ("shell", "stdin", "control", "iopub", "hb")
