"""
Renderers: each takes a `phase2_gate.core.record.Record` and nothing else.
"""
