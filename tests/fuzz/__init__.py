"""
Coverage-guided fuzzing.
"""
