"""
The verdict of an audit as a signed statement, and the check of one: in-toto Statements in DSSE envelopes, Ed25519.

Nothing here needs a network. Only `phase2_gate.attest.keys` needs ``cryptography`` (extra ``sign``).
"""
