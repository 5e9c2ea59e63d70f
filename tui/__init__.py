"""Puts screens and models together: the program `shopstaff`, its command line, its language."""

__version__ = "0.1.0"
