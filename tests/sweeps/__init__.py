"""
Long runs with commands of their own; a bounded slice of each runs by default.
"""
