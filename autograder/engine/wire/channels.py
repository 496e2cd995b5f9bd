"""The sockets of a Jupyter kernel, in the order in which the processes hand them on."""

CHANNELS = ("shell", "stdin", "control", "iopub", "hb")
