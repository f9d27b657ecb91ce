"""Fitting the classical models of the papers to a cohort, and measuring them on patients held out."""
