"""
Tests of signed verdicts.
"""
