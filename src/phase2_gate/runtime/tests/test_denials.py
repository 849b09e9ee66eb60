"""
Requests that are denied, malformed, or only asked about.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..errors import (
    CanonicalError,
    EnvelopeViolation,
    OperationError,
)
from .features import needs_links
from .operation_samples import write_file
from .samples import bench, envelope, tree_of


@pytest.mark.parametrize(
    ("op", "params"),
    [
        ("fs.read", {}),
        ("fs.read", {"path": 1}),
        ("fs.read", {"path": "a", "more": 1}),
        ("fs.write", {"path": "a"}),
        ("fs.write", {"path": "a", "text": "x", "base64": ""}),
        ("fs.write", {"path": "a", "text": 1}),
        ("fs.write", {"path": "a", "base64": "@"}),
        ("fs.write", {"path": "a", "text": "x", "expect": 1}),
        ("fs.create", {"path": "a", "text": "x", "executable": "yes"}),
        ("fs.delete", {"path": "a", "recursive": 1}),
        ("fs.rename", {"source": "a"}),
        ("fs.rename", {"source": "a", "target": "a/b"}),
        ("fs.rename", {"source": "a", "target": "a"}),
        ("gate.check", {"files": {}}),
        ("gate.check", {"files": ["a"]}),
        ("gate.check", {"files": {"a": 1}}),
        ("exec", {"argv": ["x"]}),
        ("exec", {"argv": [], "max_cost_usd": 0}),
        ("exec", {"argv": "ls", "max_cost_usd": 0}),
        ("exec", {"argv": ["a\0"], "max_cost_usd": 0}),
        ("exec", {"argv": ["x", 1], "max_cost_usd": 0}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0.5}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "timeout_seconds": 0}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "timeout_seconds": True}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "env": []}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "env": {"A=": "b"}}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "env": {"A": 1}}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "repeatable": 1}),
        ("fs.read", {"path": ("a",)}),
        ("fs.read", []),
    ],
)
def test_malformed_parameters_are_refused_before_anything(tmp_path: Path, op: str, params: dict[str, object]) -> None:
    """
    Nothing is recorded and nothing happens.
    """
    with bench(tmp_path) as b:
        with pytest.raises((OperationError, CanonicalError)):
            b.executor.run(op, params, step_id="s")
        assert b.journal.checkpoint().size == 1
        assert tree_of(b.tree) == {}


@needs_links
@pytest.mark.parametrize(
    ("op", "params", "code"),
    [
        ("fs.write", {"path": "../x", "text": ""}, "PATH_TRAVERSAL"),
        ("fs.write", {"path": "Denied/x", "text": ""}, "PATH_DENIED"),
        ("fs.write", {"path": "other", "text": ""}, "PATH_NOT_ALLOWED"),
        ("fs.write", {"path": "ok/.git/x", "text": ""}, "PATH_PROTECTED"),
        ("fs.write", {"path": "ok/link", "text": ""}, "LINK"),
        ("fs.read", {"path": "ok/a"}, "OP_NOT_ALLOWED"),
        ("fs.rename", {"source": "ok/a", "target": "denied/a"}, "PATH_DENIED"),
        ("fs.rename", {"source": "ok/tree", "target": "ok/new"}, "PATH_DENIED"),
        ("fs.rename", {"source": "ok/a", "target": "ok/../b"}, "PATH_TRAVERSAL"),
        ("fs.rename", {"source": "ok/plain", "target": "ok/tree2"}, "PATH_DENIED"),
        ("fs.delete", {"path": "ok/tree", "recursive": True}, "PATH_DENIED"),
        ("fs.delete", {"path": "ok/holds-link", "recursive": True}, "LINK"),
        ("fs.delete", {"path": "ok/holds-git", "recursive": True}, "PATH_PROTECTED"),
        ("exec", {"argv": ["true"], "max_cost_usd": "1.000001"}, "BUDGET_EXCEEDED"),
    ],
)
def test_a_denial_is_recorded_and_changes_nothing(
    tmp_path: Path, op: str, params: dict[str, object], code: str
) -> None:
    """
    With its code, in the journal and in the exception; asked again, the answer is the recorded one.
    """
    tree = tmp_path / "tree"
    for directory in ("ok/tree/secret", "ok/plain/sub", "ok/holds-link", "ok/holds-git/.git"):
        (tree / directory).mkdir(parents=True)
    (tree / "ok" / "a").write_text("a")
    (tree / "ok" / "tree" / "secret" / "x").write_text("x")
    (tree / "ok" / "link").symlink_to("a")
    (tree / "ok" / "holds-link" / "l").symlink_to("/")
    policy = envelope(
        ["fs.write", "fs.rename", "fs.delete", "exec"], ["ok/**"], ["denied", "ok/tree/secret", "ok/tree2/sub"]
    )
    before = tree_of(tree)
    with bench(tmp_path, policy) as b:
        with pytest.raises(EnvelopeViolation) as caught:
            b.executor.run(op, params, step_id="s")
        assert code == caught.value.code
        replay = b.executor.run(op, params, step_id="s")
        assert (replay.status, replay.decision.code) == ("failed", code)
    with bench(tmp_path, policy) as b:
        assert replay == b.executor.run(op, params, step_id="s")
        if code not in {"OP_NOT_ALLOWED", "BUDGET_EXCEEDED"}:
            assert b.executor.compensate("s").status == "compensated"
    assert before == tree_of(tree)
    entry = json.loads((tmp_path / "journal.jsonl").read_bytes().splitlines()[2])
    assert (entry["status"], entry["outputs"]["decision"]["code"]) == ("failed", code)


def test_an_unknown_operation_does_not_exist(tmp_path: Path) -> None:
    """
    Also in another case, also when it is no text.
    """
    with bench(tmp_path) as b:
        for op in ("fs.chmod", "FS.WRITE", None):
            with pytest.raises(EnvelopeViolation) as caught:
                b.executor.run(op, {}, step_id="s")  # type: ignore[arg-type]  # hostile input
            assert caught.value.code == "OP_UNKNOWN"


def test_a_dry_run_decides_and_touches_nothing(tmp_path: Path) -> None:
    """
    No entry, no file, no pre-image; the receipt says so.
    """
    policy = envelope(deny=["no"])
    with bench(tmp_path, policy) as b:
        (b.tree / "a").write_text("old")
        planned = b.executor.run("fs.write", {"path": "a", "text": "x"}, step_id="s", dry_run=True)
        denied = b.executor.run("fs.write", {"path": "no", "text": "x"}, step_id="t", dry_run=True)
        assert [(r.status, r.dry_run) for r in (planned, denied)] == [("planned", True), ("denied", True)]
        assert planned.before["a"] is not None
        assert b.journal.checkpoint().size == 1
        assert list((tmp_path / "images").iterdir()) == []
        assert tree_of(b.tree) == {"a": "0 b'old'"}
        write_file(b, "s")
    assert tree_of(tmp_path / "tree") == {"a": "0 b'new'"}
