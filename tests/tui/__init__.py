"""Tests of what puts screens and models together."""
