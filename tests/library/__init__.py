"""
Tests of `phase2_gate.library`.
"""
