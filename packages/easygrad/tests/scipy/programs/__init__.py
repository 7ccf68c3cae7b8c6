"""Whole programs with SciPy, each next to the same program with derivatives written by hand."""
