"""One call, and a training comes out the same to the last digit."""

import subprocess
import sys

import pytest

# In processes of their own: op determinism can't be taken back.
TRAINING = """
import hashlib, sys
import keras, numpy as np
from course_lib.models import cnn
from course_lib.training import fit, reproducible
reproducible(int(sys.argv[1]))
x = np.random.default_rng(0).integers(0, 256, (64, 32, 32, 3)).astype("uint8")
model = cnn((8, 8), dropout=0.3)
fit(model, x, np.arange(64) % 10, epochs=2, batch_size=16, verbose=False)
print(hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest())
"""


def weights(seed):
    command = [sys.executable, "-c", TRAINING, str(seed)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_the_same_seed_trains_the_same_weights():
    first = weights(1)
    assert first == weights(1)
    assert first != weights(2)
