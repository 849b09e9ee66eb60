"""
Tests of `phase2_gate.hatch`.
"""
