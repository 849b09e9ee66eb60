"""
The Hatch plugin: builder target and build hook ``phase2bundle``.

Imported by hatchling through the entry point group ``hatch``, and nowhere else: hatchling is an optional dependency.
"""
