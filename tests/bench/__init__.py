"""Measurements, as ratios; never red for being slow."""
