"""
Audits real packages with their own tests: ``python scripts/audit_real_packages.py [--work DIR] [NAME ...]``.

Fetches source distributions and the wheels that their tests need, with pip, from the index that pip is set up for;
packs each as a bundle; audits it with the wheels as pinned requirements; prints a table in Markdown. Not part of any
suite: it needs a network, some minutes, and packages that change. pip asks a source distribution for its metadata,
which runs its build backend, so run this for packages that you would install anyway.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

HEAD = ("bundle", "result", "tests", "isolation", "seconds", "findings")
TESTED_WITH = ("pytest", "hypothesis", "pretend", "tomli_w", "cloudpickle")
"""What the tests of the packages below import; each package's own wheel is added for its metadata."""


@dataclass(frozen=True)
class Project:
    """
    One package, and what an auditor demands of it.
    """

    tests: str
    """Where its tests are."""
    waiver: str = ""
    """A second audit accepts this, when the first one fails."""


PROJECTS = {
    "iniconfig": Project("testing"),
    "pluggy": Project("testing"),
    "packaging": Project("tests"),
    "attrs": Project("tests", "tests-uncollected=conftest.py leaves a file out that needs a newer Python"),
    "click": Project("tests"),
}

SERVER = """\
import http.server
import socketserver
import threading
import urllib.request

from service import greeting


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(greeting(self.path).encode())

    def log_message(self, *_):
        pass


def test_a_server_on_the_loopback():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_address[1]}/you") as answer:
            assert answer.read() == b"hello /you"
        server.shutdown()
"""
UNITTEST = """\
import unittest

from queues import Queue


class QueueTest(unittest.TestCase):
    def setUp(self):
        self.queue = Queue()

    def test_first_in_first_out(self):
        for number in range(3):
            self.queue.put(number)
        self.assertEqual([self.queue.get() for _ in range(3)], [0, 1, 2])

    def test_empty(self):
        with self.assertRaises(IndexError):
            self.queue.get()

    @unittest.skip("not written yet")
    def test_later(self):
        self.fail()

    def test_parts(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertGreaterEqual(number, 0)
"""
DOCTEST = '''\
"""
>>> double(2)
4
"""


def double(number):
    """
    >>> double("ab")
    'abab'
    """
    return number * 2
'''
MADE_UP = {
    "made-up-server": {
        "service/__init__.py": "def greeting(name):\n    return f'hello {name}'\n",
        "tests/test_service.py": SERVER,
    },
    "made-up-unittest": {
        "queues/__init__.py": "import collections\n\n\nclass Queue(collections.deque):\n"
        "    put = collections.deque.append\n    get = collections.deque.popleft\n",
        "tests/test_queues.py": UNITTEST,
    },
    "made-up-doctest": {
        "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
        "sums/__init__.py": DOCTEST,
        "tests/test_sums.py": "from sums import double\n\n\ndef test_double():\n    assert double(3) == 6\n",
    },
}


def main(argv: list[str] | None = None) -> int:
    """
    Runs the command.

    Returns:
        0 when at most one real package does not pass and every made-up one does, else 1.
    """
    parser = argparse.ArgumentParser(description="Audit real packages with their own tests.")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep what is fetched and made there")
    parser.add_argument("names", nargs="*", metavar="NAME", default=[*PROJECTS, *MADE_UP])
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary) if arguments.work is None else arguments.work.resolve()
        rows = []
        failed = {"real": 0, "made-up": 0}
        for name in arguments.names:
            found = _real(name, work) if name in PROJECTS else _made_up(name, work)
            failed["real" if name in PROJECTS else "made-up"] += found[0][1] != "RESULT: PASS"
            rows += found
    for cells in (HEAD, ("---",) * len(HEAD), *rows):
        print(f"| {' | '.join(cells)} |")  # noqa: T201 - a command
    return int(failed["real"] > 1 or failed["made-up"] > 0)


def _real(name: str, work: Path) -> list[tuple[str, ...]]:
    archives = work / "sdists" / name
    _pip("--no-deps", "--no-binary", name, "--dest", str(archives), name)
    (archive,) = archives.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(work / "workspaces", filter="data")
    stem = archive.name.removesuffix(".tar.gz")
    workspace = work / "workspaces" / stem
    # Where it came from is no part of the work, and pip makes it anew.
    (workspace / ".bundleignore").write_text("*.egg-info/\n", encoding="utf-8")
    project = PROJECTS[name]
    wheels = work / "wheels" / name
    version = stem.rpartition("-")[2]
    _pip("--only-binary", ":all:", "--dest", str(wheels), *TESTED_WITH, f"{name}=={version}")
    requirements = work / f"{name}.txt"
    requirements.write_text("".join(map(_pinned, sorted(wheels.glob("*.whl")))), encoding="utf-8")
    profile = work / f"{name}.toml"
    profile.write_text(
        f'[tests]\npaths = ["{project.tests}"]\n\n'
        "[limits]\ntest-seconds = 900\ncpu-seconds = 900\naddress-space-bytes = 4294967296\n",
        encoding="utf-8",
    )
    bundle = _packed(workspace, work / f"{name}.zip")
    options = ["--requirements", str(requirements), "--profile", str(profile)]
    rows = [_audited(stem, bundle, work, options)]
    if project.waiver and rows[0][1] != "RESULT: PASS":
        rows.append(_audited(f"{stem}, waived", bundle, work, [*options, "--waive", project.waiver]))
    return rows


def _made_up(name: str, work: Path) -> list[tuple[str, ...]]:
    workspace = work / "workspaces" / name
    for path, text in MADE_UP[name].items():
        (workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (workspace / path).write_text(text, encoding="utf-8")
    return [_audited(name, _packed(workspace, work / f"{name}.zip"), work, [])]


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", *arguments], check=True)


def _pinned(wheel: Path) -> str:
    name, version = wheel.name.split("-")[:2]
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def _packed(workspace: Path, bundle: Path) -> Path:
    command = [sys.executable, "-m", "phase2_gate", "build", str(workspace), "--output", str(bundle)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return bundle


def _audited(title: str, bundle: Path, work: Path, options: list[str]) -> tuple[str, ...]:
    reports = work / "reports" / title.replace(", ", "-")
    command = [sys.executable, "-m", "phase2_gate", "audit", str(bundle), "--report-dir", str(reports), *options]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    record = json.loads((reports / "report.json").read_text(encoding="utf-8"))
    outcomes = [test["outcome"] for test in record["tests"]]
    found = [f"{finding['rule']} ({finding['path']})" for gate in record["gates"] for finding in gate["findings"]]
    return (
        title,
        record["result"],
        ", ".join(f"{outcomes.count(kind)} {kind}" for kind in sorted(set(outcomes))) or "none",
        record["isolation"] or "none",
        f"{record['volatile']['seconds']:.0f}",
        ", ".join(dict.fromkeys(found)) or "none",
    )


if __name__ == "__main__":
    sys.exit(main())
