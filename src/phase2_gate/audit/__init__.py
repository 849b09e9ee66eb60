"""
Judging bundles: what reads them, takes them apart, runs them, and puts the record together.
"""
