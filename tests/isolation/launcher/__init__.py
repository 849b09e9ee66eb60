"""
Tests of `phase2_gate.isolation.launcher`.
"""
