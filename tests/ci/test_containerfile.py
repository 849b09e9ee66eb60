"""
The Containerfile: read, and its steps run as shell in directories of a test's own. No image is built here.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from ..tools import require
from .index import require_index
from .runner import ROOT

TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")
CONTAINER = Path(__file__).with_name("container.py")
_NOBODY = 65532


class Step(NamedTuple):
    """
    One instruction.
    """

    word: str
    """What it does, as ``RUN``."""
    rest: str
    """Its arguments, on one line."""


def _steps() -> list[Step]:
    lines = [line for line in TEXT.splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    return [Step(*line.split(" ", 1)) for line in joined.splitlines()]


def _of(word: str) -> list[str]:
    return [step.rest for step in _steps() if step.word == word]


def test_it_is_what_an_image_should_be() -> None:
    """
    Two stages on the one base that the builder names, nothing fetched but pinned wheels, and not root at the end.
    """
    known = {"ARG", "FROM", "COPY", "RUN", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD"}
    assert {step.word for step in _steps()} == known
    assert _of("ENV") == ["HOME=/nonexistent"]
    assert _of("ARG") == ["PYTHON=docker.io/library/python:3.13-slim-bookworm"]
    assert _of("FROM") == ["${PYTHON} AS tool", "${PYTHON}"]
    assert _of("USER") == ["65532:65532"]
    assert [json.loads(each) for each in (*_of("ENTRYPOINT"), *_of("CMD"))] == [["phase2-gate"], ["--help"]]
    words = [step.word for step in _steps()]
    assert words.index("USER") > max(place for place, word in enumerate(words) if word in {"RUN", "COPY"})
    assert all("--require-hashes" in each for each in _of("RUN") if "pip" in each)


def test_what_is_copied_is_there() -> None:
    """
    Every source is in the checkout, or made by the stage that it is taken from.
    """
    sources = [word for rest in _of("COPY") if "--from" not in rest for word in shlex.split(rest)[:-1]]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    (taken,) = [shlex.split(rest) for rest in _of("COPY") if "--from" in rest]
    assert taken[:2] == ["--from=tool", "/source/phase2-gate"]
    assert _of("RUN")[0].endswith("--output /source/phase2-gate")


@pytest.mark.parametrize("script", _of("RUN"))
def test_shellcheck_finds_nothing(script: str) -> None:
    """
    In any step.
    """
    done = subprocess.run(
        [require("shellcheck"), "--shell=sh", "--severity=style", "-"],
        input=f"{script}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.fixture(scope="module")
def image() -> Iterator[Path]:
    """
    What the steps leave, in a directory that every user may look into; skipped where no interpreter is for everybody.
    """
    require_index()
    # Below a directory of pytest's nobody else can reach anything.
    with tempfile.TemporaryDirectory(prefix="phase2-gate-image-") as name:
        place = Path(name)
        place.chmod(0o755)
        subprocess.run([_interpreter(), "-m", "venv", str(place / "python")], check=True, umask=0o022)
        for step in _steps():
            if step.word == "COPY":
                *sources, target = shlex.split(step.rest)
                _copy(place, [each for each in sources if not each.startswith("--")], target, step.rest)
            elif step.word == "RUN":
                env = {**os.environ, "PATH": f"{place / 'python/bin'}:{os.defpath}"}
                subprocess.run(["/bin/sh", "-ec", _within(place, step.rest)], env=env, check=True, umask=0o022)
        yield place


def _within(place: Path, text: str) -> str:
    """
    `text` with the directories of the image below `place`.
    """
    return re.sub(r"(?<![\w.])/(source|usr/local)(?=/)", rf"{place}/\1", text)


def _copy(place: Path, sources: list[str], target: str, rest: str) -> None:
    destination = Path(_within(place, target))
    destination.parent.mkdir(parents=True, exist_ok=True)
    for source in sources:
        origin = Path(_within(place, source)) if "--from" in rest else ROOT / source
        if origin.is_dir():
            shutil.copytree(origin, destination, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            if target.endswith("/"):
                destination.mkdir(exist_ok=True)
            shutil.copy(origin, destination)


def _interpreter() -> str:
    """
    A Python that the user of the image could start: this one, or the system's.
    """
    for python in (os.path.realpath(sys.executable), "/usr/bin/python3"):
        asked = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
        if subprocess.run([*_as_nobody(), python, "-I", "-c", asked], capture_output=True, check=False).returncode == 0:
            return python
    pytest.skip("no interpreter here that an ordinary user may start")


def _as_nobody() -> list[str]:
    if os.getuid():
        return []
    ids = [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    # setpriv itself may still look into directories that are closed to nobody; what it starts may not.
    drop = [require("setpriv"), *ids, "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
    return [*drop, "/bin/sh", "-c", 'exec "$@"', "sh"]


def _contained(image: Path, directory: Path, *arguments: str) -> tuple[int, str]:
    """
    Runs the entry point as the image's user, under what a container's default profile takes away.
    """
    python = str(image / "python/bin/python3")
    # Who is nobody cannot read the checkout.
    shutil.copy(CONTAINER, directory / "container.py")
    done = subprocess.run(
        [*_as_nobody(), python, "-I", "container.py", str(image / "usr/local/bin/phase2-gate"), *arguments],
        cwd=directory,
        env={"PATH": f"{image / 'python/bin'}:{os.defpath}", **dict(each.split("=", 1) for each in _of("ENV"))},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.integration
def test_the_steps_make_a_command_that_judges(image: Path, place: Path) -> None:
    """
    As an ordinary user, without namespaces: Landlock isolates, and a good and a bad bundle get their verdicts.
    """
    with tempfile.TemporaryDirectory(prefix="phase2-gate-bundles-") as name:
        directory = Path(name)
        directory.chmod(0o777)
        for bundle in (place / "dist").iterdir():
            shutil.copy(bundle, directory)
        assert _contained(image, directory, "--help")[0] == 0
        assert _contained(image, directory, "verify", "changed.zip")[0] == 1
        code, said = _contained(image, directory, "audit", "good.zip", "--report-dir", "reports")
        if code == 3 and "--isolation process" in said:
            pytest.skip("Landlock does not work here")
        assert (code, said.splitlines()[-1]) == (0, "RESULT: PASS"), said
        assert json.loads((directory / "reports/report.json").read_text())["isolation"] == "landlock"
        code, said = _contained(image, directory, "audit", "bad.zip")
        assert (code, said.splitlines()[-1]) == (1, "RESULT: FAIL"), said
        code, said = _contained(image, directory, "audit", "good.zip", "--isolation", "strict")
        assert (code, said.splitlines()[-1]) == (3, "RESULT: BLOCKED"), said
