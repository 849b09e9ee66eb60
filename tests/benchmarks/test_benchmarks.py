"""
The benchmarks measure what they say: equal trees, honest peers, ratios round by round.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import zipfile
from pathlib import Path

import pytest
from benchmarks import measure, naive, results, trees, works
from benchmarks.goals import GOALS, PEAK_MB, VERIFIED
from benchmarks.measure import Cost, Work


def _digest(root: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        whole.update(f"{path.relative_to(root).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def test_a_tree_is_the_same_each_time(tmp_path: Path) -> None:
    """
    What is measured here and there is the same work.
    """
    assert trees.make("small", tmp_path / "one")
    assert trees.make("small", tmp_path / "two")
    assert _digest(tmp_path / "one") == _digest(tmp_path / "two")
    assert sum(1 for path in (tmp_path / "one").rglob("*") if path.is_file()) == 201


def test_the_naive_peer_does_the_whole_job(tmp_path: Path) -> None:
    """
    It packs every file, and refuses a bundle that does not fit its manifest: else its time would mean nothing.
    """
    tree, bundle = tmp_path / "tree", tmp_path / "b.zip"
    (tree / "sub").mkdir(parents=True)
    (tree / "sub" / "one").write_bytes(b"1")
    (tree / "two").write_bytes(b"22")
    naive.build(str(tree), str(bundle))
    with zipfile.ZipFile(bundle) as archive:
        assert archive.namelist() == ["sub/one", "two", "manifest.txt"]
        manifest = archive.read("manifest.txt").decode()
    assert manifest == f"{hashlib.sha256(b'1').hexdigest()}  sub/one\n{hashlib.sha256(b'22').hexdigest()}  two\n"
    naive.check(str(bundle))
    naive.count(str(bundle), 3)
    with pytest.raises(SystemExit, match="seen 3 members, need 4"):
        naive.count(str(bundle), 4)
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("two", b"other")
        archive.writestr("manifest.txt", f"{hashlib.sha256(b'22').hexdigest()}  two\n")
    with pytest.raises(SystemExit, match="two: changed"):
        naive.check(str(bundle))
    with zipfile.ZipFile(bundle, "a") as archive:
        archive.writestr("unlisted", b"")
    with pytest.raises(SystemExit, match="other members"):
        naive.check(str(bundle))


@pytest.mark.skipif(shutil.which("sh") is None, reason="no POSIX shell")
def test_a_command_is_measured_and_its_output_removed(tmp_path: Path) -> None:
    """
    Time and memory are those of the command and its children; nothing stays.
    """
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "file").write_bytes(b"x")
    work = Work("busy", "$PYTHON -c 'sum(range(300000))'; touch $OUT/left; rm $TREE/file", fresh_copy=True)
    cost = measure.run(work, tree, tmp_path / "b.zip", sys.executable)
    assert cost.cpu > 0
    assert cost.wall > 0
    assert cost.peak > 1 << 20
    assert [path.name for path in tmp_path.iterdir()] == ["tree"]
    assert (tree / "file").exists()
    with pytest.raises(measure.CommandError, match="wrong: exit code 7: why"):
        measure.run(Work("wrong", "echo why >&2; exit 7"), tree, tmp_path / "b.zip", sys.executable)


def test_missing_commands_are_named() -> None:
    """
    A peer that is not there is told of, not measured as infinitely slow.
    """
    assert measure.missing(Work("x", "", ("sh", "no-such-command-anywhere"))) == ["no-such-command-anywhere"]


def test_every_goal_is_about_something_that_is_measured() -> None:
    """
    No goal is silently never judged.
    """
    known = {"build": works.BUILD + works.BUILD_SLOW, "check": works.CHECK}
    for goal in GOALS:
        names = {work.who for work in known[goal.job]}
        assert {goal.ours, goal.peer} <= names
        assert goal.tree in trees.TREES
        assert goal.stretch < goal.must
    assert PEAK_MB.keys() <= trees.TREES.keys()


def test_every_goal_for_a_build_has_one_with_its_verification() -> None:
    """
    Each once, with a check that has a goal itself: no number is set but those of the goals.
    """
    builds = [(goal.tree, goal.ours, goal.peer) for goal in GOALS if goal.job == "build"]
    checks = {(goal.tree, goal.peer) for goal in GOALS if goal.job == "check"}
    assert [(goal.tree, goal.ours, goal.builder) for goal in VERIFIED] == builds
    assert {(goal.tree, goal.checker) for goal in VERIFIED} <= checks


def test_a_verified_build_is_held_against_build_check_and_digest() -> None:
    """
    0.75 of 4 s, 0.7 of 10 s and 1 s leave 11 s; wall and CPU both count.
    """
    costs: results.Costs = {
        ("build", "real", "ours"): [Cost(5.5, 11.0, 0)],
        ("build", "real", "naive"): [Cost(4, 4, 0)],
        ("check", "real", "py-check"): [Cost(10, 10, 0)],
    }
    begin = "| real | ours | 0.75 naive | 0.7 py-check | openssl"
    assert f"{begin} | - | - | not measured |" in list(results.lines(costs))
    costs["digest", "real", "openssl"] = [Cost(1, 1, 0)]
    assert f"{begin} | 0.50 | 1.00 | met |" in list(results.lines(costs))
    costs["build", "real", "ours"] = [Cost(12.1, 11.0, 0)]
    assert f"{begin} | 1.10 | 1.00 | **missed** |" in list(results.lines(costs))


def test_ratios_are_medians_of_rounds_and_judged_by_the_worse() -> None:
    """
    Wall and CPU both have to meet a goal; what was not measured is said not to be.
    """
    costs: results.Costs = {
        ("build", "real", "ours"): [Cost(1, 1, 10), Cost(9, 9, 10), Cost(2, 2, 20_000_000)],
        ("build", "real", "naive"): [Cost(2, 2, 10), Cost(9, 9, 10), Cost(4, 2.8, 10)],
        ("build", "big", "ours"): [Cost(1, 1, 41_000_000)],
    }
    lines = list(results.lines(costs))
    assert "| build | real | ours | naive | 0.50 | 0.71 | 0.75 | 0.5 | met |" in lines
    assert "| build | real | ours | zip+sha256sum | - | - | 0.5 | 0.33 | not measured |" in lines
    assert "| build | real | naive | 4.000 | 2.800 | 0 | 0.50 | 0.71 |" in lines
    assert "| big | 41 | - | 40 | **missed** |" in lines
    assert "| real | 20 | - | - |  |" in lines
