"""
The gates that run code of a bundle: the import gate and the test gate.

Whatever that code says about itself is hearsay. What counts is a record which a program of the verifier's own writes
on a descriptor while it watches, opened and closed with a number that was drawn for this one run.
"""
