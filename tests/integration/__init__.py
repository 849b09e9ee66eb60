"""
Tests of the whole, from the command line on.
"""
