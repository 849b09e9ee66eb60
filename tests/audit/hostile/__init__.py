"""
Hostile bundles, and honest ones that look similar.
"""
