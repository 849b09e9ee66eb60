"""
Judges many bundles in one process, by the modules of one place, and prints what came of each.

::

    python -I -S judge.py PLACE < CALLS

`PLACE` is what is put first on the path: the archive or a directory. `CALLS` is a list of command lines as JSON; so is
what is printed, exit code and standard output of each. The command writes bytes, so its stream is one in memory.
"""

from __future__ import annotations

import io
import json
import sys


def main() -> None:
    """
    Does it.
    """
    place = sys.argv[1]
    calls = json.load(sys.stdin)
    sys.path.insert(0, place)
    from phase2_gate.cli import main as command

    if not str(command.__file__).startswith(place):
        raise SystemExit(f"{command.__file__}: not from {place}")
    ended = []
    real = sys.stdout
    for call in calls:
        kept = io.BytesIO()
        sys.stdout = io.TextIOWrapper(kept, encoding="utf-8")
        code = command.main(call)
        sys.stdout.flush()
        ended.append([code, kept.getvalue().decode()])
    sys.stdout = real
    sys.stdout.write(json.dumps(ended))


if __name__ == "__main__":
    main()
