"""
Tests of `phase2_gate.cli.terminal`, in processes of their own where the streams themselves are at stake.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from phase2_gate.cli import terminal
from phase2_gate.core.errors import AuditError, Phase2GateError

SOURCE = str(Path(terminal.__file__).parents[2])


class Text(io.TextIOWrapper):
    """
    A stream of some encoding over bytes.
    """

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    def seen(self) -> bytes:
        """
        What was written to it.
        """
        self.flush()
        data: bytes = self.buffer.getvalue()  # type: ignore[attr-defined] # BytesIO
        return data


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", "é ✓\n".encode()), ("latin-1", b"\xe9 \\u2713\n"), ("ascii", b"\\xe9 \\u2713\n")],
)
def test_what_an_encoding_lacks_is_shown_as_an_escape(
    monkeypatch: pytest.MonkeyPatch, encoding: str, expected: bytes
) -> None:
    """
    A locale never breaks a verdict.
    """
    stream = Text(encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    terminal.out("é ✓")
    assert expected.replace(b"\n", os.linesep.encode()) == stream.seen()


def test_lone_surrogates_can_be_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Names that are not text, as file systems give them.
    """
    stream = Text("utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    terminal.out("\udcff")
    assert stream.seen().rstrip() == b"\\udcff"


def test_raw_bytes_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    In their place among the text that was written before.
    """
    stream = Text("ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    stream.write("a")
    terminal.raw(b"\xff\r\n\x00")
    assert stream.seen() == b"a\xff\r\n\x00"


def test_an_error_has_lines_and_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Each line says what it is; foreign text in them is escaped, and nothing goes to standard output.
    """
    terminal.error(Phase2GateError("a: b\nRESULT: PASS\x1b[0m\u202e", hint="do\rthis ✓"))
    terminal.error(Phase2GateError("c"))
    terminal.warn("d\x07")
    out, err = capsys.readouterr()
    assert (out, err.splitlines()) == (
        "",
        [
            "error: a: b",
            "error: RESULT: PASS\\x1b[0m\\u202e",
            "hint: do\\rthis \\u2713",
            "error: c",
            "warning: d\\x07",
        ],
    )


def test_without_standard_error_the_exit_status_has_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Complaints never go to standard output instead, and never fail.
    """
    shown = Text("utf-8")
    monkeypatch.setattr(sys, "stdout", shown)
    monkeypatch.setattr(sys, "stderr", None)
    terminal.complain("a")
    closed = Text("utf-8")
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    terminal.complain("a")
    assert shown.seen() == b""


def test_without_standard_output_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A verdict that nobody can see is none.
    """
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(AuditError, match="standard output: cannot be written to: it is closed"):
        terminal.out("RESULT: PASS")


@pytest.mark.parametrize(("number", "kind"), [(32, BrokenPipeError), (28, AuditError), (5, AuditError)])
def test_a_stream_that_breaks(monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]) -> None:
    """
    A reader who left is told apart from a disk that is full.
    """

    class Broken(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(Broken(), encoding="utf-8"))
    with pytest.raises(kind):
        terminal.out("RESULT: PASS")


def run(redirection: str) -> tuple[int, str]:
    """
    The exit status and standard error of the command that lists all rules, with its output redirected.
    """
    command = f'"{sys.executable}" -m phase2_gate rule {redirection}'
    done = subprocess.run(  # noqa: S602 - redirections are what is tested, and the text is ours
        command,
        shell=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": SOURCE, "PYTHONUNBUFFERED": ""},
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("redirection", "complaint"),
    [
        (">&-", "error: standard output: cannot be written to: it is closed\n"),
        (">/dev/full", "error: standard output: cannot be written to: No space left on device\n"),
        (">&- 2>&-", ""),
    ],
)
def test_a_process_whose_output_is_lost_is_blocked(redirection: str, complaint: str) -> None:
    """
    Exit status 3, one complaint, and nothing of python's own at the end.
    """
    if "full" in redirection and not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    code, seen = run(redirection)
    assert (code, seen.partition("hint:")[0]) == (3, complaint)


def test_a_process_whose_reader_left_is_blocked() -> None:
    """
    Quietly: there is nobody to tell.
    """
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as out:
        command = [sys.executable, "-m", "phase2_gate", "rule"]
        env = {**os.environ, "PYTHONPATH": SOURCE}
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, env=env, check=False)
    assert (done.returncode, done.stderr) == (3, b"")
