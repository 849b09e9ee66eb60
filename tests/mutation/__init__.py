"""
Mutation testing of the modules on which the runtime's safety rests: change one thing, and a test must fail.

``python -m tests.mutation`` needs cosmic-ray, whose operators make most of the mutants; see ``docs/mutation.md``.
"""
