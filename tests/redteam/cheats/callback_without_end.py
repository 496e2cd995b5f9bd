# The test's function is called for ever.
# %% apply
def apply(f, values):
    while True:
        f(1)
