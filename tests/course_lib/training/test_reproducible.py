"""A training is reproducible to the last digit."""

import subprocess
import sys

import pytest

# In new processes, because op determinism cannot be switched off.
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


def train(seed):
    command = [sys.executable, "-c", TRAINING, str(seed)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_seed_reproduces_the_weights():
    first = train(1)
    assert first == train(1)
    assert first != train(2)
