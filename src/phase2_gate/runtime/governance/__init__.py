"""
What a run may do: the envelope, who enforces it, guarded file access, the guard's protection of itself.
"""
