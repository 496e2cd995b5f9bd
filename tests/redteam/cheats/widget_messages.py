# Widgets' messages redirect the outputs of other cells; odd displays follow.
# marks: countdown=1
# %% start
kernel = get_ipython().kernel
def send(kind, content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent(), metadata={})
cell = kernel.get_parent()["header"]["msg_id"]
state = {"_model_module": "@jupyter-widgets/output", "_model_name": "OutputModel", "outputs": []}
send("comm_open", {"comm_id": "c", "target_name": "jupyter.widget",
                   "data": {"state": {**state, "msg_id": cell}, "buffer_paths": [[["a"] * 50]]}})
shown = [{"output_type": "execute_result", "data": {"text/plain": "1"}, "metadata": {}}]
send("comm_msg", {"comm_id": "c", "data": {"method": "update", "state": {"outputs": shown}}})
for kind in ("display_data", "update_display_data"):
    send(kind, {"data": {"text/plain": "1"}, "metadata": {}, "transient": {"display_id": "d"}})
send("clear_output", {"wait": True})
send("execute_result", {"data": {"text/plain": "1"}, "metadata": {}, "execution_count": {"a": 1}})
send("error", {"ename": ["x"], "evalue": {"y": 1}, "traceback": "z"})
send("stream", {"name": "stderr", "text": ["a", {"b": 1}]})
send("invented", {"name": 1})
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
