"""Downloads are complete or leave nothing, and a read-only cache is read."""

import hashlib
import json
import shutil
import subprocess
import sys

import pytest


def test_cache_that_cannot_be_written_to_is_named(in_new_process):
    load = 'from course_lib.data import load; load("mnist", source="{}")'
    in_new_process.datasets.write_text("a file instead of the folder")
    done = in_new_process(load.format("real"))
    assert f"Keras' cache {in_new_process.datasets} cannot be written to" in done.stderr
    assert "KERAS_HOME=DIR" in done.stderr
    assert in_new_process(load.format("auto")).returncode == 0
    assert in_new_process.datasets.read_text() == "a file instead of the folder"


def test_read_only_cache_is_read(tmp_path, in_new_process):
    if not shutil.which("bwrap"):
        pytest.skip("bubblewrap, which mounts a folder read-only, is not installed")
    home = tmp_path / "keras"
    (home / "datasets").mkdir()
    (home / "datasets" / "mnist.npz").write_bytes(b"the set")
    sha256 = hashlib.sha256(b"the set").hexdigest()
    code = f"""
from course_lib.data.registry import find_dataset
from course_lib.data.sources.keras_file import KerasFile
from course_lib.data.sources.provide_keras_file import provide_keras_file
file = KerasFile("mnist.npz", "http://127.0.0.1:9/", "{sha256}")
path = provide_keras_file(file, find_dataset("mnist"))
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
from course_lib.data.registry import find_dataset
from course_lib.data.sources.keras_file import KerasFile
from course_lib.data.sources.provide_keras_file import provide_keras_file
results = {{}}
for name, digest in {files!r}.items():
    file = KerasFile(name, "{url}/" + name, digest)
    try:
        results[name] = str(provide_keras_file(file, find_dataset("mnist")))
    except DataError as error:
        results[name] = str(error)
print("\\n" + json.dumps(results))
"""


@pytest.mark.slow
def test_download_is_complete_or_leaves_nothing(in_new_process, files_on_a_server):
    url, folder = files_on_a_server
    good = hashlib.sha256(b"good" * 9999).hexdigest()
    for name in ("good.npz", "wrong.npz", "cut.npz"):
        (folder / name).write_bytes(b"good" * 9999)
    files = {"good.npz": good, "wrong.npz": "0" * 64, "cut.npz": good, "missing.npz": good}
    done = in_new_process(DOWNLOADS.format(files=files, url=url), http_proxy="")
    results = json.loads(done.stdout.splitlines()[-1])
    path = in_new_process.datasets / "good.npz"
    assert results["good.npz"] == str(path)
    for name in ("wrong.npz", "cut.npz"):
        assert "the download failed" in results[name]
    assert "answers 404" in results["missing.npz"]
    assert [p.name for p in in_new_process.datasets.rglob("*")] == ["good.npz"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == good
