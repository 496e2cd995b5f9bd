# The weights are too large to fetch, or change their number whenever they are asked for.
# %% network
import keras, numpy as np
class Net(keras.Model):
    def call(self, x): return x
    @property
    def weights(self): return [np.zeros((1 << 30,), "float32")]
    def get_weights(self): return [np.zeros((1 << 30,), "float32")]
network = Net()
