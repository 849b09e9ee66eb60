"""
What pytest loads: options, and the fixture `phase2_bundle`.

Every run of pytest loads this module where phase2-gate is installed; what judges is loaded only when a bundle is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .judged import JudgedBundle


def pytest_addoption(parser: pytest.Parser) -> None:
    """
    The options.
    """
    group = parser.getgroup("phase2-gate", "judging bundles")
    group.addoption(
        "--phase2-bundle",
        action="append",
        default=[],
        metavar="FILE",
        help="judge this bundle, one test for each gate, and give it to the fixture phase2_bundle (repeatable)",
    )
    group.addoption(
        "--phase2-profile",
        default="generic",
        metavar="NAME|FILE.toml",
        help="what is demanded of the bundles: generic, build-loop-phase2, or a profile file (default: generic)",
    )
    group.addoption(
        "--phase2-audit",
        action="store_true",
        help="audit the bundles: their imports and tests are run as well, confined",
    )


def pytest_configure(config: pytest.Config) -> None:
    """
    Adds what judges, when there is something to judge.
    """
    paths = config.getoption("--phase2-bundle")
    if paths:
        from .judging import Judging

        profile, audit = config.getoption("--phase2-profile"), config.getoption("--phase2-audit")
        config.pluginmanager.register(Judging(paths, profile, audit=audit), "phase2-gate-judging")


@pytest.fixture(scope="session")
def phase2_bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> JudgedBundle:
    """
    A bundle that `--phase2-bundle` names, judged: `path`, `verdict`, `findings`, `record`, and `extracted`.

    A test that asks for it runs once for each bundle, and is skipped when none is named.
    """
    bundle: JudgedBundle | None = getattr(request, "param", None)
    if bundle is None:
        pytest.skip("no bundle to judge: name one with --phase2-bundle FILE")
    bundle.room = tmp_path_factory.mktemp("phase2-bundle")
    return bundle
