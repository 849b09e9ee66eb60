"""
Commands of the pages that the tests of the pages do not run, each with the reason.

What is listed has to stand on its page, so that nothing stays here by oversight.
"""

from __future__ import annotations

_MINUTES = "takes minutes and gigabytes"
_ENGINE = "needs an engine and an image; tests/ci/test_containerfile.py runs the steps and the command without"
_MUTANTS = "runs a part of this suite for each of many mutants, in an environment of its own"
_SWEEP = "a long sweep, whose bounded part the test suite runs"

NOT_RUN: dict[tuple[str, str], str] = {
    ("README.md", "python3 -m pip install path/to/phase2-gate"): (
        "installs into the reader's Python; scripts/time_to_first_verdict.py does it in an environment of its own"
    ),
    (
        "README.md",
        "python3 -m venv .venv && .venv/bin/pip install -q hatch && .venv/bin/hatch run audit",
    ): "run by tests/docs/test_readme.py, in a clone",
    (
        "README.md",
        ".venv/bin/hatch run test",
    ): "runs this very suite; .ci/run does, which tests/docs/test_readme.py holds",
    (
        "README.md",
        "python scripts/audit_gate_build_loop_phase2.py --zip artifacts/bundles/Bundle_Build_Loop_Phase2_v1.1.zip",
    ): "run by tests/docs/test_readme.py, in the extracted bundle",
    ("README.md", "python -m pytest -q"): "run by tests/docs/test_readme.py, in the extracted bundle",
    ("docs/ci.md", "hatch run pyz"): "builds in the checkout: .ci/run does, and tests/pyz/test_build.py in a copy",
    (
        "docs/ci.md",
        (
            "podman build --build-arg PYTHON=docker.io/library/python:3.13-slim-bookworm@sha256:DIGEST"
            " --tag localhost/phase2-gate ."
        ),
    ): _ENGINE,
    (
        "docs/ci.md",
        (
            "podman run --rm --network=none --read-only --tmpfs /tmp --cap-drop=all --volume ./dist:/bundles:ro"
            " --volume ./reports:/reports localhost/phase2-gate audit BUNDLE.zip --report-dir /reports"
        ),
    ): _ENGINE,
    ("docs/determinism.md", "python scripts/determinism.py"): _SWEEP,
    ("docs/determinism.md", "python scripts/determinism.py --fast"): "run by tests/scripts/test_determinism.py",
    ("docs/determinism.md", "python scripts/determinism.py --foreign DIR"): "fetches emulators and interpreters",
    ("docs/mutation.md", "hatch run mutation:run"): _MUTANTS,
    ("docs/mutation.md", "hatch run mutation:run matcher"): _MUTANTS,
    ("docs/mutation.md", "hatch run mutation:run governance.guard_watch --jobs 4"): _MUTANTS,
    ("docs/performance.md", "python -m benchmarks"): _MINUTES,
    ("docs/performance.md", "python -m benchmarks --trees small,many"): _MINUTES,
    (
        "docs/performance.md",
        "python -m benchmarks --place /var/tmp --rounds 3 --sdists directory-of-sdists",
    ): _MINUTES,
    ("docs/performance.md", "python -m benchmarks.scale --place /var/tmp"): _MINUTES,
    (
        "docs/performance.md",
        "PHASE2_GATE_INTERRUPTIONS=200 pytest tests/build/test_interrupted.py",
    ): _SWEEP,
    (
        "docs/performance.md",
        "python -m benchmarks.audit_cost artifacts/bundles/Bundle_Build_Loop_Phase2_v1.1.zip",
    ): "measures on a quiet machine; its parts are tested by tests/benchmarks/test_audit_cost.py",
    ("docs/real-packages.md", "python scripts/audit_real_packages.py"): "fetches packages that change",
    (
        "docs/real-packages.md",
        (
            "phase2-gate audit BUNDLE.zip --requirements requirements.txt "
            "--plugin pytest_asyncio.plugin --plugin pytest_mock"
        ),
    ): "needs the file that the reader makes of the digests above it",
    ("docs/threat-model.md", "PHASE2_GATE_HOSTILE=all python -m pytest tests/audit/hostile"): _SWEEP,
}
"""Page and command, without its comment, and why."""
