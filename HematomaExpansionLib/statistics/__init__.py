"""Estimates with intervals, comparisons, calibration, agreement and regression; a leaf of the library.

Every function returns a frozen dataclass with the estimate, its interval, the method and the number of
patients it rests on. What cannot be computed is None with a plain reason, never 0 or NaN.
"""
