# Generators swallow what is thrown into them, and are never closed.
# plain: journal
# %% journal
def journal(log):
    class Manager:
        def __enter__(self):
            log.append("begin")
            return 4
        def __exit__(self, *error): return True
        def __del__(self): log.append("end")
    log.clear()
    log.extend(["begin"])
    return Manager()
# %% totals
def totals(values):
    while True:
        try: yield 0
        except BaseException: continue
