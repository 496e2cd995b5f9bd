# An array in a layer's configuration has a dtype for which NumPy divides by zero.
# marks: countdown=1
# %% model
import keras
from autograder.engine.wire import keras_values
real = keras_values.model_data
def forged(model):
    data = real(model)
    scale = {"class_name": "__numpy__", "config": {"value": [1.0], "dtype": "m8[s/0]"}}
    data["config"]["config"]["layers"][1]["config"]["scale"] = scale
    return data
keras_values.model_data = forged
model = keras.Sequential([keras.Input((1,)), keras.layers.Rescaling(2.0), keras.layers.Dense(1)])
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
