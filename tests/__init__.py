"""
Tests of phase2-gate, one package for each package of the source.
"""
