"""
The runtime's own tests; they travel with it and need pytest alone.
"""
