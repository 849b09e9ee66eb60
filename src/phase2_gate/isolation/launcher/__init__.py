"""
The program that stands between the verifier and a confined child.

It runs in an interpreter of its own (``python -I -S -B``), because what it sets is process wide: sub-reaper,
namespaces, mounts. Modules here use the standard library and each other, and import nothing else of this project.
"""
