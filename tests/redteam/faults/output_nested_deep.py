# An output's JSON is nested deeper than those who copy and write the notebook can follow.
# marks: countdown=1
# %% start
from IPython.display import display

value = []
for _ in range(450):
    value = [value]
display({"application/json": value, "text/plain": value, "text/html": [value]}, raw=True)
kernel = get_ipython().kernel


def send(kind, content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())


send("display_data", {"data": {"text/plain": value}, "metadata": {"a": value}, "transient": {}})
send("execute_result", {"data": value, "metadata": value, "execution_count": value})
send("error", {"ename": value, "evalue": value, "traceback": value})
send("stream", {"name": value, "text": value})
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
