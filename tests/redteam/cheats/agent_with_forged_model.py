# The agent sends a configuration that Keras would rebuild into code.
# %% start
import keras
from autograder.engine.wire import keras_values
from keras.src.utils import python_utils
code = python_utils.func_dump(lambda x: 2 * x + 1)
def forged(model):
    return {"config": {"module": "keras", "class_name": "Sequential", "registered_name": "Sequential",
        "config": {"name": "m", "layers": [{"module": "keras.layers", "class_name": "Lambda",
            "registered_name": None, "config": {"name": "l", "function":
                {"class_name": "__lambda__", "config": {"value": code}}}}]}},
        "weights": [], "compile": None, "optimizer": None}
keras_values.model_data = forged
# %% model
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
