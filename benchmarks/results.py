"""
What a run came to: medians, ratios, goals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from .goals import GOALS, PEAK_MB, VERIFIED, Verified
from .measure import Cost

Costs = dict[tuple[str, str, str], list[Cost]]
"""The rounds of each (job, tree, who)."""


def lines(costs: Costs) -> Iterator[str]:
    """
    The tables of a run, in Markdown.
    """
    yield from _figures(costs)
    yield ""
    yield from _goals(costs)
    yield ""
    yield from _verified(costs)
    yield ""
    yield from _peaks(costs)


def _figures(costs: Costs) -> Iterator[str]:
    yield "| job | tree | who | wall s | CPU s | peak MB | ours/wall | ours/CPU |"
    yield "|---|---|---|---|---|---|---|---|"
    for (job, tree, who), rounds in costs.items():
        wall, cpu = median(one.wall for one in rounds), median(one.cpu for one in rounds)
        peak = max(one.peak for one in rounds) / 1e6
        ours = costs.get((job, tree, "ours"))
        ratios = ("", "") if who == "ours" or ours is None else tuple(f"{one:.2f}" for one in _ratios(ours, rounds))
        yield f"| {job} | {tree} | {who} | {wall:.3f} | {cpu:.3f} | {peak:.0f} | {ratios[0]} | {ratios[1]} |"


def _ratios(ours: list[Cost], peer: list[Cost]) -> tuple[float, float]:
    """
    The medians of the ratios round by round: what disturbs one round disturbs both.
    """
    pairs = list(zip(ours, peer, strict=True))
    return median(a.wall / b.wall for a, b in pairs), median(a.cpu / b.cpu for a, b in pairs)


def _goals(costs: Costs) -> Iterator[str]:
    yield "| job | tree | ours | peer | wall | CPU | must | stretch | |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for goal in GOALS:
        ours, peer = costs.get((goal.job, goal.tree, goal.ours)), costs.get((goal.job, goal.tree, goal.peer))
        start = f"| {goal.job} | {goal.tree} | {goal.ours} | {goal.peer}"
        if ours is None or peer is None:
            yield f"{start} | - | - | {goal.must} | {goal.stretch} | not measured |"
            continue
        wall, cpu = _ratios(ours, peer)
        worst = max(wall, cpu)
        word = "stretch" if worst <= goal.stretch else "met" if worst <= goal.must else "**missed**"
        yield f"{start} | {wall:.2f} | {cpu:.2f} | {goal.must} | {goal.stretch} | {word} |"


def _verified(costs: Costs) -> Iterator[str]:
    yield "| tree | ours | is | and | and | wall | CPU | |"
    yield "|---|---|---|---|---|---|---|---|"
    musts = {(goal.job, goal.tree, goal.ours, goal.peer): goal.must for goal in GOALS}
    for goal in VERIFIED:
        build = musts["build", goal.tree, goal.ours, goal.builder]
        check = musts["check", goal.tree, "ours", goal.checker]
        start = f"| {goal.tree} | {goal.ours} | {build} {goal.builder} | {check} {goal.checker} | openssl"
        ours, allowed = costs.get(("build", goal.tree, goal.ours)), _allowed(costs, goal, build, check)
        if ours is None or not allowed:
            yield f"{start} | - | - | not measured |"
            continue
        wall, cpu = _ratios(ours, allowed)
        yield f"{start} | {wall:.2f} | {cpu:.2f} | {'met' if max(wall, cpu) <= 1 else '**missed**'} |"


def _allowed(costs: Costs, goal: Verified, build: float, check: float) -> list[Cost]:
    """
    What the goals leave for a build, a check and a digest, round by round; nothing when one was not measured.
    """
    parts = (
        (build, costs.get(("build", goal.tree, goal.builder), [])),
        (check, costs.get(("check", goal.tree, goal.checker), [])),
        (1.0, costs.get(("digest", goal.tree, "openssl"), [])),
    )
    return [
        Cost(
            sum(must * cost.wall for (must, _), cost in zip(parts, rounds, strict=True)),
            sum(must * cost.cpu for (must, _), cost in zip(parts, rounds, strict=True)),
            0,
        )
        for rounds in zip(*(each for _, each in parts), strict=False)
    ]


def _peaks(costs: Costs) -> Iterator[str]:
    yield "| tree | build peak MB | check peak MB | must | |"
    yield "|---|---|---|---|---|"
    peaks: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (job, tree, who), rounds in costs.items():
        if who == "ours":
            peaks[tree][job] = max(one.peak for one in rounds) / 1e6
    for tree, jobs in peaks.items():
        must = PEAK_MB.get(tree)
        word = "" if must is None else "met" if max(jobs.values()) <= must else "**missed**"
        build, check = (f"{jobs[job]:.0f}" if job in jobs else "-" for job in ("build", "check"))
        yield f"| {tree} | {build} | {check} | {must or '-'} | {word} |"
