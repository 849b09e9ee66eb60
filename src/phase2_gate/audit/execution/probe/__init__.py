"""
Programs that run in the interpreter under test, beside the bundle's code.

Each module stands alone, in the syntax and with the standard library of Python 3.9, and is handed over as text: nothing
here is imported by the verifier. Everything that a program needs is bound before the workspace comes on the path.
"""
