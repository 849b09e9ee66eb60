"""
Differential tests: the verdicts of ignore rules against those of git.

By default some thousands of pairs are compared. With ``PHASE2_GATE_GIT_PAIRS=20000`` in the environment, at least that
many are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phase2_gate.core.errors import SelectionError
from phase2_gate.workspace import ignore

_PATHS_AN_EXAMPLE = 120
_EXAMPLES = max(12, int(os.environ.get("PHASE2_GATE_GIT_PAIRS", "2400")) // _PATHS_AN_EXAMPLE + 1)

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    An empty repository that no settings of the machine reach.
    """
    root = tmp_path_factory.mktemp("repository")
    _git(root, "init", "-q")
    (root / ".git/info/exclude").unlink(missing_ok=True)
    return root


def _git(root: Path, *arguments: str, data: bytes = b"") -> bytes:
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": str(root),
        "LC_ALL": "C",
    }
    command = ["git", "-c", "core.ignorecase=false", "-c", "core.excludesFile=", *arguments]
    done = subprocess.run(command, cwd=root, env=environment, input=data, capture_output=True, check=False)
    # check-ignore ends with 1 when nothing is ignored.
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def git_verdicts(root: Path, files: dict[str, bytes], paths: list[str]) -> dict[str, tuple[str, int] | None]:
    """
    For each path the file and line that decide by git, or None when no line does.
    """
    for directory, content in files.items():
        (root / directory).mkdir(parents=True, exist_ok=True)
        (root / directory / ".gitignore").write_bytes(content)
    asked = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
    try:
        answer = _git(root, "check-ignore", "--no-index", "--stdin", "-z", "-v", "-n", data=asked)
    finally:
        for child in root.iterdir():
            if child.name == ".gitignore":
                child.unlink()
            elif child.name != ".git":
                shutil.rmtree(child)
    fields = answer.split(b"\0")[:-1]
    verdicts: dict[str, tuple[str, int] | None] = {}
    for source, line, _, path in zip(*(fields[index::4] for index in range(4)), strict=True):
        verdicts[path.decode("utf-8", "surrogateescape")] = (source.decode(), int(line)) if source else None
    return verdicts


def our_verdicts(files: dict[str, bytes], paths: Iterable[str]) -> dict[str, tuple[str, int] | None]:
    """
    The same by our rules.
    """
    rules = ignore.Rules()
    for directory, content in files.items():
        source = f"{directory}/.gitignore".lstrip("/")
        rules.add(directory, ignore.parse(content, source))
    verdicts: dict[str, tuple[str, int] | None] = {}
    for path in paths:
        # Nothing of the paths exists for git but the directories that hold rules.
        decision = rules.decide(path, any(f"{directory}/".startswith(f"{path}/") for directory in files))
        verdicts[path] = None if decision is None else (decision.source, decision.pattern.line)
    return verdicts


_NAMES = [
    "a",
    "b",
    "ab",
    "abc",
    "a.c",
    "b.c",
    ".a",
    "A",
    "build",
    "d",
    "\u00e9",
    "\u00e0",
    "a b",
    "a ",
    "#a",
    "!a",
    "a]",
]
_PIECES = [
    *(
        "a",
        "b",
        "c",
        "ab",
        "build",
        "d",
        ".c",
        "\u00e9",
        "\u00e0",
        "*",
        "*",
        "**",
        "?",
        "[ab]",
        "[!a]",
        "[^b]",
        "[a-c]",
    ),
    *("[]a]", "[[:alpha:]]", "[a\\]]", "[-a]", "\\*", "\\a", "\\ ", "\\#", "\\!", " ", "#", "!", ".", "[[:punct:]x]"),
]
_components = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=3).map("".join)
_bodies = st.lists(st.one_of(_components, st.sampled_from(_NAMES), st.just("**")), min_size=1, max_size=3).map("/".join)
_lines = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "", "!"]),
        st.sampled_from(["", "", "/"]),
        _bodies,
        st.sampled_from(["", "", "/", "/**", "  ", "\r"]),
    ),
)
_contents = st.lists(_lines, max_size=6).map("\n".join)
_whole = st.tuples(st.sampled_from(["", "", "\ufeff"]), _contents, st.sampled_from(["", "\n"])).map(
    lambda parts: "".join(parts).encode()
)
_files = st.fixed_dictionaries({"": _whole}, optional={"a": _whole, "a/b": _whole, "build": _whole, "d": _whole})


def _some_paths() -> list[str]:
    """
    The same paths in every run: all of one component, and a sample of the deeper ones.
    """
    random = Random(1980)  # noqa: S311 - a sample, no secret
    found = dict.fromkeys(_NAMES)
    while len(found) < _PATHS_AN_EXAMPLE:
        found["/".join(random.choices(_NAMES, k=random.randint(2, 4)))] = None
    return list(found)


def _without_doubtful(content: bytes) -> bytes:
    """
    `content` without the lines that we refuse; they lie outside the comparison.
    """
    kept = []
    for line in content.split(b"\n"):
        try:
            ignore.parse(line, "x")
        except SelectionError:
            kept.append(b"# refused")
        else:
            kept.append(line)
    return b"\n".join(kept)


@given(files=_files)
@settings(max_examples=_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_agrees_with_git_on_generated_rules(repository: Path, files: dict[str, bytes]) -> None:
    """
    The same line of the same file decides, or none does, for every path.
    """
    files = {directory: _without_doubtful(content) for directory, content in files.items()}
    paths = _some_paths()
    assert git_verdicts(repository, files, paths) == our_verdicts(files, paths)


_EVERYTHING = [
    *("a", "b", "ab", "a/b", "a/b/c", "a/build/keep.log", "build/keep.log", "build/x", "d/a", "d/d/a", "d/keep"),
    *("foo", "foo/bar", "x/foo", "x/foo/bar", "a/x/b", "a/x/y/b", "\u00e9", "x/\u00e9.c", "a.log", "x/a.log", "a "),
    *("\udcff", "x/\udcff", "t\u00e0", "#a", "!a", "a b", "x]", "a-b", "[a]", "a*", "ab/", ".hidden", "x/.hidden/y"),
]
_EVERYTHING = [path.rstrip("/") for path in _EVERYTHING if path != "ab/"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"*",
        b"/*",
        b"**",
        b"**/",
        b"*/",
        b"/**",
        b"**/*",
        b"**/foo",
        b"**/foo/",
        b"foo/**",
        b"a/**/b",
        b"a/**/b/",
        b"d/**\n!d/keep",
        b"d/**/\n!d/keep",
        b"build\n!build/keep.log",
        b"build/\n!build/keep.log",
        b"build/*\n!build/keep.log",
        b"/*\n!/a/\n/a/*\n!/a/b",
        b"\xef\xbb\xbfa\nb",
        b"a\r\nb\r\n",
        b"a  \nb ",
        b"a\\ ",
        b"a\\  ",
        b"a b",
        b"\\#a",
        b"\\!a",
        b"!a",
        b"#a",
        b"?",
        b"??",
        b"\xc3\xa9",
        b"[!a]",
        b"[!a]*",
        b"*.log\n!a.log",
        b"t\xc3\xa0",
        b"t\xc3\xa0 ",
        b"x]",
        b"a[-]b",
        b"a[!x]b",
        b"\\[a\\]",
        b"[[]a]",
        b"a\\*",
        b"[[:alpha:]]",
        b"[![:alpha:]]",
        b"x/*/bar",
        b"/foo",
        b"foo/bar",
        b"/x/foo/",
        b".*",
        b"\n\n  \na\n",
        b"**/**/b",
        b"a/**/**",
        b"*/*/b",
        b"***",
        b"a**",
        b"*a*",
        b"*o*o",
        b"*.*.*",
        b"?*?",
        b"x/*o*/*a*",
        b"\\**",
    ],
)
def test_agrees_with_git_on_known_difficulties(repository: Path, content: bytes) -> None:
    """
    The cases in which implementations differ from git decide as in git.
    """
    files = {"": content}
    assert git_verdicts(repository, files, _EVERYTHING) == our_verdicts(files, _EVERYTHING)


@pytest.mark.parametrize(
    "files",
    [
        {"": b"a.log", "x": b"!a.log"},
        {"": b"x", "x": b"!a.log"},
        {"": b"x/", "x": b"!a.log"},
        {"": b"!a.log", "x": b"*"},
        {"x": b"/a.log"},
        {"x": b"foo/bar"},
        {"x": b"/foo"},
        {"x": b"**/bar\n!/foo/bar"},
        {"": b"*.c", "x": b"!*.c", "x/foo": b"*"},
        {"x": b"x/a.log"},
    ],
)
def test_agrees_with_git_on_nested_files(repository: Path, files: dict[str, bytes]) -> None:
    """
    A file nearer to the path comes first, and speaks of what lies below it alone.
    """
    assert git_verdicts(repository, files, _EVERYTHING) == our_verdicts(files, _EVERYTHING)
