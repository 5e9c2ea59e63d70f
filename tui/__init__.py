"""Puts screens and models together: the program `shopstaff`, its command line, its language."""
