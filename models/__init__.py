"""The shop: its rules, its data, and the operations and queries that are the only ways to it. Runs without a screen."""

__version__ = "0.1.0"
