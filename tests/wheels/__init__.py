"""Wheels of the Python package: built, looked at and run."""
