"""
Tests of `phase2_gate.isolation.launcher.mounts` and `landlock`: which paths are shown, and with which rights.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from phase2_gate.isolation.launcher import landlock, mounts
from phase2_gate.isolation.launcher.plan import LayerError, Plan

PLAN = Plan(
    argv=["/p/bin/python"],
    cwd="/w",
    env={},
    level="strict",
    carrier="namespaces",
    workspace="/w",
    scratch="/s",
    readable=["/p"],
    rlimits={},
    processes=1,
    scratch_bytes=1,
    status_fd=0,
    record_fd=0,
    input_fd=0,
)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], []),
        (["/b", "/a"], ["/a", "/b"]),
        (["/a/b", "/a", "/a/c/d"], ["/a"]),
        (["/a", "/ab", "/a-b", "/a/b"], ["/a", "/a-b", "/ab"]),
        (["/a/../b", "/b/c", "/b/"], ["/b"]),
        (["/usr", "/usr"], ["/usr"]),
    ],
)
def test_the_outermost_paths(paths: list[str], expected: list[str]) -> None:
    """
    A path that lies in another one needs no view of its own; names that only begin alike do.
    """
    assert expected == mounts.outermost(paths)


@pytest.mark.parametrize("plan", [replace(PLAN, scratch="/dev/shm/x"), replace(PLAN, workspace="/dev/shm/x")])
def test_a_place_that_the_box_has_its_own_of_is_refused(plan: Plan) -> None:
    """
    What lies in /dev/shm would be hidden behind the box's own; the message says what to change.
    """
    with pytest.raises(LayerError, match=r"own /dev and /proc: seen .*'/dev/shm/x', need TMPDIR elsewhere"):
        mounts.shown(plan)
    assert "/dev/shm/x" not in mounts.shown(PLAN)[0]


def test_only_the_scratch_area_may_be_written() -> None:
    """
    The workspace and the interpreter may be read; devices may be used, and never made.
    """
    for level, shared in (("strict", {"/dev/shm"}), ("landlock", set())):
        rights = landlock.rights(replace(PLAN, level=level))
        writable = {path for path, allowed in rights if allowed & ~(landlock.READ | landlock.DEVICE)}
        assert {"/s"} | shared == writable
        assert {("/w", landlock.READ), ("/p", landlock.READ)} <= set(rights)
        assert {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"} == {
            path for path, allowed in rights if allowed == landlock.DEVICE
        }


@pytest.mark.parametrize(("interface", "size"), [(3, 8), (4, 16), (5, 16), (6, 24), (7, 24), (9, 24)])
def test_a_kernel_gets_the_attributes_it_knows(interface: int, size: int) -> None:
    """
    A kernel refuses attributes that are longer than those of its own version.
    """
    assert size == landlock._size(interface)


def test_a_plan_is_read_as_it_was_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The line that the verifier writes gives the same plan, however the pipe cuts it.
    """
    import os

    from phase2_gate.isolation.launcher import plan

    rest = [replace(PLAN, env={"A": "é\n"}).render()[at : at + 7] for at in range(0, 400, 7)]
    monkeypatch.setattr(os, "read", lambda *_: rest.pop(0))
    assert replace(PLAN, env={"A": "é\n"}) == plan.receive()
