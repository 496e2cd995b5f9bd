# A configuration that asks for hundreds of gigabytes where it is rebuilt.
# marks: countdown=1
# %% model
import keras
from autograder.engine.wire import keras_values
real = keras_values.model_data
def huge(model):
    data = real(model)
    data["config"]["config"]["layers"][-1]["config"]["units"] = 10 ** 11
    return data
keras_values.model_data = huge
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
