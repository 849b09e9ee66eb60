"""
Rules of the gates ``imports``, ``tests`` and ``workspace``: the code runs, and did what it says.
"""

from __future__ import annotations

from .rule import Rule

_READ_LOG = "read the log beside the report, correct the code, and build again"


def _rule(
    gate: str, slug: str, meaning: str, why: str, *references: str, remedy: str = _READ_LOG, waivable: bool = False
) -> Rule:
    return Rule(slug, gate, meaning, why, remedy, references, waivable)


IMPORTS = (
    _rule(
        "imports",
        "import-none",
        "There is no package to import.",
        "Nothing looked at is never a pass.",
        remedy="judge the bundle under a profile file whose `imports` names its modules",
    ),
    _rule("imports", "import-failed", "A module cannot be imported.", "The bundle does not work."),
    _rule(
        "imports",
        "import-no-proof",
        "The process ended before every import was reported.",
        "An exit status proves nothing.",
    ),
    _rule(
        "imports",
        "import-outside",
        "A module came from somewhere else than the workspace.",
        "Other code was run than was judged.",
    ),
    _rule(
        "imports",
        "import-shadowing",
        "A member takes the place of something that the interpreter or pytest loads, or hides what it runs.",
        "Code would run that nobody asked for, where nobody looks.",
        remedy="rename the module; leave compiled code and installation records out",
    ),
    _rule("imports", "import-timeout", "The imports did not end in time.", "What never ends never passes."),
    _rule(
        "imports",
        "import-process-limit",
        "The imports ran more processes than allowed.",
        "A bundle must not take the machine over.",
    ),
    _rule(
        "imports",
        "import-output-limit",
        "The imports wrote more than the stated limit.",
        "The log could not be kept whole.",
    ),
)

TESTS = (
    _rule("tests", "tests-failed", "A test failed.", "The bundle does not do what it says."),
    _rule("tests", "tests-collection-error", "A test file could not be collected.", "Its tests did not run."),
    _rule(
        "tests",
        "tests-none",
        "No test was found.",
        "Nothing looked at is never a pass.",
        remedy="add tests, or name their place in a profile file (`tests.paths`)",
    ),
    _rule("tests", "tests-all-skipped", "Every test was skipped.", "Nothing looked at is never a pass."),
    _rule(
        "tests",
        "tests-minimum",
        "Fewer tests passed than the profile demands.",
        "A suite that shrinks unseen proves less each time.",
    ),
    _rule(
        "tests",
        "tests-no-proof",
        "The record of the run has no end, or two.",
        "An exit status proves nothing.",
    ),
    _rule(
        "tests",
        "tests-exit-status",
        "The exit status contradicts the record of the run.",
        "One of the two was forged.",
    ),
    _rule(
        "tests",
        "tests-skipped",
        "More tests were skipped, deselected, kept from pytest or expected to fail than the auditor allows.",
        "What did not pass proves nothing.",
        remedy="run the tests where they need not be skipped, or judge with a higher `--max-skipped`",
    ),
    _rule(
        "tests",
        "tests-settings",
        "pytest's settings hold something that may decide what runs or what counts.",
        "A bundle does not choose the terms of its own judgement.",
        remedy="remove the setting, or keep it out of the bundle",
        waivable=True,
    ),
    _rule(
        "tests",
        "tests-uncollected",
        "A test that a file declares was not found by pytest.",
        "Its result is not known.",
        waivable=True,
    ),
    _rule(
        "tests",
        "tests-hook",
        "The bundle implements a hook of pytest that decides about results, or stands around tests in another way.",
        "It could report what did not happen.",
        remedy="do without: markers, fixtures, decorators and `pytest_collection_modifyitems` are free",
        waivable=True,
    ),
    _rule(
        "tests",
        "tests-altered",
        "The bundle replaced functions of pytest, unittest or doctest, or the built-in ones they use.",
        "It could report what did not happen.",
        remedy="undo what a test replaces before it ends, and replace nothing while collecting",
    ),
    _rule(
        "tests",
        "tests-control",
        "A test that must fail, put in by the verifier, was not seen to fail.",
        "Where it does not, the failure of another test would not be seen either.",
    ),
    _rule(
        "tests",
        "tests-witness",
        "A test was reported as passed, and its function was not seen to run as it stands there, and to return.",
        "Two witnesses disagree.",
    ),
    _rule("tests", "tests-timeout", "The tests did not end in time.", "What never ends never passes."),
    _rule(
        "tests",
        "tests-process-limit",
        "The tests ran more processes than allowed.",
        "A bundle must not take the machine over.",
        remedy="start fewer processes at a time",
    ),
    _rule(
        "tests",
        "tests-output-limit",
        "The tests wrote more than the stated limit.",
        "The log could not be kept whole.",
    ),
)

WORKSPACE = (
    _rule(
        "workspace",
        "workspace-file-changed",
        "A file was changed while the tests ran.",
        "The tests may have judged other code.",
    ),
    _rule(
        "workspace",
        "workspace-file-removed",
        "A file was removed while the tests ran.",
        "The tests may have judged other code.",
    ),
    _rule(
        "workspace",
        "workspace-file-added",
        "A file was added while the tests ran.",
        "Code that was never listed may have run.",
        remedy="let the tests write to temporary directories (pytest's tmp_path)",
    ),
    _rule(
        "workspace",
        "workspace-bundle-changed",
        "The bundle's file changed during the audit.",
        "A verdict is about bytes; these are no longer the ones that were judged.",
        remedy="judge a file that nobody writes to",
    ),
)

RULES = IMPORTS + TESTS + WORKSPACE
"""All rules of the three gates."""
