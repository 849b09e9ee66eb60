"""
Tests of `phase2_gate.audit.execution.shadowing`: what takes the place of something is told by its path.
"""

from __future__ import annotations

import pytest

from phase2_gate.audit.execution import shadowing


@pytest.mark.parametrize(
    "path",
    [
        *("sitecustomize.py", "usercustomize.py", "src/sitecustomize.py", "sitecustomize/__init__.py"),
        *("pytest.py", "_pytest/__init__.py", "src/pytest/__init__.py"),
        *("json.py", "json/__init__.py", "src/os.py", "typing.py", "src/collections/__init__.py"),
        *("a.pth", "lib/python/x.pth"),
        *("a.pyc", "package/__pycache__/a.cpython-311.pyc", "package/native.so", "native.pyd", "x.dylib"),
        *("evil-1.dist-info/entry_points.txt", "src/evil-1.dist-info/METADATA"),
    ],
)
def test_what_shadows(path: str) -> None:
    """
    Each of these is one finding that names the member.
    """
    (only,) = shadowing.check(["package/__init__.py", path])
    assert ("import-shadowing", path, True) == (only.rule, only.path, bool(only.detail))


def test_what_is_honest() -> None:
    """
    Modules of a package may have any name, as may tests, data, and copies of what pytest uses.
    """
    honest = [
        *("package/json.py", "package/types.py", "tests/json.py", "test/__init__.py", "test.py", "src/package/os.py"),
        *("json/data.txt", "json/module.py", "README", "src/x.egg-info/PKG-INFO", "setup.py", "conftest.py", "src"),
        *(
            "pluggy/__init__.py",
            "src/packaging/__init__.py",
            "docs/example.dist-info",
            "json",
            "string.txt",
            "src/json/a.py",
        ),
    ]
    assert shadowing.check(honest) == ()
