# Figures by the hundred.
# marks: primes=1
# %% mean
import matplotlib.pyplot as plt
for i in range(400):
    plt.figure(figsize=(1, 1)); plt.plot([i]); plt.show()
# %% primes
primes = 168
