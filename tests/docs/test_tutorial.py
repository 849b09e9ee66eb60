"""
The tutorial, word for word, in a clean directory.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.docs import following, shell
from tests.docs.pages import ROOT
from tests.hatch.projects import copy_of_this_project

pytestmark = pytest.mark.integration


def test_the_tutorial_can_be_followed(tmp_path: Path) -> None:
    """
    From an empty directory beside a checkout, with an empty home, to a verified signature; nothing is left out.
    """
    copy_of_this_project(tmp_path / "reader/phase2-gate")
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    page = (ROOT / "docs/tutorial.md").read_text("utf-8")
    faults = following.follow(page, tmp_path / "reader", shell.environment(home), scratch)
    if faults:
        pytest.fail("\n".join(faults))
    project = tmp_path / "reader/greeter"
    assert (project / "artifacts/bundles/greeter.zip").is_file()
    assert os.stat(tmp_path / "reader/auditor.key").st_mode & 0o777 == 0o600
