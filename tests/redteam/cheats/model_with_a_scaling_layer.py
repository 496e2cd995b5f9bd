# A layer without weights does what the weights should have learnt.
# %% model
import keras
model = keras.Sequential([keras.Input((1,)), keras.layers.Rescaling(2.0, offset=1.0)])
