# The text that the test evaluates names what the test has computed.
# %% formula
formula = "expected"
