"""Writes: one function, one transaction, one entry of the log."""
