"""
Tests of `phase2_gate.audit`.
"""
