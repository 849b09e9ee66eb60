"""
Tests of ``phase2-gate.pyz``: the same verdicts as the installed tool, from one file and the standard library.
"""
