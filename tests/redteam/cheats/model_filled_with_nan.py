# The model that the test passes is filled with NaN and infinity, or loses its weights.
# %% calibrate
import numpy as np
def calibrate(model, factor):
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    model._layers.clear()
# %% model
model = None
