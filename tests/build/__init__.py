"""
Tests of `phase2_gate.build`.
"""
