"""
Tests of `phase2_gate.workspace`.
"""
