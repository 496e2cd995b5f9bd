# The shell's run_code does nothing after the first cell.
# plain: mean softmax primes countdown model
# %% start
shell = get_ipython()
async def run_code(code, result=None, **_):
    return False
type(shell).run_code = lambda self, *a, **k: run_code(*a, **k)
