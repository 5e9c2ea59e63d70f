"""Faults that are really made: processes killed, the power cut, the disk full, the file damaged, the clock wrong.

`python -m tests.faults` makes them in full; a slow-marked test makes a few of each.
"""
