# Names, texts and outputs from all over Unicode.
# marks: mean=1 primes=1
# %% mean
π, 变量, ﬁ = 3.14, "日本語", "\ud800"
print("\ud800 \x00 \x1b[31m 🦆 \u202e")
def mean(values): return sum(values) / len(values)
# %% primes
primes = 168
