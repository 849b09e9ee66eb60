"""
The pages: what they show is run, and what is generated is what the code says.
"""
