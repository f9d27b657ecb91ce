"""Predictors of expansion: the classical and deep models of the four papers, saved as bundles."""
