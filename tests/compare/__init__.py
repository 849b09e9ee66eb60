"""
Tests of `phase2_gate.compare`.
"""
