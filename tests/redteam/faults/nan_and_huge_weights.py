# A model whose weights are NaN, then infinite.
# %% model
import keras, numpy as np
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.set_weights([np.array([[np.nan]]), np.array([np.inf])])
