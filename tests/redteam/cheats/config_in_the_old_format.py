# A layer without "module" would take Keras' older, laxer way of rebuilding.
# %% model
import keras
class Old(keras.Sequential):
    def get_config(self):
        config = super().get_config()
        for layer in config["layers"]:
            layer.pop("module", None)
        return config
Old.__module__ = "keras.src.models.sequential"
Old.__name__ = "Sequential"
model = Old([keras.Input((1,)), keras.layers.Dense(1)])
