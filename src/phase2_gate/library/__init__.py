"""
What programs call: judging, building and comparing as functions, and what the command line shares with them.

The functions themselves are names of `phase2_gate`.
"""
