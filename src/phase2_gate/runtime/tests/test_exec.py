"""
Programs: unmediated, bounded in time, and what they cost.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from ..errors import (
    EnvelopeViolation,
    IndeterminateStep,
    OperationError,
)
from ..governance.decision import PathUse
from ..governance.granted_fs import GrantedFS
from ..orchestration import exec_operation
from ..orchestration.fs_operations import FsWrite
from ..orchestration.operation import Params, States
from ..orchestration.operations import (
    Effect,
    Plan,
    Registry,
)
from .operation_samples import Crash
from .samples import bench, envelope, tree_of


def test_exec_is_unmediated_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    No shell, the root as directory, a short environment, no input; output hashed, its beginning recorded.
    """
    monkeypatch.setenv("SECRET_TOKEN", "hidden")
    code = (
        "import os,sys;print(sorted(os.environ), sys.stdin.read(), sys.argv[1]);"
        "open('made','w');sys.stderr.write('e'*5000)"
    )
    params = {
        "argv": [sys.executable, "-I", "-c", code, "$HOME; *"],
        "max_cost_usd": "0.25",
        "env": {"EXTRA": "1"},
    }
    with bench(tmp_path) as b:
        receipt = b.executor.run("exec", params, step_id="s")
        assert not receipt.mediated
        assert (receipt.cost, b.executor.ledger.committed) == ("0.250000", Decimal("0.25"))
        told = json.loads(json.dumps(receipt.to_json()["outputs"]))
        stdout, stderr = told["stdout"], told["stderr"]
        assert "SECRET_TOKEN" not in stdout["begin"]
        assert "'EXTRA'" in stdout["begin"]
        assert stdout["begin"].endswith("$HOME; *\n")
        assert stdout["sha256"] == hashlib.sha256(stdout["begin"].encode()).hexdigest()
        assert (stderr["size"], len(stderr["begin"])) == (5000, 2048)
        with pytest.raises(OperationError, match="unmediated"):
            b.executor.compensate("s")
    assert set(tree_of(tmp_path / "tree")) == {"made"}


def test_exec_is_stopped_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    With everything it started, when it takes too long or says too much.
    """
    monkeypatch.setattr(exec_operation, "MAX_OUTPUT_BYTES", 1000)
    child = (
        "import subprocess,sys,time;subprocess.Popen([sys.executable,'-c','import time;time.sleep(60)']);time.sleep(60)"
    )
    flood = "import sys,time\nfor _ in range(9): sys.stdout.write('x'*999); sys.stdout.flush()\ntime.sleep(60)"
    with bench(tmp_path) as b:
        for number, (code, words) in enumerate([(child, "after 1 seconds"), (flood, "said more than")]):
            params = {"argv": [sys.executable, "-c", code], "max_cost_usd": 0, "timeout_seconds": 1 + number * 30}
            with pytest.raises(OperationError, match=words):
                b.executor.run("exec", params, step_id=f"s{number}")


def test_a_platform_without_process_groups_kills_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    As Windows does.
    """
    monkeypatch.delattr(os, "killpg")
    with bench(tmp_path) as b, pytest.raises(OperationError, match="after 1 seconds"):  # noqa: PT012  # what fails lies inside the block
        params = {"argv": [sys.executable, "-c", "import time;time.sleep(60)"], "max_cost_usd": 0, "timeout_seconds": 1}
        b.executor.run("exec", params, step_id="s")


@pytest.mark.parametrize("repeatable", [True, False])
def test_an_interrupted_exec_is_repeated_only_if_that_is_harmless(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    repeatable: bool,  # a table
) -> None:
    """
    Nobody knows how far it came; the mission says whether that matters.
    """
    params = {
        "argv": [sys.executable, "-c", "open('made','a').write('x')"],
        "max_cost_usd": "0.4",
        "repeatable": repeatable,
    }

    def crash(*_: object, **__: object) -> None:
        raise Crash

    with pytest.raises(Crash), bench(tmp_path) as b:  # noqa: PT012  # what fails lies inside the block
        monkeypatch.setattr(type(b.journal), "finish", crash)
        b.executor.run("exec", params, step_id="s")
    monkeypatch.undo()
    with bench(tmp_path) as b:
        assert b.executor.ledger.committed == Decimal("0.4")
        if repeatable:
            assert b.executor.run("exec", params, step_id="s").recovered
        else:
            with pytest.raises(IndeterminateStep):
                b.executor.run("exec", params, step_id="s")
    assert (tmp_path / "tree" / "made").read_text() == "x" * (1 + repeatable)


class _Overrun(FsWrite):
    """
    An operation that costs more than it said.
    """

    name = "cost.more"

    def plan(self, params: Params) -> Plan:
        return Plan((), max_cost=Decimal("0.1") if params else None)

    def expect(self, params: Params, before: States) -> States:  # noqa: ARG002  # the protocol's
        return before

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:  # noqa: ARG002  # the protocol's
        return Effect({}, Decimal("0.2"))


def test_an_overrun_stops_all_spending(tmp_path: Path) -> None:
    """
    It is recorded as it was, in this process and the next; an unknown cost is denied.
    """
    policy = envelope(["cost.more"])
    registry = Registry([_Overrun()])
    with bench(tmp_path, policy, registry=registry) as b:
        with pytest.raises(EnvelopeViolation, match="COST_UNKNOWN"):
            b.executor.run("cost.more", {}, step_id="unknown")
        assert b.executor.run("cost.more", {"x": 1}, step_id="a").cost == "0.200000"
        with pytest.raises(EnvelopeViolation, match="BUDGET_EXCEEDED"):
            b.executor.run("cost.more", {"x": 1}, step_id="b")
    with bench(tmp_path, policy, registry=registry) as b, pytest.raises(EnvelopeViolation, match="BUDGET_EXCEEDED"):
        b.executor.run("cost.more", {"x": 1}, step_id="c")
