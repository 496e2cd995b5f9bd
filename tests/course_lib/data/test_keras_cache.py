"""Keras' cache is honoured and never loses a file; every test works on a cache of its own."""

import gzip
import hashlib
import inspect
import json
import shutil
import subprocess
import sys
from importlib import import_module

import keras
import numpy as np
import pytest

from course_lib.data import NAMES, load
from course_lib.data.load import find
from course_lib.data.word_index import FILES

LOAD = 'from course_lib.data import load; load("{}", source="{}")'
KERAS_SETS = [name for name in NAMES if find(name).files]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", KERAS_SETS)
def test_addresses_and_digests_are_those_of_the_installed_keras(name):
    module = import_module(f"keras.datasets.{name}")
    source = inspect.getsource(inspect.getmodule(module.load_data))
    for file in [*find(name).files, *([FILES[name]] if name in FILES else [])]:
        folder, _, base = file.url.rpartition("/")
        assert folder in source and base in source
        assert (file.digest in source) == file.checked


@pytest.mark.parametrize("name", KERAS_SETS)
def test_file_names_are_those_that_keras_asks_for(name, monkeypatch):
    asked = []

    def get_file(fname=None, origin=None, extract=False, untar=False, cache_subdir="datasets", **_):
        ending = "_archive" if extract else ".tar.gz" if untar else ""
        asked.append(f"{cache_subdir}/{fname}{ending}")
        raise InterruptedError

    module = inspect.getmodule(import_module(f"keras.datasets.{name}").load_data)
    monkeypatch.setattr(module, "get_file", get_file)
    with pytest.raises(InterruptedError):
        module.load_data()
    assert asked == [f"datasets/{find(name).files[0].name}"]


def tries(names, sources):
    """Return code that loads each set in each way and prints what was said."""
    return f"""
import io, json
from contextlib import redirect_stdout
from course_lib.data import DataError, load
said = []
for name in {names}:
    for source in {sources}:
        with redirect_stdout(io.StringIO()) as out:
            try:
                load(name, source)
            except DataError as error:
                print("DataError:", error)
        said.append([name, source, out.getvalue()])
print(json.dumps(said))
"""


def test_a_file_that_keras_would_reject_survives(in_new_process):
    files = {name: find(name).files[-1] for name in KERAS_SETS}
    paths = {name: in_new_process.datasets / file.name for name, file in files.items()}
    for name, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"a student's {name}")
    done = in_new_process(tries(KERAS_SETS, ["auto", "real"]))
    assert done.returncode == 0 and not done.stderr
    for name, path in paths.items():
        assert path.read_text() == f"a student's {name}"
    assert {p for p in in_new_process.home.rglob("*") if p.is_file()} == set(paths.values())
    for name, source, said in json.loads(done.stdout):
        assert f"{paths[name]} is not the file that Keras expects" in said
        if source == "auto":
            assert f"{name} is a STAND-IN" in said and said.count("\n") == 1
        else:
            assert said.startswith("DataError:")
            for part in (files[name].digest, files[name].url, f"COURSE_DATA={paths[name].parent}"):
                assert part in said


def test_real_mnist_in_another_container_survives_and_can_be_named(real_data, in_new_process):
    path = in_new_process.datasets / "mnist.npz"
    path.parent.mkdir()
    shutil.copy(real_data / "mnist.npz", path)
    before = digest(path)
    refused = in_new_process(LOAD.format("mnist", "real"))
    assert "is not the file that Keras expects" in refused.stderr and digest(path) == before
    # What the message says to do.
    taken = in_new_process(
        'from course_lib.data import load; print(load("mnist", "real")[0][0].shape)',
        COURSE_DATA=str(path.parent),
    )
    assert taken.returncode == 0, taken.stderr
    assert f"prepared data from {path}" in taken.stdout and "(60000, 28, 28)" in taken.stdout
    assert digest(path) == before


def test_a_folder_that_was_unpacked_by_hand_survives(in_new_process):
    archive = find("cifar10").files[0]
    folder = in_new_process.datasets / archive.unpacked
    folder.mkdir(parents=True)
    (folder / "data_batch_1").write_bytes(b"own")
    done = in_new_process(LOAD.format("cifar10", "real"))
    assert f"is there without {archive.name}" in done.stderr
    assert (folder / "data_batch_1").read_bytes() == b"own"


def test_without_network_it_says_what_to_fetch_and_where_to_put_it(in_new_process):
    done = in_new_process(tries(KERAS_SETS, ["real"]))
    for name, _, said in json.loads(done.stdout):
        file = find(name).files[0]
        for part in (file.url, file.digest, str(in_new_process.datasets / file.name)):
            assert part in said
        assert "does not answer (Connection refused)" in said
        assert f'load("{name}", source="offline")' in said and "COURSE_DATA=DIR" in said
    assert not [p for p in in_new_process.home.rglob("*") if p.is_file()]


def test_a_cache_that_cannot_be_written_is_named(in_new_process):
    in_new_process.datasets.write_text("a file where the folder should be")
    done = in_new_process(LOAD.format("mnist", "real"))
    assert f"Keras' cache {in_new_process.datasets} cannot be written to" in done.stderr
    assert "KERAS_HOME=DIR" in done.stderr
    assert in_new_process(LOAD.format("mnist", "auto")).returncode == 0
    assert in_new_process.datasets.read_text() == "a file where the folder should be"


def test_an_unreadable_file_is_named(in_new_process):
    path = in_new_process.datasets / "mnist.npz"
    path.mkdir(parents=True)
    done = in_new_process(LOAD.format("mnist", "real"))
    assert f"{path} cannot be read" in done.stderr and path.is_dir()


def test_a_cache_that_is_read_only_is_read(tmp_path, in_new_process):
    if not shutil.which("bwrap"):
        pytest.skip("no bubblewrap to mount a folder read-only with")
    home = tmp_path / "keras"
    (home / "datasets").mkdir()
    (home / "datasets" / "mnist.npz").write_bytes(b"the set")
    sha256 = hashlib.sha256(b"the set").hexdigest()
    code = f"""
from course_lib.data.dataset import KerasFile
from course_lib.data.keras_cache import provide
from course_lib.data.load import find
path = provide(KerasFile("mnist.npz", "http://127.0.0.1:9/", "{sha256}"), find("mnist"))
print(path, path.read_bytes())
"""
    done = subprocess.run(
        ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--tmpfs", "/tmp"]
        + ["--ro-bind", str(home), "/tmp/home", "--setenv", "KERAS_HOME", "/tmp/home"]
        + [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
    )
    if "bwrap:" in done.stderr:
        pytest.skip(f"bubblewrap does not work here: {done.stderr.strip()}")
    assert done.stdout == "/tmp/.keras/datasets/mnist.npz b'the set'\n", done.stderr


DOWNLOADS = """
import json
from course_lib.data import DataError
from course_lib.data.dataset import KerasFile
from course_lib.data.keras_cache import provide
from course_lib.data.load import find
said = {{}}
for name, digest in {files!r}.items():
    try:
        said[name] = str(provide(KerasFile(name, "{url}/" + name, digest), find("mnist")))
    except DataError as error:
        said[name] = str(error)
print("\\n" + json.dumps(said))
"""


@pytest.mark.slow
def test_a_download_is_whole_or_leaves_nothing(in_new_process, files_on_a_server):
    url, folder = files_on_a_server
    good = hashlib.sha256(b"good" * 9999).hexdigest()
    for name in ("good.npz", "wrong.npz", "cut.npz"):
        (folder / name).write_bytes(b"good" * 9999)
    files = {"good.npz": good, "wrong.npz": "0" * 64, "cut.npz": good, "missing.npz": good}
    done = in_new_process(DOWNLOADS.format(files=files, url=url), http_proxy="")
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["good.npz"] == str(in_new_process.datasets / "good.npz")
    for name in ("wrong.npz", "cut.npz"):
        assert "the download failed" in said[name]
    assert "answers 404" in said["missing.npz"]
    assert [p.name for p in in_new_process.datasets.rglob("*")] == ["good.npz"]
    assert digest(in_new_process.datasets / "good.npz") == good


THE_KERAS_WAY = """
import hashlib, inspect, json
from dataclasses import replace
from importlib import import_module
from course_lib.data.keras_cache import keras_folder, load_real
from course_lib.data.load import find

def get_file(fname=None, origin=None, extract=False, cache_subdir="datasets", **_):
    return str(keras_folder().parent / cache_subdir / fname)

def read(name, options):
    dataset = find(name)
    inspect.getmodule(import_module("keras.datasets." + name).load_data).get_file = get_file
    files = tuple(
        replace(f, digest=hashlib.sha256((keras_folder() / f.name).read_bytes()).hexdigest())
        for f in dataset.files
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


def keras_way(in_new_process, *jobs):
    """Return what Keras reads from the cache for each job, where nothing is left to download."""
    code = THE_KERAS_WAY.format(fingerprint=inspect.getsource(fingerprint), jobs=list(jobs))
    done = in_new_process(code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_keras_and_a_prepared_folder_give_the_same_real_data(
    real_data, in_new_process, monkeypatch
):
    script = real_data / "cifar10" / "unpack_cifar10.py"
    subprocess.run(
        [sys.executable, script, script.with_name("cifar10_jpeg.npz"), in_new_process.home],
        check=True,
    )
    archive = find("cifar10").files[0]
    (in_new_process.datasets / archive.name).write_bytes(b"the archive")
    unpacked = in_new_process.datasets / archive.unpacked
    if not unpacked.exists():  # before 3.6, Keras has the folder itself there
        (in_new_process.datasets / "cifar-10-batches-py-target" / unpacked.name).rename(unpacked)
    for name in ("mnist", "boston_housing"):
        shutil.copy(real_data / f"{name}.npz", in_new_process.datasets)
    monkeypatch.setenv("COURSE_DATA", str(in_new_process.datasets))
    names = ("mnist", "boston_housing", "cifar10")
    prepared = [fingerprint(load(name)) for name in names]
    assert prepared[2][0][:2] == ["uint8", [50_000, 32, 32, 3]]
    assert keras_way(in_new_process, *((name, {}) for name in names)) == prepared


@pytest.mark.slow
def test_texts_in_keras_form_read_the_same_both_ways(in_new_process, monkeypatch):
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
    assert keras_way(in_new_process, *jobs) == prepared


@pytest.mark.slow
def test_fashion_mnist_is_read_from_keras_four_files(in_new_process):
    split = load("fashion_mnist", "offline", "quick")
    folder = in_new_process.datasets / "fashion-mnist"
    folder.mkdir(parents=True)
    for part, (x, y) in zip(("train", "t10k"), split, strict=True):
        with gzip.open(folder / f"{part}-images-idx3-ubyte.gz", "wb", 1) as file:
            file.write(bytes(16) + x.tobytes())
        with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz", "wb", 1) as file:
            file.write(bytes(8) + y.tobytes())
    # Nothing to replace here: Keras takes these files as they are.
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


def test_a_fashion_file_cut_short_is_named_and_kept(in_new_process):
    folder = in_new_process.datasets / "fashion-mnist"
    folder.mkdir(parents=True)
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(bytes(10_000))[:-9])
    kept = path.read_bytes()
    done = in_new_process(LOAD.format("fashion_mnist", "real"))
    assert f"{path} is not the file that Keras expects" in done.stderr
    assert path.read_bytes() == kept


def test_keras_home_is_the_one_that_keras_uses():
    cache = import_module("course_lib.data.keras_cache")
    assert str(cache.keras_home()) == keras.src.backend.config.keras_home()
