"""
The pytest plugin: a project's own bundle, judged in its own test suite.
"""
