"""
Writes every vector: ``python -m tests.vectors``.
"""

from __future__ import annotations

import shutil

from . import ROOT, files


def main() -> None:
    """
    Empties the folders of rules and fills them again.
    """
    for folder in ROOT.iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            shutil.rmtree(folder)
    for path, data in files().items():
        target = ROOT / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)


if __name__ == "__main__":
    main()
