"""The command line: the same rules, for scripts and for the day the screen cannot be reached."""
