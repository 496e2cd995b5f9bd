# A configuration of thousands of layers.
# marks: countdown=1
# %% model
import keras
from autograder.engine.wire import keras_values
real = keras_values.model_data
def long(model):
    data = real(model)
    layers = data["config"]["config"]["layers"]
    dense = layers[-1]
    for i in range(4000):
        layers.append({**dense, "config": {**dense["config"], "name": f"d{i}"}})
    return data
keras_values.model_data = long
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
