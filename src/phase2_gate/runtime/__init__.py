"""
A runtime for automation that edits a repository step by step: what it may do, and a record of what it did.

Standard library only, relative imports only: the same files are importable wherever this directory is put.
"""
