"""
The tests that are added for each bundle: one for each gate, and one for the verdict.

A gate that did not come to its end fails as one with findings does: nothing passes by default, and whoever selects a
single gate must not see a green run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..core import rules
from ..core.errors import Phase2GateError
from ..core.escape import line
from ..core.report import Verdict
from ..report import text
from .judged import JudgedBundle

_VERDICT = "verdict"
"""The name of the test behind those of the gates."""


class Judging:
    """
    The hooks of a run in which bundles are judged.

    Args:
        paths: The bundles.
        profile: What is demanded of them: a built-in name, or a file.
        audit: Whether their code is run.
    """

    def __init__(self, paths: list[str], profile: str, *, audit: bool) -> None:
        from ..library.profiles import load

        for path in paths:
            if os.path.isdir(path):
                message = f"--phase2-bundle: {path}: seen a directory, need a file"
                raise pytest.UsageError(message)
        try:
            demanded = load(profile)
        except Phase2GateError as error:
            hint = f" (hint: {error.hint})" if error.hint else ""
            message = f"--phase2-profile: {error}{hint}"
            raise pytest.UsageError(message) from error
        self._gates = rules.GATES if audit else rules.STATIC_GATES
        self._bundles = {line(path): JudgedBundle(path, demanded, audit=audit) for path in paths}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """
        Adds the tests, before anything is deselected.
        """
        for name, bundle in self._bundles.items():
            items.extend(_tests(session, name, bundle, self._gates))

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """
        Runs what asks for `phase2_bundle` once for each.
        """
        if "phase2_bundle" in metafunc.fixturenames:
            bundles = list(self._bundles.values())
            metafunc.parametrize("phase2_bundle", bundles, ids=list(self._bundles), indirect=True, scope="session")


def _tests(session: pytest.Session, name: str, bundle: JudgedBundle, gates: tuple[str, ...]) -> Iterator[pytest.Item]:
    parent = BundleCollector.from_parent(session, name=name, nodeid=name)
    for gate in gates:
        yield GateItem.from_parent(parent, name=gate, bundle=bundle)
    yield VerdictItem.from_parent(parent, name=_VERDICT, bundle=bundle)


class BundleCollector(pytest.Collector):
    """
    A bundle, as the parent of its tests.
    """

    def collect(self) -> Iterator[pytest.Item]:
        """
        Nothing more: its tests are added to what was collected.
        """
        return iter(())


class _BundleItem(pytest.Item):
    """
    A test of a bundle.

    Args:
        name: What is looked at.
        parent: The collector of the bundle.
        bundle: The bundle.
    """

    def __init__(self, name: str, parent: BundleCollector, bundle: JudgedBundle) -> None:
        super().__init__(name, parent)
        self.bundle = bundle
        self._title = f"{parent.name}: {name}"

    def reportinfo(self) -> tuple[Path, None, str]:
        """
        Where it is, for reports.
        """
        return self.bundle.path, None, self._title


class GateItem(_BundleItem):
    """
    One gate: passes when it came to its end without a finding.
    """

    def runtest(self) -> None:
        """
        Judges the bundle, if no test has, and fails with the findings of this gate.
        """
        result = self.bundle.gate(self.name)
        if result is None:
            pytest.fail(f"{self.name}: not judged: {self.bundle.record.result}", pytrace=False)
        elif result.state != "pass":
            pytest.fail("\n".join(text.gate(result)), pytrace=False)


class VerdictItem(_BundleItem):
    """
    The verdict, which needs more than that no gate had a finding: every rule has to have run.
    """

    def runtest(self) -> None:
        """
        Fails with the digests and the verdict, unless it is PASS.
        """
        record = self.bundle.record
        if record.verdict is not Verdict.PASS:
            pytest.fail("\n".join(text.summary(record)), pytrace=False)
