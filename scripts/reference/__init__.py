"""
Reference pages, written from what they describe.
"""
