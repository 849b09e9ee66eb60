"""
Tests of the reports.
"""
