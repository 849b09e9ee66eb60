"""
Reads workspaces: their settings, their ignore rules, and which of their files become members of the bundle.
"""
