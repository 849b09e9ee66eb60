"""
The long sweeps over the runtime: crashes, faults, tampering, attacks, races, policy properties.

They run bounded by default; ``PHASE2_GATE_SWEEP=full python -m pytest tests/runtime`` runs them whole.
"""
