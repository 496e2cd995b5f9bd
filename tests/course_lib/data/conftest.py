"""Fixtures of the tests of the data sets."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LinearRegression, RidgeClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from course_lib.data.sources import explain_unreachable, provenance

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def forget_earlier_loads(monkeypatch):
    """Start each test without prepared data, announcements and remembered network failures."""
    for variable in ("COURSE_DATA", "COURSE_PROFILE", "TFDS_DATA_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(provenance, "_announced", {})
    monkeypatch.setattr(explain_unreachable, "_failures", {})


@pytest.fixture(scope="session")
def real_data():
    """Return the folder of real data; see its README. Tests never write to it."""
    folder = Path(os.environ.get("COURSE_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} does not exist; set COURSE_TEST_DATA to another")
    return folder


@pytest.fixture
def in_new_process(tmp_path):
    """Run Python code in a new process, with `KERAS_HOME` in `tmp_path`.

    Keras reads that variable once, when it is imported. A proxy that does not exist cuts off the
    network, also on a developer's machine.
    """
    home = tmp_path / "keras"
    home.mkdir()

    def run(code, **environment):
        nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9")
        return subprocess.run(
            [sys.executable, "-c", code],
            env={
                **os.environ,
                "KERAS_HOME": str(home),
                "COURSE_PROFILE": "quick",
                "TF_CPP_MIN_LOG_LEVEL": "3",
                **nowhere,
                **environment,
            },
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )

    run.home = home
    run.datasets = home / "datasets"
    return run


@contextmanager
def _small_training():
    """Use one thread, and hide warnings about trainings that stop early.

    Products of small matrices are slower on several threads, and much slower on a busy machine.
    """
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _pixels(x):
    return (x.reshape(len(x), -1) / 255).astype("float32")


@pytest.fixture(scope="session")
def linear_accuracy():
    """Return a function that computes the test accuracy of a linear model on the pixels."""

    def score(split):
        (x_train, y_train), (x_test, y_test) = split
        with _small_training():
            model = RidgeClassifier(alpha=100).fit(_pixels(x_train), y_train)
            return model.score(_pixels(x_test), y_test)

    return score


@pytest.fixture(scope="session")
def mlp_predictions():
    """Return a function that predicts the test labels from the pixels with a small MLP."""

    def predict(split, epochs=10):
        (x_train, y_train), (x_test, _) = split
        model = MLPClassifier(
            (128, 64), batch_size=64, learning_rate_init=2e-3, max_iter=epochs, random_state=0
        )
        with _small_training():
            return model.fit(_pixels(x_train), y_train).predict(_pixels(x_test))

    return predict


@pytest.fixture(scope="session")
def bag_predictions():
    """Return a function that predicts the test labels from a bag of words with a linear model.

    With `pairs`, each pair of neighbouring words counts as one more word.
    """

    def bag(x, pairs, buckets=1 << 18):
        texts = np.repeat(np.arange(len(x)), [len(s) for s in x])
        words = np.concatenate([np.array(s) for s in x])
        if pairs:
            neighbours = texts[:-1] == texts[1:]
            both = 10_000 + (words[:-1] * 7919 + words[1:] * 104_729) % buckets
            texts = np.concatenate([texts, texts[:-1][neighbours]])
            words = np.concatenate([words, both[neighbours]])
        return csr_matrix((np.ones(len(texts)), (texts, words)), (len(x), 10_000 + buckets))

    def predict(split, pairs=False):
        (x_train, y_train), (x_test, _) = split
        with _small_training():
            model = LinearSVC(C=0.01).fit(bag(x_train, pairs), y_train)
            return model.predict(bag(x_test, pairs))

    return predict


@pytest.fixture(scope="session")
def price_errors():
    """Return a function: mean absolute test errors of the mean, a linear model and a small MLP."""

    def errors(split, epochs):
        (x_train, y_train), (x_test, y_test) = split
        mean, scale = x_train.mean(0), x_train.std(0)
        x_train, x_test = (x_train - mean) / scale, (x_test - mean) / scale
        middle, spread = y_train.mean(), y_train.std()
        y_train = (y_train - middle) / spread
        mlp = MLPRegressor(
            hidden_layer_sizes=(64, 32),
            alpha=0.01,
            batch_size=32,
            learning_rate_init=3e-3,
            max_iter=epochs,
            random_state=0,
        )
        with _small_training():
            models = LinearRegression().fit(x_train, y_train), mlp.fit(x_train, y_train)
        predictions = [np.zeros(len(y_test)), *(model.predict(x_test) for model in models)]
        return [float(np.abs(middle + spread * p - y_test).mean()) for p in predictions]

    return errors


@pytest.fixture
def files_on_a_server(tmp_path):
    """Serve the files of a folder; yield the address and the folder."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def copyfile(self, source, outputfile):
            # Only half of a file named "cut…" is sent.
            data = source.read()
            outputfile.write(data[: len(data) // 2] if "/cut" in self.path else data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()
