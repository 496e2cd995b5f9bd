"""Dockerfile, compose.yaml and the seccomp profile, as far as they can be tried without Docker."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyseccomp
import pytest
import yaml

from tests.autograder.pack.gradescope_root import make_environment
from tools.make_requirements import PROJECT

ROOT = Path(__file__).resolve().parents[1]
PROFILE = json.loads((ROOT / "docker" / "seccomp.json").read_text(encoding="utf-8"))
# What bubblewrap does that Docker's own profile forbids.
NEEDED = {"clone", "clone3", "unshare", "setns", "mount", "umount2", "pivot_root"}
needs_bwrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")


def read_dockerfile() -> list[tuple[str, str]]:
    """The instructions with their arguments; lines that go on are joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines())]


def test_the_dockerfile_copies_files_that_are_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for word, rest in read_dockerfile():
        if word == "COPY" and not rest.startswith("--from"):
            for name in rest.split()[:-1]:
                assert (ROOT / name).exists(), name
                assert f"!{name}" in ignored, name
    assert ignored[1] == "*"


def test_the_image_runs_as_an_ordinary_user_with_pinned_bases_and_no_lists_left() -> None:
    steps = read_dockerfile()
    assert [rest for word, rest in steps if word == "USER"] == ["grader"]
    (base,) = (rest for word, rest in steps if word == "ARG" and rest.startswith("PYTHON="))
    assert re.fullmatch(r"PYTHON=3\.1[0-3]-slim-[a-z]+", base)
    installs = [rest for word, rest in steps if word == "RUN" and "apt-get install" in rest]
    assert len(installs) == 1
    for part in ("--yes", "--no-install-recommends", "rm -rf /var/lib/apt/lists/*", "bubblewrap"):
        assert part in installs[0]
    assert not [rest for word, rest in steps if word in ("ENV", "ARG") and "PASSWORD" in rest]


def test_the_extras_of_the_image_exist() -> None:
    (extras,) = (rest for word, rest in read_dockerfile() if rest.startswith("EXTRAS="))
    known = {*PROJECT["optional-dependencies"], "server"}
    assert set(extras.removeprefix("EXTRAS=").split(",")) <= known


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel that the image's first stage builds, of what the Dockerfile copies."""
    folder = tmp_path_factory.mktemp("image")
    steps = read_dockerfile()
    for word, rest in steps:
        if word == "COPY" and not rest.startswith("--from"):
            *names, target = rest.split()
            for name in names:
                source = ROOT / name
                if source.is_dir():
                    shutil.copytree(source, folder / "src" / target)
                else:
                    shutil.copy(source, folder / "src" / name)
        elif word == "WORKDIR" and rest == "/src":
            (folder / "src").mkdir()
    (build,) = (rest for word, rest in steps if word == "RUN" and "pip wheel" in rest)
    command = build.replace("python ", f"{sys.executable} ").replace("/wheels", f"{folder}/wheels")
    # Without a network: setuptools is here. pip reads this variable the other way round.
    environment = {**os.environ, "PIP_NO_BUILD_ISOLATION": "0"}
    subprocess.run(command, shell=True, cwd=folder / "src", env=environment, check=True)
    (path,) = (folder / "wheels").glob("*.whl")
    with zipfile.ZipFile(path) as content:
        yield content


def test_the_wheel_holds_every_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    """Templates, styles, skeletons, weights: all that commands read besides modules."""
    names = set(wheel.namelist())
    for package in ("autograder", "course_lib"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert str(path.relative_to(ROOT)) in names, path


def test_the_wheel_holds_no_lab(wheel: zipfile.ZipFile) -> None:
    """Students' code can read installed packages: solutions and hidden tests must not be there."""
    for name in wheel.namelist():
        top = name.split("/")[0]
        assert top in ("autograder", "course_lib") or top.endswith(".dist-info"), name
        assert not name.endswith(".ipynb"), name


@pytest.fixture(scope="module")
def installed(
    wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `autograder` from the wheel, in a folder that is in no course."""
    folder = tmp_path_factory.mktemp("installed")
    make_environment(folder / "environment", Path(str(wheel.filename)))
    python = folder / "environment" / "bin" / "python"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [python, "-I", "-m", "autograder", *arguments]
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        # nbconvert's templates are where the other packages are.
        environment["JUPYTER_PATH"] = f"{sysconfig.get_path('data')}/share/jupyter"
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=500
        )

    return run


def test_the_wheel_makes_a_course_in_an_empty_folder(
    installed: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """No file of this repository is used: templates, skeleton and settings are in the wheel."""
    assert installed("--version").stdout.strip() == f"autograder {PROJECT['version']}"
    outside = installed("grade", "01")
    assert outside.returncode == 2
    assert "there is no course" in outside.stderr
    for command in (
        ("init", "course"),
        ("new-lab", "attention", "--course-dir", "course"),
        ("build", "--check", "--course-dir", "course"),
    ):
        done = installed(*command)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_wheel_grades_a_class_in_an_empty_folder(
    installed: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = installed("demo", "--workers", "1")
    assert "Every score is as expected." in done.stdout, done.stdout + done.stderr
    assert "isolation: bwrap (" in done.stderr or not shutil.which("bwrap"), done.stderr


def known_options(command: list[str]) -> bool:
    """Whether `autograder serve` has all options of a command."""
    known = set(re.findall(r"--[a-z-]+", (ROOT / "docs" / "command-line.md").read_text("utf-8")))
    return {word.partition("=")[0] for word in command[1:]} <= known


def test_compose_starts_the_server_with_its_database() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    assert set(services) == {"database", "server", "scheduler", "worker"}
    server = services["server"]
    assert server["command"][:2] == ["serve", "--host=0.0.0.0"] and known_options(server["command"])
    assert server["command"][3].startswith("--database=postgresql+psycopg://")
    assert server["depends_on"]["database"]["condition"] == "service_healthy"
    # Reachable from this machine only, and no password in the file.
    assert server["ports"] == ["127.0.0.1:8000:8000"]
    assert "${POSTGRES_PASSWORD:?" in services["database"]["environment"]["POSTGRES_PASSWORD"]
    for name in ("server", "worker"):
        options = services[name]["security_opt"]
        assert "systempaths=unconfined" in options
        (profile,) = (o.removeprefix("seccomp=") for o in options if o.startswith("seccomp="))
        assert (ROOT / profile).is_file()
        assert services[name]["cap_drop"] == ["ALL"]
        assert "privileged" not in services[name]


def test_the_values_for_kubernetes_can_be_read() -> None:
    page = (ROOT / "docs" / "containers.md").read_text(encoding="utf-8")
    (deployment,) = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", page, re.DOTALL))
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    context = container["securityContext"]
    (user,) = (rest for word, rest in read_dockerfile() if "useradd --uid" in rest)
    assert f"--uid {context['runAsUser']}" in user
    assert context["procMount"] == "Unmasked" and pod["hostUsers"] is False
    assert context["seccompProfile"]["type"] == "Localhost"
    assert container["args"][0] == "serve" and known_options(container["args"])


def test_the_profile_forbids_what_is_dangerous_and_nothing_that_bubblewrap_needs() -> None:
    denied = {name for rule in PROFILE["syscalls"] for name in rule["names"]}
    assert not denied & NEEDED
    assert {"bpf", "init_module", "kexec_load", "keyctl", "perf_event_open", "ptrace"} <= denied


FORBIDDEN = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
numbers = {"kexec_load": 246, "bpf": 321, "keyctl": 250}
for name, number in numbers.items():
    libc.syscall(number, 0, 0, 0, 0, 0)
    print(name, os.strerror(ctypes.get_errno()))
"""


def run_in_container(profile: str, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command as the image's user, without capabilities and under a seccomp profile."""
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    names = NEEDED if profile == "docker" else PROFILE["syscalls"][0]["names"]
    for name in sorted(names - {"clone", "clone3"} if profile == "docker" else names):
        try:
            rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
        except OSError:  # a call that this machine's processor does not have
            continue
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        container = ["bwrap", "--unshare-user", "--uid", "10001", "--gid", "10001"]
        container += ["--cap-drop", "ALL", "--dev-bind", "/", "/", "--seccomp", str(file.fileno())]
        return subprocess.run(
            [*container, "--", *command], pass_fds=[file.fileno()], capture_output=True, text=True
        )


SANDBOX = ["bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/"]


@needs_bwrap
def test_bubblewrap_works_under_the_profile_and_not_under_dockers() -> None:
    ours = run_in_container("ours", [*SANDBOX, "--", "true"])
    assert ours.returncode == 0, ours.stderr
    assert run_in_container("docker", [*SANDBOX, "--", "true"]).returncode != 0


@needs_bwrap
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86-64")
def test_the_profile_forbids_the_calls_that_it_names() -> None:
    done = run_in_container("ours", [sys.executable, "-c", FORBIDDEN])
    assert done.stdout.count("Operation not permitted") == 3, done.stdout + done.stderr
