"""Keras' cache is used and never loses a file; every test has its own cache."""

import gzip
import hashlib
import inspect
import json
import shutil
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

from course_lib.data import NAMES, load
from course_lib.data.registry import find_dataset

LOAD = 'from course_lib.data import load; load("{}", source="{}")'
KERAS_SETS = [name for name in NAMES if find_dataset(name).files]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", KERAS_SETS)
def test_urls_and_digests_match_the_installed_keras(name):
    module = import_module(f"keras.datasets.{name}")
    source = inspect.getsource(inspect.getmodule(module.load_data))
    dataset = find_dataset(name)
    for file in [*dataset.files, *filter(None, [dataset.word_file])]:
        folder, _, base = file.url.rpartition("/")
        assert folder in source and base in source
        assert (file.digest in source) == file.is_checked


@pytest.mark.parametrize("name", KERAS_SETS)
def test_file_names_match_the_installed_keras(name, monkeypatch):
    requested = []

    def get_file(fname=None, origin=None, extract=False, untar=False, cache_subdir="datasets", **_):
        ending = "_archive" if extract else ".tar.gz" if untar else ""
        requested.append(f"{cache_subdir}/{fname}{ending}")
        raise InterruptedError

    module = inspect.getmodule(import_module(f"keras.datasets.{name}").load_data)
    monkeypatch.setattr(module, "get_file", get_file)
    with pytest.raises(InterruptedError):
        module.load_data()
    assert requested == [f"datasets/{find_dataset(name).files[0].name}"]


def load_all(names, sources):
    """Return code that loads each set from each source and prints the messages as JSON."""
    return f"""
import io, json
from contextlib import redirect_stdout
from course_lib.data import DataError, load
messages = []
for name in {names}:
    for source in {sources}:
        with redirect_stdout(io.StringIO()) as out:
            try:
                load(name, source)
            except DataError as error:
                print("DataError:", error)
        messages.append([name, source, out.getvalue()])
print(json.dumps(messages))
"""


def test_file_that_keras_would_reject_is_kept(in_new_process):
    files = {name: find_dataset(name).files[-1] for name in KERAS_SETS}
    paths = {name: in_new_process.datasets / file.name for name, file in files.items()}
    for name, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"a student's {name}")
    done = in_new_process(load_all(KERAS_SETS, ["auto", "real"]))
    assert done.returncode == 0 and not done.stderr
    for name, path in paths.items():
        assert path.read_text() == f"a student's {name}"
    assert {p for p in in_new_process.home.rglob("*") if p.is_file()} == set(paths.values())
    for name, source, message in json.loads(done.stdout):
        assert f"{paths[name]} is not the file that Keras expects" in message
        if source == "auto":
            assert f"{name} is a STAND-IN" in message and message.count("\n") == 2
        else:
            assert message.startswith("DataError:")
            for detail in (
                files[name].digest,
                files[name].url,
                f"COURSE_DATA={paths[name].parent}",
            ):
                assert detail in message


def test_real_mnist_in_another_file_is_kept_and_can_be_prepared_data(real_data, in_new_process):
    path = in_new_process.datasets / "mnist.npz"
    path.parent.mkdir()
    shutil.copy(real_data / "mnist.npz", path)
    before = digest(path)
    rejected = in_new_process(LOAD.format("mnist", "real"))
    assert "is not the file that Keras expects" in rejected.stderr and digest(path) == before
    # As the message suggests.
    loaded = in_new_process(
        'from course_lib.data import load; print(load("mnist", "real")[0][0].shape)',
        COURSE_DATA=str(path.parent),
    )
    assert loaded.returncode == 0, loaded.stderr
    assert f"prepared data from {path}" in loaded.stdout and "(60000, 28, 28)" in loaded.stdout
    assert digest(path) == before


def test_folder_that_was_unpacked_by_hand_is_kept(in_new_process):
    archive = find_dataset("cifar10").files[0]
    folder = in_new_process.datasets / archive.unpacked
    folder.mkdir(parents=True)
    (folder / "data_batch_1").write_bytes(b"own")
    done = in_new_process(LOAD.format("cifar10", "real"))
    assert f"is there without {archive.name}" in done.stderr
    assert (folder / "data_batch_1").read_bytes() == b"own"


def test_error_without_a_network_says_what_to_download_and_where_to_save_it(in_new_process):
    done = in_new_process(load_all(KERAS_SETS, ["real"]))
    for name, _, message in json.loads(done.stdout):
        file = find_dataset(name).files[0]
        for detail in (file.url, file.digest, str(in_new_process.datasets / file.name)):
            assert detail in message
        assert "does not answer (Connection refused)" in message
        assert f'load("{name}", source="offline")' in message and "COURSE_DATA=DIR" in message
    assert not [p for p in in_new_process.home.rglob("*") if p.is_file()]


def test_unreadable_file_is_named(in_new_process):
    path = in_new_process.datasets / "mnist.npz"
    path.mkdir(parents=True)
    done = in_new_process(LOAD.format("mnist", "real"))
    assert f"{path} cannot be read" in done.stderr and path.is_dir()


READ_THROUGH_KERAS = """
import hashlib, inspect, json
from dataclasses import replace
from importlib import import_module
from course_lib.data.registry import find_dataset
from course_lib.data.sources.keras_datasets_folder import keras_datasets_folder
from course_lib.data.sources.load_real import load_real

def get_file(fname=None, origin=None, extract=False, cache_subdir="datasets", **_):
    return str(keras_datasets_folder().parent / cache_subdir / fname)

def read(name, options):
    dataset, folder = find_dataset(name), keras_datasets_folder()
    inspect.getmodule(import_module("keras.datasets." + name).load_data).get_file = get_file
    files = tuple(
        replace(file, digest=hashlib.sha256((folder / file.name).read_bytes()).hexdigest())
        for file in dataset.files
    )
    return load_real(replace(dataset, files=files), {{**dataset.options, **options}})

{fingerprint}
print(json.dumps([fingerprint(read(name, options)) for name, options in {jobs!r}]))
"""


def fingerprint(split):
    import hashlib

    return [
        [str(a.dtype), list(a.shape), hashlib.sha256(str(a.tolist()).encode()).hexdigest()]
        if a.dtype == object
        else [str(a.dtype), list(a.shape), hashlib.sha256(a.tobytes()).hexdigest()]
        for pair in split
        for a in pair
    ]


def read_through_keras(in_new_process, *jobs):
    """Return fingerprints of what Keras reads from a complete cache for each job."""
    code = READ_THROUGH_KERAS.format(fingerprint=inspect.getsource(fingerprint), jobs=list(jobs))
    done = in_new_process(code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_keras_and_a_prepared_folder_return_the_same_real_data(
    real_data, in_new_process, monkeypatch
):
    script = real_data / "cifar10" / "unpack_cifar10.py"
    subprocess.run(
        [sys.executable, script, script.with_name("cifar10_jpeg.npz"), in_new_process.home],
        check=True,
    )
    archive = find_dataset("cifar10").files[0]
    (in_new_process.datasets / archive.name).write_bytes(b"the archive")
    unpacked = in_new_process.datasets / archive.unpacked
    if not unpacked.exists():  # Keras before 3.6 expects the folder itself
        (in_new_process.datasets / "cifar-10-batches-py-target" / unpacked.name).rename(unpacked)
    for name in ("mnist", "boston_housing"):
        shutil.copy(real_data / f"{name}.npz", in_new_process.datasets)
    monkeypatch.setenv("COURSE_DATA", str(in_new_process.datasets))
    names = ("mnist", "boston_housing", "cifar10")
    prepared = [fingerprint(load(name)) for name in names]
    assert prepared[2][0][:2] == ["uint8", [50_000, 32, 32, 3]]
    assert read_through_keras(in_new_process, *((name, {}) for name in names)) == prepared


@pytest.mark.slow
def test_keras_and_a_prepared_folder_return_the_same_texts(in_new_process, monkeypatch):
    ranks = {"start_char": None, "index_from": 0, "num_words": 10**6}
    in_new_process.datasets.mkdir()
    for name in ("imdb", "reuters"):
        (x, y), (x_test, y_test) = load(name, "offline", "quick", **ranks)
        arrays = {"x_train": x, "y_train": y, "x_test": x_test, "y_test": y_test}
        np.savez(
            in_new_process.datasets / f"{name}.npz",
            **(arrays if name == "imdb" else {"x": x, "y": y}),
        )
    monkeypatch.setenv("COURSE_DATA", str(in_new_process.datasets))
    short = {"num_words": 300, "skip_top": 5, "maxlen": 150}
    jobs = [(name, options) for name in ("imdb", "reuters") for options in ({}, short)]
    prepared = [fingerprint(load(name, **options)) for name, options in jobs]
    assert read_through_keras(in_new_process, *jobs) == prepared


@pytest.mark.slow
def test_fashion_mnist_is_read_from_its_four_files(in_new_process):
    split = load("fashion_mnist", "offline", "quick")
    folder = in_new_process.datasets / "fashion-mnist"
    folder.mkdir(parents=True)
    for part, (x, y) in zip(("train", "t10k"), split, strict=True):
        with gzip.open(folder / f"{part}-images-idx3-ubyte.gz", "wb", 1) as file:
            file.write(bytes(16) + x.tobytes())
        with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz", "wb", 1) as file:
            file.write(bytes(8) + y.tobytes())
    # Keras does not check the digests of these files.
    code = f"""
import numpy as np
from course_lib.data import load
(x, y), (x_test, y_test) = load("fashion_mnist", "real")
np.savez({str(in_new_process.home / "read.npz")!r}, x, y, x_test, y_test)
"""
    done = in_new_process(code)
    assert done.returncode == 0, done.stderr
    with np.load(in_new_process.home / "read.npz") as read:
        (x, y), (x_test, y_test) = split
        for array, key in zip((x, y, x_test, y_test), read.files, strict=True):
            assert np.array_equal(array, read[key])


def test_truncated_fashion_file_is_named_and_kept(in_new_process):
    folder = in_new_process.datasets / "fashion-mnist"
    folder.mkdir(parents=True)
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(bytes(10_000))[:-9])
    kept = path.read_bytes()
    done = in_new_process(LOAD.format("fashion_mnist", "real"))
    assert f"{path} is not the file that Keras expects" in done.stderr
    assert path.read_bytes() == kept
