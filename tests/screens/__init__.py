"""Tests of the screens, by keyboard."""
