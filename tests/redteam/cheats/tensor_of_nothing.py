# Tensors without numbers, with NaN, and of a type that rounds everything.
# %% start
import tensorflow as tf
# %% softmax
def softmax(x): return tf.zeros((0, x.shape[1]), tf.float64)
# %% mean
def mean(values): return tf.constant([float("nan")])
# %% primes
primes = tf.zeros((0,), tf.int32)
