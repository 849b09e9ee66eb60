"""
The runner of the pages itself: what it reads, what it types, and what it does not let through.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import following, pages, shell
from tests.docs.matching import matches

PAGE = """\
# A page

```toml title="settings/a.toml"
a = 1
```

1. In a list:

   ```console
   $ cat settings/a.toml   # a comment
   a = 1
   ```

```toml title="settings/a.toml (added)"
b = 2
```

```console
$ cat settings/a.toml \\
> | wc -l
2
$ false
$ echo $?
1
$ cd settings
$ ls
a.toml
```

```text
$ not a command
```
"""


def _followed(text: str, tmp_path: Path, *left_out: str) -> list[str]:
    reader, scratch = tmp_path / "reader", tmp_path / "scratch"
    reader.mkdir()
    scratch.mkdir()
    return following.follow(text, reader, shell.environment(tmp_path), scratch, *left_out)


def test_what_a_page_shows_is_read() -> None:
    """
    Files and commands in their order, with lines, continuations and output.
    """
    file, listed, added, *others = following.steps(PAGE)
    assert file == pages.File(4, "settings/a.toml", "a = 1\n", added=False)
    assert listed == pages.Command(10, "cat settings/a.toml   # a comment", ("a = 1",))
    assert isinstance(listed, pages.Command)
    assert listed.bare == "cat settings/a.toml"
    assert added == pages.File(15, "settings/a.toml", "b = 2\n", added=True)
    assert [(step.text, step.shown) for step in others if isinstance(step, pages.Command)] == [
        ("cat settings/a.toml \\\n| wc -l", ("2",)),
        ("false", ()),
        ("echo $?", ("1",)),
        ("cd settings", ()),
        ("ls", ("a.toml",)),
    ]


def test_a_page_that_is_right_goes_through(tmp_path: Path) -> None:
    """
    Files are written, directories and exit codes carry over from one command to the next.
    """
    assert _followed(PAGE, tmp_path) == []


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("$ echo a\nb", "other output: line 2: echo a\na\n"),
        ("$ echo a\na\nb", "other output: line 2: echo a\na\n"),
        ("$ printf 'a\\nb\\n'\na", "other output: line 2: printf 'a\\nb\\n'\na\nb\n"),
        ("$ exit_with() { return 4; }\n$ exit_with", "exit 4: line 3: exit_with\n"),
        ("$ true\n$ echo $?\n1", "other output: line 3: echo $?\n0\n"),
        ("$ echo a >&2\nb", "other output: line 2: echo a >&2\na\n"),
    ],
)
def test_a_page_that_is_wrong_does_not(tmp_path: Path, block: str, expected: str) -> None:
    """
    Other output, more or less of it, and a failure that the page does not show.
    """
    assert _followed(f"```console\n{block}\n```", tmp_path) == [expected]


def test_a_missing_program_is_a_fault(tmp_path: Path) -> None:
    """
    A command that does not exist is no success.
    """
    (fault,) = _followed("```console\n$ no-such-program\n```", tmp_path)
    assert fault.startswith("exit 127: line 2: no-such-program\n")


def test_what_is_left_out_is_not_typed(tmp_path: Path) -> None:
    """
    By its text without the comment.
    """
    assert _followed("```console\n$ false   # never\n```", tmp_path, "false") == []


@pytest.mark.parametrize(
    "page", ["```console\noutput of nothing\n```", "```console\n$ echo a\n"], ids=["no command", "no end"]
)
def test_a_page_that_cannot_be_read_is_an_error(page: str) -> None:
    """
    Nothing is passed over.
    """
    with pytest.raises(ValueError, match=r"output of no command|never ends"):
        following.steps(page)


@pytest.mark.parametrize(
    ("shown", "seen", "expected"),
    [
        (["a … c"], "a b c\n", True),
        (["a … c"], "a b\nb c\n", False),
        (["…", "z"], "x\ny\nz\n", True),
        (["…", "z"], "z\n", True),
        (["a", "…"], "a\n", True),
        (["a", "…"], "b\n", False),
        (["a.c"], "abc\n", False),
        (["a"], "a   \n", True),
        (["a"], "", False),
    ],
)
def test_output_is_compared(shown: list[str], seen: str, expected: bool) -> None:
    """
    Whole lines, with the one mark for what differs.
    """
    assert matches(shown, seen) is expected
