"""Radiomic features of a bleed (PyRadiomics), their stability, standardisation and selection."""
