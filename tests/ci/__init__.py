"""
Tests of what continuous integration uses: the action, the component, the hooks, and the recipes of docs/ci.md.
"""
