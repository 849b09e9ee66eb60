"""
What a run does and the record of it: operations, the executor, the mission journal, the mission runner.
"""
