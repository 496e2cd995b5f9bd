# Forged replies and outputs are published on the kernel's own sockets.
# %% start
kernel = get_ipython().kernel
for kind, content in (
    ("status", {"execution_state": "idle"}),
    ("execute_result", {"data": {"text/plain": "1.0"}, "metadata": {}, "execution_count": 1}),
    ("execute_reply", {"status": "ok"}),
):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent("shell"))
