"""
The command line: parses, calls one library function, renders, returns an exit code.
"""
