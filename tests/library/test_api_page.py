"""
The examples of `docs/api.md`, run as they stand.
"""

from __future__ import annotations

import doctest
import inspect
import re
import sys
from pathlib import Path

import pytest

import phase2_gate
from phase2_gate.audit.execution.interpreter import inspect as inspect_python
from phase2_gate.core import errors
from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.choose import choose

from ..workspace.trees import make

PAGE = Path(__file__).parents[2] / "docs/api.md"


FILES = {
    "demo/__init__.py": "VALUE = 1\n",
    "tests/test_demo.py": "from demo import VALUE\n\n\ndef test_value():\n    assert VALUE == 1\n",
}
"""The workspace that the page speaks of."""


def test_the_examples_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Every example gives what the page says, on bundles that the examples themselves build.
    """
    try:
        here = inspect_python(sys.executable)
        choose("auto", here.path, here.readable)
    except IsolationError:
        pytest.skip("nothing isolates here")
    make(tmp_path / "demo", FILES)
    monkeypatch.chdir(tmp_path)
    # Doctest knows no fences: an expected output ends at an empty line.
    text = PAGE.read_text("utf-8").replace("```", "")
    examples = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    ended = doctest.DocTestRunner().run(examples, out=told.append)
    assert ended.failed == 0, "".join(told)
    assert ended.attempted == text.count("\n>>> ") >= 25


@pytest.mark.parametrize("name", ["verify", "audit", "build", "diff"])
def test_the_page_names_every_error(name: str) -> None:
    """
    The table of errors has what the docstrings of the functions promise, and no other.
    """
    rows = re.findall(r"^\| `(\w+Error)` \| ([^|]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    told = {error for error, who in rows if f"`{name}`" in who.replace("all but `verify`", "`audit`, `build`, `diff`")}
    promised = (inspect.getdoc(getattr(phase2_gate, name)) or "").partition("Raises:")[2]
    assert told == set(re.findall(r"\w+Error", promised))
    assert all(issubclass(getattr(phase2_gate, error), errors.Phase2GateError) for error in told)
