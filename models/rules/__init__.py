"""The rules, pure: given the facts and the moment, they judge; no database, no clock, no files."""
