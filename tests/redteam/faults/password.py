# The notebook asks for a password.
# marks: primes=1
# %% mean
import getpass
getpass.getpass()
# %% primes
primes = 168
