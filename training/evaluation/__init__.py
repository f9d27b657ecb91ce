"""Measure segmentation back-ends on cases with known truth: cases, measures, intervals, figure and table."""
