"""
Tests of profiles.
"""

from __future__ import annotations

import pytest

from phase2_gate.core import paths, profile
from phase2_gate.core.errors import ProfileError
from phase2_gate.core.limits import Limits
from phase2_gate.core.profile import Profile


def test_reads_every_key() -> None:
    """
    A complete document gives a complete profile.
    """
    data: dict[str, object] = {
        "name": "mine",
        "members": ["LICENSE"],
        "imports": ["a.b"],
        "tests": {"paths": ["tests"], "minimum": 3, "max-skipped": 0.25, "plugins": ["a.plugin"]},
        "limits": {"members": 5, "member-bytes": 6},
    }
    expected = Profile("mine", (paths.parse("LICENSE"),), ("a.b",), (paths.parse("tests"),), 3)

    parsed = profile.parse(data, default_name="other")

    assert (parsed.name, parsed.members, parsed.imports) == ("mine", expected.members, ("a.b",))
    assert (parsed.test_paths, parsed.minimum_tests) == (expected.test_paths, 3)
    assert (parsed.max_skipped, parsed.plugins) == (0.25, ("a.plugin",))
    assert parsed.limits == Limits(members=5, member_bytes=6)


def test_leaves_the_rest_to_defaults() -> None:
    """
    An empty document is the generic profile under another name.
    """
    assert profile.parse({}, default_name="mine") == Profile("mine")


@pytest.mark.parametrize("field", Limits._fields)
def test_every_limit_is_a_setting(field: str) -> None:
    """
    Each limit can be set by its name with dashes.
    """
    parsed = profile.parse({"limits": {field.replace("_", "-"): 7}}, default_name="mine")

    assert getattr(parsed.limits, field) == 7


def test_limits_are_named_as_profiles_name_them() -> None:
    """
    What `named` gives is what a profile file would say, for every limit, and reads back as it was.
    """
    named = Limits(cpu_seconds=7).named()

    assert (named["cpu-seconds"], named["address-space-bytes"], len(named)) == (7, 2**31, len(Limits._fields))
    assert profile.parse({"limits": dict(named)}, default_name="mine").limits == Limits(cpu_seconds=7)


@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0])
def test_all_and_none_may_be_skipped(value: float) -> None:
    """
    Both ends of a share belong to it.
    """
    assert profile.parse({"tests": {"max-skipped": value}}, default_name="mine").max_skipped == value


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"nme": "x"}, "nme"),
        ({"name": ""}, "name"),
        ({"name": 1}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"tests": []}, "tests"),
        ({"tests": {"path": []}}, "tests.path"),
        ({"tests": {"minimum": 0}}, "tests.minimum"),
        ({"tests": {"minimum": True}}, "tests.minimum"),
        ({"tests": {"minimum": 1.5}}, "tests.minimum"),
        ({"tests": {"paths": "tests"}}, "tests.paths"),
        ({"tests": {"max-skipped": True}}, "tests.max-skipped"),
        ({"tests": {"max-skipped": "0.5"}}, "tests.max-skipped"),
        ({"tests": {"max-skipped": -0.1}}, "tests.max-skipped"),
        ({"tests": {"max-skipped": 1.01}}, "tests.max-skipped"),
        ({"tests": {"max-skipped": float("nan")}}, "tests.max-skipped"),
        ({"tests": {"plugins": "a"}}, "tests.plugins"),
        ({"tests": {"plugins": ["-p"]}}, r"tests.plugins\[0\]"),
        ({"tests": {"paths": ["../x"]}}, r"tests.paths\[0\]"),
        ({"members": ["a", 1]}, r"members\[1\]"),
        ({"members": ["/a"]}, r"members\[0\].*name-absolute"),
        ({"imports": []}, "imports"),
        ({"imports": ["a", "b-c"]}, r"imports\[1\]"),
        ({"imports": "a"}, "imports"),
        ({"limits": {"member_bytes": 1}}, "limits.member_bytes"),
        ({"limits": {"members": -1}}, "limits.members"),
    ],
)
def test_names_the_key_that_is_wrong(data: dict[str, object], key: str) -> None:
    """
    Unknown keys, wrong types and values out of range are errors.
    """
    with pytest.raises(ProfileError, match=rf"^profile: {key}"):
        profile.parse(data, default_name="mine")


def test_the_default_limit_on_members_is_honest() -> None:
    """
    Two million members are judged by default.
    """
    assert Limits().members >= 2_000_000


def test_the_phase_2_profile_demands_the_plans_members() -> None:
    """
    Its modules are imported and its tests looked for where the plan has them.
    """
    demands = profile.BUILTIN["build-loop-phase2"]

    assert (len(demands.members), demands.test_paths) == (12, ("runtime/tests",))
    assert demands.imports == (
        "runtime.orchestration.operations",
        "runtime.orchestration.mission_journal",
        "runtime.governance.envelope_enforcer",
        "runtime.governance.self_mod_protection",
    )
