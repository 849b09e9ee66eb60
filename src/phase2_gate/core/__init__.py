"""
The pure heart: bytes and values in, values out.

Nothing below this package opens a file, reads the clock or the environment, prints, or starts a process.
Content that is too large for memory comes in through `phase2_gate.core.source.Source`.
"""
