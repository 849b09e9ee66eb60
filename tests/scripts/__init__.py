"""
Tests of the scripts of the repository.
"""
