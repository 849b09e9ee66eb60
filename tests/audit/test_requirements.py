"""
Tests of `phase2_gate.audit.requirements`: lists that say exactly what may be installed, and all others.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from phase2_gate.audit import requirements
from phase2_gate.audit.requirements import Requirements
from phase2_gate.core.errors import SettingsError

A, B = "a" * 64, "b" * 64
HASH = f"--hash=sha256:{A}"
LINUX = '"linux"'
PYTEST = f"pytest==8.3.4 --hash=sha256:{A}"


def test_a_list_as_tools_write_it() -> None:
    """
    Comments, continued lines, extras, markers and several digests.
    """
    text = (
        "# made by a tool \\\n"
        f"pytest==8.3.4 \\\n    --hash=sha256:{A} \\\n    --hash=sha256:{B}\n"
        "    # via -r requirements.in\n"
        f"\nPy_Test.Extra[one, two]==1!2.0+local ; python_version >= '3.8' and sys_platform == \"linux\" "
        f"--hash=sha256:{A} # why\n"
    )
    assert requirements.parse(text, "x") == Requirements(
        (
            f"pytest==8.3.4 --hash=sha256:{A} --hash=sha256:{B}",
            f"Py_Test.Extra[one, two]==1!2.0+local ; python_version >= '3.8' and sys_platform == {LINUX} {HASH}",
        )
    )


def test_what_is_rendered_reads_back() -> None:
    """
    Pip gets what was checked, and nothing else.
    """
    parsed = requirements.parse(f"{PYTEST}\npluggy==1.5.0 --hash=sha256:{B}  # c", "x")
    assert requirements.parse(parsed.render(), "x") == parsed


@pytest.mark.parametrize(
    "line",
    [
        "attrs==1",
        f"attrs --hash=sha256:{A}",
        f"attrs>=1 --hash=sha256:{A}",
        f"attrs==1.* --hash=sha256:{A}",
        f"attrs===1 --hash=sha256:{A}",
        "attrs==1 --hash=sha256:abc",
        f"attrs==1 --hash=sha256:{A.upper()}",
        "attrs==1 --hash=md5:" + "a" * 32,
        f"attrs==1 --hash=sha256:{A} --no-binary=attrs",
        f"attrs==1 ; python_version > '3' --no-binary=attrs --hash=sha256:{A}",
        f"attrs @ https://example.org/attrs.whl --hash=sha256:{A}",
        f"./attrs-1.whl --hash=sha256:{A}",
        f"-e . --hash=sha256:{A}",
        "-r other.txt",
        "--index-url https://example.org",
        "--no-binary :all:",
        "${PACKAGE}==1",
        f"attrs==1 \\\n--extra-index-url=x --hash=sha256:{A}",
    ],
)
def test_every_line_is_covered_by_digests(line: str) -> None:
    """
    Whatever could bring in something else is refused, with the number of its line.
    """
    with pytest.raises(SettingsError, match=r"^x: line 2: seen"):
        requirements.parse(f"{PYTEST}\n{line}\n", "x")


@pytest.mark.parametrize("text", ["", "# nothing\n", f"attrs==1 --hash=sha256:{A}\n"])
def test_pytest_has_to_be_in_it(text: str) -> None:
    """
    No test could run otherwise.
    """
    with pytest.raises(SettingsError, match=r"^x: pytest is missing"):
        requirements.parse(text, "x")


def test_a_file_is_read(tmp_path: Path) -> None:
    """
    As UTF-8, up to a size.
    """
    (tmp_path / "r.txt").write_text(PYTEST)
    assert requirements.read(str(tmp_path / "r.txt")) == Requirements((PYTEST,))


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read"), (b"\xff", "not utf-8: seen byte 0xff at 0"), (b"#" * 2_000_000, "too large")],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, message: str) -> None:
    """
    Is an error that names it.
    """
    path = tmp_path / "r.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=message):
        requirements.read(str(path))
