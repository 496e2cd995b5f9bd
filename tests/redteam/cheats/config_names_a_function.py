# An activation names a function of the operating system's module.
# %% model
import keras
class Named(keras.Sequential):
    def get_config(self):
        config = super().get_config()
        config["layers"][-1]["config"]["activation"] = {
            "module": "os", "class_name": "function", "config": "abort", "registered_name": "abort"}
        return config
Named.__module__ = "keras.src.models.sequential"
Named.__name__ = "Sequential"
model = Named([keras.Input((1,)), keras.layers.Dense(1)])
